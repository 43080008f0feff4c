import { expect } from "chai";
import { toBech32 } from "@cosmjs/encoding";
import { accountOf, rawAddress } from "../src/addresses.ts";
import { address, id } from "./fixture.ts";

describe("addresses", () => {
  it("gives the bytes of an address", () => {
    expect(rawAddress(address(5))).to.deep.equal(id(5).slice(0, 20));
  });

  it("finds the account behind a validator", () => {
    expect(accountOf(toBech32("assayvaloper", id(5).slice(0, 20)))).to.equal(address(5));
  });

  it("refuses what is no address", () => {
    expect(() => rawAddress("assay1")).to.throw();
    expect(() => rawAddress(`${address(5)}q`)).to.throw();
  });
});
