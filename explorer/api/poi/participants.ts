import type { Transaction } from "kysely";
import type { ArenaEpoch, EpochRecord, Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import { auditCount } from "@assay/client/protocol/draw";
import { insertMany } from "../db/insert.ts";
import type { Database } from "../db/schema.ts";
import { hex } from "../hex.ts";
import { newestOfScorers, newestOfSponsors } from "./newest.ts";
import { count } from "./values.ts";

interface Ended {
  epoch: number;
  record: EpochRecord;
  results: readonly ArenaEpoch[];
  /** As they were judged. */
  slots: readonly Slot[];
}

/** Sums up what each scorer and sponsor did in an ended epoch, and since the first one. */
export async function writeParticipants(ended: Ended, db: Transaction<Database>): Promise<void> {
  await writeScorers(ended, db);
  await writeSponsors(ended, db);
}

async function writeScorers(ended: Ended, db: Transaction<Database>): Promise<void> {
  const { epoch, results, slots } = ended;
  const bySlots = Map.groupBy(slots, ({ scorer }) => scorer);
  if (bySlots.size === 0) return;
  const models = new Map(results.map((result) => [result.arena, result.models.length]));
  const audits = await auditsPassed(ended, db);
  const before = await newestOfScorers(db, [...bySlots.keys()]);
  const rows = [...bySlots].map(([scorer, own]) => {
    const total = before.find((row) => row.scorer === scorer);
    const posted = own.filter(({ rowsPosted }) => rowsPosted);
    const done = posted.reduce((sum, { arena }) => sum + (models.get(arena) ?? 0), 0);
    const passed = audits.get(scorer) ?? 0;
    const counted = own.filter((slot) => slot.counted).length;
    const pay = sum(results.flatMap((result) => payOf(result.scorers, scorer)));
    return {
      epoch,
      scorer,
      slots: own.length,
      slots_counted: counted,
      rows: done,
      audits_passed: passed,
      pay,
      all_slots: (total?.all_slots ?? 0) + own.length,
      all_slots_counted: (total?.all_slots_counted ?? 0) + counted,
      all_rows: (total?.all_rows ?? 0) + done,
      all_audits_passed: (total?.all_audits_passed ?? 0) + passed,
      all_pay: sum([total?.all_pay ?? "0", pay]),
    };
  });
  await insertMany(db, "scorer_epoch", rows);
}

async function writeSponsors({ epoch, results, slots }: Ended, db: Transaction<Database>): Promise<void> {
  for (const [arena, drawn] of Map.groupBy(slots, (slot) => count(slot.arena))) {
    const bySponsor = Map.groupBy(drawn, ({ sponsor }) => sponsor);
    const before = await newestOfSponsors(db, arena, [...bySponsor.keys()]);
    const result = results.find((other) => count(other.arena) === arena);
    const rows = [...bySponsor].map(([sponsor, own]) => {
      const total = before.find((row) => row.sponsor === sponsor);
      const counted = own.filter((slot) => slot.counted).length;
      const pay = sum(payOf(result?.sponsors ?? [], sponsor));
      return {
        epoch,
        arena,
        sponsor,
        slots: own.length,
        slots_counted: counted,
        pay,
        all_slots: (total?.all_slots ?? 0) + own.length,
        all_slots_counted: (total?.all_slots_counted ?? 0) + counted,
        all_pay: sum([total?.all_pay ?? "0", pay]),
      };
    });
    await insertMany(db, "sponsor_epoch", rows);
  }
}

/**
 * Answers that the chain ran again and that were right, by scorer. Follows from the protocol: of every row of a slot,
 * the drawn share, and everything where a called contender is compared. Who was convicted has none: the chain stops
 * at the first wrong answer.
 */
async function auditsPassed(
  { epoch, record, results, slots }: Ended,
  db: Transaction<Database>,
): Promise<Map<string, number>> {
  const convicted = await db.selectFrom("conviction").select("scorer").where("epoch", "=", epoch).execute();
  const frozen = await db
    .selectFrom("arena_epoch")
    .select(["arena", "called", "opponents"])
    .where("epoch", "=", epoch)
    .execute();
  const compared = new Map(
    frozen.map(({ arena, called, opponents }) => [
      arena,
      comparedModels(called, JSON.parse(opponents) as string[]),
    ]),
  );
  const models = new Map(results.map((result) => [result.arena, result.models.map(hex)]));
  const items = record.params?.batchItems ?? 0;
  const drawn = auditCount(items, record.params?.auditRatioBps ?? 0);
  const passed = new Map<string, number>();
  for (const { scorer, arena, rowsPosted, labels } of slots) {
    if (!rowsPosted || convicted.some((row) => row.scorer === scorer)) continue;
    const whole = labels.length > 0 ? compared.get(count(arena)) : undefined;
    const audits = (models.get(arena) ?? []).reduce(
      (total, model) => total + (whole?.has(model) ? items : drawn),
      0,
    );
    passed.set(scorer, (passed.get(scorer) ?? 0) + audits);
  }
  return passed;
}

/** The called contender and those it is compared with, of which the chain runs every item; none when none is called. */
export function comparedModels(called: string, opponents: readonly string[]): ReadonlySet<string> {
  return new Set(called === "" ? [] : [called, ...opponents]);
}

function payOf(paid: readonly { address: string; pay: string }[], address: string): string[] {
  return paid.filter((one) => one.address === address).map(({ pay }) => pay);
}

/** Sum of amounts. */
export function sum(amounts: readonly string[]): string {
  return amounts.reduce((total, amount) => total + BigInt(amount), 0n).toString();
}
