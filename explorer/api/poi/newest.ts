import type { Kysely, Selectable } from "kysely";
import type { Database } from "../db/schema.ts";

/** The newest row of each scorer, which has its totals since the first epoch. */
export function newestOfScorers(
  db: Kysely<Database>,
  scorers: readonly string[],
): Promise<Selectable<Database["scorer_epoch"]>[]> {
  return db
    .selectFrom("scorer_epoch as newest")
    .selectAll()
    .where("scorer", "in", scorers)
    .where("epoch", "=", (eb) =>
      eb
        .selectFrom("scorer_epoch as own")
        .select(({ fn }) => fn.max("own.epoch").as("epoch"))
        .whereRef("own.scorer", "=", "newest.scorer"),
    )
    .execute();
}

/** The newest row of each of these sponsors of an arena, which has its totals since the first epoch. */
export function newestOfSponsors(
  db: Kysely<Database>,
  arena: number,
  sponsors: readonly string[],
): Promise<Selectable<Database["sponsor_epoch"]>[]> {
  return db
    .selectFrom("sponsor_epoch as newest")
    .selectAll()
    .where("arena", "=", arena)
    .where("sponsor", "in", sponsors)
    .where("epoch", "=", (eb) =>
      eb
        .selectFrom("sponsor_epoch as own")
        .select(({ fn }) => fn.max("own.epoch").as("epoch"))
        .whereRef("own.arena", "=", "newest.arena")
        .whereRef("own.sponsor", "=", "newest.sponsor"),
    )
    .execute();
}
