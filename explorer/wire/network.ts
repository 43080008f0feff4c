import { z } from "zod";
import { address, amount, height, none, time } from "./common.ts";
import { defineRoute } from "./route.ts";

/** Whether the index follows the chain. `starting`: nothing is known yet; `syncing`: it catches up; `stale`: no news. */
export const status = z.object({
  state: z.enum(["starting", "syncing", "live", "stale"]),
  reason: z.enum(["unreachable", "stalled", "refused"]).nullable(),
  /** Since when; for `stale`, when the last new block was seen. */
  since: time,
  chainId: z.string(),
  /** Newest block that is indexed, 0 before the first. */
  height: z.int().nonnegative(),
  /** Newest block of the node as last heard, 0 if never. */
  nodeHeight: z.int().nonnegative(),
});
export type Status = z.output<typeof status>;

/** Sent with every block that is indexed, newest only while catching up. */
export const head = z.object({
  height,
  time,
  hash: z.string(),
  txs: z.int().nonnegative(),
  epoch: z.int().nonnegative(),
  phase: z.string(),
});
export type Head = z.output<typeof head>;

/** What a page must know of the network before anything else. */
export const network = z.object({
  chainId: z.string(),
  bech32Prefix: z.string(),
  denom: z.object({ base: z.string(), display: z.string(), exponent: z.int() }),
  /** Path below this origin that answers CometBFT's JSON-RPC for the methods a wallet needs. */
  rpcPath: z.string(),
  /** Addresses for wallets, which do not live in the page; null when the operator has not set them. */
  publicRpc: z.string().nullable(),
  publicRest: z.string().nullable(),
  /** A network for trials: an in-page key may be offered. */
  local: z.boolean(),
  faucet: z.object({ amount: z.string(), denom: z.string() }).nullable(),
});
export type Network = z.output<typeof network>;

export const getStatus = defineRoute({
  path: "/api/status",
  tag: "network",
  summary: "Whether the index follows the chain",
  params: none,
  query: none,
  answer: status,
});

export const getNetwork = defineRoute({
  path: "/api/network",
  tag: "network",
  summary: "Chain id, denominations and what this explorer offers",
  params: none,
  query: none,
  answer: network,
});

/** Body of `POST /api/faucet`. */
export const faucetRequest = z.strictObject({ address });

/** What the faucet sent, once it is in a block. */
export const faucetGrant = z.object({
  hash: z.string().meta({ description: "Of the transaction, upper-case hex." }),
  height,
  amount,
  denom: z.string(),
});
export type FaucetGrant = z.output<typeof faucetGrant>;
