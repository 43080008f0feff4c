import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { QueryClockResponse } from "@assay/client/generated/assay/poi/v1/query";
import { sleep } from "@assay/client/sleep";
import { expect } from "chai";
import { createPhaseClock, phaseName } from "../src/clock.ts";
import { silentLogger } from "../src/log.ts";
import { MockClock } from "../src/testing/mock-clock.ts";

describe("phase clock", () => {
  let stop: AbortController;
  let clock: MockClock;
  beforeEach(() => {
    stop = new AbortController();
    clock = new MockClock({ batchItems: 64 }, stop.signal);
  });
  afterEach(() => stop.abort());

  it("calls each phase once, the present one at the start", async () => {
    clock.tick(1n, Phase.INPUT);
    const seen: string[] = [];
    clock.onPhase(
      ({ epoch, phase }, params) => void seen.push(`${epoch} ${phaseName(phase)} ${params.batchItems}`),
      stop.signal,
    );
    clock.tick(1n, Phase.INPUT);
    clock.tick(1n, Phase.ROWS);
    clock.tick(1n, Phase.ROWS);
    clock.tick(2n, Phase.BEACON);
    await clock.idle();
    expect(seen).to.deep.equal(["1 INPUT 64", "1 ROWS 64", "2 BEACON 64"]);
  });

  it("aborts late work when its phase ends", async () => {
    const log: string[] = [];
    clock.onPhase(async ({ phase }, _, late) => {
      if (phase !== Phase.BEACON) return;
      await sleep(60_000, late).catch(() => log.push("stopped"));
    }, stop.signal);
    clock.tick(1n, Phase.BEACON);
    await clock.tickAndSettle(1n, Phase.INPUT);
    expect(log).to.deep.equal(["stopped"]);
  });

  it("gives signals that end with a later phase, an epoch, or the service", () => {
    clock.tick(3n, Phase.INPUT);
    const rows = clock.until({ epoch: 3n, phase: Phase.ROWS });
    const challenge = clock.until({ epoch: 3n, phase: Phase.CHALLENGE });
    const far = clock.until({ epoch: 9n, phase: Phase.ROWS });
    expect(clock.until({ epoch: 2n, phase: Phase.SETTLE }).aborted).to.equal(true);
    clock.tick(3n, Phase.ROWS);
    expect(rows.aborted).to.equal(false);
    clock.tick(3n, Phase.LABEL);
    expect([rows.aborted, challenge.aborted]).to.deep.equal([true, false]);
    clock.tick(4n, Phase.BEACON);
    expect([challenge.aborted, far.aborted]).to.deep.equal([true, false]);
    stop.abort();
    expect(far.aborted).to.equal(true);
  });

  it("begins an epoch only when it is frozen", async () => {
    clock.tick(1n, Phase.SETTLE);
    const seen: bigint[] = [];
    clock.onPhase(({ epoch }) => void seen.push(epoch), stop.signal);
    clock.tick(2n, Phase.BEACON, { frozen: false });
    expect(clock.latest?.clock.epoch).to.equal(1n);
    await clock.tickAndSettle(2n, Phase.BEACON);
    expect(seen).to.deep.equal([1n, 2n]);
  });

  it("does not call a height handler again while it runs", async () => {
    let calls = 0;
    const gate = Promise.withResolvers<void>();
    clock.onHeight(async () => {
      calls++;
      await gate.promise;
    }, stop.signal);
    clock.tick(1n, Phase.INPUT);
    clock.tick(1n, Phase.INPUT);
    expect(calls).to.equal(1);
    gate.resolve();
    await clock.idle();
    await clock.tickAndSettle(1n, Phase.INPUT);
    expect(calls).to.equal(2);
  });

  it("goes on after a handler failed, and stops calling after its signal", async () => {
    const own = new AbortController();
    let calls = 0;
    clock.onPhase(() => {
      calls++;
      throw new Error("broken handler");
    }, own.signal);
    await clock.tickAndSettle(1n, Phase.BEACON);
    await clock.tickAndSettle(1n, Phase.INPUT);
    own.abort();
    await clock.tickAndSettle(1n, Phase.ROWS);
    expect(calls).to.equal(2);
  });

  it("follows a node through an outage and ignores answers of one that lags behind", async () => {
    const heights: (number | undefined)[] = [10, undefined, undefined, 9, 12];
    const client = {
      poi: {
        async Clock() {
          const height = heights.length > 1 ? heights.shift() : heights[0];
          if (height === undefined) throw new Error("connection refused");
          return QueryClockResponse.fromPartial({
            height: BigInt(height),
            clock: { epoch: 1n, phase: height === 12 ? Phase.ROWS : Phase.INPUT, frozen: true },
            params: Params.fromPartial({}),
          });
        },
      },
    };
    const followed = createPhaseClock(client, silentLogger, { signal: stop.signal, pollMs: 5 });
    const seen: bigint[] = [];
    const done = new Promise<void>((resolve) =>
      followed.onHeight(({ height }) => {
        seen.push(height);
        if (height === 12n) resolve();
      }, stop.signal),
    );
    await done;
    expect(seen).to.deep.equal([10n, 12n]);
    expect(followed.latest?.clock.phase).to.equal(Phase.ROWS);
    expect(followed.headAgeMs()).to.be.below(5_000);
  });
});
