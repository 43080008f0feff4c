import { expect } from "chai";
import { readFileSync } from "node:fs";
import { marketplaceFields, poiFields } from "../src/aminoFields.ts";
import {
  MsgApproveSpender,
  MsgCloseChannel,
  MsgListService,
  MsgOpenChannel,
  MsgTopUp,
} from "../src/generated/assay/marketplace/v1/tx.ts";
import { MsgFundArena, MsgInfer, MsgRegisterModel } from "../src/generated/assay/poi/v1/tx.ts";
import * as messages from "../src/messages.ts";
import { createRegistry, marketplaceTypes, poiTypes } from "../src/registry.ts";

/** What a module's transaction service offers. */
function rpcsOf(module: string): string[] {
  const proto = readFileSync(new URL(`../../proto/assay/${module}/v1/tx.proto`, import.meta.url), "utf8");
  return [...proto.matchAll(/^ {2}rpc (\w+)\(/gm)].map(([, name]) => name ?? "");
}

const modules = [
  { module: "poi", types: poiTypes, fields: poiFields, updateParams: "updateParams" },
  {
    module: "marketplace",
    types: marketplaceTypes,
    fields: marketplaceFields,
    updateParams: "updateMarketParams",
  },
];

describe("messages", () => {
  for (const { module, types, fields, updateParams } of modules) {
    it(`exist for every rpc of x/${module}, in the registry and for amino too`, () => {
      const names = rpcsOf(module);
      const constructors = names.map((name) =>
        name === "UpdateParams" ? updateParams : name.charAt(0).toLowerCase() + name.slice(1),
      );
      expect(Object.keys(messages)).to.include.members(constructors);
      expect(types.map(([typeUrl]) => typeUrl)).to.deep.equal(
        names.map((name) => `/assay.${module}.v1.Msg${name}`),
      );
      expect(Object.keys(fields)).to.deep.equal(names.map((name) => `Msg${name}`));
    });
  }

  const registry = createRegistry();

  it("carry amounts as the chain's integers", () => {
    const fund = messages.fundArena({ funder: "a", arena: 1n, amount: 10n ** 20n });
    expect(MsgFundArena.decode(registry.encode(fund))).to.deep.equal({
      funder: "a",
      arena: 1n,
      amount: "100000000000000000000",
      perEpoch: "0",
    });
    const infer = messages.infer({
      sender: "a",
      model: Uint8Array.of(1),
      input: Uint8Array.of(2),
      maxFee: 5n,
    });
    expect(MsgInfer.decode(registry.encode(infer)).maxFee).to.equal("5");
  });

  it("of the market carry amounts of any coin, and defaults for what may be left out", () => {
    const amount = { denom: "ibc/AB", amount: 2n ** 64n };
    const coin = { denom: "ibc/AB", amount: "18446744073709551616" };
    const key = Uint8Array.of(1);
    const open = messages.openChannel({
      payer: "a",
      service: 2n,
      n: 3n,
      voucherKey: key,
      lanes: 4,
      deposit: amount,
    });
    expect(MsgOpenChannel.decode(registry.encode(open))).to.deep.equal({
      payer: "a",
      service: 2n,
      n: 3n,
      voucherKey: key,
      lanes: 4,
      deposit: coin,
      minPromise: 0,
      funder: "",
    });
    const more = messages.topUp({ sender: "a", channel: key, amount, funder: "b" });
    expect(MsgTopUp.decode(registry.encode(more))).to.deep.equal({
      sender: "a",
      channel: key,
      amount: coin,
      funder: "b",
    });
    const close = messages.closeChannel({ sender: "a", channel: key });
    expect(MsgCloseChannel.decode(registry.encode(close)).vouchers).to.deep.equal([]);
    const approve = messages.approveSpender({
      owner: "a",
      spender: "b",
      maxTotal: amount,
      maxPerChannel: 5n,
    });
    expect(MsgApproveSpender.decode(registry.encode(approve))).to.deep.equal({
      owner: "a",
      spender: "b",
      maxTotal: coin,
      maxPerChannel: "5",
      services: [],
      expiry: 0n,
    });
    const list = messages.listService({
      provider: "a",
      name: "n",
      description: "",
      endpoint: "http://x",
      interface: "oip.v2",
      model: key,
      price: 6n,
      denom: "uassay",
      promise: 7,
      servingKey: key,
      bond: 8n,
    });
    expect(MsgListService.decode(registry.encode(list))).to.include({ price: 6n, promise: 7, bond: "8" });
  });

  it("carry the terms of a model", () => {
    const register = messages.registerModel({
      owner: "a",
      arena: 1n,
      salt: Uint8Array.of(1),
      file: Uint8Array.of(2),
      name: "n",
      card: "c",
      terms: { licence: "MIT", royaltyBps: 3, parents: [Uint8Array.of(4)], inferFee: 6n },
      maxFee: 7n,
    });
    const decoded = MsgRegisterModel.decode(registry.encode(register));
    expect(decoded).to.deep.include({ maxFee: "7", name: "n" });
    expect(decoded.terms).to.deep.equal({
      licence: "MIT",
      royaltyBps: 3,
      parents: [Uint8Array.of(4)],
      inferFee: "6",
    });
  });
});
