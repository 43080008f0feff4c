import { expect } from "chai";
import { QueryError, WrongChainIdError } from "@assay/client/errors";
import { silentLogger } from "@assay/service-kit/log";
import { createFeed, type FeedOptions } from "../src/feed.ts";
import type { Delta } from "../src/wire.ts";
import { EPOCH_BLOCKS, FixtureChain } from "./fixture.ts";
import { eventually } from "./support.ts";

describe("the feed", () => {
  let ended: AbortController;
  let chain: FixtureChain;
  let deltas: Delta[];

  beforeEach(() => {
    ended = new AbortController();
    chain = new FixtureChain({ height: 2 * EPOCH_BLOCKS + 2 });
    deltas = [];
  });

  afterEach(() => ended.abort());

  function start(options: Partial<FeedOptions> = {}) {
    const feed = createFeed({
      connect: () => Promise.resolve(chain),
      log: silentLogger,
      pollMs: 2,
      ...options,
    });
    feed.subscribe((delta) => deltas.push(delta), ended.signal);
    const running = feed.run(ended.signal);
    running.catch(() => undefined);
    return { feed, running };
  }

  it("starts empty, then shows the chain, then follows it", async () => {
    const { feed } = start();
    expect(feed.snapshot).to.deep.include({ revision: 1, clock: null, chainId: "" });
    expect(feed.snapshot.status.state).to.equal("starting");
    await eventually(() => feed.snapshot.status.state === "live", "the first reading");
    expect(feed.snapshot).to.deep.include({ chainId: "assay-local-1", revision: 2 });
    chain.height += 1;
    await eventually(() => feed.snapshot.clock?.height === chain.height, "the next block");
    expect(deltas.map(({ revision }) => revision)).to.deep.equal([2, 3]);
    expect(Object.keys(deltas[1] ?? {}).sort()).to.deep.equal(["blocks", "clock", "revision"]);
  });

  it("says since when the node is gone, and that it is back", async () => {
    let now = new Date("2026-11-21T12:00:00Z");
    const { feed } = start({ now: () => now });
    await eventually(() => feed.snapshot.status.state === "live", "the first reading");
    now = new Date("2026-11-21T12:00:30Z");
    chain.unplug();
    await eventually(() => feed.snapshot.status.state === "stale", "the outage");
    expect(feed.snapshot.status).to.deep.equal({
      state: "stale",
      reason: "unreachable",
      since: "2026-11-21T12:00:00.000Z",
    });
    expect(feed.snapshot.clock?.height).to.equal(chain.height);
    chain.failure = undefined;
    chain.height += 3;
    await eventually(() => feed.snapshot.status.state === "live", "the node's return");
    expect(feed.snapshot.status.since).to.equal("2026-11-21T12:00:30.000Z");
    expect(feed.snapshot.clock?.height).to.equal(chain.height);
  });

  it("tells a chain that stands still from one that is gone", async () => {
    const { feed } = start({ stalledMs: 20 });
    await eventually(() => feed.snapshot.status.reason === "stalled", "the stall");
    chain.height += 1;
    await eventually(() => feed.snapshot.status.state === "live", "the next block");
  });

  it("stays stale until a new block, when the node is back and the chain is not", async () => {
    const { feed } = start();
    await eventually(() => feed.snapshot.status.state === "live", "the first reading");
    chain.unplug();
    await eventually(() => feed.snapshot.status.state === "stale", "the outage");
    chain.failure = undefined;
    chain.calls.clear();
    await eventually(() => (chain.calls.get("clock") ?? 0) > 2, "some looks at the clock");
    expect(feed.snapshot.status.state).to.equal("stale");
  });

  it("says that a question was refused", async () => {
    chain.failure = new QueryError("/assay.poi.v1.Query/Clock", 6, "sdk", "unknown query path");
    const { feed } = start();
    await eventually(() => feed.snapshot.status.reason === "refused", "the refusal");
  });

  it("ends when the node is one of another chain", async () => {
    const { running } = start({
      connect: () => Promise.reject(new WrongChainIdError("http://127.0.0.1:1", "a", "b")),
    });
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(WrongChainIdError);
  });

  it("ends by its signal, also while it waits for a node", async () => {
    chain.unplug();
    const { feed, running } = start();
    await eventually(() => feed.snapshot.status.state === "stale", "the outage");
    ended.abort();
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    expect(error).to.deep.include({ name: "AbortError" });
  });
});
