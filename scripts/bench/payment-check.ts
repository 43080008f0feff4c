/**
 * How long a provider takes to check a payment: everything between a request's head and the model, on a real store.
 * Prints the medians in milliseconds as JSON.
 */
import { withFolder } from "@assay/service-kit/testing/support";
import { Bench, OUTPUTS, paymentOf, PRICE } from "../../miner/test/serve/fixture.ts";

const CALLS = 2_000;
const WARM_UP = 200;

const checks: number[] = [];
const records: number[] = [];
await withFolder(async (folder) => {
  const bench = await Bench.start(folder);
  const channel = bench.chain.put({ avail: BigInt(CALLS + WARM_UP) * PRICE });
  for (let call = 1; call <= CALLS + WARM_UP; call++) {
    const headers = { "payment-signature": paymentOf(channel, BigInt(call) * PRICE) };
    const start = performance.now();
    const admission = await bench.gate.admit({ service: channel.service, headers, remote: "127.0.0.1" });
    const checked = performance.now();
    const run = await admission.bind([Uint8Array.of(1, 2, 3, 4)]);
    const recorded = performance.now();
    if (run.kind !== "run") throw new Error("the call was taken for an old one");
    await run.served(OUTPUTS);
    if (call <= WARM_UP) continue;
    checks.push(checked - start);
    records.push(recorded - checked);
  }
  bench.store.close();
});

console.log(JSON.stringify({ check: median(checks), record: median(records) }));

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
