import type { Kysely, Selectable } from "kysely";
import type { AnswerOf } from "../../../wire/route.ts";
import type {
  getSponsor,
  getSponsors,
  SponsorEpoch,
  SponsorSummary,
  SponsorTotals,
} from "../../../wire/poi-epochs.ts";
import type { Database } from "../../db/schema.ts";
import type { ApiContext } from "../../http/route.ts";
import { newestOfSponsors } from "../newest.ts";
import type { PoiTables } from "../tables.ts";
import { askArenas } from "../models/reads.ts";
import { askNames, askSponsor, askSponsors, type Names, type SponsorFact } from "./reads.ts";
import { LISTED } from "./scorers.ts";
import { viewMiss } from "./views.ts";

type Db = Kysely<Database>;

export async function sponsorsNow({ db, node }: ApiContext): Promise<AnswerOf<typeof getSponsors>> {
  const arenas = await askArenas(node);
  const names = await askNames(node);
  const asked = await Promise.all(
    arenas.value.map(async ({ id }) => ({ arena: id, ...(await askSponsors(node, id)) })),
  );
  const value = await Promise.all(
    asked.map(async ({ arena, value: sponsors }) => {
      const totals = await readTotals(db, arena, sponsors);
      return sponsors.map((fact) => viewSponsor(arena, fact, totals(fact.address), names));
    }),
  );
  const oldest = [arenas, ...asked].reduce((a, b) => (b.height < a.height ? b : a));
  return { value: value.flat(), height: oldest.height, stale: asked.some(({ stale }) => stale) };
}

export async function sponsorNow(
  { db, node }: ApiContext,
  arena: number,
  address: string,
): Promise<AnswerOf<typeof getSponsor>> {
  const { value, height, stale } = await askSponsor(node, arena, address);
  const { sponsor, bond, commitments } = value;
  const names = await askNames(node);
  const totals = await readTotals(db, arena, [sponsor]);
  const committed = await db
    .selectFrom("commitment")
    .select(["commitment", "tx"])
    .where("arena", "=", arena)
    .where("sponsor", "=", address)
    .execute();
  const misses = await db
    .selectFrom("miss")
    .selectAll()
    .where("address", "=", address)
    .where("role", "=", "sponsor")
    .where("arena", "=", arena)
    .orderBy("epoch", "desc")
    .limit(LISTED)
    .execute();
  return {
    height,
    stale,
    value: {
      ...viewSponsor(arena, sponsor, totals(address), names),
      bond,
      bonded: sponsor.bonded,
      approved: sponsor.approved,
      commitments: commitments
        .map((commitment) => ({
          ...commitment,
          tx: committed.find((row) => row.commitment === commitment.index)?.tx || null,
        }))
        .reverse(),
    },
    misses: misses.map((miss) => viewMiss(miss, names)),
  };
}

function viewSponsor(
  arena: number,
  fact: SponsorFact,
  totals: SponsorTotals,
  { book }: Names,
): SponsorSummary {
  return {
    arena: book.arenaRef(arena),
    address: fact.address,
    state: !fact.approved ? "unapproved" : fact.bonded ? "active" : "unbonded",
    recentMisses: fact.misses,
    batchesCounted: fact.batchesCounted,
    batches: fact.batches,
    totals,
  };
}

async function readTotals(
  db: Db,
  arena: number,
  sponsors: readonly SponsorFact[],
): Promise<(sponsor: string) => SponsorTotals> {
  const addresses = sponsors.map(({ address }) => address);
  if (addresses.length === 0) return () => ({ slots: 0, slotsCounted: 0, misses: 0, pay: "0" });
  const newest = await newestOfSponsors(db, arena, addresses);
  const misses = await db
    .selectFrom("miss")
    .select(["address", ({ fn }) => fn.countAll().as("n")])
    .where("address", "in", addresses)
    .where("role", "=", "sponsor")
    .where("arena", "=", arena)
    .groupBy("address")
    .execute();
  return (sponsor) => {
    const total = newest.find((row) => row.sponsor === sponsor);
    return {
      slots: total?.all_slots ?? 0,
      slotsCounted: total?.all_slots_counted ?? 0,
      misses: Number(misses.find((row) => row.address === sponsor)?.n ?? 0),
      pay: total?.all_pay ?? "0",
    };
  };
}

/** Rows of a sponsor's epochs with what its data gave. */
export async function viewSponsorEpochs(
  db: Db,
  arena: number,
  sponsor: string,
  rows: readonly Selectable<PoiTables["sponsor_epoch"]>[],
): Promise<Map<number, SponsorEpoch>> {
  const epochs = rows.map(({ epoch }) => epoch);
  if (epochs.length === 0) return new Map();
  const misses = await db
    .selectFrom("miss")
    .select(["epoch", "slashed"])
    .where("address", "=", sponsor)
    .where("role", "=", "sponsor")
    .where("arena", "=", arena)
    .where("epoch", "in", epochs)
    .execute();
  const measured = await db
    .selectFrom("model_sponsor")
    .select([
      "epoch",
      "sponsor",
      ({ fn }) => fn.sum("correct").as("correct"),
      ({ fn }) => fn.sum("items").as("items"),
    ])
    .where("arena", "=", arena)
    .where("epoch", "in", epochs)
    .groupBy(["epoch", "sponsor"])
    .execute();
  const accuracy = (epoch: number, of: (row: { sponsor: string }) => boolean): number | null => {
    const counts = measured.filter((row) => row.epoch === epoch && of(row));
    const items = counts.reduce((total, row) => total + Number(row.items), 0);
    const correct = counts.reduce((total, row) => total + Number(row.correct), 0);
    return items === 0 ? null : Math.floor((correct * 1_000_000) / items);
  };
  return new Map(
    rows.map(({ epoch, slots, slots_counted, pay }) => {
      const miss = misses.find((other) => other.epoch === epoch);
      return [
        epoch,
        {
          epoch,
          slots,
          slotsCounted: slots_counted,
          pay,
          missed: miss !== undefined,
          slashed: miss?.slashed ?? "0",
          accuracy: accuracy(epoch, (row) => row.sponsor === sponsor),
          arenaAccuracy: accuracy(epoch, () => true),
        },
      ];
    }),
  );
}
