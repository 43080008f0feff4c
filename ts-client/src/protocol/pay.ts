import { DECAY } from "./decay.ts";
import { MAX_COUNT } from "./ladder.ts";

/** What each earns, in base units and in the order given, and the sum of it. */
export interface Payout {
  pays: bigint[];
  total: bigint;
}

/**
 * What is left, after `age` settled epochs, of the height of a step (Q16): it halves every
 * `halfLife` epochs, in 256 small stairs.
 */
export function strength(height: bigint, age: bigint, halfLife: bigint): bigint {
  if (height < 0n || height > MAX_COUNT || age < 0n || halfLife <= 0n || halfLife > MAX_COUNT) {
    throw new RangeError(`strength of height ${height} at age ${age}, half-life ${halfLife}`);
  }
  const halvings = age / halfLife;
  if (halvings >= 63n) return 0n;
  const factor = DECAY[Number(((age % halfLife) * 256n) / halfLife)] as bigint;
  return ((height * factor) >> 32n) >> halvings;
}

/**
 * Divides an arena's pot among the steps of its ladder by strength. While the strengths add up to
 * less than `fullGain`, part of the pot stays unpaid. Every pay is rounded down.
 */
export function ladderPay(pot: bigint, strengths: readonly bigint[], fullGain: bigint): Payout {
  if (fullGain <= 0n) throw new RangeError(`full gain ${fullGain}, expected above 0`);
  const sum = addUp(strengths);
  return divide(pot, strengths, sum > fullGain ? sum : fullGain);
}

/**
 * Divides a pot by what was done out of what was asked for: rows of a scorer that stood out of all
 * rows assigned, batches of a sponsor that counted out of all drawn.
 */
export function sharePay(pot: bigint, done: readonly bigint[], asked: bigint): Payout {
  const sum = addUp(done);
  if (sum > asked) throw new RangeError(`${sum} done out of ${asked}`);
  return asked === 0n ? { pays: done.map(() => 0n), total: 0n } : divide(pot, done, asked);
}

/** An arena's part of a share: `floor(share * weight / sum of weights)`. */
export function arenaCut(share: bigint, weight: bigint, weights: bigint): bigint {
  if (share < 0n || weight < 0n || weight > weights)
    throw new RangeError(`arena weight ${weight} out of ${weights}`);
  return weight === 0n ? 0n : (share * weight) / weights;
}

function divide(pot: bigint, parts: readonly bigint[], whole: bigint): Payout {
  if (pot < 0n) throw new RangeError(`pot of ${pot}`);
  const pays = parts.map((part) => (pot * part) / whole);
  return { pays, total: addUp(pays) };
}

function addUp(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => {
    if (value < 0n) throw new RangeError(`cannot add ${value}`);
    return sum + value;
  }, 0n);
}
