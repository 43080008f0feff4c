import { expect } from "chai";
import { EPOCH_BLOCKS, FixtureChain } from "./fixture.ts";
import { eventually, runExplorer, type RunOptions, type Running } from "./support.ts";

describe("the api", () => {
  let chain: FixtureChain;
  let running: Running;
  let streams: EventStream[];

  beforeEach(() => {
    chain = new FixtureChain({ height: 2 * EPOCH_BLOCKS + 2 });
    streams = [];
  });

  afterEach(async () => {
    for (const stream of streams) stream.close();
    await running.stop();
  });

  async function start(options: Partial<RunOptions> = {}): Promise<void> {
    running = await runExplorer({ chain, ...options });
    await eventually(() => running.feed.snapshot.status.state !== "starting", "the first reading");
  }

  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(new URL(path, running.url), init);

  async function watch(lastEventId?: string): Promise<EventStream> {
    const stream = await EventStream.open(new URL("/api/events", running.url), lastEventId);
    streams.push(stream);
    return stream;
  }

  it("serves the snapshot, and not again to who has it", async () => {
    await start();
    const first = await get("/api/snapshot");
    expect(first.headers.get("content-type")).to.contain("application/json");
    expect(await first.json()).to.deep.equal(running.feed.snapshot);
    const etag = first.headers.get("etag") ?? "";
    // With fetch's default mode Node would add "Cache-Control: no-cache", which asks for a full answer.
    const asking: RequestInit = { cache: "no-cache", headers: { "if-none-match": etag } };
    const second = await get("/api/snapshot", asking);
    expect(second.status).to.equal(304);
    chain.height += 1;
    await eventually(() => running.feed.snapshot.clock?.height === chain.height, "the next block");
    const third = await get("/api/snapshot", asking);
    expect(third.status).to.equal(200);
    expect(third.headers.get("etag")).not.to.equal(etag);
  });

  it("also serves clients that do not read gzip", async () => {
    await start();
    const plain = await get("/api/snapshot", { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).to.equal(null);
    expect(await plain.json()).to.deep.equal(running.feed.snapshot);
  });

  it("streams a snapshot and then what changes", async () => {
    await start();
    const stream = await watch();
    const first = await stream.next("snapshot");
    expect(JSON.parse(first.data)).to.deep.equal(running.feed.snapshot);
    chain.height += 1;
    const delta = await stream.next("delta");
    expect(Object.keys(JSON.parse(delta.data) as object).sort()).to.deep.equal([
      "blocks",
      "clock",
      "revision",
    ]);
    expect(delta.id).to.equal(`${running.feed.instance}-${running.feed.snapshot.revision}`);
  });

  it("sends a returning client a snapshot only when it missed something", async () => {
    await start();
    const { id } = await (await watch()).next("snapshot");
    expect((await (await watch(id)).first()).event).to.equal("heartbeat");
    for (const unknown of ["", "0", "ffffffffffff-2", "x".repeat(1_000)]) {
      expect((await (await watch(unknown)).first()).event).to.equal("snapshot");
    }
    chain.height += 1;
    await eventually(() => running.feed.snapshot.clock?.height === chain.height, "the next block");
    expect((await (await watch(id)).first()).event).to.equal("snapshot");
  });

  it("shows that it lives while nothing changes", async () => {
    await start({ heartbeatMs: 10 });
    const stream = await watch();
    await stream.next("heartbeat");
    await stream.next("heartbeat");
  });

  it("bounds the number of streams, and frees the place of one that ended", async () => {
    await start({ maxClients: 2 });
    const first = await watch();
    await watch();
    const refused = await get("/api/events");
    expect(refused.status).to.equal(503);
    expect(refused.headers.get("retry-after")).to.equal("60");
    expect(await refused.json()).to.deep.equal({
      error: { status: 503, message: "Too many pages are watching; try again in a minute." },
    });
    first.close();
    let open = false;
    await eventually(() => {
      void get("/metrics")
        .then((response) => response.text())
        .then((text) => (open = /^assay_explorer_clients 1$/m.test(text)));
      return open;
    }, "the stream's end");
    expect((await (await watch()).first()).event).to.equal("snapshot");
  });

  it("asks the node as often for many visitors as for one", async () => {
    await start({ pollMs: 1_000 });
    chain.calls.clear();
    for (let visitor = 0; visitor < 20; visitor++) {
      await get("/api/snapshot");
      await watch();
    }
    expect([...chain.calls.values()].reduce((sum, calls) => sum + calls, 0)).to.be.at.most(2);
  });

  it("says in /healthz whether the chain is followed", async () => {
    await start();
    const live = await get("/healthz");
    expect(live.status).to.equal(200);
    expect(await live.json()).to.deep.include({
      ok: true,
      state: "live",
      height: chain.height,
      chainId: "assay-local-1",
    });
    chain.unplug();
    await eventually(() => running.feed.snapshot.status.state === "stale", "the outage");
    const stale = await get("/healthz");
    expect(stale.status).to.equal(503);
    expect(await stale.json()).to.deep.include({ ok: false, reason: "unreachable" });
  });

  it("measures itself", async () => {
    await start();
    const text = await (await get("/metrics")).text();
    expect(text).to.match(new RegExp(`^assay_explorer_height ${chain.height}$`, "m"));
    expect(text).to.match(/^assay_explorer_live 1$/m);
  });

  it("puts the security headers on every answer, errors included", async () => {
    const page = {
      type: "text/html; charset=utf-8",
      plain: Buffer.from("<p>"),
      gzipped: Buffer.alloc(0),
      etag: '"e"',
      immutable: false,
    };
    await start({ pages: new Map([["/", page]]) });
    for (const path of ["/", "/api/snapshot", "/healthz", "/nowhere"]) {
      const { headers } = await get(path, { headers: { "accept-encoding": "identity" } });
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy, path)
        .to.contain("default-src 'none'")
        .and.contain("script-src 'self';")
        .and.contain("frame-ancestors 'none'");
      expect(policy, path).to.contain("require-trusted-types-for 'script'").and.not.contain("unsafe");
      expect(headers.get("x-content-type-options"), path).to.equal("nosniff");
      expect(headers.get("referrer-policy"), path).to.equal("no-referrer");
      expect(headers.get("x-powered-by"), path).to.equal(null);
    }
  });

  it("answers errors in one shape", async () => {
    await start();
    const missing = await get("/nowhere");
    expect(missing.status).to.equal(404);
    expect(await missing.json()).to.deep.equal({
      error: { status: 404, message: "There is nothing at this address." },
    });
    const written = await get("/api/snapshot", { method: "POST", body: "x" });
    expect(written.status).to.equal(405);
    expect(written.headers.get("allow")).to.equal("GET, HEAD");
    for (const path of ["/%ff", "/../../package.json", "/assets/%2e%2e/%2e%2e/package.json"]) {
      expect((await get(path)).status, path).to.equal(404);
    }
  });

  it("ends open streams when it stops", async () => {
    await start();
    const stream = await watch();
    await stream.next("snapshot");
    await running.stop();
    await stream.ended;
  });
});

