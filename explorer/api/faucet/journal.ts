import { deserialize, serialize } from "node:v8";
import type { Kysely } from "kysely";
import type { Journal, JournalRecord } from "@assay/client/journal";
import type { Database } from "../db/schema.ts";

/** The sender's journal in the explorer's database. */
export function createFaucetJournal(db: Kysely<Database>): Journal {
  return {
    async get(id) {
      const row = await db
        .selectFrom("faucet_journal")
        .select("record")
        .where("id", "=", id)
        .executeTakeFirst();
      // Only this program writes the table, so the type is what was put.
      return row === undefined ? undefined : (deserialize(row.record) as JournalRecord);
    },
    async put(id, entry) {
      const record = serialize(entry);
      await db
        .insertInto("faucet_journal")
        .values({ id, record })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ record }))
        .execute();
    },
    async delete(id) {
      await db.deleteFrom("faucet_journal").where("id", "=", id).execute();
    },
  };
}
