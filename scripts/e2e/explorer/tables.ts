import { createHash } from "node:crypto";
import { areas } from "@assay/explorer/api/areas";
import { openDatabase } from "@assay/explorer/api/db/database";

/** What the index keeps of the node's words; everything else but these and the areas' tables is not history. */
const RAW = ["raw_block", "raw_answer", "raw_descriptors", "cursor"] as const;

/**
 * Left out: a ladder that is read later has more steps, of which the tables take those of their time. The tables that are
 * made of the answers have to be equal.
 */
const LATER: Partial<Record<string, string>> = { raw_answer: "response" };

export interface TableSum {
  rows: number;
  /** Over all rows, in whatever order they lie in the file. */
  sha256: string;
}

/** Number and hash of the rows of every table that is a function of the chain, by table. */
export async function sumTables(file: string): Promise<Record<string, TableSum>> {
  const db = openDatabase({ file });
  try {
    const sums: Record<string, TableSum> = {};
    for (const table of [...RAW, ...areas.flatMap(({ tables }) => tables)]) {
      const hashes: string[] = [];
      for (const row of await db.selectFrom(table).selectAll().execute()) {
        hashes.push(createHash("sha256").update(canonical(row, LATER[table])).digest("hex"));
      }
      const sha256 = createHash("sha256").update(hashes.sort().join("")).digest("hex");
      sums[table] = { rows: hashes.length, sha256 };
    }
    return sums;
  } finally {
    await db.destroy();
  }
}

function canonical(row: object, without: string | undefined): string {
  const entries = Object.entries(row)
    .filter(([key]) => key !== without)
    .map(([key, value]: [string, unknown]) => [
      key,
      value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
    ]);
  return JSON.stringify(entries.sort());
}
