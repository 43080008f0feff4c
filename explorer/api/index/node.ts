import { MalformedResponseError, RpcError } from "@assay/client/errors";
import { createRpc } from "@assay/client/rpc";
import { sleep } from "@assay/client/sleep";
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import { z } from "zod";
import type { Question } from "../area.ts";
import { checkRaw, type RawBlock } from "./raw.ts";

/** Longest answer that is read: a full block of 22 MB in base64, and its results. */
const MAX_RESPONSE_BYTES = 64 << 20;
const TIMEOUT_MS = 20_000;
const ATTEMPTS = 2;
/** The newest block is told a moment before its results and its state are there. */
const COMMIT_POLL_MS = 50;
const COMMIT_TRIES = 100;

const numberText = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

const statusJson = z.object({
  node_info: z.object({ network: z.string() }),
  sync_info: z.object({ latest_block_height: numberText, earliest_block_height: numberText }),
});
const hashJson = z.object({ block_id: z.object({ hash: z.string().regex(/^[0-9A-F]{64}$/) }) });
const abciInfoJson = z.object({ response: z.object({ last_block_height: numberText.optional() }) });
const queryJson = z.object({
  response: z.object({ code: z.int().optional(), value: z.base64().nullish(), log: z.string().optional() }),
});
const validatorsJson = z.object({
  validators: z.array(z.object({ address: z.string().regex(/^[0-9A-F]{40}$/) })),
  total: numberText,
});
const VALIDATORS_PER_PAGE = 100;

export interface NodeStatus {
  chainId: string;
  /** Newest and oldest block that the node has; 0 before the first. */
  latest: number;
  earliest: number;
}

/**
 * The node, as the index reads it: with time and size limits, and everything that is used checked. All calls throw the
 * errors of `createRpc`, and MalformedResponseError.
 */
export class ChainNode {
  readonly #rpc: RpcClient;
  readonly #signal: AbortSignal;
  #committed = 0;
  #id = 0;

  constructor(url: string, signal: AbortSignal) {
    this.#rpc = createRpc({
      url,
      timeoutMs: TIMEOUT_MS,
      maxResponseBytes: MAX_RESPONSE_BYTES,
      attempts: ATTEMPTS,
      signal,
    });
    this.#signal = signal;
  }

  async status(): Promise<NodeStatus> {
    const { node_info, sync_info } = await this.#call("status", {}, statusJson);
    return {
      chainId: node_info.network,
      latest: sync_info.latest_block_height,
      earliest: sync_info.earliest_block_height,
    };
  }

  /** Hash of a block that the node has, upper-case hex. */
  async hash(height: number): Promise<string> {
    return (await this.#call("block", { height: String(height) }, hashJson)).block_id.hash;
  }

  /** A block that the node has. */
  async block(height: number): Promise<RawBlock> {
    const [block, results] = await Promise.all([
      this.#call("block", { height: String(height) }, z.unknown()),
      this.#results(height),
    ]);
    return checkRaw(height, block, results);
  }

  /** Answers a question with the state at or after a height; null: the node refuses. */
  async ask({ path, request, pinned }: Question, height: number): Promise<Uint8Array | null> {
    await this.#untilCommitted(height);
    const params = {
      path,
      data: Buffer.from(request).toString("hex"),
      height: pinned ? String(height) : "0",
      prove: false,
    };
    const { response } = await this.#call("abci_query", params, queryJson);
    return response.code ? null : Buffer.from(response.value ?? "", "base64");
  }

  /** Addresses of the validators that were to sign a block, one after the other, in their order. */
  async validators(height: number): Promise<Uint8Array> {
    const addresses: string[] = [];
    for (let page = 1; ; page++) {
      const params = { height: String(height), page: String(page), per_page: String(VALIDATORS_PER_PAGE) };
      const { validators, total } = await this.#call("validators", params, validatorsJson);
      addresses.push(...validators.map(({ address }) => address));
      if (addresses.length >= total || validators.length === 0) return Buffer.from(addresses.join(""), "hex");
    }
  }

  async #results(height: number): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#call("block_results", { height: String(height) }, z.unknown());
      } catch (error) {
        if (!(error instanceof RpcError) || attempt === COMMIT_TRIES) throw error;
        await sleep(COMMIT_POLL_MS, this.#signal);
      }
    }
  }

  async #untilCommitted(height: number): Promise<void> {
    for (let attempt = 1; this.#committed < height && attempt <= COMMIT_TRIES; attempt++) {
      if (attempt > 1) await sleep(COMMIT_POLL_MS, this.#signal);
      const { response } = await this.#call("abci_info", {}, abciInfoJson);
      this.#committed = response.last_block_height ?? 0;
    }
    if (this.#committed < height) {
      throw new MalformedResponseError(`it has block ${height} but not the state after it`);
    }
  }

  async #call<Schema extends z.ZodType>(
    method: string,
    params: Readonly<Record<string, string | boolean>>,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const response: { result: unknown } = await this.#rpc.execute({
      jsonrpc: "2.0",
      id: ++this.#id,
      method,
      params,
    });
    const { data, error } = schema.safeParse(response.result);
    if (error)
      throw new MalformedResponseError(`"${method}": ${z.prettifyError(error).slice(0, 300)}`, error);
    return data;
  }
}
