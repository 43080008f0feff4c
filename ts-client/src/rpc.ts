import type { JsonRpcRequest, JsonRpcSuccessResponse } from "@cosmjs/json-rpc";
import { isJsonRpcErrorResponse, parseJsonRpcResponse } from "@cosmjs/json-rpc";
import type { Comet38Client, RpcClient } from "@cosmjs/tendermint-rpc";
import {
  AssayError,
  ChainUnreachableError,
  MalformedResponseError,
  NotFoundError,
  QueryError,
  ResponseTooLargeError,
  RpcError,
  RpcTimeoutError,
} from "./errors.ts";
import { sleep } from "./sleep.ts";

export interface RpcOptions {
  url: string;
  /** For one attempt of one call, in milliseconds. */
  timeoutMs: number;
  /** Longest answer that is read, in bytes. */
  maxResponseBytes: number;
  /** How often a read is tried in all before its error is thrown. */
  attempts: number;
  signal?: AbortSignal;
}

const FIRST_BACKOFF_MS = 200;

/**
 * A JSON-RPC client over HTTP for cosmjs, with what its own lacks: a time limit and a size limit on every call,
 * typed errors, an AbortSignal, and retries of reads. Broadcasts are never retried here: whether a lost answer
 * means a lost transaction is for the sender to find out.
 */
export function createRpc(options: RpcOptions): RpcClient {
  return {
    disconnect() {
      // HTTP keeps no connection of ours.
    },
    async execute(request) {
      const attempts = request.method.startsWith("broadcast_") ? 1 : options.attempts;
      for (let attempt = 1; ; attempt++) {
        try {
          return await call(options, request);
        } catch (error) {
          const transient = error instanceof ChainUnreachableError || error instanceof RpcTimeoutError;
          if (!transient || attempt >= attempts) throw error;
          await sleep(FIRST_BACKOFF_MS * 2 ** (attempt - 1), options.signal);
        }
      }
    },
  };
}

async function call(options: RpcOptions, request: JsonRpcRequest): Promise<JsonRpcSuccessResponse> {
  const { url, timeoutMs, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await readText(response, url, request.method, options.maxResponseBytes);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AssayError) throw error;
    if (timeout.aborted) throw new RpcTimeoutError(url, request.method, timeoutMs, error);
    throw new ChainUnreachableError(url, error);
  }
  return parse(request, text);
}

async function readText(response: Response, url: string, method: string, limit: number): Promise<string> {
  if (!response.body) return "";
  // Not `for await`: not every browser can iterate a stream.
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let length = 0;
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > limit) {
      await reader.cancel();
      throw new ResponseTooLargeError(url, method, limit);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

function parse(request: JsonRpcRequest, text: string): JsonRpcSuccessResponse {
  let response;
  try {
    response = parseJsonRpcResponse(JSON.parse(text));
  } catch (error) {
    throw new MalformedResponseError(
      `"${request.method}" did not return JSON-RPC: ${text.slice(0, 100)}`,
      error,
    );
  }
  if (isJsonRpcErrorResponse(response)) {
    const { code, message, data } = response.error;
    throw new RpcError(
      request.method,
      code,
      message,
      typeof data === "string" ? data : JSON.stringify(data ?? ""),
    );
  }
  if (response.id !== request.id)
    throw new MalformedResponseError(`"${request.method}" answered another request`);
  return response;
}

/** What generated query clients call. */
export interface QueryRpc {
  request(service: string, method: string, data: Uint8Array): Promise<Uint8Array>;
}

// Code of sdkerrors.ErrKeyNotFound, which gRPC's NotFound becomes.
const SDK_KEY_NOT_FOUND = 22;

/** Runs gRPC queries over a node's `abci_query`. Throws NotFoundError and QueryError. */
export function createQueryRpc(comet: Comet38Client): QueryRpc {
  return {
    async request(service, method, data) {
      const path = `/${service}/${method}`;
      const response = await comet.abciQuery({ path, data, prove: false });
      if (response.code) {
        const notFound = response.codespace === "sdk" && response.code === SDK_KEY_NOT_FOUND;
        const Refusal = notFound ? NotFoundError : QueryError;
        throw new Refusal(path, response.code, response.codespace, response.log ?? "");
      }
      return response.value;
    },
  };
}

/** Unwraps a message field that the chain always sets. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new MalformedResponseError(`${what} is missing`);
  return value;
}
