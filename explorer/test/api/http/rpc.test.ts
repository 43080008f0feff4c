import { expect } from "chai";
import { createClient } from "@assay/client/client";
import { fakeNode, serveApp, type Running } from "./support.ts";

interface RpcAnswer {
  id: unknown;
  result?: unknown;
  error?: { code: number; message: string };
}

function call({ get }: Running, body: unknown): Promise<Response> {
  return get("/api/rpc", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const rpc = (method: string, params: unknown = {}) => ({ jsonrpc: "2.0", id: 7, method, params });

describe("the RPC proxy", () => {
  let asked: string[];
  let app: Running;

  beforeEach(async () => {
    asked = [];
    const rpcUrl = await fakeNode((body, response) => {
      asked.push(body);
      response.end(JSON.stringify({ jsonrpc: "2.0", id: 7, result: { echo: JSON.parse(body) as unknown } }));
    });
    app = await serveApp({ rpcUrl });
  });

  it("passes on what a wallet asks, as it is", async () => {
    for (const request of [
      rpc("status"),
      rpc("abci_query", { path: "/assay.poi.v1.Query/Clock", data: "0a0b", prove: false }),
      rpc("abci_query", { path: "/cosmos.bank.v1beta1.Query/Balance", data: "", height: "12" }),
      rpc("abci_query", { path: "/cosmos.tx.v1beta1.Service/Simulate", data: "ff" }),
      rpc("abci_query", { path: "/cosmos.base.node.v1beta1.Service/Config", data: "" }),
      rpc("block", { height: "3" }),
      rpc("blockchain", { minHeight: "1", maxHeight: "3" }),
      rpc("tx", { hash: "q83vEg==" }),
      rpc("broadcast_tx_sync", { tx: "AAAA" }),
    ]) {
      const response = await call(app, request);
      expect(response.status).to.equal(200);
      expect(response.headers.get("cache-control")).to.equal("no-store");
      expect(((await response.json()) as RpcAnswer).result).to.deep.equal({ echo: request });
    }
  });

  it("passes nothing else on, and says so as JSON-RPC does", async () => {
    const refused: unknown[] = [
      rpc("genesis"),
      rpc("dump_consensus_state"),
      rpc("unsafe_flush_mempool"),
      rpc("broadcast_evidence", { evidence: "" }),
      rpc("broadcast_tx_commit", { tx: "AAAA" }),
      rpc("tx_search", { query: "tx.height>0" }),
      rpc("net_info"),
      rpc("abci_query", { path: "/store/bank/key", data: "00" }),
      rpc("abci_query", { path: "/app/version", data: "" }),
      rpc("abci_query", { path: "/p2p/filter/addr/1", data: "" }),
      rpc("abci_query", { path: "/cosmos.tx.v1beta1.Service/BroadcastTx", data: "" }),
      rpc("abci_query", { path: "/cosmos.base.node.v1beta1.Service/Status", data: "" }),
      rpc("abci_query", { path: "/assay.poi.v1.Query/Clock", data: "0g" }),
      rpc("abci_query", { path: "/assay.poi.v1.Query/Clock", data: "", prove: true }),
      rpc("block", { height: "1", page: "2" }),
      rpc("block", ["1"]),
      [rpc("status"), rpc("status")],
      { ...rpc("status"), id: { a: 1 } },
      { ...rpc("status"), jsonrpc: "1.0" },
      { ...rpc("status"), more: 1 },
      "null",
      '{"jsonrpc":"2.0","id":7,"method":"status","__proto__":{"x":1}}',
      "{",
      "",
    ];
    for (const body of refused) {
      const response = await call(app, body);
      expect(response.status, JSON.stringify(body)).to.equal(400);
      const { error } = (await response.json()) as RpcAnswer;
      expect(error?.code, JSON.stringify(body)).to.equal(-32600);
      expect(error?.message).to.be.a("string").and.not.equal("");
    }
    expect(asked).to.deep.equal([]);
    const plain = await app.get("/api/rpc", { method: "POST", body: JSON.stringify(rpc("status")) });
    expect(plain.status, "without a content type").to.equal(400);
    expect((await app.get("/api/rpc")).status).to.equal(404);
  });

  it("bounds what is sent", async () => {
    const response = await call(app, rpc("broadcast_tx_sync", { tx: "A".repeat(1_600_000) }));
    expect(response.status).to.equal(413);
    expect(((await response.json()) as RpcAnswer).error?.message).to.contain("too large");
    const largest = await call(app, rpc("broadcast_tx_sync", { tx: "A".repeat(1_400_000) }));
    expect(largest.status).to.equal(200);
  });

  it("lets one visitor broadcast less often than ask", async () => {
    let status = 200;
    let sent = 0;
    for (; status === 200 && sent < 100; sent++)
      status = (await call(app, rpc("broadcast_tx_sync", { tx: "AAAA" }))).status;
    expect(status).to.equal(429);
    expect(sent).to.equal(61);
    expect((await call(app, rpc("status"))).status).to.equal(200);
  });

  it("speaks as a client understands it", async () => {
    const client = createClient({ rpcUrl: `${app.url}api/rpc`, attempts: 1 });
    // The fake node's status is not one; that it got there is what counts.
    await client.catch((error: unknown) => error);
    expect(asked).to.have.length(1);
  });
});

describe("the RPC proxy before a bad node", () => {
  const status = async (app: Running) => {
    const response = await call(app, rpc("status"));
    return [response.status, ((await response.json()) as RpcAnswer).error?.message] as const;
  };

  it("says that it is away", async () => {
    const app = await serveApp({ rpcUrl: "http://127.0.0.1:1/" });
    expect(await status(app)).to.deep.equal([
      503,
      "The chain's node does not answer right now; try again in a minute.",
    ]);
  });

  it("does not wait for ever, nor let many wait", async () => {
    const rpcUrl = await fakeNode(() => undefined);
    const app = await serveApp({ rpcUrl, rpc: { timeoutMs: 50, maxUnderWay: 1 } });
    const [first, second] = await Promise.all([status(app), status(app)]);
    expect([first[1], second[1]].sort()).to.deep.equal([
      "The chain's node does not answer right now; try again in a minute.",
      "Too many calls at once; try again.",
    ]);
    expect((await status(app))[1]).to.contain("does not answer");
  });

  it("does not pass on more than it should", async () => {
    const rpcUrl = await fakeNode((_body, response) => {
      response.end("x".repeat(2_000));
    });
    const app = await serveApp({ rpcUrl, rpc: { maxAnswerBytes: 1_000 } });
    expect(await status(app)).to.deep.equal([
      502,
      "The node's answer is longer than 1000 bytes; ask for less.",
    ]);
  });
});
