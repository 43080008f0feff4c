import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";

/** What the faucet gave and is giving. Not derived from the chain: indexing again leaves it alone. */
export interface FaucetTables {
  faucet_grant: {
    /** Also the id under which the sender sends it, once. */
    id: string;
    address: string;
    /** Network of the visitor: the /24 of an IPv4 address, the /56 of an IPv6 one. */
    prefix: string;
    /** UTC, such as 2026-01-31. */
    day: string;
    amount: string;
    /** Of the transaction, null while it is under way. */
    hash: string | null;
  };
  /** The sender's journal, see `@assay/client/journal`. */
  faucet_journal: { id: string; record: Uint8Array };
}

/** Creates the faucet's tables where they are not there yet. */
export async function createFaucetTables(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable("faucet_grant")
    .ifNotExists()
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("address", "text", (column) => column.notNull())
    .addColumn("prefix", "text", (column) => column.notNull())
    .addColumn("day", "text", (column) => column.notNull())
    .addColumn("amount", "text", (column) => column.notNull())
    .addColumn("hash", "text")
    .execute();
  await db.schema
    .createIndex("faucet_grant_day")
    .ifNotExists()
    .on("faucet_grant")
    .columns(["day", "address"])
    .execute();
  await db.schema
    .createTable("faucet_journal")
    .ifNotExists()
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("record", "bytea", (column) => column.notNull())
    .execute();
}
