import { compareBytes, HASH_SIZE, link } from "@assay/client/protocol/hash";

/** What a chain is built from. */
export interface HashChainOrigin {
  chainId: string;
  /** Operator address, raw bytes: it is in every link, so that no other scorer can use them. */
  operator: Uint8Array;
  /** 32 secret bytes: the first link. */
  seed: Uint8Array;
  /** Number of links that can be revealed. */
  length: number;
}

/**
 * A chain of links, each the hash of the one before. The last is the tip that the chain of blocks knows;
 * links are revealed from there backwards, down to the seed.
 */
export class HashChain {
  /** Links 0 (the seed) to `length` (the tip), one after the other. */
  readonly #links: Uint8Array;

  /** Takes about 4 µs per link. */
  constructor({ chainId, operator, seed, length }: HashChainOrigin) {
    if (seed.length !== HASH_SIZE)
      throw new RangeError(`a seed of ${seed.length} bytes, expected ${HASH_SIZE}`);
    this.#links = new Uint8Array((length + 1) * HASH_SIZE);
    let current = seed;
    this.#links.set(current, 0);
    for (let position = 1; position <= length; position++) {
      current = link(chainId, operator, current);
      this.#links.set(current, position * HASH_SIZE);
    }
  }

  /** Number of links that can be revealed from the very tip. */
  get length(): number {
    return this.#links.length / HASH_SIZE - 1;
  }

  get tip(): Uint8Array {
    return this.at(this.length);
  }

  /** The link at a position from 0 (the seed) to `length` (the tip). */
  at(position: number): Uint8Array {
    if (!Number.isInteger(position) || position < 0 || position > this.length) {
      throw new RangeError(`position ${position}, expected 0 to ${this.length}`);
    }
    return this.#links.slice(position * HASH_SIZE, (position + 1) * HASH_SIZE);
  }

  /** Where `value` is in the chain, which is also the number of links left to reveal once it is the tip. */
  positionOf(value: Uint8Array): number | undefined {
    if (value.length !== HASH_SIZE) return undefined;
    for (let position = this.length; position >= 0; position--) {
      const start = position * HASH_SIZE;
      if (compareBytes(this.#links.subarray(start, start + HASH_SIZE), value) === 0) return position;
    }
    return undefined;
  }
}
