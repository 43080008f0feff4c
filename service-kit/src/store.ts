import {
  chmodSync,
  closeSync,
  existsSync,
  fdatasync as fdatasyncCallback,
  mkdirSync,
  openSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { promisify } from "node:util";
import { AssayError } from "@assay/client/errors";
import { z } from "zod";
import { DiskFullError, messageOf, SetupError } from "./errors.ts";
import { diskError } from "./files.ts";

const fdatasync = promisify(fdatasyncCallback);

/** Another process uses the data directory. */
export class StoreLockedError extends SetupError {
  constructor(folder: string) {
    super(
      `another process is running on the data directory ${folder}; stop it, or give this one its own directory ` +
        `(two copies with one key would contradict each other)`,
    );
  }
}

/** The store's file is damaged or not one of ours. */
export class StoreCorruptError extends SetupError {
  constructor(path: string, reason: string, cause?: unknown) {
    super(
      `the store ${path} is damaged (${reason}); move it aside and restore your newest backup. ` +
        `"Recovery" in the README of the service says what starting without one means`,
      { cause },
    );
  }
}

/** The store refused an operation for another reason. */
export class StoreError extends AssayError {}

export type SqlValue = SQLInputValue;

/**
 * Durable records of one process: SQLite in WAL mode, every commit flushed to disk. Calls are
 * synchronous: when one returns, it is recorded. Integers come back as bigint, blobs as Uint8Array.
 * Every call may throw {@link DiskFullError}, {@link StoreCorruptError} or {@link StoreError}.
 */
export interface Store {
  readonly folder: string;
  /** Runs one statement; returns the number of rows it changed. */
  run(sql: string, ...values: SqlValue[]): number;
  /** The first row, checked against `schema`. */
  get<Row extends z.ZodType>(sql: string, schema: Row, ...values: SqlValue[]): z.output<Row> | undefined;
  /** All rows, checked against `schema`. */
  all<Row extends z.ZodType>(sql: string, schema: Row, ...values: SqlValue[]): z.output<Row>[];
  /** Runs `body` in one transaction: all of it is recorded, or nothing. */
  transaction<Result>(body: () => Result, options?: TransactionOptions): Result;
  /**
   * Resolves once everything committed before the call is flushed to disk. Other than a flushed commit it does not
   * hold up the thread, so that many who wait can share one flush.
   */
  flush(): Promise<void>;
  close(): void;
}

export interface TransactionOptions {
  /**
   * False for what may be lost in a power cut, but not when the process is killed: it is on disk with the next
   * flushed commit. Saves the time of a flush. Default true.
   */
  flush?: boolean;
}

export interface StoreOptions {
  /**
   * SQL of schema version 1, 2, …; those the file does not have yet are run at open, each in a
   * transaction. Never change one that was released: append.
   */
  migrations: readonly string[];
}

/** How long a statement waits for a reader (a backup, `status`) to let go of the file. */
const BUSY_MS = 5_000;

/**
 * Opens (or creates, mode 700/600) the store of a data directory and locks the directory for this
 * process; the operating system drops the lock when the process ends, however it ends.
 * Throws {@link StoreLockedError}, {@link StoreCorruptError}, {@link DiskFullError}.
 */
export function openStore(folder: string, options: StoreOptions): Store {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw asDiskError(folder, error, `cannot create the data directory ${folder}`);
  }
  const lock = lockFolder(folder);
  try {
    return openLocked(folder, options.migrations, lock);
  } catch (error) {
    lock.close();
    throw error;
  }
}

function asDiskError(path: string, error: unknown, what: string): unknown {
  const known = diskError(path, error);
  return known instanceof DiskFullError
    ? known
    : new SetupError(`${what}: ${messageOf(error)}`, { cause: error });
}

/**
 * The lock is an open exclusive transaction on a database of its own, so that other programs can
 * still read the store itself (backups, `status`).
 */
function lockFolder(folder: string): DatabaseSync {
  const path = join(folder, "lock");
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    if (sqliteCode(error) === SQLITE.busy) throw new StoreLockedError(folder);
    throw translate(path, error);
  }
}

function openLocked(folder: string, migrations: readonly string[], lock: DatabaseSync): Store {
  const path = join(folder, "store.sqlite");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, {
      readBigInts: true,
      timeout: BUSY_MS,
      enableForeignKeyConstraints: true,
    });
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    chmodSync(path, 0o600);
    checkIntegrity(path, database);
    migrate(path, database, migrations);
    return new SqliteStore(folder, path, database, lock);
  } catch (error) {
    database?.close();
    throw translate(path, error);
  }
}

