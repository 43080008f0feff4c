import { expect } from "chai";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "../src/client.ts";
import {
  ChainUnreachableError,
  MalformedResponseError,
  ResponseTooLargeError,
  RpcError,
  RpcTimeoutError,
  WrongChainIdError,
} from "../src/errors.ts";
import { createRpc, type RpcOptions } from "../src/rpc.ts";
import { FakeChain } from "./fake-chain.ts";

const request = { jsonrpc: "2.0", id: 5, method: "status", params: {} } as const;

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => error,
  );
}

describe("rpc", () => {
  let server: Server;
  let url: string;
  let calls: number;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    calls = 0;
    server = createServer((req, res) => {
      calls++;
      answer(req, res);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function rpc(options: Partial<RpcOptions> = {}) {
    return createRpc({ url, timeoutMs: 100, maxResponseBytes: 1000, attempts: 1, ...options });
  }

  it("returns the result", async () => {
    answer = (_, response) => response.end('{"jsonrpc":"2.0","id":5,"result":{"a":1}}');
    expect((await rpc().execute(request)).result).to.deep.equal({ a: 1 });
  });

  it("stops waiting for a node that does not answer", async () => {
    answer = () => undefined;
    expect(await rejection(rpc().execute(request))).to.be.instanceOf(RpcTimeoutError);
  });

  it("stops waiting for a node that never finishes", async () => {
    answer = (_, response) => response.write('{"jsonrpc":');
    expect(await rejection(rpc().execute(request))).to.be.instanceOf(RpcTimeoutError);
  });

  it("stops reading an answer that is too long", async () => {
    answer = (_, response) => response.end(`{"jsonrpc":"2.0","id":5,"result":"${"x".repeat(2000)}"}`);
    expect(await rejection(rpc().execute(request))).to.be.instanceOf(ResponseTooLargeError);
  });

  it("tells what is not JSON-RPC, and answers to something else", async () => {
    answer = (_, response) => response.end("<html>");
    expect(await rejection(rpc().execute(request))).to.be.instanceOf(MalformedResponseError);
    answer = (_, response) => response.end('{"jsonrpc":"2.0","id":6,"result":{}}');
    expect(await rejection(rpc().execute(request))).to.be.instanceOf(MalformedResponseError);
  });

  it("gives the node's own error, also with a bad HTTP status", async () => {
    answer = (_, response) => {
      response.statusCode = 500;
      response.end(
        '{"jsonrpc":"2.0","id":5,"error":{"code":-32603,"message":"Internal error","data":"why"}}',
      );
    };
    const error = await rejection(rpc().execute(request));
    expect(error).to.be.instanceOf(RpcError).and.to.include({ code: -32603, data: "why" });
  });

  it("reads again what failed on the way, but not what was answered", async () => {
    answer = (req, response) => {
      if (calls < 3) req.socket.destroy();
      else response.end('{"jsonrpc":"2.0","id":5,"result":1}');
    };
    expect((await rpc({ attempts: 3 }).execute(request)).result).to.equal(1);
    expect(calls).to.equal(3);
    calls = 0;
    answer = (_, response) =>
      response.end('{"jsonrpc":"2.0","id":5,"error":{"code":-32603,"message":"no","data":""}}');
    await rejection(rpc({ attempts: 3 }).execute(request));
    expect(calls).to.equal(1);
  });

  it("never broadcasts twice by itself", async () => {
    answer = (req) => req.socket.destroy();
    const broadcast = { ...request, method: "broadcast_tx_sync" };
    const error = await rejection(rpc({ attempts: 3 }).execute(broadcast));
    expect(error).to.be.instanceOf(ChainUnreachableError);
    expect(calls).to.equal(1);
  });

  it("ends with its signal's reason", async () => {
    answer = () => undefined;
    const controller = new AbortController();
    const reason = new Error("enough");
    const pending = rejection(
      rpc({ signal: controller.signal, timeoutMs: 5000, attempts: 3 }).execute(request),
    );
    controller.abort(reason);
    expect(await pending).to.equal(reason);
  });
});

describe("createClient", () => {
  it("refuses a node of another chain", async () => {
    const chain = new FakeChain("assay1x");
    await chain.start();
    const error = await rejection(createClient({ rpcUrl: chain.url, chainId: "assay-local-1" }));
    await chain.stop();
    expect(error).to.be.instanceOf(WrongChainIdError);
  });

  it("says where no node answers", async () => {
    const chain = new FakeChain("assay1x");
    await chain.start();
    const { url } = chain;
    await chain.stop();
    const error = await rejection(createClient({ rpcUrl: url, attempts: 1 }));
    expect(error).to.be.instanceOf(ChainUnreachableError);
    expect((error as Error).message).to.contain(url);
  });
});
