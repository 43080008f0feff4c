import { MARKETPLACE_ERRORS } from "@assay/client/marketplaceErrors";
import { POI_ERRORS } from "@assay/client/poiErrors";
import { expect } from "chai";
import { failureOf } from "../../../api/chain/failures.ts";

describe("failures in plain words", () => {
  it("are none for what succeeded", () => {
    expect(failureOf({ code: 0, codespace: "", log: "" })).to.equal(null);
  });

  it("know every error of x/poi and x/marketplace", () => {
    const all: [codespace: string, errors: Record<string, { code: number; text: string }>][] = [
      ["poi", POI_ERRORS],
      ["marketplace", MARKETPLACE_ERRORS],
    ];
    for (const [codespace, errors] of all) {
      for (const { code, text } of Object.values(errors)) {
        const failure = failureOf({ code, codespace, log: "" });
        expect(failure?.reason.toLowerCase()).to.equal(`${text.toLowerCase()}.`);
      }
    }
  });

  it("say what to do about the usual ones of the SDK", () => {
    expect(failureOf({ code: 11, codespace: "sdk", log: "out of gas in location: ReadFlat" })).to.deep.equal({
      reason: "It needed more gas than it had brought.",
      advice: "Send it again with a higher gas limit.",
      log: "out of gas in location: ReadFlat",
    });
  });

  it("name code and codespace of others, with what the chain says cleaned and cut", () => {
    const failure = failureOf({ code: 9, codespace: "wasm\u202e", log: `<script>\u0007\n${"x".repeat(5_000)}` });
    expect(failure?.reason).to.equal('Error 9 of "wasm".');
    expect(failure?.log).to.match(/^<script> x+…$/).with.lengthOf(1_000);
  });
});
