import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Kysely } from "kysely";
import { silentLogger } from "@assay/service-kit/log";
import { Registry } from "@assay/service-kit/metrics";
import type { Database } from "../../../api/db/schema.ts";
import type { Faucet } from "../../../api/faucet/faucet.ts";
import { createApp, listen, type AppOptions } from "../../../api/http/app.ts";
import { HttpError } from "../../../api/http/errors.ts";
import type { Follower } from "../../../api/http/events.ts";
import type { Head, Status } from "../../../wire/network.ts";

/** A follower that is where the test puts it. */
export class FakeFollower implements Follower {
  status: Status = {
    state: "live",
    reason: null,
    since: "2026-01-01T00:00:00.000Z",
    chainId: "assay-local-1",
    height: 7,
    nodeHeight: 7,
  };
  head: Head | undefined = headOf(7);
  readonly #onStatus = new Set<(status: Status) => void>();
  readonly #onHead = new Set<(head: Head) => void>();

  onStatus(listener: (status: Status) => void, signal: AbortSignal): void {
    this.#onStatus.add(listener);
    signal.addEventListener("abort", () => this.#onStatus.delete(listener), { once: true });
  }

  onHead(listener: (head: Head) => void, signal: AbortSignal): void {
    this.#onHead.add(listener);
    signal.addEventListener("abort", () => this.#onHead.delete(listener), { once: true });
  }

  say(change: Partial<Status>): void {
    this.status = { ...this.status, ...change };
    for (const listener of this.#onStatus) listener(this.status);
  }

  advance(): void {
    const head = headOf((this.head?.height ?? 0) + 1);
    this.head = head;
    for (const listener of this.#onHead) listener(head);
  }
}

function headOf(height: number): Head {
  return { height, time: "2026-01-01T00:00:00.000Z", hash: "AB", txs: 0, epoch: 1, phase: "INPUT" };
}

const noFaucet: Faucet = {
  offer: () => null,
  give: () => Promise.reject(new HttpError(404, "This network has no faucet.")),
  run: () => Promise.resolve(),
};

export interface Running {
  url: string;
  follower: FakeFollower;
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Ends it before the test does. */
  stop(): void;
}

const running: AbortController[] = [];
afterEach(() => {
  for (const ended of running.splice(0)) ended.abort();
});

/** The whole HTTP side in this process, on a free port, until the test ends. */
export async function serveApp(options: Partial<AppOptions> = {}): Promise<Running> {
  const ended = new AbortController();
  running.push(ended);
  const { signal } = ended;
  const follower = new FakeFollower();
  const app = await createApp({
    context: {
      db: undefined as unknown as Kysely<Database>,
      node: { ask: () => Promise.reject(new Error("this test has no node")) },
      decoder: { decode: () => undefined },
    },
    follower,
    routes: [],
    network: { publicRpc: undefined, publicRest: undefined, localChains: [], faucet: () => null },
    rpcUrl: "http://127.0.0.1:1",
    faucet: noFaucet,
    pages: undefined,
    registry: new Registry(),
    log: silentLogger,
    signal,
    checkAnswers: true,
    ...options,
  });
  const url = await listen(app, { host: "127.0.0.1", port: 0, signal });
  return { url, follower, get: (path, init) => fetch(new URL(path, url), init), stop: () => ended.abort() };
}

/** A server that stands for the node, until the test ends. Returns its URL. */
export async function fakeNode(
  answer: (body: string, response: ServerResponse) => void | Promise<void>,
): Promise<string> {
  const server = createServer((request, response) => {
    void readBody(request).then((body) => answer(body, response));
  });
  const ended = new AbortController();
  running.push(ended);
  ended.signal.addEventListener("abort", () => server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of request) body += String(part);
  return body;
}

/** Waits until `condition` holds; fails after five seconds. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
