import { deserialize, serialize } from "node:v8";
import type { Journal, JournalRecord } from "@assay/client/journal";
import { z } from "zod";
import type { Store } from "./store.ts";

const row = z.object({ entry: z.instanceof(Uint8Array) });

export interface JournalOptions {
  /** Ids remembered, the newest ones. Choose more than can be under way or asked for again. */
  keep?: number;
}

/** The sender's journal in a table of the service's store. When `put` resolves, the record is on disk. */
export function createJournal(store: Store, { keep = 1_000 }: JournalOptions = {}): Journal {
  store.run(
    "CREATE TABLE IF NOT EXISTS journal (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, entry BLOB NOT NULL) STRICT",
  );
  return {
    async get(id) {
      const found = store.get("SELECT entry FROM journal WHERE id = ?", row, id);
      // Only this process's owner writes the file (mode 600), so the type is what was put.
      return found === undefined ? undefined : (deserialize(found.entry) as JournalRecord);
    },
    async put(id, record) {
      store.transaction(() => {
        store.run(
          "INSERT INTO journal (id, entry) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry",
          id,
          serialize(record),
        );
        store.run("DELETE FROM journal WHERE number <= (SELECT max(number) FROM journal) - ?", keep);
      });
    },
    async delete(id) {
      store.run("DELETE FROM journal WHERE id = ?", id);
    },
  };
}
