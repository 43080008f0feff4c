import type { Receipt, Signed, Voucher } from "../../src/market/bytes.ts";

export const CHAIN = "assay-local-1";

/** So many bytes of one value. */
export function filled(value: number, size = 32): Uint8Array {
  return new Uint8Array(size).fill(value);
}

export const VOUCHER: Signed<Voucher> = {
  channel: filled(0x11),
  lane: 63,
  amount: 2n ** 64n - 1n,
  callHash: filled(0x22),
  signature: filled(0x33, 64),
};

export const RECEIPT: Signed<Receipt> = {
  service: 7n,
  channel: filled(0x11),
  lane: 63,
  amount: 2n ** 64n - 1n,
  callHash: filled(0x22),
  items: 2,
  inputRoot: filled(0x44),
  outputRoot: filled(0x55),
  signature: filled(0x66, 64),
};
