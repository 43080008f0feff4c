import type { Journal, JournalRecord } from "@assay/client/journal";
import type { BuyerStore } from "@assay/client/market/buyer-store";
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

interface Schema extends DBSchema {
  /** What a buyer must not forget: see `BuyerStore`. */
  buyer: { key: string; value: string };
  /** Transactions under way: see `Journal`. */
  journal: { key: string; value: JournalRecord };
}

/** What the playground keeps in this browser, so that closing the page loses neither coins nor answers. */
export interface PlayStorage {
  readonly buyer: BuyerStore;
  readonly journal: Journal;
  close(): void;
}

/** The browser keeps nothing for this page: private windows and full disks. */
export class StorageError extends Error {}

const NAME = "assay-play";
const VERSION = 1;

/** Opens the database of this origin. Throws {@link StorageError}. */
export async function openStorage(name = NAME): Promise<PlayStorage> {
  const db = await openDB<Schema>(name, VERSION, {
    upgrade(created) {
      created.createObjectStore("buyer");
      created.createObjectStore("journal");
    },
  }).catch((cause: unknown) => {
    throw new StorageError(
      "This browser lets the page keep nothing, so that a payment could be lost. Leave the private window, or make room on the disk.",
      { cause },
    );
  });
  return { buyer: buyerStore(db), journal: journal(db), close: () => db.close() };
}

function buyerStore(db: IDBPDatabase<Schema>): BuyerStore {
  return {
    get: (key) => db.get("buyer", key),
    async put(key, value, { flush = true } = {}) {
      // "strict" waits for the disk, "relaxed" for the operating system: the page may go away after either.
      const tx = db.transaction("buyer", "readwrite", { durability: flush ? "strict" : "relaxed" });
      await Promise.all([tx.store.put(value, key), tx.done]);
    },
    delete: (key) => db.delete("buyer", key),
    keys: (prefix) => db.getAllKeys("buyer", IDBKeyRange.bound(prefix, `${prefix}\uffff`)),
  };
}

function journal(db: IDBPDatabase<Schema>): Journal {
  return {
    get: (id) => db.get("journal", id),
    async put(id, record) {
      const tx = db.transaction("journal", "readwrite", { durability: "strict" });
      await Promise.all([tx.store.put(record, id), tx.done]);
    },
    delete: (id) => db.delete("journal", id),
  };
}
