import { openStore } from "@assay/service-kit/store";
import { errorOf, withFolder } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import { z } from "zod";
import { MIGRATIONS } from "../../src/records.ts";
import type { Lane } from "../../src/serve/payments/lane.ts";
import { isKept, VoucherLog, type LogEntry } from "../../src/serve/payments/log.ts";

const CHANNEL = new Uint8Array(32).fill(7);

function entry(lane: number, amount: bigint): LogEntry {
  const voucher = {
    channel: CHANNEL,
    lane,
    amount,
    callHash: new Uint8Array(32).fill(1),
    signature: new Uint8Array(64).fill(2),
  };
  const state: Lane = {
    charged: voucher,
    answer: [Int32Array.of(1, -2), Int32Array.of(2 ** 31 - 1, -(2 ** 31))],
    open: { voucher: { ...voucher, amount: amount + 1n }, running: Promise.resolve() },
  };
  return { channel: CHANNEL, lane, state };
}

describe("voucher log", () => {
  it("gives back what was written, whatever the amount; open vouchers as failed ones", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations: MIGRATIONS });
      const log = new VoucherLog(store);
      const written = [entry(0, 2n ** 64n - 2n), entry(63, 5n)];
      await Promise.all(written.map((one) => log.write(one, { flush: true })));
      const fresh: Lane = { charged: undefined, answer: undefined, open: entry(1, 9n).state.open };
      await log.write({ channel: CHANNEL, lane: 1, state: fresh }, { flush: true });
      store.close();
      const again = openStore(folder, { migrations: MIGRATIONS });
      const loaded = new VoucherLog(again).load();
      expect(loaded.map(({ lane }) => lane)).to.deep.equal([0, 1, 63]);
      expect(loaded[0]!.state.charged).to.deep.equal(written[0]!.state.charged);
      expect(loaded[0]!.state.answer).to.deep.equal(written[0]!.state.answer);
      expect(loaded[0]!.state.open).to.deep.equal({
        voucher: written[0]!.state.open!.voucher,
        running: undefined,
      });
      expect(loaded[1]!.state).to.deep.include({ charged: undefined, answer: undefined });
      again.close();
    }));

  it("says so when it fails, and writes what it could not with the next", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations: MIGRATIONS });
      const log = new VoucherLog(store);
      store.run("ALTER TABLE lane RENAME TO away");
      const error = await errorOf(() => log.write(entry(0, 1n), { flush: true }));
      expect(error.message).to.match(/no such table/);
      expect(log.failure).to.equal(error);
      log.retry();
      expect(log.failure).to.be.instanceOf(Error);
      store.run("ALTER TABLE away RENAME TO lane");
      log.retry();
      expect(log.failure).to.equal(undefined);
      expect(log.load()).to.have.length(1);
      store.close();
    }));

  it("forgets a channel, and what of it was still to be written", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations: MIGRATIONS });
      const log = new VoucherLog(store);
      const other = { ...entry(0, 1n), channel: new Uint8Array(32).fill(8) };
      await Promise.all([log.write(entry(0, 1n), { flush: true }), log.write(other, { flush: true })]);
      const late = log.write(entry(1, 1n), { flush: false });
      log.forget(CHANNEL);
      await late;
      const rows = store.all("SELECT channel FROM lane", z.object({ channel: z.instanceof(Uint8Array) }));
      expect(rows).to.deep.equal([{ channel: other.channel }]);
      store.close();
    }));

  it("keeps answers of up to 16 KiB", () => {
    expect(isKept([new Int32Array(4096)])).to.equal(true);
    expect(isKept([new Int32Array(4096), new Int32Array(1)])).to.equal(false);
  });
});
