import { sql, type Kysely } from "kysely";
import { beginning } from "../db/beginning.ts";
import type { Database } from "../db/schema.ts";

/** Creates the tables of the market with the indexes their lists are read by. */
export async function createMarketTables(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable("market_service")
    .addColumn("service", "bigint", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("denom", "text", (column) => column.notNull())
    .addColumn("price", "text", (column) => column.notNull())
    .addColumn("channels", "bigint", (column) => column.notNull())
    .addColumn("claims", "bigint", (column) => column.notNull())
    .addColumn("paid", "text", (column) => column.notNull())
    .addColumn("released", "text", (column) => column.notNull())
    .addColumn("items", "text", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("market_service_event")
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("place", "integer", (column) => column.notNull())
    .addColumn("time", "text", (column) => column.notNull())
    .addColumn("tx", "text", (column) => column.notNull())
    .addColumn("service", "bigint", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("detail", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("market_service_event_place", ["service", "height", "place"])
    .execute();

  await db.schema
    .createTable("market_channel")
    .addColumn("channel", "text", (column) => column.primaryKey())
    .addColumn("service", "bigint", (column) => column.notNull())
    .addColumn("payer", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("opened_height", "bigint", (column) => column.notNull())
    .addColumn("opened_place", "integer", (column) => column.notNull())
    .addColumn("opened_time", "text", (column) => column.notNull())
    .addColumn("denom", "text", (column) => column.notNull())
    .addColumn("deposited", "text", (column) => column.notNull())
    .addColumn("paid", "text", (column) => column.notNull())
    .addColumn("released", "text", (column) => column.notNull())
    .addColumn("returned", "text", (column) => column.notNull())
    .addColumn("items", "text", (column) => column.notNull())
    .execute();
  for (const column of ["service", "payer", "status"] as const) {
    await db.schema
      .createIndex(`market_channel_${column}`)
      .on("market_channel")
      .columns([column, "opened_height", "opened_place"])
      .execute();
  }
  await db.schema
    .createIndex("market_channel_opened")
    .on("market_channel")
    .columns(["opened_height", "opened_place"])
    .execute();

  await db.schema
    .createTable("market_channel_event")
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("place", "integer", (column) => column.notNull())
    .addColumn("time", "text", (column) => column.notNull())
    .addColumn("tx", "text", (column) => column.notNull())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("service", "bigint", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("account", "text", (column) => column.notNull())
    .addColumn("denom", "text", (column) => column.notNull())
    .addColumn("amount", "text", (column) => column.notNull())
    .addColumn("released", "text", (column) => column.notNull())
    .addColumn("items", "text", (column) => column.notNull())
    .addColumn("lanes", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("market_channel_event_place", ["height", "place"])
    .execute();
  await db.schema
    .createIndex("market_channel_event_channel")
    .on("market_channel_event")
    .column(beginning("channel"))
    .columns(["height", "place"])
    .execute();
  await db.schema
    .createIndex("market_claim")
    .on("market_channel_event")
    .columns(["service", "height", "place"])
    .where(sql<boolean>`kind = 'claimed'`)
    .execute();

  await db.schema
    .createTable("market_probe")
    .addColumn("service", "bigint", (column) => column.notNull())
    .addColumn("epoch", "bigint", (column) => column.notNull())
    .addColumn("operator", "text", (column) => column.notNull())
    .addColumn("calls", "bigint", (column) => column.notNull())
    .addColumn("answered", "bigint", (column) => column.notNull())
    .addColumn("p50", "bigint", (column) => column.notNull())
    .addColumn("p95", "bigint", (column) => column.notNull())
    .addColumn("height", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("market_probe_of", ["service", "epoch", "operator"])
    .execute();

  await db.schema
    .createTable("market_total")
    .addColumn("denom", "text", (column) => column.notNull())
    .addColumn("height", "bigint", (column) => column.notNull())
    .addColumn("time", "text", (column) => column.notNull())
    .addColumn("channels", "bigint", (column) => column.notNull())
    .addColumn("deposited", "text", (column) => column.notNull())
    .addColumn("claims", "bigint", (column) => column.notNull())
    .addColumn("paid", "text", (column) => column.notNull())
    .addColumn("released", "text", (column) => column.notNull())
    .addColumn("items", "text", (column) => column.notNull())
    .addColumn("burned", "text", (column) => column.notNull())
    .addColumn("pooled", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("market_total_at", ["denom", "height"])
    .execute();
}
