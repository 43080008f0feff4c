import { expect } from "chai";
import { Params as MarketParams } from "@assay/client/generated/assay/marketplace/v1/params";
import { Params as PoiParams } from "@assay/client/generated/assay/poi/v1/params";
import { MODULES } from "../../../api/staking/meanings.ts";

/** As the chain spells it. */
const protoName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe("the meanings of parameters", () => {
  it("cover every parameter of our own modules, and name no other", () => {
    const described = (module: string) =>
      Object.keys(MODULES.find((one) => one.module === module)?.params ?? {}).sort();
    expect(described("poi")).to.deep.equal(Object.keys(PoiParams.fromPartial({})).map(protoName).sort());
    expect(described("marketplace")).to.deep.equal(
      Object.keys(MarketParams.fromPartial({})).map(protoName).sort(),
    );
  });

  it("are one sentence each", () => {
    for (const { module, params } of MODULES) {
      for (const [name, [, meaning]] of Object.entries(params)) {
        expect(meaning, `${module}.${name}`).to.match(/^[A-Z…].{10,200}[.…]$/s);
      }
    }
  });
});
