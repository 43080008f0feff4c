import express from "express";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { OipError } from "@assay/client/oip/errors";
import { createLogger } from "@assay/service-kit/log";
import { Refusal } from "../../../src/serve/gate.ts";
import { errorHandler, notFound } from "../../../src/serve/http/errors.ts";

describe("error handler", () => {
  const lines: string[] = [];
  const codes: string[] = [];
  let now = 0;
  let thrown: unknown;
  const app = express();
  app.get("/throw", () => {
    throw thrown;
  });
  app.use(notFound());
  const log = createLogger({ name: "test", destination: { write: (line: string) => void lines.push(line) } });
  app.use(errorHandler({ log, onRefused: (code) => codes.push(code), now: () => now }));
  const server = createServer(app);

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  beforeEach(() => {
    lines.length = codes.length = 0;
    now += 100_000;
  });
  after(() => server.close().closeAllConnections());

  const get = async (error: unknown, path = "/throw") => {
    thrown = error;
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return { status: response.status, headers: response.headers, body: (await response.json()) as unknown };
  };

  it("writes refusals as they are, error and code last", async () => {
    const refusal = new Refusal(402, "bad_lane", "no such lane", {
      headers: { "PAYMENT-REQUIRED": "e30=" },
      body: { x402Version: 2, error: "other", code: "other" },
    });
    const { status, headers, body } = await get(refusal);
    expect(status).to.equal(402);
    expect(headers.get("payment-required")).to.equal("e30=");
    expect(body).to.deep.equal({ x402Version: 2, error: "no such lane", code: "bad_lane" });
    expect(codes).to.deep.equal(["bad_lane"]);
    expect(lines).to.deep.equal([]);
  });

  it("writes errors of tensors by their code", async () => {
    expect(await get(new OipError("bad_shape", "no"))).to.deep.include({
      status: 400,
      body: { error: "no", code: "bad_shape" },
    });
    expect((await get(new OipError("too_large", "no"))).status).to.equal(413);
    expect((await get(undefined, "/nowhere")).body).to.include({ code: "not_found" });
    expect((await get(new URIError("%ff"))).status).to.equal(400);
  });

  it("keeps what nobody foresaw for the log, all of it", async () => {
    for (const message of ["one", "two"]) {
      const { status, body } = await get(new Error(message));
      expect(status).to.equal(500);
      expect(JSON.stringify(body)).not.to.include(message);
    }
    expect(lines).to.have.length(2);
    expect(lines.join()).to.include('"one"').and.include('"two"');
  });

  it("logs what fails often only now and then", async () => {
    const away = new Refusal(502, "upstream_unreachable", "away");
    await get(away);
    await get(away);
    expect(lines).to.have.length(1);
    await get(new Refusal(503, "stale_chain", "old"));
    expect(lines).to.have.length(2);
    now += 10_000;
    await get(away);
    expect(lines).to.have.length(3);
    expect(codes).to.have.length(4);
  });
});
