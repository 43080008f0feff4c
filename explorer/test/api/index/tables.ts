import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Area } from "../../../api/area.ts";
import type { Database } from "../../../api/db/schema.ts";

/** Number of rows and a digest of every table of these areas, for comparing databases. */
export async function digestTables(
  db: Kysely<Database>,
  areas: readonly Area[],
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const table of areas.flatMap(({ tables }) => tables)) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db);
    const lines = rows.map((row) => JSON.stringify(Object.entries(row).map(plain))).sort();
    const digest = createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
    digests[table] = `${rows.length} ${digest}`;
  }
  return digests;
}

function plain([column, value]: [string, unknown]): [string, unknown] {
  return [column, value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value];
}
