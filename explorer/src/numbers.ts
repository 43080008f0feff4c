import { MalformedResponseError } from "@assay/client/errors";
import { D } from "@assay/client/protocol/score";

/** A count, epoch or height as a number; a real one never comes near 2^53. */
export function count(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new MalformedResponseError(`${value} is no count`);
  return number;
}

/** Parts per million as a fraction of 1. */
export function fraction(partsPerMillion: number): number {
  return partsPerMillion / Number(D);
}

/** Q16 bits as bits. */
export function bits(q16: bigint): number {
  return Number(q16) / 65_536;
}

/** The sum of decimal strings of uassay, as one. */
export function sumAmounts(amounts: Iterable<string>): string {
  let sum = 0n;
  for (const amount of amounts) sum += BigInt(amount);
  return sum.toString();
}
