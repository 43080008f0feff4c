import { hash, text, u32, u64 } from "../protocol/hash.ts";
import { merkleRoot } from "../protocol/merkle.ts";

/** Length of a call's salt. */
export const SALT_SIZE = 16;

/** The most lanes of one channel. */
export const MAX_LANES = 64;

/** The most vouchers of one claim. */
export const MAX_CLAIM_ROWS = 100;

/**
 * Domains of the market's hashes. No two uses share one, here or in `protocol/hash`.
 * `docs/protocol/bytes.md` is the table of what follows each.
 */
export const DOMAIN = {
  channel: "assay/channel/v1",
  call: "assay/call/v1",
  voucher: "assay/voucher/v1",
  receipt: "assay/receipt/v1",
} as const;

/** A promise of the payer: so much in total on a lane, the last of it for one call. */
export interface Voucher {
  channel: Uint8Array;
  lane: number;
  /** Base units, cumulative. */
  amount: bigint;
  callHash: Uint8Array;
}

/** What a provider says about one call: what was asked, what was paid and what was answered. */
export interface Receipt {
  service: bigint;
  /** 32 zero bytes for a call that was free; its lane and amount are 0. */
  channel: Uint8Array;
  lane: number;
  /** Of the voucher: base units, cumulative. */
  amount: bigint;
  callHash: Uint8Array;
  /** Number of leaves of both roots. */
  items: number;
  inputRoot: Uint8Array;
  outputRoot: Uint8Array;
}

/** Something with an ed25519 signature over its digest, 64 bytes. */
export type Signed<T> = T & { signature: Uint8Array };

/** The id of the channel that `payer` (address, raw) opens when its counter is `n`. */
export function channelId(chainId: string, payer: Uint8Array, n: bigint): Uint8Array {
  return hash(DOMAIN.channel, text(chainId), payer, u64(n));
}

/**
 * Commits to what a service is asked. The salt, of {@link SALT_SIZE} bytes, keeps short inputs from
 * being guessed; a retry of the same call keeps it.
 */
export function callHash(salt: Uint8Array, service: bigint, root: Uint8Array): Uint8Array {
  return hash(DOMAIN.call, salt, u64(service), root);
}

/** What a channel's voucher key signs. */
export function voucherDigest(chainId: string, voucher: Voucher): Uint8Array {
  const { channel, lane, amount, callHash } = voucher;
  return hash(DOMAIN.voucher, text(chainId), channel, u8(lane), u64(amount), callHash);
}

/** What a service's serving key signs. */
export function receiptDigest(chainId: string, receipt: Receipt): Uint8Array {
  return hash(
    DOMAIN.receipt,
    text(chainId),
    u64(receipt.service),
    receipt.channel,
    u8(receipt.lane),
    u64(receipt.amount),
    receipt.callHash,
    u32(receipt.items),
    receipt.inputRoot,
    receipt.outputRoot,
  );
}

/** The Merkle root over raw, row-major items. */
export function inputRoot(items: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(items);
}

/** The Merkle root over the outputs of each item. */
export function outputRoot(outputs: readonly Int32Array[]): Uint8Array {
  return merkleRoot(outputs.map(outputBytes));
}

/** The outputs of one item as the chain takes them: int32 little-endian. */
export function outputBytes(outputs: Int32Array): Uint8Array {
  const bytes = new Uint8Array(4 * outputs.length);
  const view = new DataView(bytes.buffer);
  outputs.forEach((value, i) => view.setInt32(4 * i, value, true));
  return bytes;
}

function u8(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xff) throw new RangeError(`${value} is not a u8`);
  return Uint8Array.of(value);
}
