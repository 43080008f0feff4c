import { toBech32 } from "@cosmjs/encoding";
import { expect } from "chai";
import { accountOf, addressBytes } from "../src/address.ts";

const BYTES = Uint8Array.from({ length: 20 }, (_, i) => i);
const ACCOUNT = toBech32("assay", BYTES);

describe("addresses", () => {
  it("gives the bytes of an address", () => {
    expect(addressBytes(ACCOUNT)).to.deep.equal(BYTES);
  });

  it("finds the account behind a validator", () => {
    expect(accountOf(toBech32("assayvaloper", BYTES))).to.equal(ACCOUNT);
  });

  it("refuses what is no address", () => {
    expect(() => addressBytes("assay1")).to.throw();
    expect(() => addressBytes(`${ACCOUNT}q`)).to.throw();
  });
});
