import { expect } from "chai";
import { z } from "zod";
import { NotFoundError } from "@assay/client/errors";
import { notFound } from "../../../api/http/errors.ts";
import { serve, type Route } from "../../../api/http/route.ts";
import { defineRoute } from "../../../wire/route.ts";
import { serveApp } from "./support.ts";

const spec = defineRoute({
  path: "/api/things/{id}",
  tag: "things",
  summary: "One thing",
  params: z.object({ id: z.coerce.number().int().max(9) }),
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(25) }),
  answer: z.object({ id: z.int(), text: z.string() }),
});

function things(read: (id: number, limit: number) => string, freshness: Route["freshness"] = "head"): Route {
  return serve(
    spec,
    async (_context, { params, query }) => ({ id: params.id, text: read(params.id, query.limit) }),
    freshness,
  );
}

async function errorOf(response: Response): Promise<{ status: number; message: string }> {
  return ((await response.json()) as { error: { status: number; message: string } }).error;
}

describe("routes", () => {
  it("answer JSON with an ETag, and 304 to who has it", async () => {
    let text = "one";
    const { get } = await serveApp({ routes: [things(() => text)] });
    const first = await get("/api/things/3?limit=2");
    expect(first.status).to.equal(200);
    expect(first.headers.get("content-type")).to.equal("application/json; charset=utf-8");
    expect(first.headers.get("cache-control")).to.equal("no-cache");
    expect(await first.json()).to.deep.equal({ id: 3, text: "one" });
    const etag = first.headers.get("etag") ?? "";
    expect(etag).to.match(/^W\/"[\w-]{22}"$/);
    const same = await get("/api/things/3?limit=2", { headers: { "if-none-match": etag } });
    expect(same.status).to.equal(304);
    expect(await same.text()).to.equal("");
    text = "two";
    const changed = await get("/api/things/3?limit=2", { headers: { "if-none-match": etag } });
    expect(changed.status).to.equal(200);
    expect(changed.headers.get("etag")).to.not.equal(etag);
  });

  it("say what never changes again", async () => {
    const { get } = await serveApp({ routes: [things(() => "one", "forever")] });
    const { headers } = await get("/api/things/3");
    expect(headers.get("cache-control")).to.equal("public, max-age=31536000, immutable");
  });

  it("compress long answers for who can read them", async () => {
    const { get } = await serveApp({ routes: [things(() => "a".repeat(5_000))] });
    const compressed = await get("/api/things/3");
    expect(compressed.headers.get("content-encoding")).to.equal("gzip");
    expect(Number(compressed.headers.get("content-length"))).to.be.lessThan(200);
    expect(await compressed.json()).to.deep.equal({ id: 3, text: "a".repeat(5_000) });
    const plain = await get("/api/things/3", { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).to.equal(null);
  });

  it("name the field of what they cannot read", async () => {
    const { get } = await serveApp({ routes: [things(() => "one")] });
    for (const [path, field] of [
      ["/api/things/ten", "id"],
      ["/api/things/10", "id"],
      ["/api/things/%00", "id"],
      ["/api/things/3?limit=0", "limit"],
      ["/api/things/3?limit=1&limit=2", "limit"],
      [`/api/things/3?limit=${"9".repeat(400)}`, "limit"],
    ] as const) {
      const response = await get(path);
      expect(response.status, path).to.equal(400);
      expect((await errorOf(response)).message, path).to.match(new RegExp(`^${field}: `));
    }
    const broken = await get("/api/things/%ff");
    expect(broken.status).to.equal(400);
  });

  it("say what is not there, and keep to themselves what went wrong", async () => {
    const failures = [
      notFound("There is no thing 0."),
      new NotFoundError("/q", 22, "sdk", "secret"),
      new Error("secret"),
    ];
    const { get } = await serveApp({
      routes: [
        things((id) => {
          throw failures[id] as Error;
        }),
      ],
    });
    expect(await errorOf(await get("/api/things/0"))).to.deep.equal({
      status: 404,
      message: "There is no thing 0.",
    });
    const unknown = await get("/api/things/1");
    expect(unknown.status).to.equal(404);
    const failed = await get("/api/things/2");
    expect(failed.status).to.equal(500);
    expect(failed.headers.get("cache-control")).to.equal("no-store");
    expect(JSON.stringify([await unknown.json(), await failed.json()])).to.not.contain("secret");
  });

  it("are checked against their schema where that is asked for", async () => {
    const { get } = await serveApp({ routes: [things(() => 5 as unknown as string)] });
    expect((await get("/api/things/3")).status).to.equal(500);
  });
});

describe("the app", () => {
  it("answers errors in one shape", async () => {
    const { get } = await serveApp();
    const missing = await get("/api/nowhere");
    expect(missing.status).to.equal(404);
    expect(await missing.json()).to.deep.equal({
      error: { status: 404, message: "There is nothing at this address." },
    });
    const written = await get("/api/status", { method: "POST", body: "x" });
    expect(written.status).to.equal(405);
    expect(written.headers.get("allow")).to.equal("GET, HEAD");
    for (const path of ["/%2e%2e/package.json", "/api/%2e%2e/%2e%2e/package.json", "/"]) {
      expect((await get(path)).status, path).to.equal(404);
    }
  });

  it("puts security headers on every answer, errors included", async () => {
    const { get } = await serveApp();
    for (const path of ["/api/status", "/healthz", "/metrics", "/nowhere"]) {
      const { headers } = await get(path);
      expect(headers.get("content-security-policy"), path).to.equal(
        "default-src 'none'; frame-ancestors 'none'",
      );
      expect(headers.get("x-content-type-options"), path).to.equal("nosniff");
      expect(headers.get("x-frame-options"), path).to.equal("DENY");
      expect(headers.get("referrer-policy"), path).to.equal("no-referrer");
      expect(headers.get("cross-origin-opener-policy"), path).to.equal("same-origin");
      expect(headers.get("permissions-policy"), path).to.contain("camera=()");
      expect(headers.get("x-powered-by"), path).to.equal(null);
    }
  });

  it("gives every visitor a budget, IPv6 by /56, and believes only proxies it was told of", async () => {
    const { get } = await serveApp({ requestsPerMinute: 3, trustProxy: 1 });
    const ask = (ip: string) => get("/api/status", { headers: { "x-forwarded-for": ip } });
    for (let left = 2; left >= 0; left--) {
      const { status, headers } = await ask(`2001:db8:0:${left}::1`);
      expect(status).to.equal(200);
      expect(headers.get("ratelimit")).to.contain(`r=${left}`);
    }
    const refused = await ask("2001:db8:0:ff::2");
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers.get("retry-after"))).to.be.within(1, 60);
    expect((await errorOf(refused)).message).to.match(/^Too many requests\. .* try again in \d+ s\.$/);
    expect((await ask("2001:db8:0:100::1")).status).to.equal(200);
    expect((await get("/healthz")).status).to.equal(200);
  });

  it("does not let a visitor choose an address of their own", async () => {
    const { get } = await serveApp({ requestsPerMinute: 1 });
    const ask = (ip: string) => get("/api/status", { headers: { "x-forwarded-for": ip } });
    expect((await ask("192.0.2.1")).status).to.equal(200);
    expect((await ask("192.0.2.2")).status).to.equal(429);
  });

  it("says whether it follows, and of which network", async () => {
    const { get, follower } = await serveApp({
      network: {
        publicRpc: "http://rpc.example",
        publicRest: undefined,
        localChains: ["assay-local-1"],
        faucet: () => ({ amount: "5", denom: "uassay" }),
      },
    });
    expect(await (await get("/api/status")).json()).to.deep.equal(follower.status);
    expect((await get("/healthz")).status).to.equal(200);
    expect(await (await get("/api/network")).json()).to.deep.equal({
      chainId: "assay-local-1",
      bech32Prefix: "assay",
      denom: { base: "uassay", display: "ASSAY", exponent: 6 },
      rpcPath: "/api/rpc",
      publicRpc: "http://rpc.example",
      publicRest: null,
      local: true,
      faucet: { amount: "5", denom: "uassay" },
    });
    follower.say({ state: "stale", reason: "unreachable" });
    const health = await get("/healthz");
    expect(health.status).to.equal(503);
    expect(await health.json()).to.deep.include({ ok: false, reason: "unreachable" });
  });

  it("measures itself by routes, not by addresses", async () => {
    const { get } = await serveApp({ routes: [things(() => "one")] });
    await (await get("/api/things/3")).text();
    await (await get("/api/things/4")).text();
    await (await get("/api/nowhere/5")).text();
    const text = await (await get("/metrics")).text();
    expect(text)
      .to.match(/^assay_explorer_height 7$/m)
      .and.match(/^assay_explorer_live 1$/m);
    expect(text).to.contain('assay_explorer_request_seconds_count{route="/api/things/:id",status="200"} 2');
    expect(text).to.contain('assay_explorer_request_seconds_count{route="page",status="404"} 1');
  });

  it("counts what browsers report, and nothing else", async () => {
    const { get } = await serveApp();
    const report = (body: string, type = "application/csp-report") =>
      get("/api/csp-reports", { method: "POST", body, headers: { "content-type": type } });
    const good = JSON.stringify({ "csp-report": { "blocked-uri": `x\u202e${"y".repeat(3_000)}` } });
    expect((await report(good)).status).to.equal(204);
    expect((await report("{")).status).to.equal(400);
    expect((await report("[]")).status).to.equal(400);
    expect((await report(good, "text/plain")).status).to.equal(400);
    expect((await report(JSON.stringify({ "csp-report": { a: "z".repeat(20_000) } }))).status).to.equal(413);
    expect(await (await get("/metrics")).text()).to.match(/^assay_explorer_csp_reports_total 1$/m);
  });
});
