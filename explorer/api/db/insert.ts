import { CompiledQuery, type Insertable, type Kysely } from "kysely";
import { isPostgres } from "./database.ts";
import type { Database } from "./schema.ts";

/** Parameters of one statement at most; both databases take more, but longer statements are not faster. */
const PARAMETERS = 900;

/** What happens to a row whose key is there already. Without it the insert fails. */
export type OnConflict<Table extends keyof Database> =
  | "keep"
  /** Names the key's columns; all others get the new values. */
  | { replace: readonly (keyof Database[Table] & string)[] };

type AnyConflict = "keep" | { replace: readonly string[] } | undefined;

/** SQL of statements by database, table, columns and number of rows: making it takes longer than running it. */
const statements = new Map<string, string>();
const STATEMENTS = 1_000;

/**
 * Inserts rows with as few statements as possible. All rows have the same columns, those of the first; none is
 * undefined.
 */
export async function insertMany<Table extends keyof Database>(
  db: Kysely<Database>,
  table: Table,
  rows: readonly Insertable<Database[Table]>[],
  onConflict?: OnConflict<Table>,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  const perStatement = Math.floor(PARAMETERS / columns.length);
  for (let start = 0; start < rows.length; start += perStatement) {
    const part = rows.slice(start, start + perStatement);
    const values: unknown[] = [];
    for (const row of part) {
      for (const column of columns) values.push((row as Record<string, unknown>)[column]);
    }
    const sql = statementFor(isPostgres(db), table, columns, part.length, onConflict);
    await db.executeQuery(CompiledQuery.raw(sql, values));
  }
}

function statementFor(
  postgres: boolean,
  table: string,
  columns: readonly string[],
  rows: number,
  onConflict: AnyConflict,
): string {
  const conflict = typeof onConflict === "object" ? onConflict.replace.join() : (onConflict ?? "");
  const key = `${postgres} ${table} ${columns.join()} ${rows} ${conflict}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  if (statements.size >= STATEMENTS) statements.clear();
  const sql = makeStatement(postgres, table, columns, rows, onConflict);
  statements.set(key, sql);
  return sql;
}

function makeStatement(
  postgres: boolean,
  table: string,
  columns: readonly string[],
  rows: number,
  onConflict: AnyConflict,
): string {
  let parameter = 0;
  const row = () => `(${columns.map(() => (postgres ? `$${++parameter}` : "?")).join(", ")})`;
  const values = Array.from({ length: rows }, row).join(", ");
  const insert = `insert into ${quote(table)} (${columns.map(quote).join(", ")}) values ${values}`;
  if (onConflict === undefined) return insert;
  if (onConflict === "keep") return `${insert} on conflict do nothing`;
  const keys = onConflict.replace;
  const set = columns
    .filter((column) => !keys.includes(column))
    .map((column) => `${quote(column)} = excluded.${quote(column)}`);
  return `${insert} on conflict (${keys.map(quote).join(", ")}) do update set ${set.join(", ")}`;
}

/** Names are ours; quotes only keep them apart from SQL's words. */
function quote(name: string): string {
  return `"${name}"`;
}
