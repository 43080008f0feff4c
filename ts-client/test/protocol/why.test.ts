import { expect } from "chai";
import { explain, type Check, type Evidence } from "../../src/protocol/why.ts";
import { calledNext, CONV12, CONV32, id, stepTaken } from "./why-fixture.ts";

const wrong = (evidence: Evidence): string[] =>
  explain(evidence)
    .checks.filter(({ agrees }) => !agrees)
    .map(({ what, chain, recomputed }: Check) => `${what}: ${chain}, not ${recomputed}`);

describe("why", () => {
  describe("a step", () => {
    it("agrees with the chain on every number", () => {
      const { checks, unchecked } = explain(stepTaken());
      expect(wrong(stepTaken())).to.deep.equal([]);
      expect(checks).to.have.length.above(15);
      expect(unchecked).to.deep.equal([]);
    });

    it("shows the numbers that led to the payout", () => {
      const { score, trials, stepTaken: step, steps, pots, paid, called } = explain(stepTaken());
      expect(score?.sponsors.map(({ accuracy, median }) => [accuracy, median])).to.deep.equal([
        [765_625n, false],
        [742_187n, false],
        [808_593n, false],
        [828_125n, false],
        [792_968n, true],
      ]);
      expect(trials[0]).to.include({
        square: 19_600n,
        threshold: 2_136n,
        height: 74_844n,
        significant: true,
      });
      expect(called).to.equal(true);
      expect(step).to.deep.equal({ index: 1, height: 74_844n });
      expect(steps[0]).to.include({ decayed: 74_844n, emission: 15_702_896n, own: true });
      expect((pots.authors * 74_844n) / pots.divisor).to.equal(15_702_896n);
      expect(paid).to.equal(15_702_896n);
    });

    it("pays nothing to others", () => {
      expect(explain(stepTaken({ model: CONV12 })).paid).to.equal(0n);
    });

    it("earns no emission when the arena had no weight then", () => {
      const { ladder } = stepTaken();
      const unweighted = ladder.map((step) => ({ ...step, weighted: false }));
      expect(wrong(stepTaken({ ladder: unweighted }))).to.deep.equal([
        "step 1: pay from emission (uassay): 15702896, not 0",
      ]);
    });
  });

  describe("notices", () => {
    const { arena, result, epoch } = stepTaken();
    if (!result || !epoch.emission) throw new Error("the fixture lost its result");

    it("a wrong median", () => {
      const [first] = wrong(stepTaken({ result: { ...result, accuracy: 792_969 } }));
      expect(first).to.equal("accuracy, the lower median over sponsors (ppm): 792969, not 792968");
    });

    it("a wrong smoothed accuracy", () => {
      expect(wrong(stepTaken({ result: { ...result, smoothed: 1 } }))).to.deep.equal([
        "smoothed accuracy (ppm): 1, not 784765",
      ]);
    });

    it("one base unit too much", () => {
      const [pay] = arena.steps;
      if (!pay) throw new Error("the fixture lost its step");
      const greedy = { ...arena, steps: [{ ...pay, emission: "15702897" }] };
      expect(wrong(stepTaken({ arena: greedy, arenas: [greedy] }))).to.deep.equal([
        "step 1: pay from emission (uassay): 15702897, not 15702896",
        "minted for authors of all arenas (uassay): 15702896, not 15702897",
      ]);
    });

    it("a pot that is not the arena's share", () => {
      const rich = { ...arena, weightSum: 200n };
      expect(wrong(stepTaken({ arena: rich, arenas: [rich] }))[0]).to.equal(
        "authors' pot (uassay): 110000000, not 55000000",
      );
    });

    it("a wrong divisor and a wrong decay", () => {
      const [pay] = arena.steps;
      if (!pay) throw new Error("the fixture lost its step");
      const odd = { ...arena, divisor: 1n, steps: [{ ...pay, age: 1000n }] };
      const found = wrong(stepTaken({ arena: odd, arenas: [odd] }));
      expect(found).to.include("step 1: strength at age 1000 (Q16 bits): 74844, not 37422");
      expect(found).to.include("divisor (Q16 bits): 1, not 524288");
    });

    it("a step that its trials do not allow", () => {
      const [trial] = result.trials;
      if (!trial) throw new Error("the fixture lost its trial");
      const weak = { ...result, trials: [{ ...trial, n: 255 }] };
      expect(wrong(stepTaken({ result: weak }))).to.deep.equal([
        "height of the step, the smallest over the trials (Q16 bits): 74844, not 0",
      ]);
    });

    it("a sum of the emission that is off", () => {
      const off = { ...epoch, emission: { ...epoch.emission, minted: "1" } };
      expect(wrong(stepTaken({ epoch: { ...epoch, ...off } as typeof epoch }))).to.deep.equal([
        "minted in the epoch (uassay): 1, not 125702896",
      ]);
    });
  });

  describe("a call", () => {
    it("goes to the earliest reserved that gains a third of the best", () => {
      expect(wrong(calledNext())).to.deep.equal([]);
      const { contenders } = explain(calledNext());
      expect(contenders.map(({ strong, callable }) => [strong, callable])).to.deep.equal([
        [true, true],
        [true, true],
        [false, false],
      ]);
    });

    it("is found wrong when another was called", () => {
      const { arena } = calledNext();
      const other = { ...arena, calledNext: CONV32 };
      expect(wrong(calledNext({ arena: other, arenas: [other] }))[0]).to.match(
        /^called for the next epoch: 0404/,
      );
    });

    it("says what cannot be recomputed when a contender has left", () => {
      const { standings } = calledNext();
      const gone = standings.map((line) => ({
        ...line,
        sequence: line.model === CONV12 ? undefined : line.sequence,
      }));
      const { unchecked, checks } = explain(calledNext({ standings: gone }));
      expect(unchecked).to.have.length(1);
      expect(unchecked[0]).to.include("one has left since");
      expect(checks.some(({ what, agrees }) => what.startsWith("one of the callable") && agrees)).to.equal(
        true,
      );
    });

    it("is found wrong when the called one was not callable", () => {
      const { arena, standings } = calledNext();
      const other = { ...arena, calledNext: id(5) };
      const gone = standings.map((line) => ({ ...line, sequence: undefined }));
      expect(wrong(calledNext({ arena: other, arenas: [other], standings: gone }))).to.deep.equal([
        "one of the callable is called for the next epoch: yes, not no",
      ]);
    });
  });

  describe("sponsors of a comparison", () => {
    it("leaves out the two most favourable and the least", () => {
      expect(explain(calledNext()).screeningBySponsor.map(({ kept }) => kept)).to.deep.equal([
        false,
        true,
        true,
        false,
        false,
      ]);
    });

    it("finds a kept sum wrong", () => {
      const { result } = calledNext();
      if (!result?.screening) throw new Error("the fixture lost its screening");
      const off = { ...result, screening: { ...result.screening, b: 81 } };
      expect(wrong(calledNext({ result: off }))[0]).to.match(
        /^screening: b c n and wrong counts.*: 81 14 512 100 34, not 80 14 512 100 34$/,
      );
    });
  });

  it("explains an arena that did not settle", () => {
    const { arena, epoch } = stepTaken();
    const idle = {
      ...arena,
      settled: false,
      reason: "2 of 5 sponsors count",
      authorsPot: "0",
      scorersPot: "0",
      sponsorsPot: "0",
      steps: [],
      scorers: [],
      sponsors: [],
    };
    const emission = { ...epoch.emission, authors: "0", scorers: "0", sponsors: "0", minted: "44000000" };
    const evidence = stepTaken({
      arena: idle,
      arenas: [idle],
      result: undefined,
      epoch: { ...epoch, emission } as typeof epoch,
    });
    expect(wrong(evidence)).to.deep.equal([]);
    expect(explain(evidence)).to.include({ settled: false, paid: 0n, reason: "2 of 5 sponsors count" });
  });
});
