/** What the market did. Amounts are text, in base units; ids of channels lower-case hex. */
export interface MarketTables {
  /** A service as last listed or updated, with what its claims add up to. */
  market_service: {
    service: number;
    provider: string;
    /** Cleaned. */
    name: string;
    /** Lower-case hex, empty without a model. */
    model: string;
    denom: string;
    /** Per item, newest that is not zero: what claims are counted in items with. */
    price: string;
    channels: number;
    claims: number;
    /** By how much its lanes moved: what buyers paid. */
    moved: string;
    /** Of it, what the promise let go. */
    released: string;
    items: string;
  };
  /** One thing that happened to a service. */
  market_service_event: {
    height: number;
    /** Place among the block's events. */
    place: number;
    time: string;
    /** Upper-case hex, empty outside of a transaction. */
    tx: string;
    service: number;
    kind: string;
    /** JSON, its shape goes with the kind: see `serviceEvent` in `wire/market.ts`. */
    detail: string;
  };
  /** One thing that happened to a channel but claims. */
  market_channel_event: {
    height: number;
    place: number;
    time: string;
    tx: string;
    channel: string;
    service: number;
    kind: string;
    /** Who opened it or added to it; empty for the rest. */
    account: string;
    denom: string;
    /** Deposited or returned. */
    amount: string;
  };
  /** What one transaction claimed of one channel. */
  market_claim: {
    height: number;
    /** Place of its first event among the block's. */
    place: number;
    time: string;
    tx: string;
    channel: string;
    service: number;
    /** JSON list of the lanes that moved. */
    lanes: string;
    denom: string;
    moved: string;
    released: string;
    items: string;
  };
  /** What one scorer measured of one service in an epoch. */
  market_probe: {
    service: number;
    epoch: number;
    operator: string;
    calls: number;
    answered: number;
    p50_ms: number;
    p95_ms: number;
    height: number;
  };
  /** Totals since the first block, after each block that changed them. */
  market_total: {
    denom: string;
    height: number;
    time: string;
    channels: number;
    deposited: string;
    claims: number;
    moved: string;
    released: string;
    items: string;
    burned: string;
    pooled: string;
  };
}
