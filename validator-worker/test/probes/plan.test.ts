import { Random } from "@assay/models/datasets/random";
import { expect } from "chai";
import { planCalls } from "../../src/probes/plan.ts";

describe("plan of an epoch's probes", () => {
  const limits = { services: 3, calls: 4, items: 8 };
  const plan = (
    seed: number,
    last = new Map<string, bigint>(),
    services = ["a", "b", "c", "d", "e", "f", "g"],
  ) =>
    planCalls({
      services,
      last: (service) => last.get(service),
      limits,
      from: 101n,
      to: 120n,
      random: new Random(seed),
    });

  it("stays within its limits and the epoch, in the order of heights", () => {
    for (let seed = 0; seed < 200; seed++) {
      const calls = plan(seed);
      const perService = Map.groupBy(calls, ({ service }) => service);
      expect(perService.size).to.equal(3);
      for (const own of perService.values()) expect(own.length).to.be.within(1, 4);
      for (const { height, items } of calls) {
        expect(Number(height)).to.be.within(101, 120);
        expect(items).to.be.within(1, 8);
      }
      expect(calls).to.deep.equal(calls.toSorted((a, b) => Number(a.height - b.height)));
    }
    expect(plan(1, new Map(), [])).to.deep.equal([]);
  });

  it("comes to every service in turn", () => {
    const last = new Map<string, bigint>();
    for (let epoch = 1n; epoch <= 7n; epoch++) {
      for (const { service } of plan(Number(epoch), last)) last.set(service, epoch);
      if (epoch === 3n) expect(last.size, "7 services, 3 an epoch").to.equal(7);
    }
    for (const epoch of last.values()) expect(Number(epoch)).to.be.at.least(5);
  });

  it("uses all heights and sizes, small ones most", () => {
    const calls = Array.from({ length: 500 }, (_, seed) => plan(seed)).flat();
    expect(new Set(calls.map(({ height }) => height)).size).to.equal(20);
    const count = (size: number) => calls.filter(({ items }) => items === size).length;
    expect(count(1)).to.be.greaterThan(count(4));
    expect(count(8)).to.be.greaterThan(0);
  });
});
