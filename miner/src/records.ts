import { randomBytes } from "node:crypto";
import { SALT_SIZE } from "@assay/client/protocol/hash";
import type { Store } from "@assay/service-kit/store";
import { z } from "zod";

export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE reservation (
     chain_id TEXT NOT NULL,
     model BLOB NOT NULL,
     owner TEXT NOT NULL,
     salt BLOB NOT NULL,
     sent INTEGER NOT NULL,
     PRIMARY KEY (chain_id, model, owner)
   ) STRICT`,
  // Amounts are u64, which SQLite's integers do not hold.
  `CREATE TABLE lane (
     channel BLOB NOT NULL,
     lane INTEGER NOT NULL,
     charged_amount TEXT,
     charged_call BLOB,
     charged_signature BLOB,
     answer BLOB,
     answer_items INTEGER,
     open_amount TEXT,
     open_call BLOB,
     open_signature BLOB,
     PRIMARY KEY (channel, lane)
   ) STRICT, WITHOUT ROWID`,
];

/** What a reservation is of. */
export interface ReservationKey {
  readonly chainId: string;
  /** Sha256 of the file. */
  readonly model: Uint8Array;
  /** `assay1…` */
  readonly owner: string;
}

export interface ReservationRecord {
  readonly salt: Uint8Array;
  /** Whether the reservation is known to have been in a block. */
  readonly sent: boolean;
}

const row = z
  .object({ salt: z.instanceof(Uint8Array), sent: z.bigint() })
  .transform(({ salt, sent }): ReservationRecord => ({ salt, sent: sent !== 0n }));

const OF_KEY = "chain_id = ? AND model = ? AND owner = ?";

/** Salts of reservations: without its salt a reservation is lost. */
export class Records {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The open reservation of a file. A new one has a new salt, which is on disk when this returns. */
  open(key: ReservationKey): ReservationRecord {
    const known = this.#store.get(`SELECT salt, sent FROM reservation WHERE ${OF_KEY}`, row, ...partsOf(key));
    if (known) return known;
    const salt = new Uint8Array(randomBytes(SALT_SIZE));
    this.#store.run(
      "INSERT INTO reservation (chain_id, model, owner, salt, sent) VALUES (?, ?, ?, ?, 0)",
      ...partsOf(key),
      salt,
    );
    return { salt, sent: false };
  }

  markSent(key: ReservationKey): void {
    this.#store.run(`UPDATE reservation SET sent = 1 WHERE ${OF_KEY}`, ...partsOf(key));
  }

  /** Forgets a reservation that was used or has expired. */
  close(key: ReservationKey): void {
    this.#store.run(`DELETE FROM reservation WHERE ${OF_KEY}`, ...partsOf(key));
  }
}

function partsOf({ chainId, model, owner }: ReservationKey): [string, Uint8Array, string] {
  return [chainId, model, owner];
}
