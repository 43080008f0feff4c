import type { Intervals } from "./graph.ts";
import { BOUND } from "./graph.ts";
import { FLOAT, type Initializer } from "./parse.ts";

/** An initializer, or what Cast, Transpose and Identity make of one. */
export class Constant {
  readonly type: number;
  readonly dims: readonly number[];
  /** Values of type INT64. */
  readonly longs: readonly number[];
  /** Values, or IEEE-754 bits when #bits is set. */
  readonly #ints: Int32Array;
  /** A float32 initializer. */
  readonly #bits: boolean;

  // Kept, because many nodes may share a large constant.
  #exact: Int32Array | undefined;
  #swapped: Int32Array | undefined;
  #columns: Intervals | undefined;

  constructor({ type, dims, ints, longs }: Omit<Initializer, "name">, bits = type === FLOAT) {
    this.type = type;
    this.dims = dims;
    this.longs = longs;
    this.#ints = ints;
    this.#bits = bits;
  }

  /** The same integers as floats. */
  toFloat(): Constant {
    return new Constant({ type: FLOAT, dims: [...this.dims], ints: this.#ints, longs: [] }, false);
  }

  /** The same with axes permuted: dimension i of the result is dimension perm[i] of this. */
  transpose(perm: readonly number[]): Constant {
    const dims = perm.map((from) => this.dims[from]!);
    return new Constant(
      { type: this.type, dims, ints: transpose(this.#ints, this.dims, perm), longs: [] },
      this.#bits,
    );
  }

  /** Values of a float constant, or undefined when one of them is no integer strictly inside ±2^24. */
  integers(): Int32Array | undefined {
    if (this.#exact !== undefined) return this.#exact;
    const values = this.#bits ? new Int32Array(this.#ints.length) : this.#ints;
    for (let i = 0; i < values.length; i++) {
      const value = this.#bits ? integerFromBits(this.#ints[i]!) : values[i]!;
      if (value === undefined || value <= -BOUND || value >= BOUND) return undefined;
      values[i] = value;
    }
    this.#exact = values;
    return values;
  }

  /** The integers of a constant of rank 2, known to be such, with its dimensions swapped. */
  swapped(integers: Int32Array): Int32Array {
    return (this.#swapped ??= transpose(integers, this.dims, [1, 0]));
  }

  /** The interval of every column of a table of rank 1 or 2 whose integers are known to be such. */
  columns(integers: Int32Array): Intervals {
    if (this.#columns !== undefined) return this.#columns;
    const width = this.dims[1] ?? 1;
    const lo = integers.slice(0, width);
    const hi = integers.slice(0, width);
    for (let i = width; i < integers.length; i++) {
      const column = i % width;
      lo[column] = Math.min(lo[column]!, integers[i]!);
      hi[column] = Math.max(hi[column]!, integers[i]!);
    }
    return (this.#columns = { lo, hi });
  }

  /** k of every value 2^-k of a float constant, or undefined when one is no such power with 0 <= k <= 24. */
  shifts(): Int32Array | undefined {
    const shifts = new Int32Array(this.#ints.length);
    for (let i = 0; i < shifts.length; i++) {
      const value = this.#ints[i]!;
      const k = this.#bits ? shiftFromBits(value) : value === 1 ? 0 : undefined;
      if (k === undefined) return undefined;
      shifts[i] = k;
    }
    return shifts;
  }
}

/**
 * Converts float32 bits to the integer they stand for, or undefined when they stand for none, or for one outside of
 * ±2^24. Zero of either sign is 0.
 */
export function integerFromBits(bits: number): number | undefined {
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0 && mantissa === 0) return 0;
  // The value is (2^23 + mantissa) * 2^(exponent - 150).
  const drop = 150 - exponent;
  if (drop < 0 || drop > 23) return undefined;
  const significand = mantissa | 0x800000;
  if ((significand & ((1 << drop) - 1)) !== 0) return undefined;
  const value = significand >> drop;
  return bits >>> 31 === 1 ? -value : value;
}

/** k for the float32 bits of 2^-k, 0 <= k <= 24; undefined for others. */
export function shiftFromBits(bits: number): number | undefined {
  const k = 127 - (bits >>> 23); // a sign bit makes it negative
  return k >= 0 && k <= 24 && (bits & 0x7fffff) === 0 ? k : undefined;
}

function transpose(values: Int32Array, dims: readonly number[], perm: readonly number[]): Int32Array {
  const strides = dims.map((_, i) => dims.slice(i + 1).reduce((product, d) => product * d, 1));
  const index = dims.map(() => 0);
  const result = new Int32Array(values.length);
  let source = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = values[source]!;
    for (let axis = perm.length - 1; axis >= 0; axis--) {
      const from = perm[axis]!;
      index[axis]!++;
      source += strides[from]!;
      if (index[axis]! < dims[from]!) break;
      source -= strides[from]! * dims[from]!;
      index[axis] = 0;
    }
  }
  return result;
}
