import { compareBytes, refuseTwins } from "./hash.ts";

/** The largest item count that is ever stored. */
export const MAX_COUNT = 2n ** 31n - 1n;

/** The number of last steps whose models a called contender must beat. */
export const MAX_RIVALS = 3;

/** The items on which a contender and an older model (that of a step) were compared. */
export interface Trial {
  /** Contender right, older model wrong. */
  b: bigint;
  /** Contender wrong, older model right. */
  c: bigint;
  /** Items both answered. */
  n: bigint;
  /** Older model wrong. */
  wrongOld: bigint;
  /** Contender wrong. */
  wrongNew: bigint;
}

const EMPTY: Trial = { b: 0n, c: 0n, n: 0n, wrongOld: 0n, wrongNew: 0n };

function plus(x: Trial, y: Trial): Trial {
  return {
    b: x.b + y.b,
    c: x.c + y.c,
    n: x.n + y.n,
    wrongOld: x.wrongOld + y.wrongOld,
    wrongNew: x.wrongNew + y.wrongNew,
  };
}

/** Adds counts to a trial. At {@link MAX_COUNT} items a trial is full and stays as it is. */
export function addTrial(trial: Trial, more: Trial): Trial {
  const sum = plus(trial, more);
  return sum.n > MAX_COUNT ? trial : sum;
}

/** Throws unless the counts can come from comparing answers. */
export function checkTrial(trial: Trial): void {
  const bothWrong = trial.wrongNew - trial.c;
  if (
    trial.b < 0n ||
    trial.c < 0n ||
    trial.n > MAX_COUNT ||
    bothWrong < 0n ||
    bothWrong !== trial.wrongOld - trial.b ||
    trial.b + trial.c + bothWrong > trial.n
  ) {
    const { b, c, n, wrongOld, wrongNew } = trial;
    throw new RangeError(`impossible trial b=${b} c=${c} n=${n} wrongOld=${wrongOld} wrongNew=${wrongNew}`);
  }
}

/** The part of a comparison made on one sponsor's items. */
export interface SponsorTrial {
  /** Address, raw. */
  sponsor: Uint8Array;
  trial: Trial;
}

/**
 * Adds up the trials of the sponsors that are kept for one comparison. Sorted ascending by
 * (b - c, address), the two most favourable of five or more and the least favourable are left out;
 * of fewer, the most favourable. `trials` holds every sponsor that counts for the contender, with
 * zero counts if nothing was compared on its items yet.
 */
export function sumKept(trials: readonly SponsorTrial[]): Trial {
  for (const { trial } of trials) checkTrial(trial);
  refuseTwins(trials.map(({ sponsor }) => sponsor).toSorted(compareBytes));
  const sorted = trials.toSorted((x, y) => {
    const difference = x.trial.b - x.trial.c - (y.trial.b - y.trial.c);
    return difference < 0n ? -1 : difference > 0n ? 1 : compareBytes(x.sponsor, y.sponsor);
  });
  const kept = sorted.length >= 5 ? sorted.slice(1, -2) : sorted.slice(0, -1);
  return kept.reduce((sum, { trial }) => plus(sum, trial), EMPTY);
}

/**
 * Whether a kept sum shows, on at least `minItems` items, that the contender is better: b > c and
 * (b - c)^2 >= factor * (b + c).
 */
export function significant(trial: Trial, minItems: bigint, factor: bigint): boolean {
  const difference = trial.b - trial.c;
  return trial.n >= minItems && difference > 0n && difference * difference >= factor * (trial.b + trial.c);
}

/** A model that competes with the top of the ladder, with its kept screening sum against it. */
export interface Contender {
  /** Of its reservation; unique, earlier is smaller. */
  sequence: bigint;
  trial: Trial;
}

/**
 * The contender that is called for the next epoch, if one is strong enough: the earliest-reserved
 * one that is significantly better (factor 1) and gains, per item, at least a third of the most
 * that a strong one (factor 4) does.
 */
export function chooseCalled<C extends Contender>(contenders: readonly C[], minItems: bigint): C | undefined {
  const strong = contenders.filter(({ trial }) => significant(trial, minItems, 4n));
  if (strong.length === 0) return undefined;
  const m = strong
    .map(({ trial }) => trial)
    .reduce((most, trial) => ((trial.b - trial.c) * most.n > (most.b - most.c) * trial.n ? trial : most));
  return contenders
    .filter(
      ({ trial }) =>
        significant(trial, minItems, 1n) && 3n * (trial.b - trial.c) * m.n >= (m.b - m.c) * trial.n,
    )
    .reduce((first, contender) => (contender.sequence < first.sequence ? contender : first));
}

/**
 * The contender that gives way to a newcomer in a full arena: of those not called now and not
 * better than the top, the one with the lowest b - c, of equal ones the latest reserved.
 */
export function chooseEvicted<C extends Contender>(
  contenders: readonly C[],
  called: C | undefined,
): C | undefined {
  let worst: C | undefined;
  for (const contender of contenders) {
    const difference = contender.trial.b - contender.trial.c;
    if (contender === called || difference > 0n) continue;
    if (worst !== undefined) {
      const lowest = worst.trial.b - worst.trial.c;
      if (difference > lowest || (difference === lowest && contender.sequence < worst.sequence)) continue;
    }
    worst = contender;
  }
  return worst;
}

/**
 * The height of the step that a called contender takes, in bits as Q16, or 0 for no step. `trials`
 * are its kept sums against the models of the last one to {@link MAX_RIVALS} steps; each must show,
 * with factor `z2`, that it is better. The height is the smallest error removed over them.
 */
export function stepHeight(trials: readonly Trial[], minItems: bigint, z2: bigint): bigint {
  if (trials.length === 0 || trials.length > MAX_RIVALS) {
    throw new RangeError(`${trials.length} trials, expected 1 to ${MAX_RIVALS}`);
  }
  if (!trials.every((trial) => significant(trial, minItems, z2))) return 0n;
  const height = trials
    .map(({ wrongOld, wrongNew }) => gain(wrongOld, wrongNew))
    .reduce((smallest, g) => (g < smallest ? g : smallest));
  return height > 0n ? height : 0n;
}

/** The error removed between two wrong counts on the same items, in bits as Q16. */
export function gain(wrongOld: bigint, wrongNew: bigint): bigint {
  if (wrongOld < 0n || wrongNew < 0n) throw new RangeError(`wrong counts ${wrongOld} and ${wrongNew}`);
  return log2(wrongOld + 1n) - log2(wrongNew + 1n);
}

/** The binary logarithm of `x` as Q16, bit by bit. */
export function log2(x: bigint): bigint {
  if (x <= 0n) throw new RangeError(`logarithm of ${x}`);
  const whole = BigInt(x.toString(2).length - 1);
  let m = (x << 31n) >> whole;
  let result = whole;
  for (let i = 0; i < 16; i++) {
    m = (m * m) >> 31n;
    const bit = m >> 32n;
    m >>= bit;
    result = (result << 1n) | bit;
  }
  return result;
}
