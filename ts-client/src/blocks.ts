import type { AssayClient } from "./client.ts";
import { ChainUnreachableError, RpcError, RpcTimeoutError } from "./errors.ts";
import { sleep } from "./sleep.ts";

export interface Block {
  height: number;
  /** Time in the block's header. */
  time: Date;
}

export interface FollowBlocksParameters {
  /** First height to report; by default the newest block at the start. */
  from?: number;
  /** How often to look for a new block, in milliseconds. Default 300. */
  pollMs?: number;
  /** Ends the iteration by throwing its reason. */
  signal: AbortSignal;
}

/** Headers that one `blockchain` call returns at most. */
const HEADERS_PER_CALL = 20;

/**
 * Reports every block once, in order of height, as soon as the node has it. Nothing is lost when the node
 * restarts or the caller is slow: heights that were missed follow one by one. Waits while the node is away.
 *
 * Throws only what trying again cannot cure, for instance when `from` is below what the node still keeps.
 */
export async function* followBlocks(
  client: AssayClient,
  parameters: FollowBlocksParameters,
): AsyncGenerator<Block, never> {
  const { pollMs = 300, signal } = parameters;
  let next = parameters.from;
  for (;;) {
    signal.throwIfAborted();
    let blocks: Block[] = [];
    try {
      const { syncInfo } = await client.comet.status();
      next ??= syncInfo.latestBlockHeight;
      blocks = await readBlocks(client, next, syncInfo);
    } catch (error) {
      if (!isNodeAway(error)) throw error;
    }
    for (const block of blocks) {
      signal.throwIfAborted();
      next = block.height + 1;
      yield block;
    }
    if (blocks.length < HEADERS_PER_CALL) await sleep(pollMs, signal);
  }
}

async function readBlocks(
  client: AssayClient,
  from: number,
  newest: { latestBlockHeight: number; latestBlockTime: Date | { getTime(): number } },
): Promise<Block[]> {
  const { latestBlockHeight: last, latestBlockTime } = newest;
  // Before the first block a node reports height 0.
  if (last < from || last === 0) return [];
  if (last === from) return [{ height: last, time: new Date(latestBlockTime.getTime()) }];
  const to = Math.min(last, from + HEADERS_PER_CALL - 1);
  const { blockMetas } = await client.comet.blockchain(from, to);
  return blockMetas
    .map(({ header }) => ({ height: header.height, time: new Date(header.time.getTime()) }))
    .sort((a, b) => a.height - b.height);
}

/** Restarting nodes refuse connections, time out, or answer before they have opened their stores. */
function isNodeAway(error: unknown): boolean {
  if (error instanceof RpcError) return !error.data.includes("not available, lowest height");
  return error instanceof ChainUnreachableError || error instanceof RpcTimeoutError;
}
