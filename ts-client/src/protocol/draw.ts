import { compareBytes, refuseTwins, u64 } from "./hash.ts";
import { Stream } from "./random.ts";

/** The whole, where a ratio is in basis points. */
export const BASIS_POINTS = 10_000;

/**
 * The stream that draws the batches of one sponsor (address, raw) in the epoch of `beacon`, all from one
 * committed root: the oldest unspent one.
 */
export function batchStream(beacon: Uint8Array, arena: bigint, sponsor: Uint8Array): Stream {
  return new Stream(beacon, "batch", u64(arena), sponsor);
}

/**
 * The unfinished shuffle of one committed root, kept between epochs: the batches left are those
 * at positions `0..remaining-1`, and a position that `displaced` does not name holds itself.
 */
export interface Deck {
  remaining: number;
  displaced: Map<number, number>;
}

/** Goes on with the shuffle of a deck and takes `min(k, remaining)` batches, in draw order. */
export function drawBatches(stream: Stream, deck: Deck, k: number): number[] {
  const batches: number[] = [];
  for (; k > 0 && deck.remaining > 0; k--) {
    const position = Number(stream.uniform(BigInt(deck.remaining)));
    const last = deck.remaining - 1;
    batches.push(deck.displaced.get(position) ?? position);
    const moved = deck.displaced.get(last) ?? last;
    if (moved === position) deck.displaced.delete(position);
    else deck.displaced.set(position, moved);
    // Positions from `last` upwards are never looked at again.
    deck.displaced.delete(last);
    deck.remaining = last;
  }
  return batches;
}

/**
 * The scorer of each of the slots `0..slots-1`: slot `i` goes to `perm[i mod K]`, `perm` being a
 * random permutation of the K scorers (operator addresses, raw) that revealed, given in any order.
 */
export function assignScorers(
  beacon: Uint8Array,
  revealed: readonly Uint8Array[],
  slots: number,
): Uint8Array[] {
  if (slots === 0) return [];
  if (revealed.length === 0) throw new RangeError(`${slots} slots and no scorer`);
  const scorers = revealed.toSorted(compareBytes);
  refuseTwins(scorers);
  const perm = new Stream(beacon, "assign").sample(scorers.length, scorers.length);
  return Array.from({ length: slots }, (_, i) => scorers[perm[i % scorers.length] as number] as Uint8Array);
}

/** The number of items of a row of `n` that are audited. */
export function auditCount(n: number, ratioBps: number): number {
  if (ratioBps < 0 || ratioBps > BASIS_POINTS)
    throw new RangeError(`audit ratio of ${ratioBps} basis points`);
  return Math.ceil((n * ratioBps) / BASIS_POINTS);
}

/**
 * The items of one row that the chain runs again, in draw order: {@link auditCount} of `n`. `seed`
 * is the arena's `A`, `model` the model's id.
 */
export function auditItems(
  seed: Uint8Array,
  slot: bigint,
  model: Uint8Array,
  n: number,
  ratioBps: number,
): number[] {
  return new Stream(seed, "audit", u64(slot), model).sample(n, auditCount(n, ratioBps));
}
