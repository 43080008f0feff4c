import { expect } from "chai";
import { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { ProbeSummary, Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { UsageError } from "../../src/errors.ts";
import {
  accuracyText,
  fulfils,
  matchService,
  priceText,
  probeTexts,
  serviceView,
  sorted,
  type KnownService,
  type Order,
} from "../../src/market/services.ts";

interface Facts {
  id: bigint;
  name?: string;
  price?: bigint;
  denom?: string;
  smoothed?: number;
  p50Ms?: number;
  exact?: boolean;
}

function entry({
  id,
  name = "a",
  price = 10n,
  denom = "uassay",
  smoothed,
  p50Ms,
  exact = true,
}: Facts): KnownService {
  const service = Service.fromPartial({
    id,
    name,
    price,
    denom,
    provider: "assay1x",
    endpoint: "http://x",
    model: exact ? new Uint8Array(32) : new Uint8Array(),
    ...(p50Ms !== undefined && {
      probes: ProbeSummary.fromPartial({
        p50Ms,
        answeredBps: p50Ms === 0 ? 0 : 9950,
        reporters: 3,
        calls: 9n,
      }),
    }),
  });
  const measured = smoothed === undefined ? {} : { smoothed, accuracy: smoothed, scoredItems: 1000n };
  return { ...ServiceEntry.fromPartial({ arena: 1n, modelName: "m", ...measured }), service };
}

describe("services", () => {
  const cheap = entry({ id: 1n, price: 5n, smoothed: 900_000, p50Ms: 80 });
  const good = entry({ id: 2n, price: 20n, smoothed: 970_000, p50Ms: 20 });
  const fresh = entry({ id: 3n });
  const foreign = entry({ id: 4n, price: 1n, denom: "ibc/AB", smoothed: 950_000 });
  const free = entry({ id: 5n, price: 0n, exact: false });
  const silent = entry({ id: 6n, smoothed: 100_000, p50Ms: 0 });
  const all = [cheap, good, fresh, foreign, free, silent];
  const ids = (services: readonly KnownService[]): bigint[] => services.map(({ service }) => service.id);

  it("are found by what was measured; what was not measured fulfils no wish about it", () => {
    const found = (wishes: Parameters<typeof fulfils>[1]): bigint[] =>
      ids(all.filter((service) => fulfils(service, wishes)));
    expect(found({})).to.have.length(6);
    expect(found({ minAccuracy: 950_000 })).to.deep.equal([2n, 4n]);
    expect(found({ minAccuracy: 0 })).to.deep.equal([1n, 2n, 4n, 6n]);
    expect(found({ maxPrice: { denom: "uassay", amount: 10n } })).to.deep.equal([1n, 3n, 5n, 6n]);
    expect(found({ maxPrice: { denom: "ibc/AB", amount: 1n } })).to.deep.equal([4n, 5n]);
    expect(found({ maxLatency: 20 })).to.deep.equal([2n]);
    expect(found({ maxLatency: 1000 })).to.deep.equal([1n, 2n]);
  });

  const orders: readonly [Order, bigint[]][] = [
    ["accuracy", [2n, 4n, 1n, 6n, 3n, 5n]],
    ["price", [5n, 4n, 1n, 3n, 6n, 2n]],
    ["latency", [2n, 1n, 3n, 4n, 5n, 6n]],
  ];
  for (const [order, expected] of orders) {
    it(`are sorted by ${order}, the best first, what was not measured last`, () => {
      expect(ids(sorted(all, order))).to.deep.equal(expected);
      expect(ids(sorted(all.toReversed(), order))).to.deep.equal(expected);
    });
  }

  it("are found by name only when one has it", () => {
    const named = [
      entry({ id: 1n, name: "ann" }),
      entry({ id: 2n, name: "bob" }),
      entry({ id: 3n, name: "bob" }),
    ];
    expect(matchService(named, "ann").service.id).to.equal(1n);
    expect(() => matchService(named, "carl")).to.throw(UsageError, 'there is no active service "carl"');
    expect(() => matchService(named, "bob")).to.throw(UsageError, /several services.*\n {2}2 .*\n {2}3 /);
  });

  it("are shown with the interval of their accuracy, and never with numbers that nobody measured", () => {
    expect(accuracyText(good)).to.equal("97.0000 % (95.7 to 97.9)");
    expect(accuracyText(fresh)).to.equal("not measured");
    expect(priceText(cheap.service)).to.equal("0.000005 ASSAY");
    expect(priceText(foreign.service)).to.equal("1 ibc/AB");
    expect(priceText(free.service)).to.equal("free");
    expect(probeTexts(good)).to.deep.equal({ p50: "20 ms", answered: "99.5 %" });
    expect(probeTexts(silent)).to.deep.equal({ p50: "-", answered: "0.0 %" });
    expect(probeTexts(fresh)).to.deep.equal({ p50: "-", answered: "-" });
    expect(serviceView(fresh, [])).to.include({
      accuracy: null,
      smoothed: null,
      probes: null,
      verifiable: true,
    });
    expect(serviceView(free, [])).to.include({ model: null, arena: null, verifiable: false });
  });
});
