import type { MsgReportProbes } from "@assay/client/generated/assay/marketplace/v1/tx";
import { TxFailedError } from "@assay/client/errors";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import type { MsgChallenge, MsgPostRows, MsgRevealLink } from "@assay/client/generated/assay/poi/v1/tx";
import { Random } from "@assay/models/datasets/random";
import { silentLogger } from "@assay/service-kit/log";
import { openStore } from "@assay/service-kit/store";
import { noise } from "@assay/service-kit/testing/models";
import { withFolder } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import { join } from "node:path";
import type { CallResult } from "../../src/probes/buyer.ts";
import { ProbeThread } from "../../src/probes/probe-thread.ts";
import { Prober } from "../../src/probes/prober.ts";
import { migrations, ProbeRecords } from "../../src/probes/records.ts";
import { eventually, FakeChain, hex, HOT_KEY, OPERATOR, OTHER } from "../support.ts";
import { World } from "../world.ts";
import { FakeBuyer, hanging, listed } from "./support.ts";

const MODEL = new Uint8Array(32).fill(1);

/** An epoch with work of every kind for the scorer; fails if any of it is not done in its phase. */
async function liveThroughAnEpoch(world: World): Promise<void> {
  const { chain } = world;
  chain.files.set(hex(MODEL), MODEL);
  chain.freeze([MODEL]);
  await world.tick(Phase.BEACON);
  expect(chain.sentOf<MsgRevealLink>("MsgRevealLink"), "link").to.have.length(1);
  chain.addSlot(0n, OPERATOR, noise(8, 1));
  chain.addSlot(1n, OTHER, noise(8, 2));
  await world.tick(Phase.INPUT);
  chain.postForeignRows(1n, [{ model: MODEL, answers: new Uint8Array(4).fill(9), tags: new Uint8Array(16) }]);
  await world.tick(Phase.ROWS);
  await world.slots.idle();
  expect(chain.sentOf<MsgPostRows>("MsgPostRows"), "rows").to.have.length(1);
  await world.tick(Phase.LABEL);
  await world.tick(Phase.CHALLENGE);
  expect(chain.sentOf<MsgChallenge>("MsgChallenge"), "challenge").to.have.length(1);
}

