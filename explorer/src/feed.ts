import { randomBytes } from "node:crypto";
import { ChainUnreachableError, RpcTimeoutError, WrongChainIdError } from "@assay/client/errors";
import { sleep } from "@assay/client/sleep";
import { messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { backoffMs } from "@assay/service-kit/timers";
import type { ExplorerChain } from "./chain.ts";
import { createReader } from "./reader.ts";
import { describe, difference, emptyContent, type Content } from "./snapshot.ts";
import type { Delta, Snapshot, Status } from "./wire.ts";

export type Listener = (delta: Delta) => void;

/** The one follower of the chain, and what it knows. */
export interface Feed {
  /** Names this run of the feed: revisions of different runs cannot be compared. */
  readonly instance: string;
  readonly snapshot: Snapshot;
  /** Calls `listener` with every change until `signal`. */
  subscribe(listener: Listener, signal: AbortSignal): void;
  /** Follows the chain until `signal`, then throws its reason. Throws WrongChainIdError; any other failure passes. */
  run(signal: AbortSignal): Promise<never>;
}

export interface FeedOptions {
  /** Reaches the node; called again after each failure. */
  connect: () => Promise<ExplorerChain>;
  log: Logger;
  /** Time between two looks at the chain's height. */
  pollMs?: number;
  /** A node that answers but shows no new block for this long is stalled. */
  stalledMs?: number;
  now?: () => Date;
}

export function createFeed(options: FeedOptions): Feed {
  const { connect, log, pollMs = 300, stalledMs = 15_000, now = () => new Date() } = options;
  const listeners = new Set<Listener>();
  let content: Content = emptyContent({ state: "starting", reason: null, since: now().toISOString() });
  let revision = 1;
  /** When a new block was last seen. */
  let headSeenAt: Date | undefined;

  function publish(next: Content): void {
    const changed = difference(content, next);
    if (changed === undefined) return;
    content = next;
    revision += 1;
    for (const listener of listeners) listener({ ...changed, revision });
  }

  function setStatus(state: Status["state"], reason: Status["reason"]): void {
    const { status } = content;
    if (status.state === state && status.reason === reason) return;
    const since = state === "stale" ? (headSeenAt?.toISOString() ?? status.since) : now().toISOString();
    publish({ ...content, status: { state, reason, since } });
  }

  async function follow(signal: AbortSignal): Promise<never> {
    const reader = createReader();
    let chain: ExplorerChain | undefined;
    let failures = 0;
    for (;;) {
      signal.throwIfAborted();
      try {
        chain ??= await connect();
        const reading = await reader.refresh(chain);
        if (failures > 0) log.info({ failures }, "the node answers again");
        failures = 0;
        if (reading !== undefined) {
          headSeenAt = now();
          const { status } = content;
          const live: Status = { state: "live", reason: null, since: headSeenAt.toISOString() };
          publish(describe(reading, status.state === "live" ? status : live));
        } else if (headSeenAt !== undefined && now().getTime() - headSeenAt.getTime() > stalledMs) {
          setStatus("stale", "stalled");
        }
        await sleep(pollMs, signal);
      } catch (error) {
        if (signal.aborted || error instanceof WrongChainIdError) throw error;
        if (failures++ === 0) log.warn({ error }, `cannot read the chain, trying again: ${messageOf(error)}`);
        chain = undefined;
        setStatus("stale", isOutage(error) ? "unreachable" : "refused");
        await sleep(backoffMs(failures - 1), signal);
      }
    }
  }

  return {
    instance: randomBytes(6).toString("hex"),
    get snapshot() {
      return { ...content, revision };
    },
    subscribe(listener, signal) {
      if (signal.aborted) return;
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
    run: follow,
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof ChainUnreachableError || error instanceof RpcTimeoutError;
}
