import { expect } from "chai";
import type { Snapshot } from "../../src/wire.ts";
import { emptyContent } from "../../src/snapshot.ts";
import { follows, initialState, reduce } from "../../web/src/live/state.ts";
import { phaseProgress } from "../../web/src/sections/phases.ts";

const snapshot: Snapshot = { ...emptyContent({ state: "starting", reason: null, since: "" }), revision: 4 };

describe("the live state", () => {
  it("takes a snapshot and lays deltas over it", () => {
    const shown = reduce(initialState, { type: "snapshot", snapshot });
    expect(shown).to.deep.equal({ snapshot, connection: "open", outdated: false });
    const next = reduce(shown, { type: "delta", delta: { revision: 5, chainId: "assay-local-1" } });
    expect(next.snapshot).to.deep.equal({ ...snapshot, revision: 5, chainId: "assay-local-1" });
    expect(shown.snapshot?.revision).to.equal(4);
  });

  it("keeps what it shows when the connection is lost", () => {
    const lost = reduce(reduce(initialState, { type: "snapshot", snapshot }), { type: "lost" });
    expect(lost).to.deep.equal({ snapshot, connection: "lost", outdated: false });
    expect(reduce(lost, { type: "opened" }).connection).to.equal("open");
  });

  it("does not show a snapshot of another format", () => {
    expect(reduce(initialState, { type: "snapshot", snapshot: { ...snapshot, format: 99 } })).to.deep.include(
      { outdated: true, snapshot: null },
    );
  });

  it("notices a delta that does not follow", () => {
    expect(follows(snapshot, { revision: 5 })).to.equal(true);
    expect(follows(snapshot, { revision: 6 })).to.equal(false);
    expect(follows(snapshot, { revision: 4 })).to.equal(false);
    expect(follows(null, { revision: 1 })).to.equal(false);
  });
});

describe("phaseProgress", () => {
  const clock = {
    epoch: 2,
    epochStart: 23,
    settledEpochs: 1,
    secondsPerBlock: 1,
    phases: [
      { name: "BEACON" as const, blocks: 3 },
      { name: "INPUT" as const, blocks: 3 },
      { name: "ROWS" as const, blocks: 6 },
    ],
  };

  it("counts the blocks of the phase that are over and those that are left", () => {
    const { left, phases } = phaseProgress({
      ...clock,
      phase: "INPUT",
      phaseStart: 26,
      phaseEnd: 28,
      height: 26,
    });
    expect(left).to.equal(2);
    expect(phases.map(({ done }) => Number(done.toFixed(3)))).to.deep.equal([1, 0.333, 0, 0]);
  });

  it("knows a phase whose first block is still to come", () => {
    const { left, phases } = phaseProgress({
      ...clock,
      phase: "INPUT",
      phaseStart: 26,
      phaseEnd: 28,
      height: 25,
    });
    expect(left).to.equal(3);
    expect(phases[1]?.done).to.equal(0);
  });

  it("gives SETTLE no end", () => {
    const { left, phases } = phaseProgress({
      ...clock,
      phase: "SETTLE",
      phaseStart: 35,
      phaseEnd: null,
      height: 36,
    });
    expect(left).to.equal(null);
    expect(phases.map(({ name, done }) => `${name} ${done}`)).to.deep.equal([
      "BEACON 1",
      "INPUT 1",
      "ROWS 1",
      "SETTLE 0.5",
    ]);
  });
});
