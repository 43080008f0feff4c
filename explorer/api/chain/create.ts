import { sql, type Kysely } from "kysely";
import { beginning } from "../db/beginning.ts";
import type { Database } from "../db/schema.ts";

/** Creates the tables of blocks, transactions and accounts with the indexes their lists are read by. */
export async function createChainTables(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable("block")
    .addColumn("height", "bigint", (column) => column.primaryKey())
    .addColumn("time", "text", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .addColumn("proposer", "text", (column) => column.notNull())
    .addColumn("txs", "integer", (column) => column.notNull())
    .addColumn("failed_txs", "integer", (column) => column.notNull())
    .addColumn("gas_wanted", "bigint", (column) => column.notNull())
    .addColumn("gas_used", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("block_hash").on("block").column(beginning("hash")).execute();

  await db.schema
    .createTable("tx")
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("idx", "integer", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .addColumn("code", "integer", (column) => column.notNull())
    .addColumn("codespace", "text", (column) => column.notNull())
    .addColumn("gas_wanted", "bigint", (column) => column.notNull())
    .addColumn("gas_used", "bigint", (column) => column.notNull())
    .addColumn("fee", "text", (column) => column.notNull())
    .addColumn("signers", "text", (column) => column.notNull())
    .addColumn("memo", "text", (column) => column.notNull())
    .addColumn("messages", "integer", (column) => column.notNull())
    .addColumn("types", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("tx_place", ["height", "idx"])
    .execute();
  await db.schema.createIndex("tx_hash").on("tx").column(beginning("hash")).execute();
  // Few fail: an index of only those costs nothing, and without it a list of them would read all the others.
  await db.schema.createIndex("tx_failed").on("tx").columns(["height", "idx"]).where(sql<boolean>`code <> 0`).execute();

  await db.schema
    .createTable("tx_type")
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("idx", "integer", (column) => column.notNull())
    .addColumn("failed", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("tx_type_place", ["type", "height", "idx"])
    .execute();
  await db.schema
    .createIndex("tx_type_failed")
    .on("tx_type")
    .columns(["type", "height", "idx"])
    .where(sql<boolean>`failed = 1`)
    .execute();

  await db.schema
    .createTable("activity")
    .addColumn("address", "text", (column) => column.notNull())
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("idx", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("activity_place", ["address", "height", "idx"])
    .execute();
}
