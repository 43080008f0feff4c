import { silentLogger } from "@assay/service-kit/log";
import { Registry } from "@assay/service-kit/metrics";
import { createFeed, type Feed } from "../src/feed.ts";
import type { Pages } from "../src/http/pages.ts";
import { createApp, listen } from "../src/server.ts";
import type { FixtureChain } from "./fixture.ts";

export interface Running {
  url: string;
  feed: Feed;
  stop(): Promise<void>;
}

export interface RunOptions {
  chain: FixtureChain;
  pages?: Pages;
  /** A free one when left out. */
  port?: number;
  pollMs?: number;
  stalledMs?: number;
  maxClients?: number;
  heartbeatMs?: number;
}

/** The whole api in this process, over a fixture chain. Resolves when it listens. */
export async function runExplorer({
  chain,
  pages = new Map(),
  port = 0,
  pollMs = 5,
  stalledMs,
  ...events
}: RunOptions): Promise<Running> {
  const ended = new AbortController();
  const { signal } = ended;
  const feed = createFeed({
    connect: async () => {
      if (chain.failure !== undefined) throw chain.failure;
      return Promise.resolve(chain);
    },
    log: silentLogger,
    pollMs,
    stalledMs,
  });
  const app = createApp({ feed, pages, registry: new Registry(), log: silentLogger, signal, ...events });
  const url = await listen(app, { host: "127.0.0.1", port, signal });
  const running = feed.run(signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return {
    url,
    feed,
    async stop() {
      ended.abort();
      await running;
    },
  };
}

/** Waits until `condition` holds; fails after five seconds. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
