import { CompiledQuery, type Kysely, type QueryResult } from "kysely";
import { isPostgres } from "./database.ts";
import type { Database } from "./schema.ts";

// Statements that are written out, with a question mark for every value: for what is done with every block, where
// building a query takes longer than running it.

/** By the same with question marks. */
const numbered = new Map<string, string>();
const STATEMENTS = 1_000;

/** Runs a select. */
export async function readRows<Row>(
  db: Kysely<Database>,
  select: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const { rows } = await run<Row>(db, select, values);
  return rows;
}

/** Runs an update; returns how many rows it found. */
export async function updateRows(
  db: Kysely<Database>,
  update: string,
  values: readonly unknown[],
): Promise<number> {
  const { numAffectedRows } = await run(db, update, values);
  return Number(numAffectedRows);
}

function run<Row>(db: Kysely<Database>, text: string, values: readonly unknown[]): Promise<QueryResult<Row>> {
  return db.executeQuery<Row>(CompiledQuery.raw(isPostgres(db) ? withNumbers(text) : text, [...values]));
}

/** PostgreSQL numbers its parameters. */
function withNumbers(marked: string): string {
  let text = numbered.get(marked);
  if (text === undefined) {
    let parameter = 0;
    text = marked.replace(/\?/g, () => `$${++parameter}`);
    if (numbered.size >= STATEMENTS) numbered.clear();
    numbered.set(marked, text);
  }
  return text;
}
