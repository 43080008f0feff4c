import { addressBytes } from "@assay/client/address";
import { link, verifyLink } from "@assay/client/protocol/hash";
import { expect } from "chai";
import { HashChain } from "../src/hash-chain.ts";
import { noise } from "@assay/service-kit/testing/models";
import { CHAIN_ID, OPERATOR } from "./support.ts";

const operator = addressBytes(OPERATOR);

describe("hash chain", () => {
  const seed = noise(32, 1);
  const chain = new HashChain({ chainId: CHAIN_ID, operator, seed, length: 100 });

  it("leads from the seed to the tip, each link to the next", () => {
    expect(chain.length).to.equal(100);
    expect(chain.at(0)).to.deep.equal(seed);
    expect(chain.at(1)).to.deep.equal(link(CHAIN_ID, operator, seed));
    for (let i = 1; i <= 100; i++)
      expect(verifyLink(CHAIN_ID, operator, chain.at(i - 1), chain.at(i))).to.equal(true);
    expect(chain.tip).to.deep.equal(chain.at(100));
  });

  it("finds any of its links and no other", () => {
    for (const position of [0, 1, 57, 100]) expect(chain.positionOf(chain.at(position))).to.equal(position);
    expect(chain.positionOf(noise(32, 2))).to.equal(undefined);
    expect(chain.positionOf(new Uint8Array())).to.equal(undefined);
  });

  it("is another one for another operator or chain", () => {
    const other = new HashChain({ chainId: CHAIN_ID, operator: noise(20, 3), seed, length: 100 });
    const elsewhere = new HashChain({ chainId: "assay-test-2", operator, seed, length: 100 });
    expect(other.tip).not.to.deep.equal(chain.tip);
    expect(elsewhere.tip).not.to.deep.equal(chain.tip);
  });

  it("refuses short seeds and positions outside", () => {
    expect(() => new HashChain({ chainId: CHAIN_ID, operator, seed: noise(31, 1), length: 3 })).to.throw(
      /31 bytes, expected 32/,
    );
    expect(() => chain.at(-1)).to.throw(/position -1, expected 0 to 100/);
    expect(() => chain.at(101)).to.throw(RangeError);
  });
});
