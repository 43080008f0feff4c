/** What the market did. Amounts are text, in base units; ids of channels and models lower-case hex. */
export interface MarketTables {
  /** A service as last listed or updated, with what its claims add up to. */
  market_service: {
    service: number;
    /** Cleaned; empty for one that was listed before the first block that is indexed. */
    name: string;
    denom: string;
    /** Per item, the newest that is not zero: what claims are counted in items with. */
    price: string;
    channels: number;
    claims: number;
    /** By how much its lanes moved: what its buyers paid. */
    paid: string;
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
    /** JSON of what else `serviceEvent` in `wire/market.ts` has for the kind. */
    detail: string;
  };
  /** A channel with what its claims add up to. */
  market_channel: {
    channel: string;
    service: number;
    payer: string;
    status: string;
    opened_height: number;
    /** Place of its opening among the block's events. */
    opened_place: number;
    opened_time: string;
    denom: string;
    deposited: string;
    paid: string;
    released: string;
    returned: string;
    items: string;
  };
  /** One thing that happened to a channel. Claims of one transaction are one thing. */
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
    /** Deposited, paid or returned; empty for a closing that begins. */
    amount: string;
    /** Of a claim. */
    released: string;
    items: string;
    /** JSON list of the lanes that a claim moved. */
    lanes: string;
  };
  /** What one scorer measured of one service in an epoch, as last reported. */
  market_probe: {
    service: number;
    epoch: number;
    operator: string;
    calls: number;
    answered: number;
    p50: number;
    p95: number;
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
    paid: string;
    released: string;
    items: string;
    burned: string;
    pooled: string;
  };
}