interface StreamEvent {
  id: string;
  event: string;
  data: string;
}

/** A reader of server-sent events, for tests. */
class EventStream {
  readonly ended: Promise<void>;
  readonly #abort: AbortController;
  readonly #events: StreamEvent[] = [];

  static async open(url: URL, lastEventId?: string): Promise<EventStream> {
    const abort = new AbortController();
    const headers: Record<string, string> = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const response = await fetch(url, { headers, signal: abort.signal });
    if (response.body === null) throw new Error("no stream");
    expect(response.headers.get("content-type")).to.match(/^text\/event-stream\b/);
    return new EventStream(abort, response.body);
  }

  private constructor(abort: AbortController, body: ReadableStream<Uint8Array>) {
    this.#abort = abort;
    this.ended = this.#read(body).catch((error: unknown) => {
      if (!abort.signal.aborted && !(error instanceof TypeError)) throw error;
    });
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const fields = new Map(
          text
            .slice(0, end)
            .split("\n")
            .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const),
        );
        text = text.slice(end + 2);
        const data = fields.get("data");
        if (data !== undefined)
          this.#events.push({ id: fields.get("id") ?? "", event: fields.get("event") ?? "message", data });
      }
    }
  }

  async first(): Promise<StreamEvent> {
    await eventually(() => this.#events.length > 0, "an event");
    return this.#events.shift() as StreamEvent;
  }

  /** The next event of that name; others are passed over. */
  async next(name: string): Promise<StreamEvent> {
    for (;;) {
      const event = await this.first();
      if (event.event === name) return event;
    }
  }

  close(): void {
    this.#abort.abort();
  }
}
