import type { Kysely } from "kysely";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import type {
  EpochArena,
  EpochDetail,
  EpochPhase,
  EpochScorer,
  EpochSummary,
} from "../../../wire/poi-epochs.ts";
import type { Database } from "../../db/schema.ts";
import { notFound } from "../../http/errors.ts";
import type { ApiContext } from "../../http/route.ts";
import { comparedModels } from "../participants.ts";
import { askClock, askFrozen, askNames, type Names } from "./reads.ts";
import {
  stateOf,
  viewChallenge,
  viewConviction,
  viewEpoch,
  viewMiss,
  viewScorerRef,
  type EpochRow,
} from "./views.ts";

type Db = Kysely<Database>;

/** Challenges that an epoch's answer lists. */
const LISTED_CHALLENGES = 100;

/** The epoch's row; 404 without one. */
export async function readEpoch(db: Db, epoch: number): Promise<EpochRow> {
  const row = await db.selectFrom("epoch").selectAll().where("epoch", "=", epoch).executeTakeFirst();
  if (row === undefined) throw notFound(`There is no epoch ${epoch} here.`);
  return row;
}

/** The parameters the epoch runs or ran with. */
export async function readParams({ node }: ApiContext, row: EpochRow): Promise<Params> {
  const json: unknown = row.params === null ? (await askClock(node)).value.params : JSON.parse(row.params);
  return Params.fromJSON(json);
}

/** Models of an arena of which the chain runs every item whose label is open, see `comparedModels`. */
export async function readCompared(
  { db, node }: ApiContext,
  row: EpochRow,
  arena: number,
): Promise<ReadonlySet<string>> {
  if (stateOf(row) === "running") {
    const frozen = (await askFrozen(node, row.epoch)).find((other) => other.arena === arena);
    return comparedModels(frozen?.called ?? "", frozen?.opponents ?? []);
  }
  const result = await db
    .selectFrom("arena_epoch")
    .select(["called", "opponents"])
    .where("epoch", "=", row.epoch)
    .where("arena", "=", arena)
    .executeTakeFirst();
  return comparedModels(result?.called ?? "", JSON.parse(result?.opponents ?? "[]") as string[]);
}

/** The running phase of an epoch, as announced; null when it has ended. */
export async function readPhase(db: Db, row: EpochRow): Promise<EpochPhase["phase"] | null> {
  if (stateOf(row) !== "running") return null;
  const phases = await readPhases(db, row.epoch);
  return PHASES.findLast((name) => phases.has(name)) ?? null;
}

/** Counts of what the record of an epoch tells only when it has ended. */
export async function countSoFar(
  db: Db,
  row: EpochRow,
): Promise<{ challenges: number; convictions: number }> {
  if (stateOf(row) !== "running") return { challenges: 0, convictions: 0 };
  const count = async (table: "challenge" | "conviction") => {
    const { n } = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll().as("n"))
      .where("epoch", "=", row.epoch)
      .executeTakeFirstOrThrow();
    return Number(n);
  };
  return { challenges: await count("challenge"), convictions: await count("conviction") };
}

export async function summarise(db: Db, row: EpochRow): Promise<EpochSummary> {
  return viewEpoch(row, await countSoFar(db, row));
}

export async function epochDetail(context: ApiContext, epoch: number): Promise<EpochDetail> {
  const { db, node } = context;
  const row = await readEpoch(db, epoch);
  const names = await askNames(node);
  const params = await readParams(context, row);
  const [summary, phases, arenas, scorers, challenges, convictions, misses, neighbours] = await Promise.all([
    summarise(db, row),
    readPhases(db, epoch),
    readArenas(context, row, names),
    readScorers(db, row, names),
    db
      .selectFrom("challenge")
      .selectAll()
      .where("epoch", "=", epoch)
      .orderBy("seq")
      .limit(LISTED_CHALLENGES)
      .execute(),
    selectConvictions(db).where("conviction.epoch", "=", epoch).orderBy("conviction.height").execute(),
    db
      .selectFrom("miss")
      .selectAll()
      .where("epoch", "=", epoch)
      .orderBy("role")
      .orderBy("arena")
      .orderBy("address")
      .execute(),
    db
      .selectFrom("epoch")
      .select("epoch")
      .where("epoch", "in", [epoch - 1, epoch + 1])
      .execute(),
  ]);
  const neighbour = (of: number) => (neighbours.some((other) => other.epoch === of) ? of : null);
  return {
    ...summary,
    randomness: row.randomness,
    phases: viewPhases(row, phases, params),
    rules: {
      batchItems: params.batchItems,
      batchesPerSponsor: params.batchesPerSponsor,
      auditRatioBps: params.auditRatioBps,
      challengeBond: params.challengeBond,
    },
    emission: viewEmission(row),
    arenas,
    scorers,
    challengeList: challenges.map((challenge) => viewChallenge(challenge, names)),
    convictionList: convictions.map((conviction) => viewConviction(conviction, names)),
    misses: misses.map((miss) => viewMiss(miss, names)),
    previous: neighbour(epoch - 1),
    next: neighbour(epoch + 1),
  };
}

/** Convictions with the arena of their slot. */
export function selectConvictions(db: Db) {
  return db
    .selectFrom("conviction")
    .leftJoin("slot", (join) =>
      join.onRef("slot.epoch", "=", "conviction.epoch").onRef("slot.slot", "=", "conviction.slot"),
    )
    .selectAll("conviction")
    .select("slot.arena");
}

