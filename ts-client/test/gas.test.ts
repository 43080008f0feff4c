import { expect } from "chai";
import { inferGas, storageGas } from "../src/gas.ts";
import { Model } from "../src/generated/assay/poi/v1/model.ts";
import { Params } from "../src/generated/assay/poi/v1/params.ts";

describe("gas", () => {
  const model = Model.fromPartial({ macs: 1_000_000n, elements: 500n, fileBytes: 20_000 });

  it("of an inference follows the chain's formula", () => {
    const params = Params.fromPartial({ inferGasBase: 1000n, inferMacsPerGas: 10n, inferGasPerByte: 3n });
    const overhead = storageGas(784);
    expect(inferGas(params, model, 784) - overhead).to.equal(1000 + 1_000_500 / 10 + 3 * (784 + 20_000));
  });

  it("never divides by zero, whatever the parameters", () => {
    expect(inferGas(Params.fromPartial({}), model, 0)).to.be.greaterThan(1_000_500);
  });
});
