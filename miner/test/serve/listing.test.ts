import { statSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { ServiceStatus, type Service } from "@assay/client/generated/assay/marketplace/v1/service";
import type { MsgListService, MsgUpdateService } from "@assay/client/generated/assay/marketplace/v1/tx";
import type { Message } from "@assay/client/messages";
import { silentLogger } from "@assay/service-kit/log";
import { errorOf, withFolder } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import type { ServiceSettings } from "../../src/config.ts";
import { list, modelOf, servingKeyAt, type Listing, type Market } from "../../src/serve/listing.ts";
import { OWNER } from "../support/fixture.ts";
import { CHAIN_ID, serviceOf, servingKey } from "./fixture.ts";

const MODEL = "01".repeat(32);

const settings: ServiceSettings = {
  name: "digits",
  description: "Digits.",
  model: MODEL,
  price: 100n,
  denom: "uassay",
  promise: 0,
  bond: undefined,
  servingKey: undefined,
  upstream: undefined,
};
const listing: Listing = {
  settings,
  endpoint: "http://a.example",
  servingKey: servingKey.publicKey,
  modelHex: MODEL,
};

/** A chain with these services that takes what is sent to it. */
function fakeMarket(services: Service[] = []) {
  const sent: { id: string | undefined; value: unknown }[] = [];
  const market: Market = {
    modelNamed: async (arena, name) => (arena === "digits" && name === "best" ? MODEL : "02".repeat(32)),
    hasModel: async (modelHex) => modelHex !== "02".repeat(32),
    modelFile: async (modelHex) => (modelHex === MODEL ? Uint8Array.of(1) : undefined),
    services: async () => services,
    leastBond: async () => 1_000n,
  };
  const send = async (messages: readonly Message<unknown>[], { id }: { id?: string }) => {
    const [{ typeUrl, value }] = messages as [Message<unknown>];
    sent.push({ id, value });
    if (typeUrl.endsWith("MsgListService"))
      services.push(serviceOf({ ...(value as MsgListService), id: BigInt(services.length + 1) }));
    return { hash: "", height: 1, gasUsed: 0n, events: [], msgResponses: [] };
  };
  const parts = { chainId: CHAIN_ID, provider: OWNER, market, send, log: silentLogger };
  return { sent, market, parts: { ...parts, signal: new AbortController().signal } };
}

const listed = (changes: Partial<Service> = {}): Service =>
  serviceOf({
    id: 1n,
    name: "digits",
    description: "Digits.",
    endpoint: "http://a.example",
    price: 100n,
    model: Buffer.from(MODEL, "hex"),
    ...changes,
  });

describe("listing", () => {
  it("lists a service that is not there yet, under a name that makes it happen once", async () => {
    const { parts, sent } = fakeMarket();
    expect(await list(parts, listing)).to.equal(1n);
    expect(sent[0]?.id).to.equal(`list/${CHAIN_ID}/${Buffer.from(servingKey.publicKey).toString("hex")}`);
    expect(sent[0]?.value).to.deep.include({
      provider: OWNER,
      name: "digits",
      interface: "oip.v2",
      price: 100n,
      bond: "1000",
      promise: 0,
    });
    expect(await list(parts, listing), "and finds it by its key").to.equal(1n);
    expect(sent).to.have.length(1);
  });

  it("locks the bond it is told to, and none without a model", async () => {
    const { parts, sent } = fakeMarket();
    await list(parts, { ...listing, settings: { ...settings, bond: 5_000n } });
    expect((sent[0]?.value as MsgListService).bond).to.equal("5000");
    const inexact = fakeMarket();
    await list(inexact.parts, { ...listing, modelHex: undefined });
    expect(inexact.sent[0]?.value).to.deep.include({ bond: "0", model: Buffer.alloc(0) });
  });

  it("updates what the settings have otherwise", async () => {
    for (const changes of [
      { price: 7n },
      { description: "x" },
      { name: "x" },
      { endpoint: "x" },
      { promise: 5 },
    ]) {
      const { parts, sent } = fakeMarket([listed(changes)]);
      expect(await list(parts, listing)).to.equal(1n);
      const { name, description, endpoint, price, promise } = sent[0]?.value as MsgUpdateService;
      expect([name, description, endpoint, price, promise]).to.deep.equal([
        ...["digits", "Digits.", "http://a.example", 100n, 0],
      ]);
    }
    const { parts, sent } = fakeMarket([listed()]);
    await list(parts, listing);
    expect(sent).to.deep.equal([]);
  });

  it("refuses what a service never changes, and services that are over", async () => {
    const cases: [Partial<Service>, RegExp][] = [
      [
        { model: new Uint8Array(32).fill(9) },
        /service 1 serves model 0909.*, not 0101.*another servingKey file/,
      ],
      [{ denom: "uatom" }, /is priced in uatom, not uassay/],
      [{ status: ServiceStatus.CLOSED }, /service 1 \(digits\) is closed; choose another servingKey file/],
      [{ status: ServiceStatus.CONVICTED }, /was convicted of a wrong answer/],
    ];
    for (const [changes, expected] of cases) {
      const { parts, sent } = fakeMarket([listed(changes)]);
      expect((await errorOf(() => list(parts, listing))).message).to.match(expected);
      expect(sent).to.deep.equal([]);
    }
  });

  it("says so when the chain does not have what its journal says was listed", async () => {
    const { parts, market } = fakeMarket();
    market.services = async () => [];
    expect((await errorOf(() => list(parts, listing))).message).to.match(
      /an earlier network of the same chain id\? Then move it aside/,
    );
  });

  it("finds models by id or name, with their files", async () => {
    const { market } = fakeMarket();
    expect((await modelOf(market, MODEL)).hex).to.equal(MODEL);
    expect((await modelOf(market, "digits/best")).hex).to.equal(MODEL);
    expect((await errorOf(() => modelOf(market, "digits/other"))).message).to.match(
      /the chain has no model 0202.*: register it first/,
    );
    expect((await errorOf(() => modelOf(market, "03".repeat(32)))).message).to.match(
      /does not keep the file of model 0303/,
    );
  });

  it("makes a serving key for its owner's eyes only, once", () =>
    withFolder(async (folder) => {
      const path = join(folder, "keys", "digits.json");
      const made = await servingKeyAt(path, silentLogger);
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      expect((await servingKeyAt(path, silentLogger)).publicKey).to.deep.equal(made.publicKey);
      await chmod(path, 0o644);
      expect((await errorOf(() => servingKeyAt(path, silentLogger))).message).to.match(/chmod 600/);
    }));
});
