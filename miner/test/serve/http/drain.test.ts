import { expect } from "chai";
import { errorOf } from "@assay/service-kit/testing/support";
import { Refusal } from "../../../src/serve/gate.ts";
import { Runs } from "../../../src/serve/http/drain.ts";

const late = (): Refusal => new Refusal(504, "timeout", "late");

/** Lasts until it is ended. */
const endless = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));

describe("runs", () => {
  it("end by their own time, or on their own", async () => {
    const runs = new Runs();
    expect(await errorOf(() => runs.run(5, late, endless))).to.include({ code: "timeout" });
    expect(await runs.run(5, late, () => Promise.resolve("done"))).to.equal("done");
  });

  it("all end when the server goes away, but not when it begins to", async () => {
    const runs = new Runs();
    const signals: AbortSignal[] = [];
    const errors = [1, 2].map(() =>
      errorOf(() =>
        runs.run(60_000, late, (signal) => {
          signals.push(signal);
          return endless(signal);
        }),
      ),
    );
    runs.drain();
    expect(runs.draining).to.equal(true);
    expect(signals.some(({ aborted }) => aborted)).to.equal(false);
    runs.abort();
    for (const error of await Promise.all(errors))
      expect(error).to.include({ status: 503, code: "draining" });
  });
});
