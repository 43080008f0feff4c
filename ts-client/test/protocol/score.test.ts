import { expect } from "chai";
import {
  accuracy,
  arenaSettles,
  epochVoid,
  interval,
  smooth,
  sponsorAccuracy,
} from "../../src/protocol/score.ts";
import vectors from "../../../testdata/vectors/score.json" with { type: "json" };

describe("protocol/score", () => {
  it("takes the lower median of the vectors", () => {
    for (const { sponsors, each, accuracy: expected } of vectors.accuracy) {
      const measured = sponsors.map(({ correct, n }) => sponsorAccuracy(BigInt(correct), BigInt(n)));
      expect(measured).to.deep.equal(each.map(BigInt));
      expect(accuracy(measured)).to.equal(BigInt(expected));
      expect(accuracy(measured.toReversed())).to.equal(BigInt(expected));
    }
  });

  it("smooths as in the vectors", () => {
    let smoothed: bigint | undefined;
    vectors.smooth.series.forEach((newest, i) => {
      smoothed = smooth(BigInt(newest), smoothed);
      expect(smoothed).to.equal(BigInt(vectors.smooth.smoothed[i] as string));
    });
  });

  it("refuses impossible counts", () => {
    expect(() => sponsorAccuracy(1n, 0n)).to.throw("1 correct of 0 items");
    expect(() => sponsorAccuracy(2n, 1n)).to.throw("2 correct of 1 items");
    expect(() => accuracy([])).to.throw("without a counting sponsor");
  });

  it("knows the quorums", () => {
    expect([epochVoid(0, 0), epochVoid(1, 3), epochVoid(2, 4), epochVoid(1, 2)]).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    expect([arenaSettles(2, 2), arenaSettles(3, 6), arenaSettles(3, 5), arenaSettles(4, 7)]).to.deep.equal([
      false,
      false,
      true,
      true,
    ]);
  });

  it("shows intervals that hold the accuracy, and shrink", () => {
    const few = interval(0.9, 100);
    const many = interval(0.9, 10_000);
    expect(few.low).to.be.closeTo(0.8256, 1e-4);
    expect(few.high).to.be.closeTo(0.9448, 1e-4);
    expect(many.low).to.be.greaterThan(few.low);
    expect(many.high).to.be.lessThan(few.high);
    expect(interval(1, 10).high).to.equal(1);
    expect(interval(0, 0)).to.deep.equal({ low: 0, high: 1 });
  });
});
