import { type Kysely, sql, type Transaction } from "kysely";
import type { Area } from "../area.ts";
import { isPostgres } from "./database.ts";
import type { Database } from "./schema.ts";

/** Raise it when derived tables change: they are then made again from what was read from the node. */
export const FORMAT = 2;

/**
 * Makes sure that all tables are there. Derived tables of another {@link FORMAT}, or of which one is missing, are
 * made anew and empty, and the cursor goes back to before the first block that is kept, so that following the chain
 * fills them again. Does nothing to a database that is in order.
 */
export async function createTables(db: Kysely<Database>, areas: readonly Area[]): Promise<void> {
  const existing = await namesOfTables(db);
  const derived = areas.flatMap(({ tables }) => tables);
  const cursor = existing.has("cursor")
    ? await db.selectFrom("cursor").select("format").executeTakeFirst()
    : undefined;
  const inOrder =
    existing.has("cursor") &&
    (cursor === undefined || cursor.format === FORMAT) &&
    derived.every((table) => existing.has(table));
  if (inOrder) return;
  await db.transaction().execute(async (trx) => {
    await createRaw(trx);
    await recreateDerived(trx, areas);
  });
}

/** Makes all derived tables anew and empty, and lets the cursor point before the first block that is kept. */
export async function recreateDerived(trx: Transaction<Database>, areas: readonly Area[]): Promise<void> {
  for (const { tables } of areas) {
    for (const table of tables) await trx.schema.dropTable(table).ifExists().execute();
  }
  for (const area of areas) await area.create(trx);
  const first = await trx
    .selectFrom("raw_block")
    .select(({ fn }) => fn.min("height").as("height"))
    .executeTakeFirst();
  if (first === undefined || first.height === null) {
    // Nothing is kept: whoever follows the chain begins, wherever the node does.
    await trx.deleteFrom("cursor").execute();
    return;
  }
  await trx
    .updateTable("cursor")
    .set({ height: first.height - 1, format: FORMAT, epoch: 0, phase: "" })
    .execute();
}

/**
 * Types mean the same on both databases: "integer" (for ids and heights; as a primary key it is SQLite's row id),
 * "bigint" (for what may pass 2^31, such as gas), "text", and "bytea", which SQLite stores as a blob.
 */
async function createRaw(db: Transaction<Database>): Promise<void> {
  await db.schema
    .createTable("raw_block")
    .ifNotExists()
    .addColumn("height", "integer", (column) => column.primaryKey())
    .addColumn("block", "bytea", (column) => column.notNull())
    .addColumn("results", "bytea", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("raw_answer")
    .ifNotExists()
    .addColumn("height", "integer", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("request", "bytea", (column) => column.notNull())
    .addColumn("response", "bytea")
    .addPrimaryKeyConstraint("raw_answer_key", ["height", "path", "request"])
    .execute();
  await db.schema
    .createTable("raw_descriptors")
    .ifNotExists()
    .addColumn("height", "integer", (column) => column.primaryKey())
    .addColumn("files", "bytea", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("cursor")
    .ifNotExists()
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("chain_id", "text", (column) => column.notNull())
    .addColumn("height", "integer", (column) => column.notNull())
    .addColumn("format", "integer", (column) => column.notNull())
    .addColumn("epoch", "bigint", (column) => column.notNull())
    .addColumn("phase", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("node_answer")
    .ifNotExists()
    .addColumn("key", "text", (column) => column.primaryKey())
    .addColumn("height", "integer", (column) => column.notNull())
    .addColumn("json", "text", (column) => column.notNull())
    .execute();
}

async function namesOfTables(db: Kysely<Database>): Promise<ReadonlySet<string>> {
  const { rows } = isPostgres(db)
    ? await sql<{
        name: string;
      }>`select tablename as name from pg_tables where schemaname = current_schema()`.execute(db)
    : await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db);
  return new Set(rows.map(({ name }) => name));
}
