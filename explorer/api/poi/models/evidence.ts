/** What the index keeps of a model's pay in an epoch, as the explanation of the pay takes it. */
import type { Kysely } from "kysely";
import { Comparison, Step } from "@assay/client/generated/assay/poi/v1/arena";
import {
  ArenaEpoch,
  Emission,
  EpochRecord,
  ModelEpoch,
  ParticipantPay,
  StepPay,
} from "@assay/client/generated/assay/poi/v1/epoch";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { emissionFor } from "@assay/client/protocol/emission";
import type { Evidence } from "@assay/client/protocol/why";
import type { Database } from "../../db/schema.ts";
import { notFound } from "../../http/errors.ts";
import { bytes, type ComparisonJson } from "../values.ts";
import type { ContenderFact } from "./reads.ts";

/** Evidence, and whether the epoch's emission is what its blocks make; undefined when that cannot be said. */
export interface EpochEvidence extends Evidence {
  readonly emission: { readonly blocks: number | undefined; readonly agrees: boolean | undefined };
}

/**
 * @param contenders of the arena now: the order of their reservations decides who is called.
 *
 * Throws HttpError 404 when the index has no results of the model's arena in the epoch.
 */
export async function loadEvidence(
  db: Kysely<Database>,
  model: { readonly id: string; readonly arena: number },
  epoch: number,
  contenders: readonly ContenderFact[],
): Promise<EpochEvidence> {
  const row = await db.selectFrom("epoch").selectAll().where("epoch", "=", epoch).executeTakeFirst();
  if (row === undefined) throw notFound(`There is no epoch ${epoch} yet.`);
  if (row.params === null) throw notFound(`Epoch ${epoch} is not settled yet.`);
  if (row.void === 1)
    throw notFound(
      `Epoch ${epoch} was void: ${row.scorers_revealed} of ${row.scorers_frozen} scorers revealed, so that nothing was scored.`,
    );
  const arenas = await arenaEpochs(db, epoch);
  const arena = arenas.find(({ arena: id }) => id === BigInt(model.arena));
  if (arena === undefined) throw notFound(`The model's arena has no results in epoch ${epoch}.`);
  const measured = await db
    .selectFrom("model_epoch")
    .selectAll()
    .where("epoch", "=", epoch)
    .where("arena", "=", model.arena)
    .execute();
  const own = measured.find((line) => line.model === model.id);
  const params = Params.fromJSON(JSON.parse(row.params));
  const sequences = new Map(contenders.map((contender) => [contender.model, BigInt(contender.seq)]));
  return {
    model: bytes(model.id),
    epoch: EpochRecord.fromPartial({
      epoch: BigInt(epoch),
      params,
      emission: Emission.fromPartial({
        budget: row.budget ?? "0",
        authors: row.authors ?? "0",
        scorers: row.scorers ?? "0",
        sponsors: row.sponsors ?? "0",
        validators: row.validators ?? "0",
        pool: row.pool ?? "0",
        minted: row.minted ?? "0",
      }),
    }),
    arenas,
    arena,
    result: own && (await modelResult(db, own)),
    smoothedBefore: await smoothedBefore(db, model.id, epoch),
    ladder: await ladder(db, model.arena),
    standings: measured.flatMap((line) =>
      line.screening === null
        ? []
        : [
            {
              model: bytes(line.model),
              screening: comparison(JSON.parse(line.screening) as ComparisonJson),
              sequence: sequences.get(line.model),
            },
          ],
    ),
    // The chain keeps counts per sponsor as they are now only, not as they were.
    contender: undefined,
    emission: await checkEmission(db, row, params, arenas.length),
  };
}

async function arenaEpochs(db: Kysely<Database>, epoch: number): Promise<ArenaEpoch[]> {
  const [arenas, steps, participants] = await Promise.all([
    db.selectFrom("arena_epoch").selectAll().where("epoch", "=", epoch).orderBy("arena").execute(),
    db.selectFrom("step_pay").selectAll().where("epoch", "=", epoch).orderBy("step").execute(),
    db.selectFrom("participant_pay").selectAll().where("epoch", "=", epoch).orderBy("address").execute(),
  ]);
  return arenas
    .filter(({ settled }) => settled !== null)
    .map((row) => {
      const paid = (role: "scorer" | "sponsor"): ParticipantPay[] =>
        participants
          .filter((pay) => pay.arena === row.arena && pay.role === role)
          .map((pay) => ParticipantPay.fromPartial(pay));
      return ArenaEpoch.fromPartial({
        epoch: BigInt(epoch),
        arena: BigInt(row.arena),
        settled: row.settled === 1,
        reason: row.reason,
        weight: row.weight,
        weightSum: BigInt(row.weight_sum ?? 0),
        sponsorsFrozen: row.sponsors_frozen,
        sponsorsCounted: row.sponsors_counted ?? 0,
        authorsPot: row.authors_pot ?? "0",
        fundedPot: row.funded_pot ?? "0",
        scorersPot: row.scorers_pot ?? "0",
        sponsorsPot: row.sponsors_pot ?? "0",
        divisor: BigInt(row.divisor ?? 0),
        fundedDivisor: BigInt(row.funded_divisor ?? 0),
        steps: steps
          .filter((step) => step.arena === row.arena)
          .map((step) =>
            StepPay.fromPartial({
              step: step.step,
              model: bytes(step.model),
              author: step.author,
              gain: BigInt(step.gain),
              age: BigInt(step.age),
              decayed: BigInt(step.decayed),
              emission: step.emission,
              funded: step.funded,
            }),
          ),
        scorers: paid("scorer"),
        sponsors: paid("sponsor"),
        called: bytes(row.called),
        calledNext: bytes(row.called_next ?? ""),
        stepAccepted: row.step_accepted ?? 0,
      });
    });
}

