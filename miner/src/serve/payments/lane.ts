import type { Signed, Voucher } from "@assay/client/market/bytes";

/**
 * One lane of a channel, as the provider knows it. A voucher is in one of three states: open and running (its call is
 * under way), open and not running (its call failed, or the process ended meanwhile), charged (its call was answered).
 */
export interface Lane {
  /** The newest voucher whose call was answered: what is claimed. */
  charged: Signed<Voucher> | undefined;
  /** What it was answered with, if it was kept. */
  answer: readonly Int32Array[] | undefined;
  /** A newer voucher whose call was not answered. Nothing is charged for it. */
  open: OpenVoucher | undefined;
}

export interface OpenVoucher {
  readonly voucher: Signed<Voucher>;
  /** Resolves when the call has been answered or has failed; undefined when none is under way. */
  running: Promise<void> | undefined;
}

/** Whether two vouchers of a lane are for the same call at the same amount; then their digests are the same. */
export function isSame(a: Voucher | undefined, b: Voucher): boolean {
  return a?.amount === b.amount && Buffer.compare(a.callHash, b.callHash) === 0;
}

/** What the payer owes on a lane: charged or, for the time of a call, about to be. */
export function signedOn({ charged, open }: Lane): bigint {
  return (open?.running ? open.voucher.amount : charged?.amount) ?? 0n;
}
