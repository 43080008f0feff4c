import { type QueryClient } from "@tanstack/react-query";
import { expect } from "chai";
import type { Head, Status } from "../../wire/network.ts";
import { createLiveStore, type EventStream, type LiveStore } from "../../web/src/api/live-store.ts";
import { createQueryClient, followHead } from "../../web/src/api/query-client.ts";

class FakeStream implements EventStream {
  readyState = 0;
  closed = false;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.closed = true;
  }

  emit(type: string, data: unknown = {}): void {
    this.#listeners.get(type)?.({ data: JSON.stringify(data) } as MessageEvent<string>);
  }
}

const head = (height: number): Head => ({
  height,
  time: "2026-01-01T00:00:00Z",
  hash: "",
  txs: 0,
  epoch: 1,
  phase: "ROWS",
});
const status: Status = {
  state: "live",
  reason: null,
  since: "2026-01-01T00:00:00Z",
  chainId: "assay-test-1",
  height: 5,
  nodeHeight: 5,
};

describe("the live store", () => {
  let ended: AbortController;
  let streams: FakeStream[];
  let store: LiveStore;
  /** Timers wait until the test says that their time has come. */
  let timers: { after: number; run: () => void }[];
  const { setTimeout: realSet, clearTimeout: realClear } = globalThis;

  beforeEach(() => {
    timers = [];
    globalThis.setTimeout = ((run: () => void, after: number) => {
      const timer = { after, run };
      timers.push(timer);
      return timer;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = (timer: unknown) => {
      timers = timers.filter((each) => each !== timer);
    };
    ended = new AbortController();
    streams = [];
    store = createLiveStore(() => {
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    }, ended.signal);
  });

  afterEach(() => {
    ended.abort();
    globalThis.setTimeout = realSet;
    globalThis.clearTimeout = realClear;
  });

  const stream = (index: number): FakeStream => {
    const found = streams[index];
    if (found === undefined) throw new Error(`stream ${index} was not opened`);
    return found;
  };
  const elapse = (): void => {
    const due = timers;
    timers = [];
    for (const { run } of due) run();
  };

  it("tells its listeners what the stream says", () => {
    let told = 0;
    const stop = store.subscribe(() => told++);
    expect(store.getState().connection).to.equal("connecting");
    stream(0).emit("open");
    stream(0).emit("status", status);
    stream(0).emit("head", head(5));
    expect(store.getState()).to.deep.equal({ status, head: head(5), connection: "open", lostSince: null });
    expect(told).to.equal(3);
    stop();
    stream(0).emit("head", head(6));
    expect(told).to.equal(3);
  });

  it("keeps what it knows when the stream breaks, and says since when", () => {
    stream(0).emit("head", head(5));
    stream(0).emit("error");
    const { connection, lostSince, head: kept } = store.getState();
    expect([connection, kept?.height]).to.deep.equal(["lost", 5]);
    expect(lostSince).to.be.closeTo(Date.now(), 5_000);
    // The browser opened it again by itself.
    stream(0).emit("heartbeat");
    expect(store.getState()).to.include({ connection: "open", lostSince: null });
    expect(streams).to.have.length(1);
  });

  it("opens a new stream when the browser has given up", () => {
    stream(0).readyState = 2;
    stream(0).emit("error");
    expect(stream(0).closed).to.equal(true);
    const since = store.getState().lostSince;
    elapse();
    stream(1).readyState = 2;
    stream(1).emit("error");
    expect(store.getState().lostSince, "lost since the first time").to.equal(since);
    elapse();
    stream(2).emit("open");
    expect(store.getState().connection).to.equal("open");
  });

  it("does not wait for a stream that has gone silent", () => {
    stream(0).emit("open");
    elapse();
    expect(stream(0).closed).to.equal(true);
    expect(store.getState().connection).to.equal("lost");
    elapse();
    expect(streams).to.have.length(2);
  });

  it("ends with its signal, while it waits too", () => {
    stream(0).readyState = 2;
    stream(0).emit("error");
    ended.abort();
    expect(timers).to.deep.equal([]);
    expect(streams).to.have.length(1);
  });

  it("has the page's questions asked again with every block, but those of open lists and lasting answers", async () => {
    const client: QueryClient = createQueryClient();
    const keep = async (key: readonly string[], data: unknown, meta = {}): Promise<void> => {
      await client.prefetchQuery({ queryKey: key, queryFn: () => data, meta });
    };
    await keep(["api", "/api/home"], {});
    await keep(["api", "/api/txs/AA"], {}, { forever: true });
    await keep(["pages", "/api/blocks"], { pages: [1], pageParams: [null] });
    await keep(["pages", "/api/txs"], { pages: [1, 2], pageParams: [null, "a"] });
    await keep(["search", "/api/search?q=a"], {});
    const stale = (): unknown[] =>
      client
        .getQueryCache()
        .findAll({ predicate: ({ state }) => state.isInvalidated })
        .map(({ queryKey }) => queryKey[1]);
    const stop = followHead(client, store);
    stream(0).emit("status", status);
    expect(stale()).to.deep.equal([]);
    stream(0).emit("head", head(6));
    expect(stale()).to.deep.equal(["/api/home", "/api/blocks"]);
    stop();
    client.clear();
  });
});
