import { z } from "zod";
import {
  address,
  amount,
  coin,
  hash32,
  height,
  hex,
  id,
  none,
  page,
  pageQuery,
  stated,
  time,
} from "./common.ts";
import { arenaRef, modelRef, task } from "./poi-models.ts";
import { defineRoute } from "./route.ts";

/**
 * The market. Prices are base units per item, shares basis points, accuracies and promises parts per million, latencies
 * milliseconds. What is paid moves the lanes of a channel; of that the promise of the service releases all or a part.
 */

const count = z.int().nonnegative();
const ppm = z.int().min(0).max(1_000_000);
const bps = z.int().min(0).max(10_000);
/** Upper-case hex; null outside of a transaction. */
const tx = z.string().nullable();
const place = { height, time, tx };

export const serviceStatus = z.enum(["active", "closed", "convicted"]);

/** Medians over the scorers that reported; of the newest epoch with enough of them. */
export const probeSummary = z.object({
  epoch: count,
  reporters: count,
  calls: count,
  answered: bps,
  p50: count,
  p95: count,
});

/** What claims of a service or a channel, or of all, add up to. Items are counted at the price of the claim. */
export const turnover = z.object({
  channels: count,
  claims: count,
  paid: amount,
  released: amount,
  items: amount,
});

export const service = z.object({
  id: count,
  provider: z.string(),
  name: z.string(),
  description: z.string(),
  endpoint: z.string(),
  interface: z.string(),
  /** Null without an exact model: nobody can verify the answers then. */
  model: modelRef.nullable(),
  arena: arenaRef.nullable(),
  /** What it takes and what its answers mean; null without a model. */
  task: task.nullable(),
  price: amount,
  denom: z.string(),
  /** Null: none. */
  promise: ppm.nullable(),
  servingKey: hex,
  status: serviceStatus,
  createdHeight: count,
  /** Set when closed: receipts count, and the bond is locked, up to this height. */
  unlockHeight: count.nullable(),
  /** In the chain's own coin. */
  bond: amount,
  /** Of the model, as the chain measured it; null while it was not. */
  accuracy: ppm.nullable(),
  smoothed: ppm.nullable(),
  scoredItems: count,
  probes: probeSummary.nullable(),
});

export const listedService = service.extend({ turnover });

export const share = z.object({
  role: z.enum(["provider", "burned", "pool", "author"]),
  /** Null for what is burned and for the community pool. */
  recipient: z.string().nullable(),
  bps: z.number(),
  /** Of the example. */
  amount,
});

export const probeReport = z.object({
  epoch: count,
  operator: z.string(),
  calls: count,
  answered: count,
  p50: count,
  p95: count,
});

export const serviceState = service.extend({
  /** Who would get what of `example` base units, on a channel that is opened now. */
  split: z.object({ example: amount, shares: z.array(share) }),
  /** What each scorer reported last. */
  reports: z.array(probeReport),
  /** What a channel is opened with at least, in the service's denomination. */
  minDeposit: amount,
  graceBlocks: count,
});

const listing = { name: z.string(), endpoint: z.string(), price: amount, denom: z.string(), promise: ppm };
export const serviceEvent = z.discriminatedUnion("kind", [
  z.object({ ...place, kind: z.literal("listed"), ...listing }),
  z.object({ ...place, kind: z.literal("updated"), ...listing }),
  z.object({ ...place, kind: z.literal("closed"), unlockHeight: count }),
  z.object({ ...place, kind: z.literal("released"), bond: coin }),
  z.object({
    ...place,
    kind: z.literal("convicted"),
    challenger: z.string(),
    /** Which item of its receipt was wrong. */
    index: count,
    callHash: hex,
    slashed: coin,
    reward: coin,
    /** Empty when nobody got the reward. */
    rewarded: z.string(),
  }),
]);

export const claim = z.object({
  ...place,
  channel: hash32,
  service: count,
  lanes: z.array(count),
  denom: z.string(),
  paid: amount,
  released: amount,
  items: amount,
});

export const channelStatus = z.enum(["open", "closing", "closed"]);

export const channelSummary = z.object({
  id: hash32,
  service: z.object({ id: count, name: z.string() }),
  payer: z.string(),
  status: channelStatus,
  openedHeight: count,
  openedTime: time,
  denom: z.string(),
  deposited: amount,
  paid: amount,
  released: amount,
  returned: amount,
  items: amount,
});

