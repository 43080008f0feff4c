import { expect } from "chai";
import { toBech32 } from "@cosmjs/encoding";
import type { Faucet } from "../../../api/faucet/faucet.ts";
import { HttpError } from "../../../api/http/errors.ts";
import { serveApp } from "../http/support.ts";

const ALICE = toBech32("assay", new Uint8Array(20).fill(1));

describe("POST /api/faucet", () => {
  const given: [string, string][] = [];
  const faucet: Faucet = {
    offer: () => null,
    give: async (address, prefix) => {
      given.push([address, prefix]);
      if (given.length > 1) throw new HttpError(429, "Come back tomorrow.", { "Retry-After": "60" });
      return { hash: "AB", height: 3, amount: "5", denom: "uassay" };
    },
    run: async () => undefined,
  };
  beforeEach(() => given.splice(0));

  it("gives to an account, counted by the visitor's network", async () => {
    const { get } = await serveApp({ faucet, trustProxy: 1 });
    const post = (body: unknown, ip = "192.0.2.77") =>
      get("/api/faucet", {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": ip },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
    const first = await post({ address: ALICE });
    expect(first.status).to.equal(200);
    expect(await first.json()).to.deep.equal({ hash: "AB", height: 3, amount: "5", denom: "uassay" });
    const second = await post({ address: ALICE }, "2001:db8:1:2ff::9");
    expect(second.status).to.equal(429);
    expect(second.headers.get("retry-after")).to.equal("60");
    expect(await second.json()).to.deep.equal({ error: { status: 429, message: "Come back tomorrow." } });
    expect(given).to.deep.equal([
      [ALICE, "192.0.2.0/24"],
      [ALICE, "2001:db8:1:200::/56"],
    ]);
  });

  it("refuses what is no account", async () => {
    const { get } = await serveApp({ faucet });
    for (const address of [
      "",
      "assay1",
      ALICE.toUpperCase(),
      `${ALICE.slice(0, -1)}${ALICE.endsWith("q") ? "p" : "q"}`,
      toBech32("assayvaloper", new Uint8Array(20)),
      toBech32("cosmos", new Uint8Array(20)),
      toBech32("assay", new Uint8Array(30)),
      7,
      [ALICE],
      `${ALICE}\u202e`,
    ]) {
      const response = await get("/api/faucet", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ address }),
      });
      const { error } = (await response.json()) as { error: { status: number; message: string } };
      expect(error.status, String(address)).to.equal(400);
      expect(error.message, String(address)).to.match(/^address: /);
    }
    const long = await get("/api/faucet", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ address: "a".repeat(2_000) }),
    });
    expect(long.status).to.equal(413);
    expect(given).to.deep.equal([]);
  });
});
