import { expect } from "chai";
import fc from "fast-check";
import {
  addTrial,
  checkTrial,
  chooseCalled,
  chooseEvicted,
  gain,
  log2,
  MAX_COUNT,
  stepHeight,
  sumKept,
} from "../../src/protocol/ladder.ts";
import vectors from "../../../testdata/vectors/ladder.json" with { type: "json" };
import { fromHex } from "./bytes.ts";
import { anyContenders, anySponsorTrials, anyTrial, readTrial, reordered } from "./trials.ts";

describe("protocol/ladder", () => {
  it("keeps the sponsors of the vectors", () => {
    for (const { trials, sum } of vectors.sumKept) {
      const read = trials.map(({ sponsor, trial }) => ({
        sponsor: fromHex(sponsor),
        trial: readTrial(trial),
      }));
      expect(sumKept(read)).to.deep.equal(readTrial(sum));
    }
  });

  it("keeps the same sponsors in whatever order they are listed", () => {
    fc.assert(
      fc.property(reordered(anySponsorTrials), ([trials, others]) => {
        expect(sumKept(others)).to.deep.equal(sumKept(trials));
        checkTrial(sumKept(trials));
      }),
    );
  });

  it("does not let two sponsors of five lift a model above what the other three saw", () => {
    fc.assert(
      fc.property(fc.array(anyTrial(), { minLength: 5, maxLength: 5 }), (trials) => {
        const listed = trials.map((trial, i) => ({ sponsor: Uint8Array.of(i), trial }));
        const sum = sumKept(listed);
        const honest = listed
          .slice(2)
          .map(({ trial }) => trial.b - trial.c)
          .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        // Each of the two kept is at most the one of its rank among the three.
        expect(sum.b - sum.c <= (honest[1] as bigint) + (honest[2] as bigint)).to.equal(true);
      }),
    );
  });

  it("refuses impossible trials and sponsors listed twice", () => {
    const trial = { b: 1n, c: 0n, n: 1n, wrongOld: 1n, wrongNew: 0n };
    const sponsor = Uint8Array.of(1);
    expect(() => sumKept([{ sponsor, trial: { ...trial, n: 0n } }])).to.throw("impossible trial");
    expect(() =>
      sumKept([
        { sponsor, trial },
        { sponsor, trial },
      ]),
    ).to.throw("listed twice");
  });

  it("stops counting at the largest count", () => {
    const full = { b: 0n, c: 0n, n: MAX_COUNT, wrongOld: 5n, wrongNew: 5n };
    const one = { b: 1n, c: 0n, n: 1n, wrongOld: 1n, wrongNew: 0n };
    expect(addTrial(full, one)).to.equal(full);
    expect(addTrial(one, one)).to.deep.equal({ b: 2n, c: 0n, n: 2n, wrongOld: 2n, wrongNew: 0n });
  });

  it("calls and evicts as in the vectors", () => {
    for (const { contenders, minItems, called, evicted } of vectors.choose) {
      const read = contenders.map(({ sequence, trial }) => ({
        sequence: BigInt(sequence),
        trial: readTrial(trial),
      }));
      const chosen = chooseCalled(read, BigInt(minItems));
      expect(chosen).to.equal(read[called]);
      expect(chooseEvicted(read, chosen)).to.equal(read[evicted]);
    }
  });

  it("calls and evicts the same models in whatever order they are listed", () => {
    fc.assert(
      fc.property(reordered(anyContenders), ([contenders, others]) => {
        const called = chooseCalled(contenders, 100n);
        expect(chooseCalled(others, 100n)).to.equal(called);
        expect(chooseEvicted(others, called)).to.equal(chooseEvicted(contenders, called));
      }),
    );
  });

  it("calls the same model when later copies of any join", () => {
    fc.assert(
      fc.property(anyContenders, fc.array(fc.nat(), { maxLength: 5 }), (contenders, picks) => {
        fc.pre(contenders.length > 0);
        const copies = picks.map((pick, i) => {
          const original = contenders[pick % contenders.length];
          if (original === undefined) throw new Error("no original");
          return { ...original, sequence: 100n + BigInt(i) };
        });
        expect(chooseCalled([...copies, ...contenders], 100n)).to.equal(chooseCalled(contenders, 100n));
      }),
    );
  });

  it("measures steps as in the vectors", () => {
    for (const { trials, minItems, z2, height } of vectors.step) {
      expect(stepHeight(trials.map(readTrial), BigInt(minItems), BigInt(z2))).to.equal(BigInt(height));
    }
  });

  it("gives a copy of the top no step, and needs a better answer on every trial", () => {
    const copy = { b: 0n, c: 0n, n: 10_000n, wrongOld: 900n, wrongNew: 900n };
    const better = { b: 300n, c: 100n, n: 1000n, wrongOld: 400n, wrongNew: 200n };
    expect(stepHeight([copy], 512n, 12n)).to.equal(0n);
    expect(stepHeight([better], 512n, 12n)).to.equal(gain(400n, 200n));
    expect(stepHeight([better, copy], 512n, 12n)).to.equal(0n);
    expect(stepHeight([better], 1001n, 12n)).to.equal(0n);
    expect(() => stepHeight([], 512n, 12n)).to.throw("0 trials");
    expect(() => stepHeight([better, better, better, better], 512n, 12n)).to.throw("4 trials");
  });

  it("adds heights up to the whole way, however many steps it takes", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 10_000n), { minLength: 2, maxLength: 8 }), (wrong) => {
        const steps = wrong.slice(1).map((next, i) => gain(wrong[i] as bigint, next));
        expect(steps.reduce((sum, g) => sum + g)).to.equal(gain(wrong[0] as bigint, wrong.at(-1) as bigint));
      }),
    );
  });

  it("takes logarithms as in the vectors, never falling", () => {
    for (const { x, log2: expected } of vectors.log2) expect(log2(BigInt(x))).to.equal(BigInt(expected));
    expect([log2(3n), log2(10n)]).to.deep.equal([103_872n, 217_705n]);
    fc.assert(fc.property(fc.bigInt(1n, 2n ** 40n), (x) => log2(x) <= log2(x + 1n)));
    expect(() => log2(0n)).to.throw("logarithm of 0");
  });
});
