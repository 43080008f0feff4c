import { sql, type Kysely } from "kysely";
import { auditItems } from "@assay/client/protocol/draw";
import { auditSeed } from "@assay/client/protocol/hash";
import { correctItems, TAG_SIZE } from "@assay/client/protocol/rows";
import type { Row, RowItem, SlotDetail, SlotInputs, SlotModel } from "../../../wire/poi-epochs.ts";
import type { Task } from "../../../wire/poi-models.ts";
import type { Database } from "../../db/schema.ts";
import { hex } from "../../hex.ts";
import { HttpError, notFound } from "../../http/errors.ts";
import { encodeCursor } from "../../http/page.ts";
import type { ApiContext } from "../../http/route.ts";
import { bytes } from "../values.ts";
import { readCompared, readEpoch, readParams, readPhase, selectConvictions } from "./epoch.ts";
import { askNames, type Names } from "./reads.ts";
import {
  answerAt,
  formatOf,
  itemBytesOf,
  stateOf,
  viewChallenge,
  viewConviction,
  viewSlot,
  type ChallengeRow,
  type ConvictionRow,
  type EpochRow,
  type SlotRow,
} from "./views.ts";

type Db = Kysely<Database>;

/** Everything that is known of a slot but its items. */
interface Loaded {
  epoch: EpochRow;
  slot: SlotRow;
  names: Names;
  task: Task;
  labels: { labels: Uint8Array; salt: string } | undefined;
  /** Items that the chain runs again of a model's row; undefined before their draw. */
  audited: ((model: string) => readonly number[]) | undefined;
  /** Models of which the chain runs every item. */
  compared: ReadonlySet<string>;
  challenges: ChallengeRow[];
  conviction: ConvictionRow | undefined;
  batchItems: number;
  challengeBond: string;
}

async function load(context: ApiContext, epochNumber: number, slotNumber: number): Promise<Loaded> {
  const { db, node } = context;
  const epoch = await readEpoch(db, epochNumber);
  const slot = await readSlot(db, epochNumber, slotNumber);
  const names = await askNames(node);
  const task = taskOf(names, slot.arena);
  const params = await readParams(context, epoch);
  const { batchItems, auditRatioBps, challengeBond } = params;
  const [labels, salts, phase, compared, challenges, conviction] = await Promise.all([
    db
      .selectFrom("slot_labels")
      .select(["labels", "salt"])
      .where("epoch", "=", epochNumber)
      .where("slot", "=", slotNumber)
      .executeTakeFirst(),
    db
      .selectFrom("slot_labels")
      .innerJoin("slot", (join) =>
        join.onRef("slot.epoch", "=", "slot_labels.epoch").onRef("slot.slot", "=", "slot_labels.slot"),
      )
      .select("slot_labels.salt")
      .where("slot.epoch", "=", epochNumber)
      .where("slot.arena", "=", slot.arena)
      .execute(),
    db
      .selectFrom("phase")
      .select("phase")
      .where("epoch", "=", epochNumber)
      .where("phase", "=", "CHALLENGE")
      .executeTakeFirst(),
    readCompared(context, epoch, slot.arena),
    db
      .selectFrom("challenge")
      .selectAll()
      .where("epoch", "=", epochNumber)
      .where("slot", "=", slotNumber)
      .orderBy("seq")
      .execute(),
    selectConvictions(db)
      .where("conviction.epoch", "=", epochNumber)
      .where("conviction.scorer", "=", slot.scorer)
      .where("conviction.slot", "=", slotNumber)
      .executeTakeFirst(),
  ]);
  let audited: Loaded["audited"];
  if (phase !== undefined && epoch.randomness !== null) {
    const opened = salts.map(({ salt }) => bytes(salt));
    const seed = auditSeed(bytes(epoch.randomness), BigInt(epochNumber), BigInt(slot.arena), opened);
    audited = (model) => auditItems(seed, BigInt(slotNumber), bytes(model), batchItems, auditRatioBps);
  }
  return {
    epoch,
    slot,
    names,
    task,
    labels,
    audited,
    compared: labels === undefined ? new Set() : compared,
    challenges,
    conviction,
    batchItems,
    challengeBond,
  };
}

async function readSlot(db: Db, epoch: number, slot: number): Promise<SlotRow> {
  const row = await db
    .selectFrom("slot")
    .selectAll()
    .where("epoch", "=", epoch)
    .where("slot", "=", slot)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`Epoch ${epoch} has no slot ${slot}.`);
  return row;
}

/** What an arena's answers mean. Arenas never go away, so that only a node that never answered can lack one. */
function taskOf({ book }: Names, arena: number): Task {
  const fact = book.arenas.get(arena);
  if (fact === undefined)
    throw new HttpError(503, `The chain's node has not told yet what arena ${arena} is; try again.`, {
      "Retry-After": "30",
    });
  return fact.task;
}

