import { sha256 } from "@noble/hashes/sha2.js";
import { DOMAIN, preimage, text, u32, u64 } from "./hash.ts";

/**
 * The random words of one seed and purpose: `word_i` = first 8 bytes of
 * `H("assay/rand/v1", seed, purpose parts..., i)` as a big-endian u64, `i` from 0. It is stateful;
 * draws from one stream follow each other.
 */
export class Stream {
  readonly #prefix: Uint8Array;
  #next = 0n;

  constructor(seed: Uint8Array, purpose: string, ...parts: readonly Uint8Array[]) {
    this.#prefix = preimage(DOMAIN.rand, [seed, text(purpose), ...parts]);
  }

  /** The next 64 random bits. */
  word(): bigint {
    const digest = sha256.create().update(this.#prefix).update(u32(8)).update(u64(this.#next)).digest();
    this.#next++;
    return new DataView(digest.buffer, digest.byteOffset).getBigUint64(0);
  }

  /**
   * An unbiased number below `n`. Words from `2^64 - (2^64 mod n)` upwards are rejected, since they
   * would favour the small residues.
   */
  uniform(n: bigint): bigint {
    if (n <= 0n || n >> 64n !== 0n) throw new RangeError(`uniform draw below ${n}`);
    const limit = (1n << 64n) - ((1n << 64n) % n);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % n;
    }
  }

  /**
   * Takes `k` of the numbers `0..n-1` without replacement, in the order in which a Fisher-Yates
   * shuffle takes them: for `j` from `n-1` down, position `j` is swapped with position
   * `uniform(j+1)` and taken. With `k = n` it is a permutation.
   */
  sample(n: number, k: number): number[] {
    if (k > n) throw new RangeError(`sample of ${k} out of ${n}`);
    const positions = Array.from({ length: n }, (_, i) => i);
    const taken: number[] = [];
    for (let j = n - 1; j >= n - k; j--) {
      const r = Number(this.uniform(BigInt(j + 1)));
      const chosen = positions[r] as number;
      positions[r] = positions[j] as number;
      taken.push(chosen);
    }
    return taken;
  }
}
