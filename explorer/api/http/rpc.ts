import express, { Router, type ErrorRequestHandler, type RequestHandler } from "express";
import { z } from "zod";
import type { Logger } from "@assay/service-kit/log";
import { asHttpError, HttpError } from "./errors.ts";
import { limitRate } from "./limits.ts";
import { parseRequest } from "./route.ts";

export interface RpcLimits {
  /** Broadcasts of one visitor per minute. */
  broadcastsPerMinute?: number;
  /** For one call, in milliseconds. */
  timeoutMs?: number;
  /** Longest answer that is passed on, in bytes. */
  maxAnswerBytes?: number;
  /** Calls under way at a time. */
  maxUnderWay?: number;
}

export interface RpcOptions extends RpcLimits {
  /** The node's RPC. */
  rpcUrl: string;
  log: Logger;
  /** Aborts what is under way. */
  signal: AbortSignal;
}

/** A transaction of 1 MB in base64, or one of 700 kB in the hex of a simulation. */
const MAX_BODY = "1500kb";
const REASON_LENGTH = 300;

/**
 * Queries of modules, the simulation of transactions; not the paths of stores, of peers, or of the app, and of the
 * services beside queries only what wallets need: trying out, following, and what gas costs.
 */
const QUERY_PATH = /^\/(?:[a-z0-9_]+\.)+(?:Query\/[A-Za-z]+|Service\/(?:Simulate|GetTx|Config))$/;

const heightText = z.string().regex(/^\d{1,16}$/);
const base64 = z
  .string()
  .max(1_400_000)
  .regex(/^[A-Za-z0-9+/=]*$/);
const call = <Method extends string, Shape extends z.core.$ZodLooseShape>(method: Method, shape: Shape) =>
  z.strictObject({
    jsonrpc: z.literal("2.0"),
    id: z.union([z.int(), z.string().max(64)]),
    method: z.literal(method),
    params: z.strictObject(shape).default({} as never),
  });

/** What `@assay/client` asks a node, and nothing else. */
const request = z.discriminatedUnion("method", [
  call("status", {}),
  call("health", {}),
  call("abci_info", {}),
  call("abci_query", {
    path: z.string().max(200).regex(QUERY_PATH, "only queries of modules can be asked here"),
    data: z
      .string()
      .max(1_400_000)
      .regex(/^(?:[0-9a-fA-F]{2})*$/),
    height: heightText.optional(),
    prove: z.literal(false).optional(),
  }),
  call("block", { height: heightText.optional() }),
  call("block_results", { height: heightText.optional() }),
  call("blockchain", { minHeight: heightText.optional(), maxHeight: heightText.optional() }),
  call("tx", { hash: base64, prove: z.boolean().optional() }),
  call("broadcast_tx_sync", { tx: base64 }),
]);

/**
 * POST: CometBFT's JSON-RPC, for the methods a wallet in the page needs. Errors are JSON-RPC errors, so that clients
 * understand them.
 */
export function serveRpc(options: RpcOptions): Router {
  const { log } = options;
  const broadcasts = limitRate({
    name: "broadcast",
    perMinute: options.broadcastsPerMinute ?? 60,
    advice: "Send fewer transactions",
  });
  const router = Router();
  router.post(
    "/",
    express.json({ limit: MAX_BODY, type: "application/json" }),
    (request, response, next) => {
      const body: unknown = request.body;
      const isBroadcast =
        typeof body === "object" && body !== null && "method" in body && body.method === "broadcast_tx_sync";
      if (isBroadcast) void broadcasts(request, response, next);
      else next();
    },
    forward(options),
  );
  router.use(rpcErrors(log));
  return router;
}

function forward(options: RpcOptions): RequestHandler {
  const { signal, timeoutMs = 15_000, maxUnderWay = 64 } = options;
  let underWay = 0;
  return async (incoming, response) => {
    const asked = parseRequest(request, incoming.body);
    if (underWay >= maxUnderWay) throw busy();
    underWay++;
    try {
      const gone = new AbortController();
      response.on("close", () => gone.abort());
      const timeout = AbortSignal.timeout(timeoutMs);
      const ended = AbortSignal.any([signal, gone.signal, timeout]);
      const answer = await fetchLimited(options, JSON.stringify(asked), ended);
      response.set("Cache-Control", "no-store").type("json").send(answer);
    } finally {
      underWay--;
    }
  };
}

async function fetchLimited(
  { rpcUrl, log, maxAnswerBytes = 16 * 2 ** 20 }: RpcOptions,
  body: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal,
    });
    for await (const part of response.body ?? []) {
      length += part.length;
      if (length > maxAnswerBytes) break;
      parts.push(part);
    }
  } catch (error) {
    log.debug({ error }, "the node did not answer a call");
    throw new HttpError(503, "The chain's node does not answer right now; try again in a minute.", {
      "Retry-After": "30",
    });
  }
  if (length > maxAnswerBytes)
    throw new HttpError(502, `The node's answer is longer than ${maxAnswerBytes} bytes; ask for less.`);
  return Buffer.concat(parts);
}

function busy(): HttpError {
  return new HttpError(503, "Too many calls at once; try again.", { "Retry-After": "2" });
}

/** JSON-RPC 2.0, section 5.1. */
const CODES: Readonly<Record<number, number>> = { 400: -32600, 413: -32600 };
const SERVER_ERROR = -32000;

function rpcErrors(log: Logger): ErrorRequestHandler {
  return (error: unknown, incoming, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, message, headers } = asHttpError(error, log, incoming.path);
    const body: unknown = incoming.body;
    const id = typeof body === "object" && body !== null && "id" in body ? body.id : null;
    response
      .status(status)
      .set({ "Cache-Control": "no-store", ...headers })
      .json({
        jsonrpc: "2.0",
        id: typeof id === "number" || typeof id === "string" ? id : null,
        error: { code: CODES[status] ?? SERVER_ERROR, message: message.slice(0, REASON_LENGTH), data: "" },
      });
  };
}
