import { deserialize, serialize } from "node:v8";
import type { Journal, JournalRecord } from "@assay/client/journal";
import { z } from "zod";
import type { Store } from "./store.ts";

const row = z.object({ entry: z.instanceof(Uint8Array) });

/** The sender's journal in a table of the service's store. When `put` resolves, the record is on disk. */
export function createJournal(store: Store): Journal {
  store.run("CREATE TABLE IF NOT EXISTS journal (id TEXT PRIMARY KEY, entry BLOB NOT NULL) STRICT");
  return {
    async get(id) {
      const found = store.get("SELECT entry FROM journal WHERE id = ?", row, id);
      // Only this process's owner writes the file (mode 600), so the type is what was put.
      return found === undefined ? undefined : (deserialize(found.entry) as JournalRecord);
    },
    async put(id, record) {
      store.run(
        "INSERT INTO journal (id, entry) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry",
        id,
        serialize(record),
      );
    },
    async delete(id) {
      store.run("DELETE FROM journal WHERE id = ?", id);
    },
  };
}
