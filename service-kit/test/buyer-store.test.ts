import { join } from "node:path";
import { expect } from "chai";
import { createBuyerStore } from "../src/buyer-store.ts";
import { openStore } from "../src/store.ts";
import { withFolder } from "../src/testing/support.ts";

describe("buyer store", () => {
  it("keeps texts by key, over a restart", () =>
    withFolder(async (folder) => {
      let store = openStore(join(folder, "data"), { migrations: [] });
      let records = createBuyerStore(store);
      await records.put("chain/a/lane/1", "old");
      await records.put("chain/a/lane/1", "new");
      await records.put("chain/a/lane/2", "second");
      await records.put("chain/b/lane/1", "other");
      await records.put("chain%", "not a pattern");
      await records.delete("chain/a/lane/2");
      await records.delete("never there");
      store.close();
      store = openStore(join(folder, "data"), { migrations: [] });
      records = createBuyerStore(store);
      expect(await records.get("chain/a/lane/1")).to.equal("new");
      expect(await records.get("chain/a/lane/2")).to.equal(undefined);
      expect(await records.keys("chain/")).to.deep.equal(["chain/a/lane/1", "chain/b/lane/1"]);
      expect(await records.keys("chain%")).to.deep.equal(["chain%"]);
      expect(await records.keys("")).to.have.length(3);
      store.close();
    }));
});
