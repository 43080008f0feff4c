import type { AssayClient } from "../client.ts";
import { fromCoin, type Amount } from "../coins.ts";
import type { ReadErrorType } from "../errors.ts";

/** By denom. Per denom `balance` is the sum of the others. */
export interface GetMarketLedgerReturnType {
  /** Locked in channels. */
  avail: Amount[];
  /** Credited, not withdrawn yet. */
  credits: Amount[];
  /** Locked by services. */
  bonds: Amount[];
  /** Of the module's account. */
  balance: Amount[];
}

export type GetMarketLedgerErrorType = ReadErrorType;

/** The totals that make up the balance of the market's account. */
export async function getMarketLedger(client: AssayClient): Promise<GetMarketLedgerReturnType> {
  const { avail, credits, bonds, balance } = await client.marketplace.Ledger({});
  return {
    avail: avail.map(fromCoin),
    credits: credits.map(fromCoin),
    bonds: bonds.map(fromCoin),
    balance: balance.map(fromCoin),
  };
}
