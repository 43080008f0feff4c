/** The whole, where an accuracy is a fraction. */
export const D = 1_000_000n;

/** The least number of sponsors that makes a draw or a settlement. */
export const MIN_SPONSORS = 3;

/** The accuracy of a model on one sponsor's `n` items, out of {@link D}, rounded down. */
export function sponsorAccuracy(correct: bigint, n: bigint): bigint {
  if (n <= 0n || correct < 0n || correct > n) throw new RangeError(`${correct} correct of ${n} items`);
  return (correct * D) / n;
}

/** The lower median of the accuracies per counting sponsor. */
export function accuracy(perSponsor: readonly bigint[]): bigint {
  const sorted = perSponsor.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (median === undefined) throw new RangeError("accuracy without a counting sponsor");
  return median;
}

/** Moves a smoothed accuracy three tenths of the way to the newest; the first is taken as it is. */
export function smooth(newest: bigint, smoothed: bigint | undefined): bigint {
  return smoothed === undefined ? newest : (3n * newest + 7n * smoothed) / 10n;
}

/** Whether too few of the frozen scorers revealed their link. */
export function epochVoid(revealed: number, frozen: number): boolean {
  return revealed === 0 || 2 * revealed < frozen;
}

/** Whether enough of an arena's frozen sponsors count. */
export function arenaSettles(counting: number, frozen: number): boolean {
  return counting >= MIN_SPONSORS && 2 * counting > frozen;
}

/** A range of accuracies, as fractions of 1. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * The Wilson score interval of an accuracy (a fraction of 1) measured on `items` items; `z` = 1.96
 * covers 95 %. For people only: it is in floating point and decides nothing.
 */
export function interval(fraction: number, items: number, z = 1.96): Interval {
  if (!(items > 0)) return { low: 0, high: 1 };
  const spread = (z * z) / items;
  const centre = fraction + spread / 2;
  const half = Math.sqrt(spread * (fraction * (1 - fraction) + spread / 4));
  return {
    low: Math.max(0, (centre - half) / (1 + spread)),
    high: Math.min(1, (centre + half) / (1 + spread)),
  };
}
