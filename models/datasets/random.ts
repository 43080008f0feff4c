import { createHash } from "node:crypto";

/**
 * A seeded stream of integers (xoshiro128**): the same seed gives the same
 * items on every machine. It serves augmentation only; the protocol has its own stream.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param parts texts, bytes and whole numbers below 2^53 that name the stream. */
  constructor(...parts: readonly (string | number | Uint8Array)[]) {
    const state = digest("assay/data/v1", ...parts);
    this.#a = state.readInt32BE(0);
    this.#b = state.readInt32BE(4);
    this.#c = state.readInt32BE(8);
    // The all-zero state would stay zero for ever.
    this.#d = state.readInt32BE(12) | 1;
  }

  /** The next 32 bits, as an unsigned integer. */
  word(): number {
    const scrambled = Math.imul(this.#b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** A whole number in 0 .. n-1, every one equally likely; 1 <= n <= 2^32. */
  uniform(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % n;
    }
  }

  /** A whole number in low .. high, both included. */
  between(low: number, high: number): number {
    return low + this.uniform(high - low + 1);
  }
}

/** SHA-256 over length-prefixed parts; strings in UTF-8, numbers in decimal. */
export function digest(...parts: readonly (string | number | Uint8Array)[]): Buffer {
  const hash = createHash("sha256");
  const length = Buffer.alloc(4);
  for (const part of parts) {
    const bytes = part instanceof Uint8Array ? part : Buffer.from(String(part), "utf8");
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}
