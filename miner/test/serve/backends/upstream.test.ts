import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect } from "chai";
import { HEADER_LENGTH } from "@assay/client/oip/body";
import { writeMetadata } from "@assay/client/oip/metadata";
import { parseRequest } from "@assay/client/oip/request";
import { writeResponse } from "@assay/client/oip/response";
import { itemsOf, tensorOfOutputs, type Tensor } from "@assay/client/oip/tensors";
import { errorOf } from "@assay/service-kit/testing/support";
import type { Backend } from "../../../src/serve/backends/backend.ts";
import { UpstreamBackend, type UpstreamOptions } from "../../../src/serve/backends/upstream.ts";
import type { Refusal } from "../../../src/serve/gate.ts";
import { FakeBackend, MODEL, start, stopAll, sums, TENSORS } from "../http/support.ts";

const never = new AbortController().signal;
const ITEMS = [Uint8Array.of(5, 3), Uint8Array.of(1, 250)];
const ANSWERS = ITEMS.map(sums);

/** A server of the protocol of somebody else; a test changes what it does. */
class Other {
  readonly requests: string[] = [];
  readonly sockets = new Set<Socket>();
  metadata: object = writeMetadata({
    name: "theirs",
    versions: ["1"],
    platform: "tensorrt_plan",
    inputs: [TENSORS.input],
    outputs: [TENSORS.output],
  });
  up = true;
  binary = true;
  answer: (items: Uint8Array[]) => Tensor[] = (items) => [tensorOfOutputs(TENSORS.output, items.map(sums))];
  /** In place of an answer to an inference request. */
  onInfer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  readonly #server: Server = createServer((request, response) => void this.#handle(request, response));

