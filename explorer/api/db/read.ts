import { CompiledQuery, type Kysely } from "kysely";
import { isPostgres } from "./database.ts";
import type { Database } from "./schema.ts";

/** By the same with question marks. */
const numbered = new Map<string, string>();
const STATEMENTS = 1_000;

/**
 * Runs a select that is written out, with a question mark for every value: for what is asked with every block, where
 * building a query takes longer than running it.
 */
export async function readRows<Row>(
  db: Kysely<Database>,
  select: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const text = isPostgres(db) ? withNumbers(select) : select;
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
  return rows;
}

/** PostgreSQL numbers its parameters. */
function withNumbers(select: string): string {
  let text = numbered.get(select);
  if (text === undefined) {
    let parameter = 0;
    text = select.replace(/\?/g, () => `$${++parameter}`);
    if (numbered.size >= STATEMENTS) numbered.clear();
    numbered.set(select, text);
  }
  return text;
}
