import type { BuyerStore } from "@assay/client/market/buyer-store";
import { z } from "zod";
import type { Store } from "./store.ts";

const valueRow = z.object({ value: z.string() });
const keyRow = z.object({ key: z.string() });

/** The records of a buyer in a table of the service's store. When `put` resolves, the record is on disk. */
export function createBuyerStore(store: Store): BuyerStore {
  store.run("CREATE TABLE IF NOT EXISTS buyer (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT");
  return {
    async get(key) {
      return store.get("SELECT value FROM buyer WHERE key = ?", valueRow, key)?.value;
    },
    async put(key, value) {
      const sql = "INSERT INTO buyer VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
      store.run(sql, key, value);
    },
    async delete(key) {
      store.run("DELETE FROM buyer WHERE key = ?", key);
    },
    async keys(prefix) {
      const sql = "SELECT key FROM buyer WHERE substr(key, 1, ?) = ? ORDER BY key";
      return store.all(sql, keyRow, BigInt(prefix.length), prefix).map(({ key }) => key);
    },
  };
}
