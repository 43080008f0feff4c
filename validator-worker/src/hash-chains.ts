import { randomBytes } from "node:crypto";
import { addressBytes } from "@assay/client/address";
import { AssayError } from "@assay/client/errors";
import { HASH_SIZE } from "@assay/client/protocol/hash";
import { HashChain } from "./hash-chain.ts";
import type { Records, SeedRecord } from "./records.ts";

/** The chain's tip is in none of our hash chains: nothing can be revealed. */
export class UnknownTipError extends AssayError {
  constructor(tip: Uint8Array) {
    const tipHex = Buffer.from(tip).toString("hex");
    super(
      `the tip on the chain (${tipHex}) is not from this data directory. Restore its backup, ` +
        `or start another hash chain from the next epoch with: assay-scorer set-tip`,
      { details: { tip: tipHex } },
    );
  }
}

/** Where a tip is in the hash chains. */
export interface Position {
  /** Links left to reveal. */
  left: number;
  /** The link to reveal next; undefined when none is left. */
  next: Uint8Array | undefined;
  /** Number of links of the whole hash chain. */
  length: number;
  /** Whether no hash chain was started after this one. */
  newest: boolean;
}

export interface HashChainsOptions {
  records: Records;
  chainId: string;
  /** Operator address, bech32. */
  operator: string;
  /** Links of a hash chain started from now on. */
  length: number;
}

/** All hash chains a scorer ever started. A seed is recorded before its tip is shown to anyone. */
export class HashChains {
  readonly #options: HashChainsOptions;
  readonly #operator: Uint8Array;
  readonly #chains: HashChain[];

  constructor(options: HashChainsOptions) {
    this.#options = options;
    this.#operator = addressBytes(options.operator);
    this.#chains = options.records.seeds().map((seed) => this.#derive(seed));
  }

  /** Tip of the newest; undefined if there is none yet. */
  get newestTip(): Uint8Array | undefined {
    return this.#chains.at(-1)?.tip;
  }

  /** Records a new seed, then returns the tip of its hash chain. */
  start(): Uint8Array {
    const record = { seed: new Uint8Array(randomBytes(HASH_SIZE)), length: this.#options.length };
    this.#options.records.addSeed(record);
    const chain = this.#derive(record);
    this.#chains.push(chain);
    return chain.tip;
  }

  /** Throws {@link UnknownTipError}. */
  locate(tip: Uint8Array): Position {
    for (const chain of this.#chains.toReversed()) {
      const left = chain.positionOf(tip);
      if (left === undefined) continue;
      const next = left > 0 ? chain.at(left - 1) : undefined;
      return { left, next, length: chain.length, newest: chain === this.#chains.at(-1) };
    }
    throw new UnknownTipError(tip);
  }

  #derive({ seed, length }: SeedRecord): HashChain {
    return new HashChain({ chainId: this.#options.chainId, operator: this.#operator, seed, length });
  }
}