function checkIntegrity(path: string, database: DatabaseSync): void {
  const row = database.prepare("PRAGMA integrity_check(1)").get();
  const verdict = String(row?.["integrity_check"]);
  if (verdict !== "ok") throw new StoreCorruptError(path, verdict);
}

function migrate(path: string, database: DatabaseSync, migrations: readonly string[]): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > migrations.length) {
    throw new SetupError(`${path} was written by a newer version of this program; install that one again`);
  }
  migrations.slice(version).forEach((sql, index) => {
    database.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${version + index + 1}; COMMIT`);
  });
}

/**
 * Opens an existing store only to look at it, whoever else uses the directory: for `status` commands.
 * Throws {@link SetupError} if there is none, {@link StoreCorruptError}.
 */
export function readStore(folder: string): Store {
  const path = join(folder, "store.sqlite");
  if (!existsSync(path))
    throw new SetupError(`there is no store in ${folder}; is it the right data directory?`);
  try {
    const database = new DatabaseSync(path, { readOnly: true, readBigInts: true, timeout: BUSY_MS });
    return new SqliteStore(folder, path, database);
  } catch (error) {
    throw translate(path, error);
  }
}

class SqliteStore implements Store {
  readonly folder: string;
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #lock: DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();
  /** File descriptor of the write-ahead log, once it was flushed by itself. */
  #wal: number | undefined;
  /** Whether a commit is flushed, as the database is set now. */
  #flushes = true;

  constructor(folder: string, path: string, database: DatabaseSync, lock?: DatabaseSync) {
    this.folder = folder;
    this.#path = path;
    this.#database = database;
    this.#lock = lock;
  }

  run(sql: string, ...values: SqlValue[]): number {
    return this.#guard(() => {
      if (!this.#flushes && !this.#database.isTransaction) this.#setFlush(true);
      return Number(this.#statement(sql).run(...values).changes);
    });
  }

  get<Row extends z.ZodType>(sql: string, schema: Row, ...values: SqlValue[]): z.output<Row> | undefined {
    const row = this.#guard(() => this.#statement(sql).get(...values));
    return row === undefined ? undefined : this.#parse(schema, row);
  }

  all<Row extends z.ZodType>(sql: string, schema: Row, ...values: SqlValue[]): z.output<Row>[] {
    return this.#guard(() => this.#statement(sql).all(...values)).map((row) => this.#parse(schema, row));
  }

  transaction<Result>(body: () => Result, { flush = true }: TransactionOptions = {}): Result {
    return this.#guard(() => {
      if (flush !== this.#flushes) this.#setFlush(flush);
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        const result = body();
        this.#database.exec("COMMIT");
        return result;
      } catch (error) {
        // A full disk may have rolled back already.
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  async flush(): Promise<void> {
    try {
      // All a commit does to the disk is to append to this file. It stays the same one until the store is closed.
      this.#wal ??= openSync(`${this.#path}-wal`, "r+");
      await fdatasync(this.#wal);
    } catch (error) {
      throw translate(this.#path, error);
    }
  }

  close(): void {
    if (this.#wal !== undefined) closeSync(this.#wal);
    this.#wal = undefined;
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
    if (this.#lock?.isOpen === true) this.#lock.close();
  }

  /** In WAL mode NORMAL writes every commit to the file, but flushes at checkpoints only. */
  #setFlush(flush: boolean): void {
    this.#database.exec(`PRAGMA synchronous = ${flush ? "FULL" : "NORMAL"}`);
    this.#flushes = flush;
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #parse<Row extends z.ZodType>(schema: Row, row: unknown): z.output<Row> {
    const parsed = schema.safeParse(row);
    if (parsed.success) return parsed.data;
    throw new StoreCorruptError(this.#path, z.prettifyError(parsed.error));
  }

  #guard<Result>(operation: () => Result): Result {
    try {
      return operation();
    } catch (error) {
      throw translate(this.#path, error);
    }
  }
}

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const SQLITE = { busy: 5, corrupt: 11, full: 13, notADatabase: 26 } as const;

function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  // The low byte is the primary code.
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

function translate(path: string, error: unknown): unknown {
  switch (sqliteCode(error)) {
    case undefined:
      return diskError(path, error);
    case SQLITE.full:
      return new DiskFullError(path, error);
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return new StoreCorruptError(path, messageOf(error), error);
    default:
      return new StoreError(`the store ${path} failed: ${messageOf(error)}`, { cause: error });
  }
}
