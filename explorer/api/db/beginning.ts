import { type RawBuilder, sql } from "kysely";

/** So many hex digits tell all hashes apart but those that somebody made alike. */
export const BEGINNING = 12;

/**
 * The beginning of a hash, which is what indexes of hashes hold: every new one changes a page of its own of them, and
 * with whole hashes they have four times as many. Where it stands in a question, so does the whole hash.
 */
export function beginning(column: string): RawBuilder<string> {
  return sql<string>`substr(${sql.ref(column)}, 1, ${sql.lit(BEGINNING)})`;
}
