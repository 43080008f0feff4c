import type { Kysely, Selectable } from "kysely";
import type { AnswerOf } from "../../../wire/route.ts";
import type {
  getScorer,
  getScorers,
  Probe,
  ScorerEpoch,
  ScorerSummary,
  ScorerTotals,
} from "../../../wire/poi-epochs.ts";
import type { Database } from "../../db/schema.ts";
import type { ApiContext } from "../../http/route.ts";
import { newestOfScorers } from "../newest.ts";
import type { PoiTables } from "../tables.ts";
import { selectConvictions } from "./epoch.ts";
import { askClock, askNames, askScorer, askScorers, type Names, type ScorerFact } from "./reads.ts";
import { viewConviction, viewMiss } from "./views.ts";

type Db = Kysely<Database>;

/** Of each kind, on a scorer's or sponsor's page. */
export const LISTED = 20;

export async function scorersNow({ db, node }: ApiContext): Promise<AnswerOf<typeof getScorers>> {
  const asked = await askScorers(node);
  const names = await askNames(node);
  const clock = await askClock(node);
  const totals = await readTotals(
    db,
    asked.value.map(({ operator }) => operator),
  );
  return {
    ...asked,
    value: asked.value.map((fact) => viewScorer(fact, clock.value.epoch, totals(fact.operator), names)),
  };
}

export async function scorerNow(
  { db, node }: ApiContext,
  address: string,
): Promise<AnswerOf<typeof getScorer>> {
  const { value, height, stale } = await askScorer(node, address);
  const { scorer, bond, eligible, reason } = value;
  const names = await askNames(node);
  const clock = await askClock(node);
  const totals = await readTotals(db, [scorer.operator]);
  const [misses, convictions, probes] = await Promise.all([
    db
      .selectFrom("miss")
      .selectAll()
      .where("address", "=", scorer.operator)
      .where("role", "=", "scorer")
      .orderBy("epoch", "desc")
      .limit(LISTED)
      .execute(),
    selectConvictions(db)
      .where("conviction.scorer", "=", scorer.operator)
      .orderBy("conviction.epoch", "desc")
      .limit(LISTED)
      .execute(),
    readProbes(db, scorer.operator),
  ]);
  return {
    height,
    stale,
    value: {
      ...viewScorer(scorer, clock.value.epoch, totals(scorer.operator), names),
      hotKey: scorer.hotKey,
      bond,
      bonded: scorer.bonded,
      eligible,
      reason,
    },
    misses: misses.map((miss) => viewMiss(miss, names)),
    convictions: convictions.map((conviction) => viewConviction(conviction, names)),
    probes,
  };
}

function viewScorer(fact: ScorerFact, epoch: number, totals: ScorerTotals, names: Names): ScorerSummary {
  return {
    address: fact.operator,
    moniker: names.monikerOf(fact.operator),
    ...stateOf(fact, epoch),
    recentMisses: fact.misses,
    rowsStood: fact.rowsStood,
    rowsAssigned: fact.rowsAssigned,
    totals,
  };
}

function stateOf(
  { bonded, inactiveUntil, jailedUntil }: ScorerFact,
  epoch: number,
): Pick<ScorerSummary, "state" | "until"> {
  if (!bonded) return { state: "unbonded", until: null };
  if (jailedUntil > epoch) return { state: "jailed", until: jailedUntil };
  if (inactiveUntil > epoch) return { state: "inactive", until: inactiveUntil };
  return { state: "active", until: null };
}

async function readTotals(db: Db, scorers: readonly string[]): Promise<(scorer: string) => ScorerTotals> {
  if (scorers.length === 0) return () => NOTHING;
  const newest = await newestOfScorers(db, scorers);
  const convictions = await db
    .selectFrom("conviction")
    .select(["scorer", ({ fn }) => fn.countAll().as("n")])
    .where("scorer", "in", scorers)
    .groupBy("scorer")
    .execute();
  const misses = await db
    .selectFrom("miss")
    .select(["address", ({ fn }) => fn.countAll().as("n")])
    .where("address", "in", scorers)
    .where("role", "=", "scorer")
    .groupBy("address")
    .execute();
  return (scorer) => {
    const total = newest.find((row) => row.scorer === scorer);
    return {
      slots: total?.all_slots ?? 0,
      slotsCounted: total?.all_slots_counted ?? 0,
      rows: total?.all_rows ?? 0,
      auditsPassed: total?.all_audits_passed ?? 0,
      convictions: Number(convictions.find((row) => row.scorer === scorer)?.n ?? 0),
      misses: Number(misses.find((row) => row.address === scorer)?.n ?? 0),
      pay: total?.all_pay ?? "0",
    };
  };
}

const NOTHING: ScorerTotals = {
  slots: 0,
  slotsCounted: 0,
  rows: 0,
  auditsPassed: 0,
  convictions: 0,
  misses: 0,
  pay: "0",
};

async function readProbes(db: Db, operator: string): Promise<Probe[]> {
  const rows = await db
    .selectFrom("market_probe")
    .selectAll()
    .where("operator", "=", operator)
    .orderBy("epoch", "desc")
    .orderBy("service")
    .limit(LISTED)
    .execute();
  return rows.map(({ epoch, service, calls, answered, p50, p95, height }) => ({
    epoch,
    service,
    calls,
    answered,
    p50Ms: p50,
    p95Ms: p95,
    height,
  }));
}

/** Rows of a scorer's epochs with what else happened in them. */
export async function viewScorerEpochs(
  db: Db,
  scorer: string,
  rows: readonly Selectable<PoiTables["scorer_epoch"]>[],
): Promise<Map<number, ScorerEpoch>> {
  const epochs = rows.map(({ epoch }) => epoch);
  if (epochs.length === 0) return new Map();
  const misses = await db
    .selectFrom("miss")
    .select("epoch")
    .where("address", "=", scorer)
    .where("role", "=", "scorer")
    .where("epoch", "in", epochs)
    .execute();
  const convictions = await db
    .selectFrom("conviction")
    .select("epoch")
    .where("scorer", "=", scorer)
    .where("epoch", "in", epochs)
    .execute();
  return new Map(
    rows.map((row) => [
      row.epoch,
      {
        epoch: row.epoch,
        slots: row.slots,
        slotsCounted: row.slots_counted,
        rows: row.rows,
        auditsPassed: row.audits_passed,
        missed: misses.some(({ epoch }) => epoch === row.epoch),
        convicted: convictions.some(({ epoch }) => epoch === row.epoch),
        pay: row.pay,
      },
    ]),
  );
}
