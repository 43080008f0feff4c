import type { TxResult } from "./result.ts";

/**
 * What a sender writes down before it broadcasts, so that a restart neither loses nor doubles a message.
 * `@assay/service-kit/journal` keeps it in SQLite.
 */
export interface JournalRecord {
  /** Hash of the signed transaction, upper-case hex. */
  hash: string;
  /** The signed transaction, to broadcast again as it is; empty once there is a result. */
  txBytes: Uint8Array;
  /** After this height the transaction cannot get into a block; undefined for unordered ones. */
  timeoutHeight: number | undefined;
  /** After this time (Unix, in milliseconds) it cannot; undefined for ordered ones. */
  timeoutMs: number | undefined;
  /** Where the messages of this send are among the messages of the transaction: [first, end). */
  firstMessage: number;
  endMessage: number;
  /** Whether the transaction carries other sends too: then its failure says nothing about this one. */
  shared: boolean;
  /** Set when the transaction is in a block and did what it should. */
  result?: TxResult;
}

/**
 * Records by the caller's id, cloned as by `structuredClone`. A `put` must be durable when it resolves. The
 * sender keeps the record of a send that is done, so that the same id is never sent twice; whoever made up the id
 * may delete it when it cannot come up again.
 */
export interface Journal {
  get(id: string): Promise<JournalRecord | undefined>;
  put(id: string, record: JournalRecord): Promise<void>;
  delete(id: string): Promise<void>;
}

/** A journal that lasts as long as the process: for tests and for tools that send once. */
export function createMemoryJournal(): Journal {
  const records = new Map<string, JournalRecord>();
  return {
    get: (id) => Promise.resolve(records.get(id)),
    put: (id, record) => {
      records.set(id, record);
      return Promise.resolve();
    },
    delete: (id) => {
      records.delete(id);
      return Promise.resolve();
    },
  };
}