export const channelState = z.object({
  id: hash32,
  service: z.object({ id: count, name: z.string(), status: serviceStatus }),
  payer: z.string(),
  /** Whose coins were deposited, and who gets back what is left. */
  funder: z.string(),
  voucherKey: hex,
  status: channelStatus,
  openedHeight: count,
  graceBlocks: count,
  /** When it is closing: from this height on anyone may finalise it. */
  closeHeight: count.nullable(),
  denom: z.string(),
  deposited: amount,
  avail: amount,
  released: amount,
  returned: amount,
  /** What was paid on every lane so far. */
  lanes: z.array(amount),
  promise: ppm.nullable(),
  split: z.array(share.omit({ amount: true })),
});

export const channelEvent = z.object({
  ...place,
  kind: z.enum(["opened", "topped-up", "claimed", "closing", "closed"]),
  /** Who opened it or added to it. */
  account: z.string().nullable(),
  /** Deposited, paid or returned; null for a closing that begins. */
  amount: amount.nullable(),
  denom: z.string().nullable(),
});

const total = z.object({
  denom: z.string(),
  channels: count,
  deposited: amount,
  claims: count,
  paid: amount,
  released: amount,
  items: amount,
  burned: amount,
  pooled: amount,
});

export type Service = z.output<typeof service>;
export type ListedService = z.output<typeof listedService>;
export type ServiceState = z.output<typeof serviceState>;
export type ServiceEvent = z.output<typeof serviceEvent>;
export type Share = z.output<typeof share>;
export type Turnover = z.output<typeof turnover>;
export type Claim = z.output<typeof claim>;
export type ChannelSummary = z.output<typeof channelSummary>;
export type ChannelState = z.output<typeof channelState>;
export type ChannelEvent = z.output<typeof channelEvent>;

const serviceParams = z.object({ service: id });
const channelParams = z.object({
  channel: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .toLowerCase(),
});

export const getMarketTotals = defineRoute({
  path: "/api/market/totals",
  tag: "market",
  summary: "What the market has turned over since the first block, by coin",
  params: none,
  query: none,
  answer: z.object({
    totals: z.array(total),
    services: stated(z.object({ active: count, convicted: count, all: count })),
  }),
});

export const getMarketHistory = defineRoute({
  path: "/api/market/history",
  tag: "market",
  summary: "The totals over time: at the end of up to `points` spans of blocks of equal length, oldest first",
  params: none,
  query: z.object({
    denom: z.string().max(128).default("uassay"),
    points: z.coerce.number().int().min(2).max(500).default(100),
    /** Only from this height on. */
    from: z.coerce.number().int().positive().default(1),
  }),
  answer: z.object({
    denom: z.string(),
    points: z.array(total.omit({ denom: true }).extend({ height, time })),
  }),
});

export const listServices = defineRoute({
  path: "/api/services",
  tag: "market",
  summary: "Services with what the chain measured of them, newest first",
  params: none,
  query: pageQuery.extend({
    arena: id.optional(),
    model: hash32.optional(),
    provider: address.optional(),
    /** Also closed and convicted ones. */
    all: z.stringbool().default(false),
  }),
  answer: page(listedService).extend({ height: z.int().nonnegative(), stale: z.boolean() }),
});

export const getService = defineRoute({
  path: "/api/services/{service}",
  tag: "market",
  summary: "A service with its split, its probes and its turnover",
  params: serviceParams,
  query: none,
  answer: stated(serviceState).extend({ turnover }),
});

export const listServiceClaims = defineRoute({
  path: "/api/services/{service}/claims",
  tag: "market",
  summary: "What a service claimed, by transaction and channel, newest first",
  params: serviceParams,
  query: pageQuery,
  answer: page(claim),
});

export const listServiceProbes = defineRoute({
  path: "/api/services/{service}/probes",
  tag: "market",
  summary: "What scorers measured of a service as its customers, newest epoch first",
  params: serviceParams,
  query: pageQuery,
  answer: page(probeReport.extend({ height })),
});

export const listServiceEvents = defineRoute({
  path: "/api/services/{service}/history",
  tag: "market",
  summary: "Listing, updates, closing and conviction of a service, newest first",
  params: serviceParams,
  query: pageQuery,
  answer: page(serviceEvent),
});

export const listChannels = defineRoute({
  path: "/api/channels",
  tag: "market",
  summary: "Channels, newest first",
  params: none,
  query: pageQuery.extend({
    payer: address.optional(),
    service: id.optional(),
    status: channelStatus.optional(),
  }),
  answer: page(channelSummary),
});

export const getChannel = defineRoute({
  path: "/api/channels/{channel}",
  tag: "market",
  summary: "A channel as the chain has it now",
  params: channelParams,
  query: none,
  answer: stated(channelState),
});

export const listChannelEvents = defineRoute({
  path: "/api/channels/{channel}/history",
  tag: "market",
  summary: "Deposits, claims and closing of a channel, newest first",
  params: channelParams,
  query: pageQuery,
  answer: page(channelEvent),
});
