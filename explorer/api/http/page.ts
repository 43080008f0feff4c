import type { z } from "zod";
import { HttpError } from "./errors.ts";

/** Names a place in a list by the values the list is ordered by, for {@link decodeCursor}. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

/**
 * The values of a cursor, checked against `schema` (a `z.tuple`); undefined without a cursor. Cursors come back from
 * strangers: one that is not of the schema is refused with 400.
 */
export function decodeCursor<Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(jsonOf(cursor));
  if (parsed.success) return parsed.data;
  throw new HttpError(400, "cursor: this is no `next` of this list; leave it out to start at its beginning");
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Cuts a page of `limit` out of rows of which one more than that was read, so that it is known whether more follow.
 *
 * @param place the values of a row that the list is ordered by.
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  place: (row: Row) => readonly (string | number)[],
  item: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(item),
    next: rows.length > limit && last !== undefined ? encodeCursor(place(last)) : null,
  };
}
