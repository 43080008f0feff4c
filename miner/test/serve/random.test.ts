import { withFolder } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import fc from "fast-check";
import { Bench, ITEM, OUTPUTS, paymentOf, PRICE } from "./fixture.ts";

/** What becomes of a call, and what its buyer does then. */
const FATES = [
  /** Answered. */
  "served",
  /** Answered, and asked for again with the same voucher. */
  "replayed",
  /** The model failed; the same voucher again. */
  "failed, retried",
  /** The model failed; the buyer asks for something else. */
  "failed, given up",
  /** The process ended before it ran; the same voucher again. */
  "killed, retried",
  "killed, given up",
  /** Answered, then a power cut took the record of it. */
  "answered, record lost",
  /** Answered, then the process ended. */
  "served, killed",
  /** The provider claims. */
  "served, claimed",
] as const;

const LANES = 3;
const steps = fc.array(
  fc.record({
    fate: fc.constantFrom(...FATES),
    lane: fc.nat(LANES - 1),
    items: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 25 },
);

describe("payments under any order of calls, failures, crashes and claims", function () {
  this.timeout(60_000);

  it("lose no answered call and charge none twice", () =>
    fc.assert(
      fc.asyncProperty(steps, (all) =>
        withFolder(async (folder) => {
          let bench = await Bench.start(folder);
          const channel = bench.chain.put({
            avail: 1_000_000n,
            lanes: Array.from({ length: LANES }, () => 0n),
          });
          /** What the buyer got answers for. */
          const paid = new Array<bigint>(LANES).fill(0n);
          let salts = 0;

          const settle = async (): Promise<void> => {
            const record = bench.chain.records.get(channel.idHex)!;
            const lanes = record.lanes.map((settled, lane) => {
              const charged = bench.lanes.get(channel.idHex, lane).charged?.amount ?? 0n;
              return charged > settled ? charged : settled;
            });
            const moved = lanes.reduce((sum, amount, lane) => sum + amount - record.lanes[lane]!, 0n);
            bench.chain.change(channel, { lanes, avail: record.avail - moved });
            await bench.view.refresh(channel.idHex);
          };

          for (const { fate, lane, items: count } of all) {
            const items = Array.from({ length: count }, () => ITEM);
            const outputs = items.map(() => OUTPUTS[0]!);
            const amount = paid[lane]! + PRICE * BigInt(count);
            const salt = Buffer.alloc(16);
            salt.writeUInt32BE(salts++);
            const bind = () => bench.bind(paymentOf(channel, amount, { lane, items, salt }), { items });

            let call = await bind();
            if (call.kind !== "run") throw new Error("a new call was answered from memory");
            if (fate.startsWith("failed")) await call.failed(new Error("no"));
            if (fate.startsWith("killed") || fate === "answered, record lost") bench = await bench.restart();
            if (fate.endsWith("given up")) continue;
            if (fate.endsWith("retried")) call = await bind();
            if (fate !== "answered, record lost") {
              if (call.kind !== "run") throw new Error("a retry was answered from memory");
              await call.served(outputs);
            }
            paid[lane] = amount;
            if (fate === "replayed") expect((await bind()).kind).to.equal("replay");
            if (fate === "served, killed") bench = await bench.restart();
            if (fate === "served, claimed") await settle();
          }
          // Whose record was lost is made up for by the next call.
          for (let lane = 0; lane < LANES; lane++) {
            const amount = paid[lane]! + PRICE;
            await bench.call(channel, amount, { lane, salt: Buffer.alloc(16, 255) });
            paid[lane] = amount;
          }
          await settle();
          expect(bench.chain.records.get(channel.idHex)?.lanes).to.deep.equal(paid);
          bench.store.close();
        }),
      ),
      { numRuns: 60 },
    ));
});
