import type { PageRequest, PageResponse } from "./generated/cosmos/base/query/v1beta1/pagination.ts";

/** Which part of a list to return; all of it when nothing is given. */
export interface ListParameters {
  /** Return at most this many entries. */
  limit?: number;
  /** Skip this many entries. */
  offset?: number;
  /** Last entry first. */
  reverse?: boolean;
}

const PAGE_SIZE = 100;

/** Reads page after page until the list, or `limit`, is complete. */
export async function listAll<T>(
  parameters: ListParameters,
  fetchPage: (pagination: PageRequest) => Promise<{ items: T[]; pagination?: PageResponse }>,
): Promise<T[]> {
  const { limit = Infinity, offset = 0, reverse = false } = parameters;
  const all: T[] = [];
  let key: Uint8Array = new Uint8Array();
  while (all.length < limit) {
    const { items, pagination } = await fetchPage({
      key,
      // The chain takes either a key or an offset.
      offset: key.length > 0 ? 0n : BigInt(offset),
      limit: BigInt(Math.min(PAGE_SIZE, limit - all.length)),
      countTotal: false,
      reverse,
    });
    all.push(...items);
    key = pagination?.nextKey ?? new Uint8Array();
    if (key.length === 0) break;
  }
  return all;
}
