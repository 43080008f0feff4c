import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { HEADER_LENGTH } from "@assay/client/oip/body";
import { parseMetadata } from "@assay/client/oip/metadata";
import { SetupError } from "@assay/service-kit/errors";
import { errorOf } from "@assay/service-kit/testing/support";
import { Refusal } from "../../../src/serve/gate.ts";
import {
  answerOf,
  call,
  callJson,
  create,
  FakeBackend,
  INFER,
  MODEL,
  start,
  stopAll,
  sums,
  TENSORS,
  until,
} from "./support.ts";

const ITEMS = [Uint8Array.of(5, 3), Uint8Array.of(1, 250)];
const input = { name: "pair", datatype: "UINT8", shape: [2, 2], data: [5, 3, 1, 250] };

async function get(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Sends bytes as they are and returns all that comes back until the server closes. */
async function raw(port: number, ...parts: (string | Uint8Array)[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  // The server may end the connection while we still write.
  socket.on("error", () => undefined);
  for (const part of parts) socket.write(part);
  await once(socket, "close");
  return text;
}

describe("http edge", () => {
  afterEach(stopAll);

  describe("metadata and health", () => {
    it("says what the server is", async () => {
      const { url } = await start();
      expect(await get(`${url}/v2`)).to.deep.equal({
        status: 200,
        body: { name: "assay-miner", version: "1.2.3", extensions: ["binary_tensor_data", "x402"] },
      });
      expect((await get(`${url}/v2/health/live`)).status).to.equal(200);
      expect((await get(`${url}/v2/health/ready`)).status).to.equal(200);
    });

    it("describes a model by number and by name, with and without its version", async () => {
      const { url } = await start();
      for (const path of ["7", "pairs", `7/versions/${MODEL}`, `pairs/versions/${MODEL}`]) {
        const response = await fetch(`${url}/v2/models/${path}`);
        expect(response.status).to.equal(200);
        const metadata = parseMetadata(new Uint8Array(await response.arrayBuffer()));
        expect(metadata).to.deep.equal({
          name: path.split("/")[0],
          versions: [MODEL],
          platform: "fake",
          inputs: [TENSORS.input],
          outputs: [TENSORS.output],
        });
        expect((await get(`${url}/v2/models/${path}/ready`)).status).to.equal(200);
        expect((await call(url, ITEMS, {}, `/v2/models/${path}/infer`)).status).to.equal(200);
      }
    });

    it("knows a service without an exact model as version 1", async () => {
      const { url } = await start({}, {}, { modelHex: undefined });
      expect((await get(`${url}/v2/models/7/versions/1`)).body).to.deep.include({ versions: ["1"] });
    });

    it("answers 404 for other names, versions and paths", async () => {
      const { url } = await start();
      for (const path of ["8", "07", "Pairs", "7/versions/1", "__proto__", "constructor"]) {
        expect((await get(`${url}/v2/models/${path}`)).body).to.include({ code: "unknown_model" });
        expect(await call(url, ITEMS, {}, `/v2/models/${path}/infer`)).to.include({
          status: 404,
          code: "unknown_model",
        });
      }
      expect(await get(`${url}/v1/models/7`)).to.deep.include({ status: 404 });
      expect((await get(`${url}${INFER}`)).body).to.include({ code: "not_found" });
      expect((await get(`${url}/v2/models/%ff`)).status).to.equal(400);
    });

    it("is not ready while a model is not loaded, and says so at every route", async () => {
      const backend = new FakeBackend();
      backend.tensors = undefined;
      backend.up = false;
      const { url, gate } = await start({}, {}, { backend });
      for (const path of ["/v2/health/ready", "/v2/models/7", "/v2/models/7/ready"]) {
        expect(await get(url + path)).to.deep.include({ status: 503 });
        expect((await get(url + path)).body).to.include({ code: "not_ready" });
      }
      const answer = await call(url, ITEMS);
      expect(answer).to.include({ status: 503, code: "not_ready" });
      expect(answer.headers.get("retry-after")).to.equal("2");
      expect((await get(`${url}/v2/health/live`)).status).to.equal(200);
      expect(gate.log).to.deep.equal([]);
      backend.tensors = TENSORS;
      backend.up = true;
      expect((await call(url, ITEMS)).status).to.equal(200);
    });

    it("is not ready when the gate serves nobody", async () => {
      const { url, gate } = await start();
      gate.onTrouble = () => "stale_chain";
      for (const path of ["/v2/health/ready", "/v2/models/7/ready"])
        expect((await get(url + path)).body).to.include({ code: "stale_chain" });
    });

    it("refuses services of one name, and a port that is taken", async () => {
      const { port } = await start();
      const twice = await errorOf(() =>
        start(
          {},
          { services: [7n, 8n].map((id) => ({ id, name: "7", modelHex: MODEL, backend: undefined })) },
        ),
      );
      expect(twice).to.be.instanceOf(SetupError);
      expect(twice.message).to.equal("two services are called 7: rename one");
      const { edge } = create();
      const taken = await errorOf(() => edge.listen({ host: "127.0.0.1", port }));
      expect(taken).to.be.instanceOf(SetupError);
    });

    it("lets pages of other origins call and read what came back", async () => {
      const { url } = await start();
      const preflight = await fetch(url + INFER, { method: "OPTIONS" });
      expect(preflight.status).to.equal(204);
      expect(preflight.headers.get("access-control-allow-headers")).to.include("PAYMENT-SIGNATURE");
      const { headers } = await call(url, ITEMS);
      expect(headers.get("access-control-allow-origin")).to.equal("*");
      expect(headers.get("access-control-expose-headers")).to.include("Assay-Receipt");
    });
  });

  describe("calls", () => {
    it("answers binary calls, with the gate's headers", async () => {
      const { url, gate } = await start();
      gate.headers = { "Assay-Receipt": "abc" };
      const { status, outputs, headers, parsed } = await call(url, ITEMS, { "assay-call": "00" });
      expect(status).to.equal(200);
      expect(outputs).to.deep.equal(ITEMS.map(sums));
      expect(headers.get("assay-receipt")).to.equal("abc");
      expect(headers.get("content-type")).to.equal("application/octet-stream");
      expect(parsed).to.include({ modelName: "7", modelVersion: MODEL });
      expect(gate.log).to.deep.equal(["admit", "bind", "served"]);
      expect(gate.heads[0]).to.include({ service: 7n });
      expect(gate.heads[0]?.headers).to.include({ "assay-call": "00" });
      expect(gate.items[0]?.map((item) => [...item])).to.deep.equal([
        [5, 3],
        [1, 250],
      ]);
    });

    it("answers JSON calls, flat and nested, in the form they ask for", async () => {
      const { url } = await start();
      for (const data of [
        [5, 3, 1, 250],
        [
          [5, 3],
          [1, 250],
        ],
      ]) {
        const flat = await callJson(url, { id: "x1", inputs: [{ ...input, data }] });
        expect(flat.headers.get("content-type")).to.equal("application/json");
        expect(flat.headers.get(HEADER_LENGTH)).to.equal(null);
        expect(flat.parsed).to.include({ id: "x1" });
        expect(flat.outputs).to.deep.equal(ITEMS.map(sums));
      }
      const binary = await callJson(url, {
        inputs: [input],
        outputs: [{ name: "sums", parameters: { binary_data: true } }],
      });
      expect(binary.headers.get(HEADER_LENGTH)).to.match(/^[0-9]+$/);
      expect(binary.outputs).to.deep.equal(ITEMS.map(sums));
    });

    it("takes a body that is nothing but items", async () => {
      const { url } = await start();
      const response = await fetch(url + INFER, {
        method: "POST",
        headers: { [HEADER_LENGTH]: "0" },
        body: Uint8Array.of(5, 3, 1, 250),
      });
      expect((await answerOf(response)).outputs).to.deep.equal(ITEMS.map(sums));
    });

    const malformed: [why: string, body: object | string, status: number, code: string][] = [
      ["no JSON", "{", 400, "malformed"],
      ["no input", {}, 400, "malformed"],
      ["another tensor", { inputs: [{ ...input, name: "x" }] }, 400, "unknown_tensor"],
      ["a second tensor", { inputs: [input, { ...input, name: "x" }] }, 400, "unknown_tensor"],
      [
        "another datatype",
        { inputs: [{ ...input, datatype: "INT8", data: [1, 2, 3, 4] }] },
        400,
        "bad_datatype",
      ],
      ["another shape", { inputs: [{ ...input, shape: [4] }] }, 400, "bad_shape"],
      ["a huge shape", { inputs: [{ ...input, shape: [2 ** 40, 2] }] }, 413, "too_large"],
      [
        "NaN",
        `{"inputs":[{"name":"pair","datatype":"UINT8","shape":[1,2],"data":[NaN,1]}]}`,
        400,
        "malformed",
      ],
      ["a fraction", { inputs: [{ ...input, data: [0.5, 1, 2, 3] }] }, 400, "bad_data"],
      ["a number out of range", { inputs: [{ ...input, data: [256, 1, 2, 3] }] }, 400, "bad_data"],
      ["deep JSON", `{"x":${"[".repeat(50_000)}`, 400, "too_deep"],
      ["an output it does not have", { inputs: [input], outputs: [{ name: "x" }] }, 400, "unknown_tensor"],
    ];
    for (const [why, body, status, code] of malformed) {
      it(`refuses ${why} before the call is bound`, async () => {
        const { url, gate, backend } = await start();
        const answer = await callJson(url, body);
        expect(answer).to.include({ status, code });
        expect(answer.error).to.be.a("string");
        expect(gate.log).to.deep.equal(["admit"]);
        expect(backend.runs).to.equal(0);
      });
    }

    it("refuses truncated binary data and bad header lengths", async () => {
      const { url } = await start();
      const send = async (body: string, length: string) =>
        answerOf(await fetch(url + INFER, { method: "POST", body, headers: { [HEADER_LENGTH]: length } }));
      const json = JSON.stringify({
        inputs: [{ ...input, data: undefined, parameters: { binary_data_size: 4 } }],
      });
      expect(await send(`${json}abc`, String(json.length))).to.include({ status: 400, code: "truncated" });
      expect(await send(json, "9999")).to.include({ status: 400, code: "bad_header_length" });
      expect(await send(json, "-1")).to.include({ status: 400, code: "bad_header_length" });
    });

    it("refuses calls of more items than it takes, and compressed bodies", async () => {
      const { url, gate } = await start({ items: 1 });
      expect(await call(url, ITEMS)).to.include({ status: 413, code: "too_many_items" });
      expect(await call(url, ITEMS, { "content-encoding": "gzip" })).to.include({
        status: 415,
        code: "unsupported_encoding",
      });
      expect(gate.log).to.deep.equal(["admit"]);
    });

    it("gives the answer of a replay without a run", async () => {
      const { url, gate, backend } = await start();
      const outputs = [Int32Array.of(9, 9), Int32Array.of(8, 8)];
      gate.onBind = () => ({ kind: "replay", outputs, headers: { "Assay-Receipt": "old" } });
      const answer = await call(url, ITEMS);
      expect(answer.outputs).to.deep.equal(outputs);
      expect(answer.headers.get("assay-receipt")).to.equal("old");
      expect(backend.runs).to.equal(0);
    });

    it("reports a run that failed to the gate, and tells strangers nothing about it", async () => {
      const { url, gate, backend } = await start();
      backend.hold = () => Promise.reject(new Error("the secret path /root"));
      const answer = await call(url, ITEMS);
      expect(answer).to.include({ status: 500, code: "internal" });
      expect(answer.error).not.to.include("secret");
      expect(gate.log).to.deep.equal(["admit", "bind", "failed"]);
      expect(gate.failures[0]).to.have.property("message", "the secret path /root");
    });

    it("does not call a run failed when its answer could not be recorded", async () => {
      const { url, gate } = await start();
      gate.onServed = () => {
        throw new Refusal(503, "log_full", "the disk is full");
      };
      expect(await call(url, ITEMS)).to.include({ status: 503, code: "log_full" });
      expect(gate.log).to.deep.equal(["admit", "bind", "served"]);
    });

    it("ends a run that takes too long", async () => {
      const { url, gate, backend } = await start({ runMs: 30 });
      backend.hold = () => new Promise(() => undefined);
      expect(await call(url, ITEMS)).to.include({ status: 504, code: "timeout" });
      expect(gate.failures[0]).to.be.instanceOf(Refusal);
    });

    it("finishes the run of a client that left", async () => {
      const { url, gate, backend } = await start();
      const held = Promise.withResolvers<void>();
      backend.hold = () => held.promise;
      const leave = new AbortController();
      const gone = errorOf(() =>
        fetch(url + INFER, {
          method: "POST",
          body: JSON.stringify({ inputs: [input] }),
          signal: leave.signal,
        }),
      );
      await until(() => backend.runs === 1);
      leave.abort();
      await gone;
      held.resolve();
      await until(() => gate.log.includes("served"));
    });

    it("counts what it does", async () => {
      const { url, registry, gate } = await start();
      await call(url, ITEMS);
      gate.onAdmit = () => {
        throw new Refusal(402, "bad_lane", "no such lane");
      };
      await call(url, ITEMS);
      const text = await registry.metrics();
      expect(text).to.include('assay_serve_answered_total{service="7"} 1');
      expect(text).to.include('assay_serve_items_total{service="7"} 2');
      expect(text).to.include('assay_serve_seconds_count{service="7"} 1');
      expect(text).to.include('assay_serve_refused_total{code="bad_lane"} 1');
      expect(text).to.include("assay_serve_in_flight 0");
    });
  });

  describe("payment comes first", () => {
    it("refuses before the body has been sent, with the gate's headers and body", async () => {
      const { port, gate } = await start();
      gate.onAdmit = () => {
        throw new Refusal(402, "amount_too_low", "pay 100", {
          headers: { "PAYMENT-REQUIRED": "e30=" },
          body: { x402Version: 2, accepts: [] },
        });
      };
      const text = await raw(
        port,
        `POST ${INFER} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`,
        "only the beginning",
      );
      expect(text).to.match(/^HTTP\/1.1 402 /);
      expect(text).to.match(/\r\nPAYMENT-REQUIRED: e30=\r\n/);
      expect(text).to.match(/\r\nConnection: close\r\n/);
      expect(text).to.include('{"x402Version":2,"accepts":[],"error":"pay 100","code":"amount_too_low"}');
    });

    it("keeps the connection when little of the body is left", async () => {
      const { url, gate } = await start();
      gate.onAdmit = () => {
        throw new Refusal(402, "bad_lane", "no");
      };
      const { headers } = await call(url, ITEMS);
      expect(headers.get("connection")).to.equal("keep-alive");
    });
  });

  describe("limits", () => {
    it("refuses a body above its limit by its length, before it asks the gate", async () => {
      const { port, gate } = await start({ bodyBytes: 100_000 });
      const head = `POST ${INFER} HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n`;
      const text = await raw(port, head);
      expect(text).to.match(/^HTTP\/1.1 413 /);
      expect(text).to.include('"code":"too_large"');
      expect(gate.log).to.deep.equal([]);
    });

    it("stops reading a body of unknown length at the limit", async () => {
      const { port } = await start({ bodyBytes: 1000 });
      const chunk = `3e8\r\n${"x".repeat(1000)}\r\n`;
      const text = await raw(
        port,
        `POST ${INFER} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`,
        chunk,
        chunk,
      );
      expect(text).to.match(/^HTTP\/1.1 413 /);
      expect(text).to.match(/\r\nConnection: close\r\n/);
    });

    it("waits for a slow body only so long", async () => {
      const { port, gate } = await start({ bodyMs: 50 });
      const text = await raw(
        port,
        `POST ${INFER} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n`,
        '{"inputs"',
      );
      expect(text).to.match(/^HTTP\/1.1 408 /);
      expect(text).to.match(/\r\nConnection: close\r\n/);
      expect(text).to.include('"code":"slow_body"');
      expect(gate.log).to.deep.equal(["admit"]);
    });

    it("forgets a client that leaves within its body", async () => {
      const { port, registry, url } = await start({ calls: 1 });
      const inFlight = (calls: number) =>
        until(async () => (await registry.metrics()).includes(`assay_serve_in_flight ${calls}`));
      const socket = connect(port, "127.0.0.1");
      socket.write(`POST ${INFER} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc`);
      await once(socket, "connect");
      await inFlight(1);
      expect(await call(url, ITEMS)).to.include({ status: 429, code: "busy" });
      socket.destroy();
      await inFlight(0);
      expect((await call(url, ITEMS)).status).to.equal(200);
      expect(await registry.metrics()).to.include('assay_serve_refused_total{code="aborted"} 1');
    });

    for (const limit of ["calls", "callsPerRemote"] as const) {
      it(`takes ${limit} at a time, and says when to come back`, async () => {
        const { url, backend } = await start({ [limit]: 2 });
        const held = Promise.withResolvers<void>();
        backend.hold = () => held.promise;
        const first = [call(url, ITEMS), call(url, ITEMS)];
        await until(() => backend.runs === 2);
        const refused = await call(url, ITEMS);
        expect(refused).to.include({ status: 429, code: "busy" });
        expect(refused.headers.get("retry-after")).to.equal("1");
        held.resolve();
        for (const answer of await Promise.all(first)) expect(answer.status).to.equal(200);
        expect((await call(url, ITEMS)).status).to.equal(200);
      });
    }

    it("blocks an address after 20 bad signatures, for a while", async () => {
      let now = 0;
      const { url, gate } = await start({ blockMs: 60_000 }, { now: () => now });
      gate.onAdmit = () => {
        throw new Refusal(402, "bad_signature", "wrong key");
      };
      for (let i = 0; i < 20; i++)
        expect(await call(url, ITEMS)).to.include({ status: 402, code: "bad_signature" });
      gate.onAdmit = () => undefined;
      const blocked = await call(url, ITEMS);
      expect(blocked).to.include({ status: 429, code: "blocked" });
      expect(blocked.headers.get("retry-after")).to.equal("60");
      expect((await get(`${url}/v2/health/ready`)).status).to.equal(200);
      expect(gate.heads).to.have.length(20);
      now = 60_000;
      expect((await call(url, ITEMS)).status).to.equal(200);
    });

    it("believes X-Forwarded-For of as many proxies as it was told of", async () => {
      const direct = await start();
      await call(direct.url, ITEMS, { "x-forwarded-for": "9.9.9.9" });
      expect(direct.gate.heads[0]?.remote).to.equal("127.0.0.1");
      const proxied = await start({}, { trustProxy: 1 });
      await call(proxied.url, ITEMS, { "x-forwarded-for": "8.8.8.8, 9.9.9.9" });
      expect(proxied.gate.heads[0]?.remote).to.equal("9.9.9.9");
    });
  });

  describe("drain", () => {
    it("finishes what is under way, refuses what comes, then closes", async () => {
      const { url, edge, backend, gate } = await start();
      const held = Promise.withResolvers<void>();
      backend.hold = () => held.promise;
      const running = call(url, ITEMS);
      await until(() => backend.runs === 1);
      const drained = edge.drain(10_000);
      expect(await call(url, ITEMS)).to.include({ status: 503, code: "draining" });
      expect((await get(`${url}/v2/health/ready`)).body).to.include({ code: "draining" });
      expect((await get(`${url}/v2/models/7/ready`)).body).to.include({ code: "draining" });
      expect((await get(`${url}/v2/health/live`)).status).to.equal(200);
      held.resolve();
      expect((await running).outputs).to.deep.equal(ITEMS.map(sums));
      await drained;
      expect(gate.log).to.deep.equal(["admit", "bind", "served"]);
      expect(await errorOf(() => fetch(url))).to.be.instanceOf(TypeError);
    });

    it("ends what does not end in time, and reports it as failed", async () => {
      const { url, edge, backend, gate } = await start();
      backend.hold = () => new Promise(() => undefined);
      const running = call(url, ITEMS);
      await until(() => backend.runs === 1);
      await edge.drain(20);
      expect(await running).to.include({ status: 503, code: "draining" });
      expect(gate.log).to.deep.equal(["admit", "bind", "failed"]);
    });

    it("does not wait for bodies that do not come", async () => {
      const { port, edge, gate } = await start();
      const answer = raw(port, `POST ${INFER} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n`);
      await until(() => gate.log.includes("admit"));
      await edge.drain(20);
      expect(await answer).to.match(/^HTTP\/1.1 503 /);
    });
  });
});
