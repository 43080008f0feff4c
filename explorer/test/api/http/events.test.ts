import { connect } from "node:net";
import { expect } from "chai";
import { eventually, serveApp, type Running } from "./support.ts";

describe("the event stream", () => {
  const streams: EventStream[] = [];
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });

  async function watch({ url }: Running): Promise<EventStream> {
    const stream = await EventStream.open(new URL("/api/events", url));
    streams.push(stream);
    return stream;
  }

  it("begins with what is, and goes on with what changes", async () => {
    const app = await serveApp();
    const stream = await watch(app);
    expect(await stream.next()).to.deep.equal({ event: "status", data: app.follower.status });
    expect(await stream.next()).to.deep.equal({ event: "head", data: app.follower.head });
    app.follower.advance();
    expect(await stream.next()).to.deep.equal({ event: "head", data: app.follower.head });
    app.follower.say({ state: "stale", reason: "stalled" });
    expect(await stream.next()).to.deep.equal({ event: "status", data: app.follower.status });
  });

  it("shows that it lives while nothing changes", async () => {
    const stream = await watch(await serveApp({ heartbeatMs: 10 }));
    await stream.next();
    await stream.next();
    expect((await stream.next()).event).to.equal("heartbeat");
    expect((await stream.next()).event).to.equal("heartbeat");
  });

  it("bounds the number of streams, and frees the place of one that ended", async () => {
    const app = await serveApp({ maxClients: 2 });
    const first = await watch(app);
    await watch(app);
    const refused = await app.get("/api/events");
    expect(refused.status).to.equal(503);
    expect(refused.headers.get("retry-after")).to.equal("60");
    first.close();
    let clients = "";
    await eventually(() => {
      void app
        .get("/metrics")
        .then((response) => response.text())
        .then((text) => (clients = /^assay_explorer_clients (\d+)$/m.exec(text)?.[1] ?? ""));
      return clients === "1";
    }, "the stream's end");
    await (await watch(app)).next();
  });

  it("bounds the streams of one visitor", async () => {
    const app = await serveApp({ maxClientsPerAddress: 1 });
    await watch(app);
    expect((await app.get("/api/events")).status).to.equal(503);
  });

  it("cuts off who does not read", async () => {
    const app = await serveApp();
    const socket = connect(Number(new URL(app.url).port), "127.0.0.1");
    let closed = false;
    socket.on("close", () => (closed = true)).on("error", () => (closed = true));
    socket.pause().write("GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n");
    await watch(app);
    const long = "x".repeat(1 << 16);
    await eventually(() => {
      app.follower.say({ chainId: long });
      // A socket that is never read only learns of its end when it writes.
      socket.write("x");
      return closed;
    }, "the end of the slow stream");
  });

  it("ends when the explorer does", async () => {
    const ended = new AbortController();
    const stream = await watch(await serveApp({ signal: ended.signal }));
    await stream.next();
    ended.abort();
    await stream.ended;
  });
});

/** A reader of server-sent events, for tests. */
class EventStream {
  readonly ended: Promise<void>;
  readonly #abort: AbortController;
  readonly #events: { event: string; data: unknown }[] = [];

  static async open(url: URL): Promise<EventStream> {
    const abort = new AbortController();
    const response = await fetch(url, { signal: abort.signal });
    if (response.body === null) throw new Error("no stream");
    expect(response.headers.get("content-type")).to.match(/^text\/event-stream\b/);
    expect(response.headers.get("cache-control")).to.equal("no-store");
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
          this.#events.push({ event: fields.get("event") ?? "", data: JSON.parse(data) as unknown });
      }
    }
  }

  async next(): Promise<{ event: string; data: unknown }> {
    await eventually(() => this.#events.length > 0, "an event");
    return this.#events.shift() as { event: string; data: unknown };
  }

  close(): void {
    this.#abort.abort();
  }
}
