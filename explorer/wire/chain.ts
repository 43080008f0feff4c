import { z } from "zod";
import { amount, coin, hash32, height, id, none, page, pageQuery, stated, time } from "./common.ts";
import { defineRoute } from "./route.ts";

/** Blocks, transactions and accounts. */

const txHash = z.string().regex(/^[0-9A-F]{64}$/);
const blockHash = z.string().regex(/^[0-9A-F]{64}$/);
const count = z.int().nonnegative();

/** An account's own address: neither an operator's nor a consensus address. */
export const accountAddress = z
  .string()
  .regex(/^assay1(?:[02-9ac-hj-np-z]{38}|[02-9ac-hj-np-z]{58})$/)
  .meta({ description: "Bech32 address of an account." });

/**
 * What a message, an event or a response of the chain says, as JSON: fields have their proto names, 64-bit numbers are
 * decimal strings, nested `Any`s carry "@type". Bytes are `{hex}`, or `{hex, size}` when only the first ones are
 * given; the end of a list that is too long is `{omitted}`, the number of its entries that were left out.
 */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export const json: z.ZodType<Json> = z.json().meta({
  description:
    "JSON of a protobuf message by proto names. Bytes are {hex}, with their size if only the first are given; the end of a list that is too long is {omitted: count}.",
});

/** A validator as a block names it. */
export const signer = z.object({
  /** Consensus address, upper-case hex. */
  address: z.string(),
  /** Address of its operator and its name, null when the validator is gone or was never asked for. */
  operator: z.string().nullable(),
  moniker: z.string().nullable(),
});
export type Signer = z.output<typeof signer>;

export const blockSummary = z.object({
  height,
  time,
  hash: blockHash,
  proposer: signer,
  txs: count,
  failedTxs: count,
  gasWanted: count,
  gasUsed: count,
});
export type BlockSummary = z.output<typeof blockSummary>;

export const txSummary = z.object({
  hash: txHash,
  height,
  /** Place in the block, from zero. */
  index: count,
  time,
  /** 0 for success; else what it means depends on the codespace. */
  code: count,
  codespace: z.string(),
  /** How many messages it has, those inside of others too. */
  messageCount: count,
  /** Type URLs of its first messages, in order. */
  types: z.array(z.string()),
  fee: z.array(coin),
  /** Accounts that signed, first the one that pays the fee; empty when the bytes are no transaction. */
  signers: z.array(z.string()),
  gasWanted: count,
  gasUsed: count,
  memo: z.string(),
});
export type TxSummary = z.output<typeof txSummary>;

export const chainEvent = z.object({
  /** Such as "transfer" or "assay.poi.v1.EventRowsPosted". */
  type: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: json })),
});
export type ChainEvent = z.output<typeof chainEvent>;

export const message = z.object({
  /** "0" for the first, "0.1" for the second one inside of it. */
  path: z.string(),
  typeUrl: z.string(),
  /** Null when its type is unknown or its bytes do not fit. */
  value: json.nullable(),
  /** Size of the message in bytes. */
  size: count,
});
export type Message = z.output<typeof message>;

export const block = blockSummary.extend({
  /** Height of the newest block that is indexed. */
  newest: height,
  /** Who signed this block, as the next one tells; null until there is one. */
  signatures: z.array(signer.extend({ signed: z.boolean() })).nullable(),
  /** The first transactions in order; `/api/txs?from=…&to=…` lists all. */
  transactions: z.array(txSummary),
  /** Events outside of transactions. */
  events: z.array(chainEvent),
  omittedEvents: count,
});
export type Block = z.output<typeof block>;

export const failure = z.object({
  /** What happened, in plain words. */
  reason: z.string(),
  /** What the sender can do about it, if that is known. */
  advice: z.string().nullable(),
  /** The chain's own words, cleaned. */
  log: z.string(),
});

export const tx = txSummary.extend({
  /** Null when it succeeded. */
  failure: failure.nullable(),
  messages: z.array(message),
  omittedMessages: count,
  /** By the top-level message that caused them; null: before any message, such as paying the fee. */
  events: z.array(z.object({ message: count.nullable(), events: z.array(chainEvent) })),
  omittedEvents: count,
  /** The whole transaction as JSON: body, who signed and how, signatures. */
  decoded: json.nullable(),
  raw: z.object({
    /** Size in bytes. */
    size: count,
    /** All of the bytes, or null when they are too many for this answer. */
    base64: z.string().nullable(),
  }),
});
export type Tx = z.output<typeof tx>;

/** Lists of an account that have an end here. */
const CUT = ["unbondings", "delegations", "sponsors", "models", "services", "channels", "approvals"] as const;

const delegation = z.object({ operator: z.string(), moniker: z.string(), amount, rewards: z.array(coin) });