/** As `eventually`, for what a thread does. */
async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never happened: ${what}`);
}

function reportsOf(world: World): MsgReportProbes[] {
  return world.chain.sent
    .filter(({ typeUrl }) => typeUrl === "/assay.marketplace.v1.MsgReportProbes")
    .map(({ value }) => value as MsgReportProbes);
}

describe("probes and the scorer", function () {
  this.timeout(20_000);
  const withWorld = (body: (world: World, folder: string) => Promise<void>) =>
    withFolder(async (folder) => {
      const world = new World(folder);
      try {
        await body(world, folder);
      } finally {
        world.kill();
      }
    });
  const startThread = (world: World, script: string, heapMb?: number) => {
    const thread = new ProbeThread({
      settings: {
        rpc: "http://127.0.0.1:1",
        chainId: "assay-test-1",
        operator: OPERATOR,
        gasPrice: "0uassay",
        logLevel: "error",
        data: "unused",
        probes: {
          key: "unused",
          budget: 1n,
          deposit: 1n,
          services: 1,
          calls: 1,
          items: 1,
          timeout: 1,
          data: {},
        },
      },
      transactor: world.transactor,
      clock: world.clock,
      metrics: world.metrics,
      log: silentLogger,
      script: new URL(`./threads/${script}.ts`, import.meta.url),
      restartMs: 20,
      ...(heapMb !== undefined && { heapMb }),
    });
    thread.start(world.stop.signal);
    return thread;
  };

  describe("whatever a service does, the scorer goes through its epoch", () => {
    const answers: Record<string, () => Promise<CallResult>> = {
      "never answers": hanging,
      "makes calls fail": async () => ({ outcome: "failed", paid: 0n, reason: "500" }),
      "makes the buyer throw": async () => {
        throw new Error("no coins");
      },
    };
    for (const [what, answer] of Object.entries(answers)) {
      it(`one that ${what}`, () =>
        withFolder(async (folder) => {
          const chain = new FakeChain();
          const one = { beaconBlocks: 1, inputBlocks: 1, rowsBlocks: 1, labelBlocks: 1, challengeBlocks: 1 };
          chain.params = { ...chain.params, ...one };
          const world = new World(folder, { chain });
          const store = openStore(join(folder, "probes"), { migrations });
          const buyer = new FakeBuyer();
          buyer.answer = answer;
          const prober = new Prober({
            buyer,
            services: async () => [listed(1n), listed(2n)],
            inputs: { make: async (_, count) => Array.from({ length: count }, () => new Uint8Array(2)) },
            records: new ProbeRecords(store),
            clock: world.clock,
            operator: OPERATOR,
            limits: { budget: 1_000n, services: 8, calls: 32, items: 1 },
            giveUpMs: 10_000,
            random: new Random(1),
            emit: () => undefined,
            log: silentLogger,
          });
          prober.start(world.stop.signal);
          try {
            await liveThroughAnEpoch(world);
            expect(buyer.calls.length, "probes were at work").to.be.greaterThan(0);
            expect(await world.registry.metrics(), "errors of the scorer").to.not.match(/errors_total\{/);
          } finally {
            world.kill();
            store.close();
          }
        }));
    }
  });

  describe("whatever the probes' thread does, too", () => {
    it("spins for ever", () =>
      withWorld(async (world) => {
        const thread = startThread(world, "busy");
        const calls = async () => world.metric('assay_scorer_probe_calls_total{outcome="answered"}');
        await until(async () => (await calls()) === 1, "the thread at work");
        expect(await world.metric("assay_scorer_probe_spent_uassay_total")).to.equal(10);
        expect(await world.metric("assay_scorer_probe_seconds_sum")).to.equal(0.02);
        await liveThroughAnEpoch(world);
        world.stop.abort(new DOMException("stop", "AbortError"));
        await thread.ended();
      }));

    for (const script of ["crash", "hungry"]) {
      it(`ends: ${script}; it is started again`, () =>
        withWorld(async (world) => {
          const thread = startThread(world, script, 16);
          const errors = async () => (await world.metric('assay_scorer_errors_total{step="probes"}')) ?? 0;
          await until(async () => (await errors()) >= 2, "two ends of the thread");
          await liveThroughAnEpoch(world);
          world.stop.abort(new DOMException("stop", "AbortError"));
          await thread.ended();
        }));
    }
  });

  describe("reports", () => {
    it("are sent by the hot key for the running epoch, after ROWS, out of order and once", () =>
      withWorld(async (world) => {
        const thread = startThread(world, "reporter");
        await until(
          async () => (await world.metric('assay_scorer_errors_total{step="probes"}')) === 1,
          "what the thread says",
        );
        world.chain.freeze([MODEL]);
        for (const phase of [Phase.BEACON, Phase.INPUT, Phase.ROWS]) await world.tick(phase);
        expect(reportsOf(world)).to.deep.equal([]);
        await world.tick(Phase.LABEL);
        await eventually(() => reportsOf(world).length > 0, "the report");
        world.stop.abort(new DOMException("stop", "AbortError"));
        await thread.ended();
        expect(reportsOf(world)).to.deep.equal([
          {
            hotKey: HOT_KEY,
            epoch: 1n,
            probes: [{ service: 7n, calls: 3, answered: 2, p50Ms: 10, p95Ms: 20 }],
          },
        ]);
        expect(new Set(world.transactor.unordered)).to.deep.equal(new Set(["probes/1"]));
        expect(await world.metric('assay_scorer_probe_challenges_total{outcome="convicted"}')).to.equal(1);
        expect(await world.metric('assay_scorer_probe_calls_total{outcome="failed"}')).to.equal(1);
      }));

    it("that come too late are dropped", () =>
      withWorld(async (world) => {
        world.chain.freeze();
        world.chain.freeze([MODEL]);
        await world.tick(Phase.LABEL);
        const late = startThread(world, "reporter");
        await until(
          async () => (await world.metric('assay_scorer_errors_total{step="probes"}')) === 1,
          "what the thread says",
        );
        expect(reportsOf(world)).to.deep.equal([]);
        world.stop.abort(new DOMException("stop", "AbortError"));
        await late.ended();
      }));

    it("that the chain refuses are counted and not sent for ever", () =>
      withWorld(async (world) => {
        world.chain.freeze([MODEL]);
        await world.tick(Phase.LABEL);
        const refusal = {
          stage: "deliver",
          code: 30,
          codespace: "marketplace",
          log: "no",
          hash: "00",
        } as const;
        for (let i = 0; i < 2; i++) world.transactor.refusals.push(new TxFailedError(refusal));
        const thread = startThread(world, "reporter");
        await until(
          async () => (await world.metric('assay_scorer_errors_total{step="probes"}')) === 3,
          "two refusals and the thread's own error",
        );
        expect(reportsOf(world)).to.deep.equal([]);
        world.stop.abort(new DOMException("stop", "AbortError"));
        await thread.ended();
      }));
  });
});
