import type { Transaction } from "kysely";
import type {
  ArenaEpoch,
  EpochRecord,
  ParticipantPay,
  Slot,
} from "@assay/client/generated/assay/poi/v1/epoch";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { MAX_RIVALS } from "@assay/client/protocol/ladder";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import type {
  EventArenaSettlementFailed,
  EventEpochStarted,
  EventSlotsDrawn,
} from "@assay/client/generated/assay/poi/v1/events";
import { insertMany } from "../db/insert.ts";
import type { Database } from "../db/schema.ts";
import { hex } from "../hex.ts";
import type { DecodedBlock } from "../index/block.ts";
import { cleanText } from "../text.ts";
import { arenaResults, ladderBefore, modelResult, slotsOf } from "./questions.ts";
import { writeParticipants } from "./participants.ts";
import type { PoiTables } from "./tables.ts";
import { comparisonJson, count } from "./values.ts";

const REASON_LENGTH = 200;

/** Epochs from freeze to end: phases, draw, results, payouts. */
export async function indexEpochs(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  const reveals: PoiTables["reveal"][] = [];
  const started = new Set<bigint>();
  for (const { event, tx } of block.typed) {
    switch (event.name) {
      case "EventEpochStarted":
        started.add(event.value.epoch);
        await startEpoch(block, event.value, db);
        break;
      case "EventPhaseChanged": {
        const { epoch, phase, phaseEnd } = event.value;
        // The block before an epoch announces its first phase, the freeze says it again.
        const first = phase === Phase.BEACON;
        if (first && !started.has(epoch)) break;
        const start_height = first ? block.height : block.height + 1;
        const row = {
          epoch: count(epoch),
          phase: phaseName(phase),
          start_height,
          end_height: count(phaseEnd),
        };
        await insertMany(db, "phase", [row]);
        break;
      }
      case "EventLinkRevealed":
        reveals.push({
          epoch: count(event.value.epoch),
          scorer: event.value.scorer,
          height: block.height,
          tx: hashOf(block, tx),
        });
        break;
      case "EventSlotsDrawn":
        await writeDraw(block, event.value, db);
        break;
      case "EventArenaSettlementFailed":
        await writeFailure(event.value, db);
        break;
      case "EventEpochEnded":
        if (event.value.record !== undefined) await endEpoch(block, event.value.record, db);
        break;
      default:
        break;
    }
  }
  await insertMany(db, "reveal", reveals);
}

/** Hash of the transaction that an event is of; empty outside of one. */
export function hashOf(block: DecodedBlock, tx: number | null): string {
  return tx === null ? "" : (block.txs[tx]?.hash ?? "");
}

const PHASE_NAMES: ReadonlyMap<Phase, string> = new Map(
  Object.entries(Phase).map(([name, phase]) => [phase, name]),
);

function phaseName(phase: Phase): string {
  return PHASE_NAMES.get(phase) ?? "UNRECOGNIZED";
}

async function startEpoch(
  block: DecodedBlock,
  { epoch, arenas, scorers }: EventEpochStarted,
  db: Transaction<Database>,
): Promise<void> {
  await insertMany(db, "epoch", [
    {
      epoch: count(epoch),
      start_height: block.height,
      start_time: block.time,
      arenas,
      scorers_frozen: scorers,
    },
  ]);
}

async function writeDraw(
  block: DecodedBlock,
  { epoch, randomness, slots }: EventSlotsDrawn,
  db: Transaction<Database>,
): Promise<void> {
  await db
    .updateTable("epoch")
    .set({ randomness: hex(randomness), slots: count(slots) })
    .where("epoch", "=", count(epoch))
    .execute();
  await insertMany(
    db,
    "slot",
    slotsOf(block, epoch, slots).map(({ id, arena, sponsor, commitment, batch, scorer }) => ({
      epoch: count(epoch),
      slot: count(id),
      arena: count(arena),
      sponsor,
      commitment,
      batch,
      scorer,
      void_reason: "",
    })),
  );
}

/** The chain keeps no result of an arena whose settlement failed. */
async function writeFailure(
  { epoch, arena, error }: EventArenaSettlementFailed,
  db: Transaction<Database>,
): Promise<void> {
  await insertMany(db, "arena_epoch", [
    {
      epoch: count(epoch),
      arena: count(arena),
      settled: 0,
      reason: cleanText(`settlement failed: ${error}`, REASON_LENGTH),
      weight: 0,
      weight_sum: 0,
      sponsors_frozen: 0,
      sponsors_counted: 0,
      models: "[]",
      called: "",
      opponents: "[]",
      called_next: "",
      step_accepted: 0,
      authors_pot: "0",
      funded_pot: "0",
      scorers_pot: "0",
      sponsors_pot: "0",
      divisor: 0,
      funded_divisor: 0,
    },
  ]);
}

