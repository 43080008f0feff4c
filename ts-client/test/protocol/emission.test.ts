import { expect } from "chai";
import fc from "fast-check";
import { emissionFor, nextFee, SHARE_BPS, splitEmission } from "../../src/protocol/emission.ts";
import vectors from "../../../testdata/vectors/emission.json" with { type: "json" };

const schedule = {
  rate: BigInt(vectors.schedule.rate),
  blocksPerHalving: BigInt(vectors.schedule.blocksPerHalving),
  cap: BigInt(vectors.schedule.cap),
};

describe("protocol/emission", () => {
  it("emits as in the vectors", () => {
    for (const { from, to, minted, emission } of vectors.emissions) {
      expect(emissionFor(schedule, BigInt(from), BigInt(to), BigInt(minted))).to.equal(BigInt(emission));
    }
  });

  it("emits the same in however many settlements, and never beyond the cap", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(0n, 400n), { minLength: 1 }),
        fc.bigInt(0n, 10n ** 9n),
        (spans, already) => {
          let height = 0n;
          let minted = already;
          for (const span of spans) {
            minted += emissionFor(schedule, height, height + span, minted);
            height += span;
          }
          expect(minted - already).to.equal(emissionFor(schedule, 0n, height, already));
          return minted <= schedule.cap;
        },
      ),
    );
  });

  it("splits as in the vectors, never into more than the whole", () => {
    for (const { emission, ...shares } of vectors.splits) {
      expect(splitEmission(BigInt(emission))).to.deep.equal(
        Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, BigInt(share)])),
      );
    }
    expect(Object.values(SHARE_BPS).reduce<bigint>((sum, bps) => sum + bps, 0n)).to.equal(10_000n);
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 15n), (emission) => {
        const sum = Object.values(splitEmission(emission)).reduce((total, share) => total + share);
        return sum <= emission && sum > emission - 5n;
      }),
    );
  });

  it("moves the fee as in the vectors", () => {
    for (const { fee, base, ceiling, registrations, target, next } of vectors.fees) {
      const rule = { base: BigInt(base), ceiling: BigInt(ceiling), target };
      expect(nextFee(BigInt(fee), registrations, rule)).to.equal(BigInt(next));
    }
  });

  it("refuses what cannot be", () => {
    expect(() => emissionFor(schedule, 2n, 1n, 0n)).to.throw("from height 2 to 1");
    expect(() => emissionFor(schedule, 0n, 1n, schedule.cap + 1n)).to.throw("after minting");
    expect(() => emissionFor({ ...schedule, blocksPerHalving: 0n }, 0n, 1n, 0n)).to.throw("halving every 0");
    expect(() => splitEmission(-1n)).to.throw("emission of -1");
    expect(() => nextFee(1n, 0, { base: 5n, ceiling: 4n, target: 1 })).to.throw("between 5 and 4");
  });
});
