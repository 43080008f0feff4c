import { statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { createBuyerStore } from "../src/buyer-store.ts";
import { DiskFullError } from "../src/errors.ts";
import { openStore } from "../src/store.ts";
import { errorOf, withFolder } from "../src/testing/support.ts";
import { z } from "zod";

describe("buyer store", () => {
  it("keeps what was put, readable by its owner only", () =>
    withFolder(async (root) => {
      const folder = join(root, "data");
      const store = openStore(folder, { migrations: [] });
      const buyer = createBuyerStore(store);
      await Promise.all([
        buyer.put("lane/a/0", "1"),
        buyer.put("lane/a/1", "2"),
        buyer.put("channel/a", "3"),
      ]);
      await buyer.put("lane/a/0", "4");
      await buyer.delete("lane/a/1");
      store.close();
      const again = openStore(folder, { migrations: [] });
      const other = createBuyerStore(again);
      expect(await other.get("lane/a/0")).to.equal("4");
      expect(await other.get("lane/a/1")).to.equal(undefined);
      expect(await other.keys("lane/")).to.deep.equal(["lane/a/0"]);
      expect(await other.keys("")).to.have.members(["lane/a/0", "channel/a"]);
      again.close();
      expect(statSync(join(folder, "store.sqlite")).mode & 0o777).to.equal(0o600);
    }));

  it("has on disk what a put that resolved has put, and shows what waits", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations: [] });
      const buyer = createBuyerStore(store);
      const row = z.object({ value: z.string() });
      const onDisk = () => store.get("SELECT value FROM buyer WHERE key = 'a'", row)?.value;
      const putting = buyer.put("a", "1");
      expect(onDisk()).to.equal(undefined);
      expect(await buyer.get("a")).to.equal("1");
      await putting;
      expect(onDisk()).to.equal("1");
      // Listing does not wait for the turn to end.
      const deleting = buyer.delete("a");
      const adding = buyer.put("b", "2");
      expect(await buyer.get("a")).to.equal(undefined);
      expect(await buyer.keys("")).to.deep.equal(["b"]);
      await Promise.all([deleting, adding]);
      store.close();
    }));

  it("writes what comes together in one transaction, the last of a key", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations: [] });
      let transactions = 0;
      const counted = {
        folder: store.folder,
        run: store.run.bind(store),
        get: store.get.bind(store),
        all: store.all.bind(store),
        close: store.close.bind(store),
        flush: store.flush.bind(store),
        transaction: <Result>(body: () => Result) => (transactions++, store.transaction(body)),
      };
      const buyer = createBuyerStore(counted);
      await Promise.all(Array.from({ length: 100 }, (_, n) => buyer.put(`lane/${n % 10}`, String(n))));
      expect(transactions).to.equal(1);
      expect(await buyer.get("lane/3")).to.equal("93");
      store.close();
    }));

  it("rejects every put of a transaction that failed, and goes on once there is room", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations: [] });
      const buyer = createBuyerStore(store);
      const pages = store.get("PRAGMA page_count", z.object({ page_count: z.bigint() }))!.page_count;
      store.get(`PRAGMA max_page_count = ${pages + 1n}`, z.unknown());
      const small = buyer.put("small", "1");
      const large = buyer.put("large", "x".repeat(100_000));
      expect(await errorOf(() => small)).to.be.instanceOf(DiskFullError);
      expect(await errorOf(() => large)).to.be.instanceOf(DiskFullError);
      expect(await buyer.get("small")).to.equal(undefined);
      store.get("PRAGMA max_page_count = 1000000", z.unknown());
      await buyer.put("small", "2");
      expect(await buyer.get("small")).to.equal("2");
      store.close();
    }));
});
