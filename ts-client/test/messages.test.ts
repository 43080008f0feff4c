import { expect } from "chai";
import { readFileSync } from "node:fs";
import { messageFields } from "../src/amino.ts";
import { MsgFundArena, MsgInfer, MsgRegisterModel } from "../src/generated/assay/poi/v1/tx.ts";
import * as messages from "../src/messages.ts";
import { createRegistry, poiTypes } from "../src/registry.ts";

const proto = readFileSync(new URL("../../proto/assay/poi/v1/tx.proto", import.meta.url), "utf8");
const names = [...proto.matchAll(/^ {2}rpc (\w+)\(/gm)].map(([, name]) => name ?? "");

describe("messages", () => {
  it("exist for every rpc of the module, in the registry and for amino too", () => {
    const constructors = names.map((name) => name.charAt(0).toLowerCase() + name.slice(1));
    expect(Object.keys(messages)).to.include.members(constructors);
    expect(poiTypes.map(([typeUrl]) => typeUrl)).to.deep.equal(
      names.map((name) => `/assay.poi.v1.Msg${name}`),
    );
    expect(Object.keys(messageFields)).to.deep.equal(names.map((name) => `Msg${name}`));
  });

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
