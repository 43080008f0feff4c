import { expect } from "chai";
import fc from "fast-check";
import { release } from "../../src/market/release.ts";
import vectors from "../../../testdata/vectors/market.json" with { type: "json" };

const amount = fc.bigInt(0n, 2n ** 64n - 1n);
const promise = fc.nat(1_000_000);

describe("market/release", () => {
  it("releases what the vectors say", () => {
    for (const { moved, promise, sum, epochs, released } of vectors.release) {
      expect(release(BigInt(moved), promise, BigInt(sum), BigInt(epochs))).to.equal(BigInt(released));
    }
  });

  it("releases all of a kept promise, else between half and all", () => {
    fc.assert(
      fc.property(
        amount,
        promise,
        fc.bigInt(1n, 1000n),
        fc.nat(1_000_000),
        (moved, promised, epochs, mean) => {
          const released = release(moved, promised, BigInt(mean) * epochs, epochs);
          if (mean >= promised) expect(released).to.equal(moved);
          expect(released >= moved / 2n && released <= moved).to.equal(true);
        },
      ),
    );
  });

  it("never releases more in pieces than at once, and at most a unit per cut less", () => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1, maxLength: 6 }),
        promise,
        fc.nat(1_000_000),
        (pieces, promised, sum) => {
          const of = (moved: bigint): bigint => release(moved, promised, BigInt(sum), 1n);
          const whole = of(pieces.reduce((total, piece) => total + piece, 0n));
          const parts = pieces.reduce((total, piece) => total + of(piece), 0n);
          expect(parts <= whole && whole - parts < BigInt(pieces.length)).to.equal(true);
        },
      ),
    );
  });
});