async function endEpoch(block: DecodedBlock, record: EpochRecord, db: Transaction<Database>): Promise<void> {
  const { emission } = record;
  const ended: Partial<PoiTables["epoch"]> = {
    end_height: count(record.endHeight),
    end_time: block.time,
    void: Number(record.void),
    scorers_revealed: record.scorersRevealed,
    slots_counted: record.slotsCounted,
    audited_items: count(record.auditedItems),
    challenges: record.challenges,
    convictions: record.convictions,
    arenas_settled: record.arenasSettled,
    budget: emission?.budget ?? "0",
    authors: emission?.authors ?? "0",
    scorers: emission?.scorers ?? "0",
    sponsors: emission?.sponsors ?? "0",
    validators: emission?.validators ?? "0",
    pool: emission?.pool ?? "0",
    minted: emission?.minted ?? "0",
    params: record.params === undefined ? null : JSON.stringify(Params.toJSON(record.params)),
  };
  const epoch = count(record.epoch);
  const { numUpdatedRows } = await db
    .updateTable("epoch")
    .set(ended)
    .where("epoch", "=", epoch)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    // The index began in the midst of it.
    const begun = {
      epoch,
      start_height: count(record.startHeight),
      arenas: 0,
      scorers_frozen: record.scorersFrozen,
      slots: record.slots,
      ...ended,
    };
    await insertMany(db, "epoch", [begun]);
  }
  if (record.void) return;
  const results = arenaResults(block, record.epoch);
  const slots = slotsOf(block, record.epoch, BigInt(record.slots));
  await writeResults(block, results, db);
  await writeModels(block, results, db);
  await judgeSlots(epoch, slots, db);
  await writeParticipants({ epoch, record, results, slots }, db);
}

async function writeResults(
  block: DecodedBlock,
  results: readonly ArenaEpoch[],
  db: Transaction<Database>,
): Promise<void> {
  await insertMany(
    db,
    "arena_epoch",
    results.map((result) => ({
      epoch: count(result.epoch),
      arena: count(result.arena),
      settled: Number(result.settled),
      reason: cleanText(result.reason, REASON_LENGTH),
      weight: result.weight,
      weight_sum: count(result.weightSum),
      sponsors_frozen: result.sponsorsFrozen,
      sponsors_counted: result.sponsorsCounted,
      models: JSON.stringify(result.models.map(hex)),
      called: hex(result.called),
      opponents: JSON.stringify(opponentsOf(block, result)),
      called_next: hex(result.calledNext),
      step_accepted: result.stepAccepted,
      authors_pot: result.authorsPot,
      funded_pot: result.fundedPot,
      scorers_pot: result.scorersPot,
      sponsors_pot: result.sponsorsPot,
      divisor: count(result.divisor),
      funded_divisor: count(result.fundedDivisor),
    })),
  );
  await insertMany(
    db,
    "step_pay",
    results.flatMap(({ epoch, arena, steps }) =>
      steps.map(({ step, model, author, gain, age, decayed, emission, funded }) => ({
        epoch: count(epoch),
        arena: count(arena),
        step,
        model: hex(model),
        author,
        gain: count(gain),
        age: count(age),
        decayed: count(decayed),
        emission,
        funded,
      })),
    ),
  );
  await insertMany(
    db,
    "participant_pay",
    results.flatMap((result) => [
      ...result.scorers.map((paid) => participantRow(result, "scorer", paid)),
      ...result.sponsors.map((paid) => participantRow(result, "sponsor", paid)),
    ]),
  );
}

/** The models a called contender was compared with: those of the last steps at the freeze, newest first. */
function opponentsOf(block: DecodedBlock, { arena, epoch, called }: ArenaEpoch): string[] {
  if (called.length === 0) return [];
  return ladderBefore(block, arena, epoch)
    .slice(-MAX_RIVALS)
    .map(({ model }) => hex(model))
    .reverse();
}

function participantRow(
  { epoch, arena }: ArenaEpoch,
  role: "scorer" | "sponsor",
  { address, done, assigned, pay }: ParticipantPay,
): PoiTables["participant_pay"] {
  return { epoch: count(epoch), arena: count(arena), role, address, done, assigned, pay };
}

async function writeModels(
  block: DecodedBlock,
  results: readonly ArenaEpoch[],
  db: Transaction<Database>,
): Promise<void> {
  const measured = results
    .filter(({ settled }) => settled)
    .flatMap(({ epoch, models }) => models.map((model) => modelResult(block, epoch, model) ?? []))
    .flat();
  await insertMany(
    db,
    "model_epoch",
    measured.map((result) => ({
      epoch: count(result.epoch),
      model: hex(result.model),
      arena: count(result.arena),
      accuracy: result.accuracy,
      smoothed: result.smoothed,
      items: result.items,
      called: Number(result.called),
      step_accepted: result.stepAccepted,
      screening: result.screening === undefined ? null : JSON.stringify(comparisonJson(result.screening)),
      trials: JSON.stringify(result.trials.map(comparisonJson)),
    })),
  );
  await insertMany(
    db,
    "model_sponsor",
    measured.flatMap(({ epoch, model, arena, sponsors }) =>
      sponsors.map(({ sponsor, correct, items }) => ({
        epoch: count(epoch),
        model: hex(model),
        sponsor,
        arena: count(arena),
        correct,
        items,
      })),
    ),
  );
}

/** Writes which slots counted, and why the others did not: one statement for each reason. */
async function judgeSlots(epoch: number, slots: readonly Slot[], db: Transaction<Database>): Promise<void> {
  const groups = Map.groupBy(slots, ({ counted, voidReason }) => (counted ? "" : voidReason));
  for (const [reason, group] of groups) {
    await db
      .updateTable("slot")
      .set({ counted: group[0]?.counted ? 1 : 0, void_reason: cleanText(reason, REASON_LENGTH) })
      .where("epoch", "=", epoch)
      .where(
        "slot",
        "in",
        group.map(({ id }) => count(id)),
      )
      .execute();
  }
}
