import type { Store } from "@assay/service-kit/store";
import { HASH_SIZE } from "@assay/client/protocol/hash";
import { z } from "zod";
import type { Seat } from "./seat.ts";

export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE commitment (
     chain_id TEXT NOT NULL,
     arena INTEGER NOT NULL,
     sponsor TEXT NOT NULL,
     number INTEGER NOT NULL,
     first_batch INTEGER NOT NULL,
     items INTEGER NOT NULL,
     seed BLOB NOT NULL,
     root BLOB NOT NULL,
     leaves BLOB NOT NULL,
     confirmed INTEGER NOT NULL,
     PRIMARY KEY (chain_id, arena, sponsor, number)
   ) STRICT;
   CREATE TABLE bonded (
     chain_id TEXT NOT NULL,
     arena INTEGER NOT NULL,
     sponsor TEXT NOT NULL,
     PRIMARY KEY (chain_id, arena, sponsor)
   ) STRICT`,
];

/** What is kept of a commitment; its items are made again when they are drawn. */
export interface CommitmentRecord {
  /** Number among the sponsor's commitments in the arena, from 0. */
  readonly number: number;
  /** Number of its first batch among all batches of the sponsor in the arena. */
  readonly firstBatch: number;
  /** Items per batch. */
  readonly items: number;
  /** Seed its items were made from. */
  readonly seed: Uint8Array;
  readonly root: Uint8Array;
  /** One for each batch, in order. */
  readonly leaves: readonly Uint8Array[];
  /** Whether the chain is known to have it. */
  readonly confirmed: boolean;
}

const whole = z.bigint().transform(Number);
const bytes = z.instanceof(Uint8Array);

const row = z
  .object({
    number: whole,
    first_batch: whole,
    items: whole,
    seed: bytes,
    root: bytes,
    leaves: bytes.refine(({ length }) => length > 0 && length % HASH_SIZE === 0, "leaves are cut off"),
    confirmed: z.bigint(),
  })
  .transform((value): CommitmentRecord => ({
    number: value.number,
    firstBatch: value.first_batch,
    items: value.items,
    seed: value.seed,
    root: value.root,
    leaves: splitLeaves(value.leaves),
    confirmed: value.confirmed !== 0n,
  }));

const COLUMNS = "number, first_batch, items, seed, root, leaves, confirmed";
const OF_SEAT = "chain_id = ? AND arena = ? AND sponsor = ?";

/** The durable records of a sponsor process. */
export class Records {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Whether anything was ever committed from this data directory. */
  isEmpty(): boolean {
    return (
      this.#store.get("SELECT 1 AS one FROM commitment LIMIT 1", z.object({ one: z.bigint() })) === undefined
    );
  }

  /** Commitments of a seat, oldest first. */
  commitments(seat: Seat): CommitmentRecord[] {
    return this.#store.all(
      `SELECT ${COLUMNS} FROM commitment WHERE ${OF_SEAT} ORDER BY number`,
      row,
      ...idOf(seat),
    );
  }

  /** On disk when it returns: only then may the root be sent. */
  add(seat: Seat, record: CommitmentRecord): void {
    this.#store.run(
      `INSERT INTO commitment (chain_id, arena, sponsor, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...idOf(seat),
      record.number,
      record.firstBatch,
      record.items,
      record.seed,
      record.root,
      Buffer.concat(record.leaves),
      record.confirmed ? 1 : 0,
    );
  }

  confirm(seat: Seat, number: number): void {
    this.#store.run(
      `UPDATE commitment SET confirmed = 1 WHERE ${OF_SEAT} AND number = ?`,
      ...idOf(seat),
      number,
    );
  }

  /** Notes that the sponsor was seen bonded: from then on, being unbonded is its owner's will. */
  noteBonded(seat: Seat): void {
    this.#store.run(
      "INSERT OR IGNORE INTO bonded (chain_id, arena, sponsor) VALUES (?, ?, ?)",
      ...idOf(seat),
    );
  }

  wasBonded(seat: Seat): boolean {
    const found = z.object({ one: z.bigint() });
    return (
      this.#store.get(`SELECT 1 AS one FROM bonded WHERE ${OF_SEAT}`, found, ...idOf(seat)) !== undefined
    );
  }
}

function idOf({ chainId, arena, address }: Seat): [string, bigint, string] {
  return [chainId, arena, address];
}

function splitLeaves(all: Uint8Array): Uint8Array[] {
  return Array.from({ length: all.length / HASH_SIZE }, (_, i) =>
    all.slice(i * HASH_SIZE, (i + 1) * HASH_SIZE),
  );
}
