import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  type CreateTableNode,
  type DatabaseConnection,
  DataTypeNode,
  type Dialect,
  type Driver,
  PrimaryKeyConstraintNode,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

/** How long a statement waits for another process to let go of the file. */
const BUSY_MS = 5_000;
/** Statements that stay prepared, per connection. */
const PREPARED = 300;
const MEMORY = ":memory:";

/**
 * SQLite through `node:sqlite`, in WAL mode: one connection writes, one at a time; another reads what is committed
 * without waiting for it. A database in memory has one connection for both.
 *
 * @param file path, created with mode 0600, or ":memory:".
 */
export function sqliteDialect(file: string): Dialect {
  return {
    createAdapter: () => new Adapter(),
    createDriver: () => new SqliteDriver(file),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new Compiler(),
  };
}

class Adapter extends SqliteAdapter {
  /** Otherwise Kysely runs everything one by one. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class Compiler extends SqliteQueryCompiler {
  /**
   * A table with a key other than SQLite's row number is stored by its key, as one tree instead of two. Not those with
   * bytes: long rows make such trees deep.
   */
  protected override visitCreateTable(node: CreateTableNode): void {
    super.visitCreateTable(node);
    const { columns, constraints = [] } = node;
    // Types that Kysely has no name for, such as blob, are bytes.
    const types = columns.map(({ dataType }) => (DataTypeNode.is(dataType) ? dataType.dataType : "bytea"));
    const keyed =
      constraints.some((constraint) => PrimaryKeyConstraintNode.is(constraint)) ||
      columns.some(({ primaryKey }, index) => primaryKey === true && types[index] !== "integer");
    if (keyed && !types.includes("bytea")) this.append(" without rowid");
  }
}

class SqliteDriver implements Driver {
  readonly #file: string;
  readonly #lock = new Lock();
  #writer: Handle | undefined;
  #reader: Handle | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async init(): Promise<void> {
    if (this.#file === MEMORY) {
      this.#writer = this.#reader = new Handle(MEMORY, {});
      return;
    }
    // SQLite gives its other files the mode of this one.
    closeSync(openSync(this.#file, "a", 0o600));
    chmodSync(this.#file, 0o600);
    this.#writer = new Handle(this.#file, {});
    this.#writer.exec("PRAGMA journal_mode = WAL");
    // What a power cut takes is read from the node again: the cursor goes with it.
    this.#writer.exec("PRAGMA synchronous = NORMAL");
    // Pages are copied from the log into the file, and flushed, once they are many.
    this.#writer.exec("PRAGMA wal_autocheckpoint = 16384");
    this.#writer.exec("PRAGMA cache_size = -65536");
    this.#reader = new Handle(this.#file, { readOnly: true });
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.#writer || !this.#reader) throw new Error("the database is closed");
    return new Connection(this.#writer, this.#reader, this.#lock);
  }

  async beginTransaction(connection: Connection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(connection: Connection): Promise<void> {
    connection.end();
  }

  async destroy(): Promise<void> {
    this.#reader?.close();
    if (this.#writer !== this.#reader) this.#writer?.close();
    this.#writer = this.#reader = undefined;
  }
}

/** What Kysely holds for a query or a transaction: it reads, until it writes or begins. */
class Connection implements DatabaseConnection {
  readonly #writer: Handle;
  readonly #reader: Handle;
  readonly #lock: Lock;
  #unlock: (() => void) | undefined;

  constructor(writer: Handle, reader: Handle, lock: Lock) {
    this.#writer = writer;
    this.#reader = reader;
    this.#lock = lock;
  }

  async begin(): Promise<void> {
    this.#unlock ??= await this.#lock.take();
    // At once for writing: a transaction that reads first could not be upgraded behind another process' back.
    this.#writer.exec("begin immediate");
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (!this.#unlock) {
      if (isRead(query)) return this.#reader.run(query);
      this.#unlock = await this.#lock.take();
    }
    return this.#writer.run(query);
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<Row>(): AsyncGenerator<QueryResult<Row>> {
    throw new Error("Streams are not supported: read pages.");
  }

  end(): void {
    this.#unlock?.();
    this.#unlock = undefined;
  }
}

function isRead({ query, sql }: CompiledQuery): boolean {
  return SelectQueryNode.is(query) || (query.kind === "RawNode" && /^\s*select\b/i.test(sql));
}

interface Prepared {
  statement: StatementSync;
  /** Whether it gives rows. */
  answers: boolean;
}

/** One connection of SQLite with its prepared statements. */
class Handle {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(file: string, options: { readOnly?: boolean }) {
    this.#db = new DatabaseSync(file, { ...options, timeout: BUSY_MS });
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  run<Row>({ sql, parameters }: CompiledQuery): QueryResult<Row> {
    const { statement, answers } = this.#prepare(sql);
    const values = parameters as SQLInputValue[];
    if (answers) return { rows: statement.all(...values) as Row[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  close(): void {
    this.#prepared.clear();
    this.#db.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    const prepared = { statement, answers: statement.columns().length > 0 };
    if (this.#prepared.size >= PREPARED) {
      const [oldest] = this.#prepared.keys();
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

/** Lets one in after the other, in order. */
class Lock {
  #last: Promise<void> = Promise.resolve();

  /** Resolves to what lets the next one in. */
  async take(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = promise;
    await before;
    return resolve;
  }
}
