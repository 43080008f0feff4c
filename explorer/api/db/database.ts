import { SetupError } from "@assay/service-kit/errors";
import { Kysely, PostgresAdapter, PostgresDialect } from "kysely";
import pg from "pg";
import type { Database } from "./schema.ts";
import { sqliteDialect } from "./sqlite.ts";

/** Where the tables are: a PostgreSQL URL, or a file of SQLite (":memory:" for none). */
export interface DatabasePlace {
  /** postgres://user:password@host:port/database */
  url?: string;
  file?: string;
}

/** Connections to PostgreSQL at most. */
const CONNECTIONS = 8;
const CONNECT_MS = 10_000;
/** No question of a page may hold a connection for longer. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/**
 * Opens the database; it connects with the first query. Integers are numbers, blobs Uint8Arrays on both. Close it
 * with `destroy()`.
 *
 * Throws SetupError unless exactly one place is given.
 */
export function openDatabase({ url, file }: DatabasePlace): Kysely<Database> {
  if ((url === undefined) === (file === undefined)) {
    throw new SetupError("give the database either as a PostgreSQL URL or as a file of SQLite");
  }
  if (file !== undefined) return new Kysely({ dialect: sqliteDialect(file) });
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    types,
  });
  // A connection that breaks while nobody uses it: the next query makes another.
  pool.on("error", () => undefined);
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}

export function isPostgres(db: Kysely<Database>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
