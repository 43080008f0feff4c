import type { Kysely } from "kysely";
import type { Uptime } from "../../wire/staking.ts";
import type { Database } from "../db/schema.ts";

/** Reads who signed the newest `blocks` blocks; the result tells it of a consensus address. */
export async function readUptime(
  db: Kysely<Database>,
  blocks: number,
): Promise<(consensus: string) => Uptime> {
  const newest = await db.selectFrom("cursor").select("height").executeTakeFirst();
  // The newest block's own signatures are in the next one.
  const to = (newest?.height ?? 0) - 1;
  const from = Math.max(1, to - blocks + 1);
  const sets = await readSets(db, from, to);
  const missed = await db
    .selectFrom("missed_block")
    .selectAll()
    .where("height", ">=", from)
    .where("height", "<=", to)
    .execute();
  const misses = Map.groupBy(missed, ({ validator }) => validator);
  const start = Math.max(from, sets[0]?.height ?? to + 1);
  return (consensus) => {
    const absent = new Set(misses.get(consensus)?.map(({ height }) => height));
    let marks = "";
    let set = 0;
    for (let height = start; height <= to; height++) {
      while ((sets[set + 1]?.height ?? Infinity) <= height) set++;
      marks += sets[set]?.validators.has(consensus) !== true ? "-" : absent.has(height) ? "m" : "s";
    }
    return { to: marks === "" ? 0 : to, marks };
  };
}

/** Sets in force within a range of heights, oldest first. */
async function readSets(
  db: Kysely<Database>,
  from: number,
  to: number,
): Promise<{ height: number; validators: ReadonlySet<string> }[]> {
  const before = await db
    .selectFrom("signer_set")
    .selectAll()
    .where("height", "<=", from)
    .orderBy("height", "desc")
    .limit(1)
    .execute();
  const within = await db
    .selectFrom("signer_set")
    .selectAll()
    .where("height", ">", from)
    .where("height", "<=", to)
    .orderBy("height")
    .execute();
  return [...before, ...within].map(({ height, validators }) => ({
    height,
    validators: new Set(validators.split(",")),
  }));
}
