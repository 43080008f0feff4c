import { MsgPostRows } from "@assay/client/generated/assay/poi/v1/tx";
import type { Row } from "@assay/client/generated/assay/poi/v1/epoch";
import { AssayError } from "@assay/client/errors";
import { compareBytes } from "@assay/client/protocol/hash";
import { SetupError } from "@assay/service-kit/errors";
import type { Store } from "@assay/service-kit/store";
import { z } from "zod";

/** Schema of the store. Append to it; never change what was released. */
export const migrations = [
  `
  CREATE TABLE identity (chain_id TEXT NOT NULL, operator TEXT NOT NULL, recheck_secret BLOB NOT NULL) STRICT;
  CREATE TABLE hash_chain (id INTEGER PRIMARY KEY, seed BLOB NOT NULL UNIQUE, length INTEGER NOT NULL) STRICT;
  CREATE TABLE link (epoch INTEGER PRIMARY KEY, link BLOB NOT NULL, confirmed INTEGER NOT NULL) STRICT;
  CREATE TABLE slot_rows (
    epoch INTEGER NOT NULL, slot INTEGER NOT NULL, message BLOB NOT NULL, posted INTEGER NOT NULL,
    PRIMARY KEY (epoch, slot)
  ) STRICT;
  CREATE TABLE challenge (
    epoch INTEGER NOT NULL, scorer TEXT NOT NULL, slot INTEGER NOT NULL, model BLOB NOT NULL, item INTEGER NOT NULL,
    bond TEXT NOT NULL, outcome TEXT,
    PRIMARY KEY (epoch, scorer)
  ) STRICT
  `,
] as const;

/** The worker was about to contradict what it recorded. It refuses. */
export class ContradictionError extends AssayError {}

export interface Identity {
  chainId: string;
  operator: string;
}

export interface SeedRecord {
  seed: Uint8Array;
  length: number;
}

/** How a challenge ended, as far as this worker can tell. */
export type Outcome = "convicted" | "convicted-by-other" | "refuted";

export interface ChallengeRecord {
  epoch: bigint;
  /** Operator whose row differs; one challenge each per epoch is enough to convict it. */
  scorer: string;
  slot: bigint;
  model: Uint8Array;
  item: number;
  /** Bond at risk, in uassay. */
  bond: bigint;
}

const bytes = z.instanceof(Uint8Array);
const flag = z.bigint().transform((value) => value !== 0n);
const identityRow = z.object({ chain_id: z.string(), operator: z.string(), recheck_secret: bytes });
const seedRow = z.object({ seed: bytes, length: z.bigint().transform(Number) });
const linkRow = z.object({ epoch: z.bigint(), link: bytes, confirmed: flag });
const rowsRow = z.object({ message: bytes, posted: flag });
const challengeRow = z.object({
  epoch: z.bigint(),
  scorer: z.string(),
  slot: z.bigint(),
  model: bytes,
  item: z.bigint().transform(Number),
  bond: z.string().transform(BigInt),
});
const countRow = z.object({ count: z.bigint().transform(Number) });

/** What the worker wrote down before it acted. Every method is on disk when it returns; see {@link Store} for errors. */
export class Records {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Binds the store to one scorer of one chain on first use. Throws {@link SetupError} when it belongs to another.
   */
  bind({ chainId, operator }: Identity, newSecret: () => Uint8Array): void {
    const known = this.identity();
    if (known === undefined) {
      this.#store.run("INSERT INTO identity VALUES (?, ?, ?)", chainId, operator, newSecret());
      return;
    }
    if (known.chainId === chainId && known.operator === operator) return;
    throw new SetupError(
      `the data directory ${this.#store.folder} belongs to operator ${known.operator} on chain ${known.chainId}, ` +
        `not to ${operator} on ${chainId}; give each scorer its own`,
    );
  }

  identity(): (Identity & { recheckSecret: Uint8Array }) | undefined {
    const row = this.#store.get("SELECT * FROM identity", identityRow);
    return row && { chainId: row.chain_id, operator: row.operator, recheckSecret: row.recheck_secret };
  }

  /** Known only here: what the choice of rows to recheck is drawn from. The store must be bound. */
  recheckSecret(): Uint8Array {
    const secret = this.identity()?.recheckSecret;
    if (secret === undefined) throw new Error("the store is not bound to a scorer");
    return secret;
  }

