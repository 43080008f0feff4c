import { expect } from "chai";
import { phaseProgress } from "../../web/src/pages/home/phases.ts";
import type { Clock } from "../../wire/home.ts";

const clock: Clock = {
  height: 107,
  epoch: 7,
  phase: "ROWS",
  epochStart: 100,
  phaseStart: 107,
  phaseEnd: 111,
  settledEpochs: 6,
  phases: [
    { phase: "BEACON", blocks: 3 },
    { phase: "INPUT", blocks: 4 },
    { phase: "ROWS", blocks: 5 },
    { phase: "LABEL", blocks: 3 },
    { phase: "CHALLENGE", blocks: 6 },
  ],
};
const done = (at: Clock, height: number): number[] =>
  phaseProgress({ ...at, height }).parts.map((part) => part.done);

describe("the epoch's progress", () => {
  it("counts the blocks of the phase", () => {
    expect(done(clock, 107)).to.deep.equal([1, 1, 0.2, 0, 0, 0]);
    expect(phaseProgress(clock).left).to.equal(4);
    expect(done(clock, 111)).to.deep.equal([1, 1, 1, 0, 0, 0]);
  });

  it("starts at nothing when the phase begins with the next block", () => {
    expect(done(clock, 106)).to.deep.equal([1, 1, 0, 0, 0, 0]);
    expect(phaseProgress({ ...clock, height: 106 }).left).to.equal(5);
  });

  it("does not know how long settling takes", () => {
    const settling: Clock = { ...clock, phase: "SETTLE", phaseStart: 121, phaseEnd: null };
    expect(done(settling, 125)).to.deep.equal([1, 1, 1, 1, 1, 0.5]);
    expect(phaseProgress(settling).left).to.equal(null);
  });
});
