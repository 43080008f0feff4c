import { createHash } from "node:crypto";
import { MAX_CLAIM_ROWS, type Signed, type Voucher } from "@assay/client/market/bytes";
import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import type { Channel } from "../chain/chain.ts";
import type { Lanes } from "../payments/lanes.ts";

/** A voucher that a claim would settle. */
export interface Row {
  readonly channel: Channel;
  readonly voucher: Signed<Voucher>;
  /** Settled on its lane now. */
  readonly settled: bigint;
}

/** What a claim could settle on a channel now. One that has nothing left waits for a top-up. */
export function rowsOf(lanes: Lanes, channel: Channel): Row[] {
  if (channel.status === ChannelStatus.CLOSED || channel.avail === 0n) return [];
  return lanes.all(channel.idHex).flatMap((lane, number) => {
    const settled = channel.lanes[number];
    const voucher = lane?.charged;
    if (!voucher || settled === undefined || voucher.amount <= settled) return [];
    return [{ channel, voucher, settled }];
  });
}

/** Closing channels first, then in batches that one claim takes. */
export function batches(rows: readonly Row[]): Row[][] {
  const urgent = rows.toSorted(
    (a, b) =>
      Number(b.channel.status === ChannelStatus.CLOSING) - Number(a.channel.status === ChannelStatus.CLOSING),
  );
  const count = Math.ceil(urgent.length / MAX_CLAIM_ROWS);
  return Array.from({ length: count }, (_, i) => urgent.slice(i * MAX_CLAIM_ROWS, (i + 1) * MAX_CLAIM_ROWS));
}

/**
 * Names what these rows do to lanes as they are now: the same claim after a restart has the same name, and the same
 * vouchers after a top-up another one.
 */
export function nameOf(rows: readonly Row[]): string {
  const hash = createHash("sha256");
  for (const { channel, voucher, settled } of rows)
    hash.update(`${channel.idHex}/${voucher.lane}/${settled}/${voucher.amount};`);
  return hash.digest("hex");
}
