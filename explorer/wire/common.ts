import { z } from "zod";

/**
 * Shapes that many answers share. Amounts are decimal strings in base units, times ISO 8601 in UTC, hashes and ids of
 * models and channels lower-case hex, accuracies parts per million unless a name says otherwise. Every text that
 * somebody wrote on the chain has gone through `cleanText`.
 */

export const none = z.object({});
export const height = z.int().positive().meta({ description: "Height of a block." });
export const time = z.iso.datetime().meta({ description: "ISO 8601, UTC." });
export const amount = z
  .string()
  .regex(/^-?\d+$/)
  .meta({ description: "Decimal, in base units." });
export const coin = z.object({ denom: z.string(), amount });
export const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
export const hash32 = z.string().regex(/^[0-9a-f]{64}$/);
export const address = z
  .string()
  .regex(/^assay(valoper|valcons)?1[02-9ac-hj-np-z]{38,58}$/)
  .meta({ description: "Bech32 address." });
/** uint64 ids of the chain that count from one and stay far below 2^53. */
export const id = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

export type Coin = z.output<typeof coin>;

/** Cuts lists into pages: pass `next` of one page as `cursor` to get the following one. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,200}$/)
    .optional()
    .meta({ description: "`next` of the page before." }),
});

/** A page of a list. Its `next` is null on the last page. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/**
 * An answer that is the node's present state and not history: the height it was read at, and whether the node could
 * not be asked since.
 */
export function stated<Value extends z.ZodType>(value: Value) {
  return z.object({ value, height: z.int().nonnegative(), stale: z.boolean() });
}

export const error = z.object({ error: z.object({ status: z.int(), message: z.string() }) });
