import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { ApiError, apiUrl, fetchJson } from "../../web/src/api/fetch.ts";

describe("questions to the api", () => {
  it("have one address each", () => {
    expect(apiUrl("/api/blocks/{height}", { height: 12 })).to.equal("/api/blocks/12");
    expect(apiUrl("/api/txs", {}, { to: 3, from: 1, type: undefined, status: "" })).to.equal(
      "/api/txs?from=1&to=3",
    );
    expect(apiUrl("/api/compare", {}, { models: ["aa", "bb"] })).to.equal("/api/compare?models=aa%2Cbb");
  });

  it("keep what people typed in its place", () => {
    expect(apiUrl("/api/accounts/{address}", { address: "../status?x" })).to.equal(
      "/api/accounts/..%2Fstatus%3Fx",
    );
    expect(() => apiUrl("/api/blocks/{height}", {})).to.throw(TypeError, "got undefined");
  });

  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  async function failure(asked: Promise<unknown>): Promise<ApiError> {
    try {
      await asked;
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
    throw new Error("it was answered");
  }

  it("bring the answer", async () => {
    const url = await serve((_request, response) => response.end('{"height":3}'));
    expect(await fetchJson(url, AbortSignal.timeout(5_000))).to.deep.equal({ height: 3 });
  });

  it("bring the api's own words when it refuses", async () => {
    const url = await serve((_request, response) =>
      response.writeHead(404).end('{"error":{"status":404,"message":"There is no block 7 yet."}}'),
    );
    const error = await failure(fetchJson(url, AbortSignal.timeout(5_000)));
    expect([error.status, error.message]).to.deep.equal([404, "There is no block 7 yet."]);
  });

  it("say what happened when the answer is none of the api's", async () => {
    const url = await serve((_request, response) => response.writeHead(502).end("<html>bad gateway"));
    const error = await failure(fetchJson(url, AbortSignal.timeout(5_000)));
    expect([error.status, error.message]).to.deep.equal([502, "The api answered with status 502."]);
    const broken = await serve((_request, response) => response.end("{"));
    expect((await failure(fetchJson(broken, AbortSignal.timeout(5_000)))).status).to.equal(200);
  });

  it("tell an api that is gone from a question that was dropped", async () => {
    const url = await serve((_request, response) => response.destroy());
    const error = await failure(fetchJson(url, AbortSignal.timeout(5_000)));
    expect([error.status, error.message]).to.deep.equal([
      0,
      "The explorer's api does not answer. Check your connection and try again.",
    ]);
    const dropped = AbortSignal.abort(new DOMException("left the page", "AbortError"));
    const kept = await fetchJson(url, dropped).catch((reason: unknown) => reason);
    expect(kept).to.have.property("name", "AbortError");
  });
});