export async function slotDetail(context: ApiContext, epoch: number, slot: number): Promise<SlotDetail> {
  const { db } = context;
  const loaded = await load(context, epoch, slot);
  const { names, labels } = loaded;
  const rows = await db
    .selectFrom("slot_row")
    .select(["model", "answers"])
    .where("epoch", "=", epoch)
    .where("slot", "=", slot)
    .orderBy("model")
    .execute();
  const inputs = await db
    .selectFrom("slot_inputs")
    .select(["labels_hash", sql<number>`length(inputs)`.as("size")])
    .where("epoch", "=", epoch)
    .where("slot", "=", slot)
    .executeTakeFirst();
  const { inputs_height, inputs_tx, rows_height, rows_tx, labels_height, labels_tx } = loaded.slot;
  const post = (height: number | null, tx: string | null) =>
    height === null || tx === null ? null : { height, tx };
  const input = post(inputs_height, inputs_tx);
  const label = post(labels_height, labels_tx);
  return {
    ...viewSlot(loaded.slot, names),
    epochState: stateOf(loaded.epoch),
    phase: await readPhase(db, loaded.epoch),
    task: loaded.task,
    items: loaded.batchItems,
    inputs:
      input === null || inputs === undefined
        ? null
        : { ...input, bytes: inputs.size, labelsHash: inputs.labels_hash },
    rows: post(rows_height, rows_tx),
    labels: label === null || labels === undefined ? null : { ...label, salt: labels.salt },
    models: rows.map(({ model, answers }) => viewModel(model, answers, loaded)),
    challengeList: loaded.challenges.map((challenge) => viewChallenge(challenge, names)),
    conviction: loaded.conviction === undefined ? null : viewConviction(loaded.conviction, names),
  };
}

function viewModel(model: string, answers: Uint8Array, loaded: Loaded): SlotModel {
  const { names, task, labels, audited, compared, challenges, conviction } = loaded;
  const right = labels && correctItems(formatOf(task), labels.labels, answers);
  return {
    model: names.book.ref(model),
    correct: right === undefined ? null : right.filter(Boolean).length,
    audited: audited === undefined ? null : compared.has(model) ? loaded.batchItems : audited(model).length,
    compared: compared.has(model),
    challenges: challenges.filter((challenge) => challenge.model === model).length,
    convictedItem: conviction?.model === model ? conviction.item : null,
  };
}

export async function rowOf(
  context: ApiContext,
  { epoch, slot, model }: { epoch: number; slot: number; model: string },
  { from, limit }: { from: number; limit: number },
): Promise<Row> {
  const { db } = context;
  const loaded = await load(context, epoch, slot);
  const rows = await db
    .selectFrom("slot_row")
    .select(["model", "answers", "tags"])
    .where("epoch", "=", epoch)
    .where("slot", "=", slot)
    .orderBy("model")
    .execute();
  const row = rows.find((other) => other.model === model);
  if (row === undefined) throw notFound(`Slot ${slot} of epoch ${epoch} has no row of this model.`);
  const { names, task, labels } = loaded;
  const right = labels && correctItems(formatOf(task), labels.labels, row.answers);
  const audits = loaded.compared.has(model) ? "all" : loaded.audited && new Set(loaded.audited(model));
  const conviction = loaded.conviction?.model === model ? loaded.conviction : undefined;
  const total = row.tags.length / TAG_SIZE;
  const end = Math.min(total, from + limit);
  const items = Array.from({ length: Math.max(0, end - from) }, (_, index): RowItem => {
    const item = from + index;
    const challenge = loaded.challenges.find((other) => other.model === model && other.item === item);
    return {
      item,
      answer: answerAt(row.answers, item, task.answer),
      tag: hex(row.tags.subarray(item * TAG_SIZE, (item + 1) * TAG_SIZE)),
      label: labels === undefined ? null : answerAt(labels.labels, item, task.answer),
      correct: right?.[item] ?? null,
      audited: audits === undefined ? null : audits === "all" || audits.has(item),
      challenge: challenge === undefined ? null : viewChallenge(challenge, names),
      expected: conviction?.item === item ? viewConviction(conviction, names).expected : null,
    };
  });
  return {
    items,
    next: end < total ? encodeCursor([end]) : null,
    slot: viewSlot(loaded.slot, names),
    model: names.book.ref(model),
    task,
    epochState: stateOf(loaded.epoch),
    phase: await readPhase(db, loaded.epoch),
    challengeBond: loaded.challengeBond,
    total,
    correct: right === undefined ? null : right.filter(Boolean).length,
    models: rows.map((other) => names.book.ref(other.model)),
  };
}

export async function slotInputs({ db, node }: ApiContext, epoch: number, slot: number): Promise<SlotInputs> {
  const { arena } = await readSlot(db, epoch, slot);
  const row = await db
    .selectFrom("slot_inputs")
    .select("inputs")
    .where("epoch", "=", epoch)
    .where("slot", "=", slot)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`The sponsor has not opened the items of slot ${slot}.`);
  const task = taskOf(await askNames(node), arena);
  const itemBytes = itemBytesOf(task);
  return {
    epoch,
    slot,
    items: row.inputs.length / itemBytes,
    itemBytes,
    ...task.input,
    data: Buffer.from(row.inputs).toString("base64"),
  };
}
