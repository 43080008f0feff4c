import { type RawBuilder, sql, type SqlBool } from "kysely";

/** So many hex digits tell all hashes apart but those that somebody made alike. */
export const BEGINNING = 12;

/**
 * The beginning of a hash, which is what indexes of hashes hold: every new one changes a page of its own of them, and
 * with whole hashes they have four times as many. Where it stands in a question, so does the whole hash.
 */
export function beginning(column: string): RawBuilder<string> {
  return sql<string>`substr(${sql.ref(column)}, 1, ${sql.lit(BEGINNING)})`;
}

/** Whether a hash in upper-case hex begins with `start`, in a way that an index of {@link beginning} finds it. */
export function startsWith(column: string, start: string): RawBuilder<SqlBool> {
  const short = start.slice(0, BEGINNING);
  const [hash, index] = [sql.ref(column), beginning(column)];
  // G is what follows the digits of hex.
  return sql<SqlBool>`${index} >= ${short} and ${index} < ${`${short}G`} and ${hash} >= ${start} and ${hash} < ${`${start}G`}`;
}
