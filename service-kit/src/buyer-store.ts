import type { BuyerStore } from "@assay/client/market/buyer-store";
import { z } from "zod";
import type { Store } from "./store.ts";

const entry = z.object({ value: z.string() });
const name = z.object({ key: z.string() });

/** One write that waits for the next transaction. */
interface Write {
  key: string;
  /** Undefined deletes. */
  value: string | undefined;
  flush: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Keeps what a buyer writes down in a table of a store (see `openStore`: mode 600, flushed, one process). Writes that
 * come in the same turn of the event loop share one transaction and one flush, so that many calls at a time cost
 * little more than one.
 */
export function createBuyerStore(store: Store): BuyerStore {
  store.run(
    "CREATE TABLE IF NOT EXISTS buyer (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
  );
  let waiting: Write[] = [];

  const commit = (): void => {
    const writes = waiting;
    waiting = [];
    // Listing keys may have written them already.
    if (writes.length === 0) return;
    try {
      // Of several writes to a key only the last one matters.
      const last = new Map(writes.map(({ key, value }) => [key, value]));
      const body = (): void => {
        for (const [key, value] of last) {
          if (value === undefined) store.run("DELETE FROM buyer WHERE key = ?", key);
          else
            store.run(
              "INSERT INTO buyer VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
              key,
              value,
            );
        }
      };
      store.transaction(body, { flush: writes.some(({ flush }) => flush) });
    } catch (error) {
      for (const { reject } of writes) reject(error);
      return;
    }
    for (const { resolve } of writes) resolve();
  };

  const write = (key: string, value: string | undefined, flush = true): Promise<void> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(commit);
      waiting.push({ key, value, flush, resolve, reject });
    });

  return {
    async get(key) {
      // What waits is newer than what the table holds.
      const unwritten = waiting.findLast((write) => write.key === key);
      if (unwritten) return unwritten.value;
      return store.get("SELECT value FROM buyer WHERE key = ?", entry, key)?.value;
    },
    put: (key, value, { flush } = {}) => write(key, value, flush),
    delete: (key) => write(key, undefined),
    async keys(prefix) {
      if (waiting.length > 0) commit();
      const rows = store.all(
        "SELECT key FROM buyer WHERE substr(key, 1, length(?)) = ?",
        name,
        prefix,
        prefix,
      );
      return rows.map(({ key }) => key);
    },
  };
}