/** What the node knows of an address now. Amounts without a denomination are in the base one. */
export const account = z.object({
  /** False when the chain has never seen the account: it has no number and no sequence. */
  known: z.boolean(),
  kind: z.enum(["account", "module", "vesting", "other"]),
  /** Name of a module account, such as "gov"; of a vesting account its kind, such as "ContinuousVestingAccount". */
  name: z.string().nullable(),
  accountNumber: z.string().nullable(),
  sequence: z.string().nullable(),
  balances: z.array(coin),
  /** To be claimed from the ledger of the arenas. */
  rewards: amount,
  /** To be withdrawn from the market. */
  credits: z.array(coin),
  /** Bonds of scorers, sponsors and models on their way back. */
  unbondings: z.array(z.object({ amount, matures: height, origin: z.string() })),
  delegations: z.array(delegation),
  stakingUnbondings: z.array(
    z.object({ operator: z.string(), moniker: z.string(), amount, completion: time }),
  ),
  validator: z
    .object({
      operator: z.string(),
      moniker: z.string(),
      status: z.enum(["bonded", "unbonding", "unbonded"]),
      jailed: z.boolean(),
      tokens: amount,
      commission: z.array(coin),
    })
    .nullable(),
  scorer: z
    .object({
      operator: z.string(),
      hotKey: z.string(),
      /** Which of its two addresses this one is. */
      as: z.enum(["operator", "hotKey"]),
      bond: amount,
      eligible: z.boolean(),
      reason: z.string(),
    })
    .nullable(),
  sponsors: z.array(
    z.object({
      arena: id,
      arenaName: z.string(),
      approved: z.boolean(),
      bonded: z.boolean(),
      bond: amount,
      batchesCounted: count,
    }),
  ),
  arenas: z.array(z.object({ arena: id, name: z.string(), creator: z.boolean(), curator: z.boolean() })),
  models: z.array(
    z.object({
      model: hash32,
      name: z.string(),
      arena: id,
      arenaName: z.string(),
      status: z.enum(["contender", "top", "archived", "evicted", "withdrawn", "unknown"]),
      /** Parts per million. */
      smoothed: count,
      scoredItems: count,
    }),
  ),
  services: z.array(
    z.object({
      service: id,
      name: z.string(),
      status: z.enum(["active", "closed", "convicted", "unknown"]),
      price: amount,
      denom: z.string(),
      bond: amount,
    }),
  ),
  /** Channels it pays with, those opened last first. */
  channels: z.array(
    z.object({
      channel: hash32,
      service: id,
      status: z.enum(["open", "closing", "closed", "unknown"]),
      denom: z.string(),
      deposited: amount,
      avail: amount,
    }),
  ),
  /** Who may pay for channels with this account's coins. */
  approvals: z.array(
    z.object({ spender: z.string(), denom: z.string(), maxTotal: amount, spent: amount, expiry: count }),
  ),
  /** Lists above that go on behind what is given here. */
  cut: z.array(z.enum(CUT)),
});
export type Account = z.output<typeof account>;

export const getBlocks = defineRoute({
  path: "/api/blocks",
  tag: "chain",
  summary: "Blocks, newest first",
  params: none,
  query: pageQuery,
  answer: page(blockSummary),
});

export const getBlock = defineRoute({
  path: "/api/blocks/{height}",
  tag: "chain",
  summary: "A block with its transactions, signatures and events",
  params: z.object({ height: z.coerce.number().pipe(height) }),
  query: none,
  answer: block,
});

export const getTxs = defineRoute({
  path: "/api/txs",
  tag: "chain",
  summary: "Transactions, newest first",
  params: none,
  query: pageQuery.extend({
    type: z
      .string()
      .regex(/^\/[A-Za-z0-9_.]{1,200}$/)
      .optional()
      .meta({ description: "Type URL of a message it has." }),
    status: z.enum(["succeeded", "failed"]).optional(),
    from: z.coerce.number().pipe(height).optional().meta({ description: "Lowest height." }),
    to: z.coerce.number().pipe(height).optional().meta({ description: "Highest height." }),
  }),
  answer: page(txSummary),
});

export const getTxTypes = defineRoute({
  path: "/api/tx-types",
  tag: "chain",
  summary: "Types of messages that transactions had so far",
  params: none,
  query: none,
  answer: z.object({ types: z.array(z.string()) }),
});

export const getTx = defineRoute({
  path: "/api/txs/{hash}",
  tag: "chain",
  summary: "A transaction with its decoded messages and events",
  params: z.object({
    hash: z
      .string()
      .regex(/^[0-9A-Fa-f]{64}$/)
      .toUpperCase(),
  }),
  query: none,
  answer: tx,
});

export const getAccount = defineRoute({
  path: "/api/accounts/{address}",
  tag: "chain",
  summary: "Everything an address is in the system now",
  params: z.object({ address: accountAddress }),
  query: none,
  answer: stated(account),
});

export const getAccountTxs = defineRoute({
  path: "/api/accounts/{address}/txs",
  tag: "chain",
  summary: "Transactions that an account signed or that name it, newest first",
  params: z.object({ address: accountAddress }),
  query: pageQuery,
  answer: page(txSummary),
});