/** What an ended epoch minted; null before. */
export function viewEmission(row: EpochRow): EpochDetail["emission"] {
  const { budget, authors, scorers, sponsors, validators, pool, minted } = row;
  if (
    budget === null ||
    authors === null ||
    scorers === null ||
    sponsors === null ||
    validators === null ||
    pool === null ||
    minted === null
  )
    return null;
  return { budget, authors, scorers, sponsors, validators, pool, minted };
}

const PHASES = ["BEACON", "INPUT", "ROWS", "LABEL", "CHALLENGE", "SETTLE"] as const;

type Phases = ReadonlyMap<string, { start_height: number; end_height: number }>;

async function readPhases(db: Db, epoch: number): Promise<Phases> {
  const rows = await db.selectFrom("phase").selectAll().where("epoch", "=", epoch).execute();
  return new Map(rows.map((row) => [row.phase, row]));
}

/** Phases that came, and for the running epoch those that follow, as long as planned. */
export function viewPhases(row: EpochRow, phases: Phases, params: Params): EpochPhase[] {
  const known = PHASES.filter((name) => phases.has(name));
  const running = stateOf(row) === "running";
  const views = known.map((phase, index): EpochPhase => {
    const { start_height, end_height } = phases.get(phase)!;
    const follower = known[index + 1];
    const next = follower === undefined ? undefined : phases.get(follower);
    const announced = end_height === 0 ? null : end_height;
    const end = next === undefined ? (row.end_height ?? announced) : next.start_height - 1;
    const state = running && next === undefined ? "now" : "past";
    return { phase, state, startHeight: start_height, endHeight: end };
  });
  if (!running) return views;
  const { beaconBlocks, inputBlocks, rowsBlocks, labelBlocks, challengeBlocks } = params;
  const blocks = [beaconBlocks, inputBlocks, rowsBlocks, labelBlocks, challengeBlocks];
  const last = known.at(-1);
  let end = views.at(-1)?.endHeight ?? null;
  PHASES.forEach((phase, index) => {
    if (last !== undefined && index <= PHASES.indexOf(last)) return;
    const start = end === null ? null : end + 1;
    const length = blocks[index];
    end = start === null || length === undefined ? null : start + length - 1;
    views.push({ phase, state: "ahead", startHeight: start, endHeight: end });
  });
  return views;
}

async function readArenas({ db, node }: ApiContext, row: EpochRow, { book }: Names): Promise<EpochArena[]> {
  const models = (ids: readonly string[]) => ids.map((id) => book.ref(id));
  if (stateOf(row) === "running") {
    const frozen = await askFrozen(node, row.epoch);
    return frozen.map((arena) => ({
      arena: book.arenaRef(arena.arena),
      weight: arena.weight,
      models: models(arena.models),
      called: book.refOrNull(arena.called),
      calledNext: null,
      sponsorsFrozen: arena.sponsors,
      sponsorsCounted: null,
      settled: null,
      reason: "",
      step: null,
    }));
  }
  const results = await db
    .selectFrom("arena_epoch")
    .selectAll()
    .where("epoch", "=", row.epoch)
    .orderBy("arena")
    .execute();
  const steps = await db.selectFrom("step").selectAll().where("epoch", "=", row.epoch).execute();
  return results.map((result) => {
    const step = steps.find(({ arena }) => arena === result.arena);
    return {
      arena: book.arenaRef(result.arena),
      weight: result.weight,
      models: models(JSON.parse(result.models) as string[]),
      called: book.refOrNull(result.called),
      calledNext: book.refOrNull(result.called_next),
      sponsorsFrozen: result.sponsors_frozen,
      sponsorsCounted: result.sponsors_counted,
      settled: result.settled === 1,
      reason: result.reason,
      step: step === undefined ? null : { index: step.step, model: book.ref(step.model), gain: step.gain },
    };
  });
}

/** Everybody who revealed, was assigned a slot or missed, by name. */
async function readScorers(db: Db, row: EpochRow, names: Names): Promise<EpochScorer[]> {
  const { epoch } = row;
  const [reveals, slots, misses, convictions, ended] = await Promise.all([
    db.selectFrom("reveal").selectAll().where("epoch", "=", epoch).execute(),
    db.selectFrom("slot").select(["scorer", "rows_height", "counted"]).where("epoch", "=", epoch).execute(),
    db.selectFrom("miss").select("address").where("epoch", "=", epoch).where("role", "=", "scorer").execute(),
    db.selectFrom("conviction").select("scorer").where("epoch", "=", epoch).execute(),
    db.selectFrom("scorer_epoch").select(["scorer", "pay"]).where("epoch", "=", epoch).execute(),
  ]);
  const everybody = new Set([
    ...reveals.map(({ scorer }) => scorer),
    ...slots.map(({ scorer }) => scorer),
    ...misses.map(({ address }) => address),
  ]);
  const byScorer = Map.groupBy(slots, ({ scorer }) => scorer);
  return [...everybody]
    .map((address) => {
      const own = byScorer.get(address) ?? [];
      return {
        scorer: viewScorerRef(address, names),
        revealedHeight: reveals.find(({ scorer }) => scorer === address)?.height ?? null,
        slots: own.length,
        rowsPosted: own.filter(({ rows_height }) => rows_height !== null).length,
        counted: row.end_height === null ? null : own.filter(({ counted }) => counted === 1).length,
        convicted: convictions.some(({ scorer }) => scorer === address),
        missed: misses.some((miss) => miss.address === address),
        pay: ended.find(({ scorer }) => scorer === address)?.pay ?? (row.end_height === null ? null : "0"),
      };
    })
    .sort(
      (a, b) => compare(a.scorer.moniker, b.scorer.moniker) || compare(a.scorer.address, b.scorer.address),
    );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
