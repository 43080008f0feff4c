import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import type { Store } from "./store.ts";

/** Records of messages under way, by id; makes a send idempotent across restarts. */
export interface DurableJournal<Entry> {
  get(id: string): Promise<Entry | undefined>;
  put(id: string, entry: Entry): Promise<void>;
  delete(id: string): Promise<void>;
}

const row = z.object({ entry: z.instanceof(Uint8Array) });

/** A journal in a table of the service's store. When `put` resolves, the entry is on disk. */
export function createJournal<Entry>(store: Store): DurableJournal<Entry> {
  store.run("CREATE TABLE IF NOT EXISTS journal (id TEXT PRIMARY KEY, entry BLOB NOT NULL) STRICT");
  return {
    async get(id) {
      const found = store.get("SELECT entry FROM journal WHERE id = ?", row, id);
      // Only this process's owner writes the file (mode 600), so the type is what was put.
      return found === undefined ? undefined : (deserialize(found.entry) as Entry);
    },
    async put(id, entry) {
      store.run(
        "INSERT INTO journal (id, entry) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry",
        id,
        serialize(entry),
      );
    },
    async delete(id) {
      store.run("DELETE FROM journal WHERE id = ?", id);
    },
  };
}
