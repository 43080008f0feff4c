import type { AssayEvent } from "@assay/client/events";
import type { Coin } from "../../wire/common.ts";

/** A block, read from its raw bytes. All of it is the chain's word; texts in it are not cleaned. */
export interface DecodedBlock {
  height: number;
  /** The first block that is indexed: what was before it (genesis, for block 1) can be asked for with pinned questions. */
  first: boolean;
  /** ISO 8601. */
  time: string;
  /** Hex, upper case as CometBFT prints it, like the addresses below. */
  hash: string;
  proposer: string;
  /** Who signed the block before this one. */
  signatures: readonly { address: string; signed: boolean }[];
  txs: readonly DecodedTx[];
  /** Raw events outside of transactions. */
  events: readonly ChainEvent[];
  /** Events of our modules, decoded, of transactions that succeeded and outside of them, in order. */
  typed: readonly TypedEvent[];
  /** The answer to a question asked with this block; null: refused; undefined: not asked, or not yet. */
  answer(path: string, request: Uint8Array): Uint8Array | null | undefined;
}

export interface ChainEvent {
  type: string;
  attributes: readonly { key: string; value: string }[];
}

export interface TypedEvent {
  event: AssayEvent;
  /** Index of the transaction, null outside of one. */
  tx: number | null;
}

export interface DecodedTx {
  index: number;
  /** Upper-case hex. */
  hash: string;
  bytes: Uint8Array;
  code: number;
  codespace: string;
  log: string;
  gasWanted: number;
  gasUsed: number;
  fee: readonly Coin[];
  memo: string;
  /** Accounts that signed, first the one that pays. */
  signers: readonly string[];
  /** In order; those inside of a `MsgExec` follow it. */
  messages: readonly DecodedMessage[];
  events: readonly ChainEvent[];
}

export interface DecodedMessage {
  /** Such as "0", and "0.1" for the second message inside of the first. */
  path: string;
  typeUrl: string;
  value: Uint8Array;
}