  async listen(): Promise<URL> {
    this.#server.on("connection", (socket) => this.sockets.add(socket));
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/base/`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server.close(), "close");
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.url?.endsWith("/ready")) return void response.writeHead(this.up ? 200 : 503).end("{}");
    if (request.method === "GET") return void response.end(JSON.stringify(this.metadata));
    if (this.onInfer !== undefined) return this.onInfer(request, response);
    const { inputs } = parseRequest(Buffer.concat(chunks), request.headers[HEADER_LENGTH] as string);
    const outputs = this.answer(itemsOf(inputs[0]!));
    const { body, headers } = writeResponse({ modelName: "theirs", outputs }, { binary: this.binary });
    response.writeHead(200, { ...headers }).end(body);
  }
}

describe("upstream backend", () => {
  let other: Other;
  let url: URL;
  let wrong: number;
  const backends: UpstreamBackend[] = [];

  beforeEach(async () => {
    other = new Other();
    url = await other.listen();
    wrong = 0;
  });
  afterEach(async () => {
    for (const backend of backends.splice(0)) backend.close();
    await other.close();
    await stopAll();
  });

  const open = async (options: Partial<UpstreamOptions> = {}): Promise<UpstreamBackend> => {
    const backend = new UpstreamBackend({ url, model: "theirs", onWrong: () => wrong++, ...options });
    backends.push(backend);
    await backend.load(never);
    return backend;
  };

  const refusal = async (backend: Backend): Promise<Refusal> =>
    (await errorOf(() => backend.run(ITEMS, never))) as Refusal;

  it("passes calls on over connections it keeps, and answers back", async () => {
    const backend = await open();
    for (const binary of [true, false]) {
      other.binary = binary;
      expect(await backend.run(ITEMS, never)).to.deep.equal(ANSWERS);
    }
    expect(other.requests).to.deep.equal([
      "GET /base/v2/models/theirs",
      "POST /base/v2/models/theirs/infer",
      "POST /base/v2/models/theirs/infer",
    ]);
    expect(other.sockets.size).to.equal(1);
    expect(backend.tensors).to.deep.equal(TENSORS);
  });

  it("names model and version safely in the path", async () => {
    await open({ model: "a/b c", version: "2" });
    expect(other.requests).to.deep.equal(["GET /base/v2/models/a%2Fb%20c/versions/2"]);
  });

  it("works in front of a server of this project", async () => {
    const { url: ours, gate } = await start();
    const backend = await open({ url: new URL(ours), model: "pairs", version: MODEL });
    expect(await backend.run(ITEMS, never)).to.deep.equal(ANSWERS);
    expect(await backend.ready()).to.equal(true);
    expect(gate.log).to.deep.equal(["admit", "bind", "served"]);
  });

  it("passes on only what the exact model answers too", async () => {
    const judge = new FakeBackend();
    const backend = await open({ judge });
    expect(await backend.run(ITEMS, never)).to.deep.equal(ANSWERS);
    expect(judge.runs).to.equal(1);
    other.answer = (items) => {
      const outputs = items.map(sums);
      outputs[1]![1]!++;
      return [tensorOfOutputs(TENSORS.output, outputs)];
    };
    const error = await refusal(backend);
    expect(error).to.include({ status: 502, code: "upstream_wrong" });
    expect(error.message).to.match(/not passed on/);
    expect(wrong).to.equal(1);
  });

  it("passes on what nobody can check when there is no exact model", async () => {
    const backend = await open();
    other.answer = () => [tensorOfOutputs(TENSORS.output, [Int32Array.of(1, 2), Int32Array.of(3, 4)])];
    expect(await backend.run(ITEMS, never)).to.deep.equal([Int32Array.of(1, 2), Int32Array.of(3, 4)]);
  });

  it("says that it is not ready before it has seen the model", async () => {
    const backend = new UpstreamBackend({ url, model: "theirs" });
    expect(await backend.ready()).to.equal(false);
    expect(backend.tensors).to.equal(undefined);
    expect(await refusal(backend)).to.include({ status: 503, code: "not_ready" });
    expect(other.requests).to.deep.equal([]);
  });

  it("asks whether the upstream is ready at most once a second", async () => {
    let now = 0;
    const backend = await open({ now: () => now });
    expect(await backend.ready()).to.equal(true);
    other.up = false;
    now = 1000;
    expect(await backend.ready()).to.equal(true);
    now = 1001;
    expect(await backend.ready()).to.equal(false);
    await other.close();
    now = 3000;
    expect(await backend.ready()).to.equal(false);
  });

  it("refuses an upstream with another model", async () => {
    const judge = new FakeBackend();
    other.metadata = writeMetadata({
      name: "theirs",
      versions: [],
      platform: "",
      inputs: [{ ...TENSORS.input, itemShape: [3] }],
      outputs: [TENSORS.output],
    });
    const error = await errorOf(() => open({ judge }));
    expect(error).to.include({ code: "upstream_wrong" });
    expect(error.message).to.equal(
      "the upstream server serves another model: it has pair UINT8[3], the model's file pair UINT8[2]",
    );
  });

  for (const [why, changes] of Object.entries({
    "two inputs": { inputs: [TENSORS.input, { ...TENSORS.input, name: "second" }] },
    "an output that is not INT32": { outputs: [{ ...TENSORS.output, datatype: "INT16" as const }] },
  })) {
    it(`refuses an upstream whose model has ${why}`, async () => {
      other.metadata = writeMetadata({
        name: "theirs",
        versions: [],
        platform: "",
        inputs: [TENSORS.input],
        outputs: [TENSORS.output],
        ...changes,
      });
      expect(await errorOf(() => open())).to.include({ status: 502, code: "upstream_malformed" });
    });
  }

  it("says when the upstream is down, and works again when it is back", async () => {
    const backend = await open();
    await other.close();
    expect(await refusal(backend)).to.include({ status: 502, code: "upstream_unreachable" });
    expect(await errorOf(() => open())).to.include({ status: 502, code: "upstream_unreachable" });
  });

  it("tries again only when the connection had gone stale", async () => {
    const backend = await open();
    await backend.run(ITEMS, never);
    // The server ends the connection on its next request, unanswered, as one that was idle for too long.
    const [socket] = other.sockets;
    let resets = 0;
    other.onInfer = (request, response) => {
      resets++;
      if (request.socket === socket) request.socket.resetAndDestroy();
      else response.writeHead(503).end('{"error":"overloaded"}');
    };
    expect(await refusal(backend)).to.include({ code: "upstream_error" });
    expect(resets).to.equal(2);
    other.onInfer = (request) => {
      resets++;
      request.socket.resetAndDestroy();
    };
    for (const open of other.sockets) open.destroy();
    resets = 0;
    expect(await refusal(backend)).to.include({ code: "upstream_unreachable" });
    expect(resets).to.equal(1);
  });

  it("waits for a slow upstream only so long, before and within its answer", async () => {
    const backend = await open({ timeoutMs: 50 });
    other.onInfer = () => undefined;
    expect(await refusal(backend)).to.include({ status: 504, code: "upstream_timeout" });
    other.onInfer = (_request, response) =>
      void response.writeHead(200, { "content-length": 1000 }).write("{");
    expect(await refusal(backend)).to.include({ status: 504, code: "upstream_timeout" });
  });

  it("stops with its call", async () => {
    const backend = await open();
    other.onInfer = () => undefined;
    const late = new AbortController();
    const error = errorOf(() => backend.run(ITEMS, late.signal));
    late.abort(new Error("late"));
    expect((await error).message).to.equal("late");
  });

  it("says what the upstream says", async () => {
    const backend = await open();
    other.onInfer = (_request, response) => void response.writeHead(400).end('{"error":"no such model"}');
    const error = await refusal(backend);
    expect(error).to.include({ status: 502, code: "upstream_error" });
    expect(error.message).to.equal("the upstream server answers with status 400: no such model");
    other.onInfer = (_request, response) => void response.writeHead(302, { location: "/" }).end("<html>");
    expect((await refusal(backend)).message).to.equal("the upstream server answers with status 302");
  });

  const ok =
    (text: string, headers = {}) =>
    (_request: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(200, headers).end(text);
  const output = { name: "sums", datatype: "INT32", shape: [2, 2], data: [8, 2, 251, -249] };
  const json = (changes: object): string =>
    JSON.stringify({ model_name: "theirs", outputs: [{ ...output, ...changes }] });
  const malformed: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    "no JSON": ok("<html>"),
    "no outputs": ok('{"model_name":"theirs"}'),
    "another tensor": ok(json({ name: "x" })),
    "another datatype": ok(json({ datatype: "INT16" })),
    FP32: ok(json({ datatype: "FP32" })),
    "another shape": ok(json({ shape: [4] })),
    "one answer to two items": ok(json({ shape: [1, 2], data: [8, 2] })),
    fractions: ok(json({ data: [8.5, 2, 251, -249] })),
    "a header length beyond the body": ok(json({}), { [HEADER_LENGTH]: "5000" }),
    "too long an answer": ok(`{"x":"${"x".repeat(5000)}"}`),
  };
  for (const [why, onInfer] of Object.entries(malformed)) {
    it(`refuses an answer with ${why}`, async () => {
      const backend = await open({ maxResponseBytes: 4000 });
      other.onInfer = ok(json({}));
      expect(await backend.run(ITEMS, never)).to.deep.equal(ANSWERS);
      other.onInfer = onInfer;
      expect(await refusal(backend)).to.include({ status: 502, code: "upstream_malformed" });
    });
  }

  it("refuses an answer that breaks off", async () => {
    const backend = await open();
    other.onInfer = (request, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write("{", () => request.socket.destroy());
    };
    expect(await refusal(backend)).to.include({ status: 502, code: "upstream_unreachable" });
  });

  it("reaches callers as errors of the protocol", async () => {
    const judge = new FakeBackend();
    const backend = await open({ judge });
    other.answer = (items) => [
      tensorOfOutputs(
        TENSORS.output,
        items.map(() => Int32Array.of(0, 0)),
      ),
    ];
    const { url: ours, gate } = await start({}, {}, { backend });
    const response = await fetch(`${ours}/v2/models/7/infer`, {
      method: "POST",
      headers: { [HEADER_LENGTH]: "0" },
      body: Uint8Array.of(5, 3),
    });
    expect(response.status).to.equal(502);
    expect(await response.json()).to.deep.include({ code: "upstream_wrong" });
    expect(gate.log).to.deep.equal(["admit", "bind", "failed"]);
  });
});