async function modelResult(db: Kysely<Database>, row: Database["model_epoch"]): Promise<ModelEpoch> {
  const sponsors = await db
    .selectFrom("model_sponsor")
    .select(["sponsor", "correct", "items"])
    .where("epoch", "=", row.epoch)
    .where("model", "=", row.model)
    .orderBy("sponsor")
    .execute();
  return ModelEpoch.fromPartial({
    epoch: BigInt(row.epoch),
    arena: BigInt(row.arena),
    model: bytes(row.model),
    accuracy: row.accuracy,
    smoothed: row.smoothed,
    items: row.items,
    sponsors,
    screening: row.screening === null ? undefined : comparison(JSON.parse(row.screening) as ComparisonJson),
    trials: (JSON.parse(row.trials) as ComparisonJson[]).map(comparison),
    called: row.called === 1,
    stepAccepted: row.step_accepted,
  });
}

function comparison({ opponent, gain, ...counts }: ComparisonJson): Comparison {
  return Comparison.fromPartial({ ...counts, opponent: bytes(opponent), gain: BigInt(gain) });
}

async function smoothedBefore(
  db: Kysely<Database>,
  model: string,
  epoch: number,
): Promise<Evidence["smoothedBefore"]> {
  const before = await db
    .selectFrom("model_epoch")
    .select("smoothed")
    .where("model", "=", model)
    .where("epoch", "<", epoch)
    .orderBy("epoch", "desc")
    .limit(1)
    .executeTakeFirst();
  if (before !== undefined) return before.smoothed;
  return (await hasEveryEpoch(db)) ? "first" : "unknown";
}

/** Whether the index began with the chain. */
async function hasEveryEpoch(db: Kysely<Database>): Promise<boolean> {
  const first = await db.selectFrom("epoch").select("epoch").where("epoch", "=", 1).executeTakeFirst();
  return first !== undefined;
}

async function ladder(db: Kysely<Database>, arena: number): Promise<Step[]> {
  const rows = await db.selectFrom("step").selectAll().where("arena", "=", arena).orderBy("step").execute();
  return rows.map((row) =>
    Step.fromPartial({
      arena: BigInt(arena),
      index: row.step,
      model: bytes(row.model),
      epoch: BigInt(row.epoch),
      gain: BigInt(row.gain),
      settledEpoch: BigInt(row.settled_epoch),
      weighted: row.weighted === 1,
      comparisons: (JSON.parse(row.comparisons) as ComparisonJson[]).map(comparison),
    }),
  );
}

/**
 * Compares an epoch's emission with what its blocks make. Only where it and the epoch before were settled within one
 * block, their last, is it known for which blocks it was taken.
 */
async function checkEmission(
  db: Kysely<Database>,
  row: Database["epoch"],
  params: Params,
  arenas: number,
): Promise<EpochEvidence["emission"]> {
  const unknown = { blocks: undefined, agrees: undefined };
  const from = await settledAt(db, row.epoch - 1);
  if (from === undefined || row.end_height === null || arenas > params.settleBudget) return unknown;
  const schedule = {
    rate: BigInt(params.emissionPerBlock),
    blocksPerHalving: params.blocksPerHalving,
    cap: BigInt(params.emissionCap),
  };
  const [start, end] = [BigInt(from), BigInt(row.end_height)];
  const budget = BigInt(row.budget ?? "0");
  const blocks = row.end_height - from;
  if (emissionFor(schedule, start, end, 0n) === budget) return { blocks, agrees: true };
  // It differs, or the cap cut it.
  if (!(await hasEveryEpoch(db))) return unknown;
  const earlier = await db.selectFrom("epoch").select("minted").where("epoch", "<", row.epoch).execute();
  const minted = earlier.reduce((sum, { minted: amount }) => sum + BigInt(amount ?? "0"), 0n);
  return {
    blocks,
    agrees: emissionFor(schedule, start, end, minted < schedule.cap ? minted : schedule.cap) === budget,
  };
}

/** Height at which an epoch's emission was taken; undefined when it cannot be said. */
async function settledAt(db: Kysely<Database>, epoch: number): Promise<number | undefined> {
  if (epoch === 0) return 0;
  const row = await db
    .selectFrom("epoch")
    .select(["end_height", "params"])
    .where("epoch", "=", epoch)
    .executeTakeFirst();
  if (row === undefined || row.end_height === null || row.params === null) return undefined;
  const arenas = await db
    .selectFrom("arena_epoch")
    .select("arena")
    .where("epoch", "=", epoch)
    .where("settled", "is not", null)
    .execute();
  return arenas.length > Params.fromJSON(JSON.parse(row.params)).settleBudget ? undefined : row.end_height;
}
