import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import type { StakingTables } from "./tables.ts";

export const stakingTableNames: readonly (keyof StakingTables)[] = [
  "signer_set",
  "missed_block",
  "coin_flow",
  "supply_start",
  "supply_epoch",
  "burn_total",
  "gov_vote",
  "gov_deposit",
];

export async function createStakingTables(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable("signer_set")
    .addColumn("height", "bigint", (column) => column.primaryKey())
    .addColumn("validators", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("missed_block")
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("validator", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("missed_block_key", ["height", "validator"])
    .execute();
  await db.schema
    .createTable("coin_flow")
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("account", "text", (column) => column.notNull())
    .addColumn("minted", "text", (column) => column.notNull())
    .addColumn("burned", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("coin_flow_key", ["height", "account"])
    .execute();
  await db.schema
    .createTable("supply_start")
    .addColumn("height", "bigint", (column) => column.primaryKey())
    .addColumn("supply", "text")
    .execute();
  await db.schema
    .createTable("supply_epoch")
    .addColumn("epoch", "bigint", (column) => column.primaryKey())
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("time", "text", (column) => column.notNull())
    .addColumn("budget", "text", (column) => column.notNull())
    .addColumn("authors", "text", (column) => column.notNull())
    .addColumn("scorers", "text", (column) => column.notNull())
    .addColumn("sponsors", "text", (column) => column.notNull())
    .addColumn("validators", "text", (column) => column.notNull())
    .addColumn("pool", "text", (column) => column.notNull())
    .addColumn("minted", "text", (column) => column.notNull())
    .addColumn("burned", "text", (column) => column.notNull())
    .addColumn("supply", "text")
    .execute();
  await db.schema
    .createTable("burn_total")
    .addColumn("account", "text", (column) => column.primaryKey())
    .addColumn("amount", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("gov_vote")
    .addColumn("proposal", "bigint", (column) => column.notNull())
    .addColumn("voter", "text", (column) => column.notNull())
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("tx", "integer", (column) => column.notNull())
    .addColumn("tx_hash", "text", (column) => column.notNull())
    .addColumn("options", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("gov_vote_key", ["proposal", "voter"])
    .execute();
  await db.schema
    .createIndex("gov_vote_place")
    .on("gov_vote")
    .columns(["proposal", "height", "tx", "voter"])
    .execute();
  await db.schema
    .createTable("gov_deposit")
    .addColumn("proposal", "bigint", (column) => column.notNull())
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("place", "integer", (column) => column.notNull())
    .addColumn("depositor", "text", (column) => column.notNull())
    .addColumn("coins", "text", (column) => column.notNull())
    .addColumn("tx_hash", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("gov_deposit_key", ["proposal", "height", "place"])
    .execute();
}
