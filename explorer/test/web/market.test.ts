import { expect } from "chai";
import { medians } from "../../web/src/pages/market/medians.ts";

describe("latency of probes by epoch", () => {
  it("is the lower median of the reports of each epoch, in the order of epochs", () => {
    const of = (epoch: number, p50: number, p95: number) => ({ epoch, p50, p95 });
    expect(medians([of(3, 9, 90), of(2, 5, 50), of(3, 1, 100), of(3, 4, 10), of(2, 7, 20)])).to.deep.equal([
      of(2, 5, 20),
      of(3, 4, 90),
    ]);
    expect(medians([])).to.deep.equal([]);
  });
});