  /** Seeds of hash chains, oldest first. */
  seeds(): SeedRecord[] {
    return this.#store.all("SELECT seed, length FROM hash_chain ORDER BY id", seedRow);
  }

  addSeed({ seed, length }: SeedRecord): void {
    this.#store.run("INSERT INTO hash_chain (seed, length) VALUES (?, ?)", seed, length);
  }

  /**
   * Must be called before a link is sent. Throws {@link ContradictionError} when another one was recorded for
   * the epoch.
   */
  recordLink(epoch: bigint, link: Uint8Array): void {
    this.#store.transaction(() => {
      const known = this.link(epoch);
      if (known === undefined) {
        this.#store.run("INSERT INTO link VALUES (?, ?, 0)", epoch, link);
      } else if (compareBytes(known.link, link) !== 0) {
        throw new ContradictionError(
          `another link is recorded for epoch ${epoch} than the chain now asks for. Does this data directory come ` +
            `from an earlier network of the same name? Then start with an empty one; otherwise do not use it further`,
        );
      }
    });
  }

  confirmLink(epoch: bigint): void {
    this.#store.run("UPDATE link SET confirmed = 1 WHERE epoch = ?", epoch);
  }

  link(epoch: bigint): { link: Uint8Array; confirmed: boolean } | undefined {
    return this.#store.get("SELECT * FROM link WHERE epoch = ?", linkRow, epoch);
  }

  links(): { epoch: bigint; link: Uint8Array; confirmed: boolean }[] {
    return this.#store.all("SELECT * FROM link ORDER BY epoch", linkRow);
  }

  /**
   * Must be called before rows are sent. Returns the rows to send: those recorded first, so that whatever is
   * sent again is identical.
   */
  recordRows(epoch: bigint, slot: bigint, rows: Row[]): Row[] {
    const message = MsgPostRows.encode({ hotKey: "", epoch, slot, rows }).finish();
    this.#store.run("INSERT INTO slot_rows VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING", epoch, slot, message);
    return this.rows(epoch, slot)?.rows ?? rows;
  }

  confirmRows(epoch: bigint, slot: bigint): void {
    this.#store.run("UPDATE slot_rows SET posted = 1 WHERE epoch = ? AND slot = ?", epoch, slot);
  }

  rows(epoch: bigint, slot: bigint): { rows: Row[]; posted: boolean } | undefined {
    const sql = "SELECT message, posted FROM slot_rows WHERE epoch = ? AND slot = ?";
    const found = this.#store.get(sql, rowsRow, epoch, slot);
    return found && { rows: MsgPostRows.decode(found.message).rows, posted: found.posted };
  }

  /** Slots of an epoch whose rows the chain has from this worker. */
  postedSlots(epoch: bigint): number {
    const sql = "SELECT count(*) AS count FROM slot_rows WHERE epoch = ? AND posted = 1";
    return this.#store.get(sql, countRow, epoch)?.count ?? 0;
  }

  /** Must be called before a challenge is sent. Whether it is the first against this scorer in this epoch. */
  recordChallenge({ epoch, scorer, slot, model, item, bond }: ChallengeRecord): boolean {
    const sql = "INSERT INTO challenge VALUES (?, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING";
    return this.#store.run(sql, epoch, scorer, slot, model, item, bond.toString()) === 1;
  }

  /** All challenges of an epoch. */
  challenges(epoch: bigint): ChallengeRecord[] {
    return this.#store.all("SELECT * FROM challenge WHERE epoch = ?", challengeRow, epoch);
  }

  /** Challenges of epochs before `epoch` whose outcome is not known yet. */
  openChallenges(epoch: bigint): ChallengeRecord[] {
    return this.#store.all(
      "SELECT * FROM challenge WHERE epoch < ? AND outcome IS NULL",
      challengeRow,
      epoch,
    );
  }

  closeChallenge({ epoch, scorer }: ChallengeRecord, outcome: Outcome): void {
    this.#store.run(
      "UPDATE challenge SET outcome = ? WHERE epoch = ? AND scorer = ?",
      outcome,
      epoch,
      scorer,
    );
  }

  /** Forgets rows of epochs before `epoch`; links and challenges are small and stay. */
  prune(epoch: bigint): void {
    this.#store.run("DELETE FROM slot_rows WHERE epoch < ?", epoch);
  }
}
