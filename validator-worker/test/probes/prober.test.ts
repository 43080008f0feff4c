import { join } from "node:path";
import type { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { Random } from "@assay/models/datasets/random";
import { silentLogger } from "@assay/service-kit/log";
import { openStore, type Store } from "@assay/service-kit/store";
import { MockClock } from "@assay/service-kit/testing/mock-clock";
import { withFolder } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import type { ProbeEvent } from "../../src/probes/events.ts";
import { Prober, type ProberOptions } from "../../src/probes/prober.ts";
import { migrations, ProbeRecords } from "../../src/probes/records.ts";
import { eventually, OPERATOR } from "../support.ts";
import { FakeBuyer, hanging, listed, params } from "./support.ts";

const PHASES = [Phase.BEACON, Phase.INPUT, Phase.ROWS, Phase.LABEL, Phase.CHALLENGE] as const;

/** A prober whole but for the market, the chain and time; a new one on the same folder is a restart. */
class Probes {
  readonly stop = new AbortController();
  readonly events: ProbeEvent[] = [];
  readonly clock = new MockClock(params, this.stop.signal);
  readonly records: ProbeRecords;
  readonly prober: Prober;
  readonly #store: Store;
  #height = 0n;

  constructor(
    folder: string,
    options: { buyer: FakeBuyer; services: () => Promise<ServiceEntry[]> } & Partial<
      Omit<ProberOptions, "buyer">
    >,
  ) {
    this.#store = openStore(join(folder, "probes"), { migrations });
    this.records = new ProbeRecords(this.#store);
    this.prober = new Prober({
      inputs: { make: async (_, count) => Array.from({ length: count }, (__, i) => Uint8Array.of(i)) },
      records: this.records,
      clock: this.clock,
      operator: OPERATOR,
      limits: { budget: 1_000n, services: 8, calls: 4, items: 3 },
      giveUpMs: 10_000,
      random: new Random(3),
      emit: (event) => this.events.push(event),
      log: silentLogger,
      ...options,
    });
    this.prober.start(this.stop.signal);
  }

  /** Blocks `from`..`to` (0..19) of an epoch, each with all it starts. */
  async blocks(epoch: bigint, from = 0, to = 19): Promise<void> {
    for (let block = from; block <= to; block++) {
      const height = (epoch - 1n) * 20n + BigInt(block) + 1n;
      // Heights that this worker did not live to see.
      for (; this.#height < height - 1n; this.#height++) this.clock.tick(0n, Phase.BEACON, { frozen: false });
      this.#height = height;
      this.clock.tick(epoch, PHASES[Math.floor(block / 4)]!, { epochStart: (epoch - 1n) * 20n + 1n });
      await this.prober.idle();
    }
  }

  of<Kind extends ProbeEvent["kind"]>(kind: Kind): Extract<ProbeEvent, { kind: Kind }>[] {
    return this.events.filter((event): event is Extract<ProbeEvent, { kind: Kind }> => event.kind === kind);
  }

  kill(): void {
    this.stop.abort(new DOMException("killed", "AbortError"));
    this.#store.close();
  }
}

describe("prober", () => {
  let buyer: FakeBuyer;
  let services: ServiceEntry[];
  let probes: Probes;
  const limits = { budget: 1_000n, services: 8, calls: 4, items: 3 };
  const withProbes = (
    body: (folder: string) => Promise<void>,
    options: Partial<Omit<ProberOptions, "buyer">> = {},
  ) =>
    withFolder(async (folder) => {
      buyer = new FakeBuyer();
      services = [listed(7n), listed(9n)];
      open(folder, options);
      await body(folder);
      probes.kill();
    });
  const open = (folder: string, options: Partial<Omit<ProberOptions, "buyer">> = {}) => {
    probes = new Probes(folder, { buyer, services: async () => services, ...options });
  };
  const restart = (folder: string, options: Partial<Omit<ProberOptions, "buyer">> = {}) => {
    const { events } = probes;
    probes.kill();
    open(folder, options);
    probes.events.push(...events);
  };
  const callsTo = (id: bigint) => buyer.calls.filter(({ service }) => service.id === id);

  it("buys calls over the epoch and reports them once, in LABEL", () =>
    withProbes(async () => {
      await probes.blocks(1n, 0, 11);
      expect(probes.of("report")).to.deep.equal([]);
      const before = { 7: callsTo(7n).length, 9: callsTo(9n).length };
      expect(before[7] + before[9], "calls").to.be.greaterThan(0);
      await probes.blocks(1n, 12, 19);
      const [report, ...more] = probes.of("report");
      expect(more).to.deep.equal([]);
      expect(report?.epoch).to.equal(1n);
      expect(report?.probes).to.deep.equal(
        ([7, 9] as const)
          .filter((id) => before[id] > 0)
          .map((id) => ({
            service: BigInt(id),
            calls: before[id],
            answered: before[id],
            p50Ms: 5,
            p95Ms: 5,
          })),
      );
      for (const { items, maxPaid } of buyer.calls) {
        expect(items.length).to.be.within(1, 3);
        expect(maxPaid).to.equal(10n * BigInt(items.length));
      }
      // What came after LABEL is in the next report.
      const after = buyer.calls.length - before[7] - before[9];
      const second = buyer.calls.length;
      await probes.blocks(2n, 0, 12);
      const reported = probes.of("report").at(-1)!;
      const calls = reported.probes.reduce((sum, probe) => sum + probe.calls, 0);
      // The block of LABEL starts a call of its own after the report was made.
      expect(calls).to.be.within(
        after + buyer.calls.length - second - 1,
        after + buyer.calls.length - second,
      );
    }));

  it("counts what was not answered, and takes percentiles of what was", () =>
    withProbes(
      async () => {
        const latencies = [40, 10, 20, 30];
        services = [listed(7n)];
        let call = 0;
        buyer.answer = async ({ maxPaid }) => {
          const latencyMs = latencies[call++ % 5];
          return latencyMs === undefined
            ? { outcome: "failed", paid: 0n, reason: "503" }
            : { outcome: "answered", paid: maxPaid, latencyMs };
        };
        for (let epoch = 1n; epoch <= 4n; epoch++) await probes.blocks(epoch);
        const reports = probes.of("report").flatMap(({ probes: all }) => all);
        expect(reports.length).to.be.greaterThan(1);
        const first = reports[0]!;
        const answered = latencies.slice(0, first.answered).toSorted((a, b) => a - b);
        expect(first.answered).to.be.at.most(first.calls);
        expect(first.p95Ms).to.equal(answered.at(-1));
        expect(first.p50Ms).to.equal(answered[Math.ceil(answered.length / 2) - 1]);
        expect(reports.some((report) => report.answered < report.calls)).to.equal(true);
      },
      { limits: { ...limits, calls: 32 } },
    ));

  it("says of a service that never answers just that", () =>
    withProbes(async () => {
      buyer.answer = async () => ({ outcome: "failed", paid: 0n, reason: "unreachable" });
      services = [listed(7n)];
      for (let epoch = 1n; epoch <= 3n; epoch++) await probes.blocks(epoch);
      const reports = probes.of("report").flatMap(({ probes: all }) => all);
      expect(reports.length).to.be.greaterThan(0);
      for (const report of reports) expect(report).to.include({ answered: 0, p50Ms: 0, p95Ms: 0 });
    }));

  it("never spends more than the epoch's budget, also over a restart", () =>
    withProbes(
      async (folder) => {
        services = Array.from({ length: 8 }, (_, i) => listed(BigInt(i + 1)));
        const options = { limits: { ...limits, budget: 55n, calls: 32 }, random: new Random(4) };
        await probes.blocks(1n, 0, 5);
        restart(folder, options);
        await probes.blocks(1n, 6);
        const spent = buyer.calls.reduce((sum, { maxPaid }) => sum + maxPaid, 0n);
        expect(spent).to.equal(50n);
        expect(probes.records.spent(1n)).to.equal(50n);
        await probes.blocks(2n);
        expect(probes.records.spent(2n), "the next epoch has its own").to.equal(50n);
      },
      { limits: { ...limits, budget: 55n, calls: 32 } },
    ));

  it("counts a call that a kill cut off as paid, and reports nothing of it", () =>
    withProbes(async (folder) => {
      services = [listed(7n)];
      buyer.answer = hanging;
      for (let block = 0; block < 20 && buyer.calls.length === 0; block++) {
        const done = probes.blocks(1n, block, block);
        await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 20))]);
      }
      const { maxPaid } = buyer.calls[0]!;
      restart(folder);
      expect(probes.records.spent(1n)).to.equal(maxPaid);
      expect(probes.records.report(1n)).to.deep.equal([]);
    }));

  it("asks free services for nothing, and those that it cannot pay or verify not at all", () =>
    withProbes(async () => {
      services = [
        listed(1n, { price: 0n, denom: "" }),
        listed(2n, { denom: "uatom" }),
        listed(3n, { model: new Uint8Array() }),
        listed(4n, { interface: "openai.v1" }),
        listed(5n, { status: ServiceStatus.CLOSED }),
        listed(6n, { provider: OPERATOR }),
        listed(7n, { price: 1_001n }),
      ];
      for (let epoch = 1n; epoch <= 5n; epoch++) await probes.blocks(epoch);
      expect(new Set(buyer.calls.map(({ service }) => service.id))).to.deep.equal(new Set([1n]));
      expect(buyer.calls.every(({ maxPaid }) => maxPaid === 0n)).to.equal(true);
    }));

  it("challenges a wrong answer once, does not report it, and leaves the service", () =>
    withProbes(async (folder) => {
      buyer.answer = async ({ service, maxPaid }) =>
        service.id === 7n
          ? { outcome: "wrong", paid: maxPaid, evidence: `receipt ${buyer.calls.length}` }
          : { outcome: "answered", paid: maxPaid, latencyMs: 1 };
      await probes.blocks(1n);
      restart(folder);
      await probes.blocks(2n);
      expect(callsTo(7n)).to.have.length(1);
      expect(buyer.evidence).to.have.length(1);
      expect(probes.of("challenge")).to.deep.equal([{ kind: "challenge", convicted: true }]);
      for (const { probes: all } of probes.of("report"))
        expect(all.map(({ service }) => service)).to.deep.equal([9n]);
      expect(probes.of("error")).to.deep.equal([]);
    }));

  it("sends after a restart the challenge it could not send", () =>
    withProbes(async (folder) => {
      services = [listed(7n)];
      buyer.answer = async () => ({ outcome: "wrong", paid: 0n, evidence: "the receipt" });
      buyer.challengeError = new Error("the node is away");
      await probes.blocks(1n);
      expect(probes.of("error")).to.have.length(1);
      restart(folder);
      buyer.challengeError = undefined;
      await probes.blocks(2n);
      expect(buyer.evidence).to.deep.equal(["the receipt", "the receipt"]);
      expect(probes.of("challenge")).to.have.length(1);
      await probes.blocks(3n);
      expect(buyer.evidence).to.have.length(2);
    }));

  it("reports after a restart what it had recorded, whatever came since", () =>
    withProbes(async (folder) => {
      await probes.blocks(1n, 0, 12);
      const [first] = probes.of("report");
      expect(first).to.not.equal(undefined);
      restart(folder);
      await probes.blocks(1n, 13, 14);
      expect(probes.of("report")).to.deep.equal([first, first]);
    }));

  it("gives up a call that does not end", () =>
    withProbes(
      async () => {
        services = [listed(7n)];
        buyer.answer = ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
          });
        for (let block = 0; block < 20 && probes.of("call").length === 0; block++)
          await probes.blocks(1n, block, block);
        expect(probes.of("call")[0]).to.include({ outcome: "spoiled", paid: buyer.calls[0]!.maxPaid });
        expect(probes.of("error")).to.have.length(1);
      },
      { giveUpMs: 20 },
    ));

  it("tells the buyer each epoch which channels are needed", () =>
    withProbes(
      async () => {
        services = [listed(5n), listed(6n), listed(7n, { provider: OPERATOR })];
        await probes.blocks(1n);
        await probes.blocks(2n);
        expect(buyer.tidied.map(({ height }) => height)).to.deep.equal([1n, 21n]);
        const planned = buyer.tidied.map(({ planned: ids }) => [...ids]);
        expect(planned.flat().toSorted(), "one an epoch, in turn").to.deep.equal([5n, 6n]);
        for (const { listed: ids } of buyer.tidied) expect([...ids]).to.deep.equal([5n, 6n]);
      },
      { limits: { ...limits, services: 1 } },
    ));

  it("blames no service for its own faults, and goes on", () =>
    withProbes(async () => {
      services = [listed(7n)];
      buyer.answer = async () => {
        throw new Error("the probing account holds nothing");
      };
      await probes.blocks(1n);
      expect(buyer.calls.length).to.be.greaterThan(0);
      expect(probes.of("error")).to.have.length(buyer.calls.length);
      expect(probes.of("report")).to.deep.equal([]);
      buyer.answer = async () => ({ outcome: "answered", paid: 10n, latencyMs: 1 });
      await probes.blocks(2n);
      await probes.blocks(3n);
      expect(probes.of("report").flatMap(({ probes: all }) => all.map(({ service }) => service))).to.include(
        7n,
      );
    }));

  it("plans again when the list of services could not be read", () => {
    let fail = true;
    return withProbes(
      async () => {
        await probes.blocks(1n, 0, 1);
        expect(probes.of("error")).to.have.length(2);
        fail = false;
        await probes.blocks(1n, 2);
        expect(buyer.calls.length).to.be.greaterThan(0);
      },
      {
        limits: { ...limits, calls: 32 },
        services: async () => {
          if (fail) throw new Error("the node is away");
          return services;
        },
      },
    );
  });

  it("has one call under way at a time, and drops what was due meanwhile when the epoch ends", () =>
    withProbes(
      async () => {
        buyer.answer = hanging;
        for (let block = 0; block < 40; block++) {
          const epoch = block < 20 ? 1n : 2n;
          void probes.blocks(epoch, block % 20, block % 20);
        }
        await eventually(() => buyer.calls.length > 0, "a call");
        expect(buyer.calls).to.have.length(1);
      },
      { limits: { ...limits, calls: 32 } },
    ));
});
