import { MalformedResponseError } from "@assay/client/errors";
import type { Comparison } from "@assay/client/generated/assay/poi/v1/arena";
import { hex } from "../hex.ts";

/** A count, epoch or height as a number; a real one never comes near 2^53. */
export function count(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new MalformedResponseError(`${value} is no count`);
  return number;
}

/** Raw bytes of an id in hex. */
export function bytes(id: string): Uint8Array {
  return Uint8Array.from(Buffer.from(id, "hex"));
}

/** A comparison as it is kept and served. */
export interface ComparisonJson {
  opponent: string;
  /** Contender right and opponent wrong; the reverse; items both answered. */
  b: number;
  c: number;
  n: number;
  wrongOld: number;
  wrongNew: number;
  /** Q16 bits. */
  gain: number;
}

export function comparisonJson({ opponent, b, c, n, wrongOld, wrongNew, gain }: Comparison): ComparisonJson {
  return { opponent: hex(opponent), b, c, n, wrongOld, wrongNew, gain: count(gain) };
}
