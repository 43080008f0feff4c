/** Parts of the emission, in basis points. */
export const SHARE_BPS = {
  authors: 5000n,
  scorers: 2000n,
  sponsors: 1000n,
  validators: 1000n,
  pool: 1000n,
} as const;

/** How fast new coins may appear. */
export interface Schedule {
  /** Base units per block in the first era. */
  rate: bigint;
  /** Length of an era. */
  blocksPerHalving: bigint;
  /** Base units that may ever be minted. */
  cap: bigint;
}

/**
 * The most that may be minted for the blocks after height `from`, up to and including `to`: era k
 * holds the blocks `k*blocksPerHalving+1` to `(k+1)*blocksPerHalving` and pays `rate >> k` for each.
 */
export function emissionFor(schedule: Schedule, from: bigint, to: bigint, minted: bigint): bigint {
  const { rate, blocksPerHalving, cap } = schedule;
  if (rate < 0n || blocksPerHalving <= 0n || minted < 0n || minted > cap) {
    throw new RangeError(
      `emission of ${rate} after minting ${minted} of ${cap}, halving every ${blocksPerHalving} blocks`,
    );
  }
  if (from < 0n || to < from) throw new RangeError(`emission from height ${from} to ${to}`);
  let sum = 0n;
  for (let at = from; at < to;) {
    const era = at / blocksPerHalving;
    if (rate >> era === 0n) break;
    const eraEnd = (era + 1n) * blocksPerHalving;
    const end = eraEnd < to ? eraEnd : to;
    sum += (rate >> era) * (end - at);
    at = end;
  }
  const left = cap - minted;
  return sum < left ? sum : left;
}

/** An emission split among those who earn it. */
export type Shares = Record<keyof typeof SHARE_BPS, bigint>;

/** Divides an emission, every share rounded down. */
export function splitEmission(emission: bigint): Shares {
  if (emission < 0n) throw new RangeError(`emission of ${emission}`);
  const share = (bps: bigint): bigint => (emission * bps) / 10_000n;
  return {
    authors: share(SHARE_BPS.authors),
    scorers: share(SHARE_BPS.scorers),
    sponsors: share(SHARE_BPS.sponsors),
    validators: share(SHARE_BPS.validators),
    pool: share(SHARE_BPS.pool),
  };
}

/** The bounds of the registration fee and how many registrations an epoch is meant to have. */
export interface FeeRule {
  base: bigint;
  ceiling: bigint;
  target: number;
}

/**
 * The registration fee of the next epoch: twice the last one after an epoch with more
 * registrations than the target, half of it after one with none, else the same; within bounds.
 */
export function nextFee(fee: bigint, registrations: number, rule: FeeRule): bigint {
  if (fee < 0n || rule.base < 0n || rule.ceiling < rule.base) {
    throw new RangeError(`registration fee ${fee} between ${rule.base} and ${rule.ceiling}`);
  }
  const next = registrations > rule.target ? fee * 2n : registrations === 0 ? fee / 2n : fee;
  if (next < rule.base) return rule.base;
  return next > rule.ceiling ? rule.ceiling : next;
}
