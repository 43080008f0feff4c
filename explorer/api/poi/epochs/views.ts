/** From rows of the index to what the api answers. Pure. */
import type { Selectable } from "kysely";
import { KIND, type Format } from "@assay/client/protocol/rows";
import type {
  Answer,
  Challenge,
  Conviction,
  EpochSummary,
  Miss,
  ScorerRef,
  SlotState,
  SlotSummary,
} from "../../../wire/poi-epochs.ts";
import type { Task } from "../../../wire/poi-models.ts";
import type { PoiTables } from "../tables.ts";
import type { Names } from "./reads.ts";

export type EpochRow = Selectable<PoiTables["epoch"]>;
export type SlotRow = Selectable<PoiTables["slot"]>;
export type ChallengeRow = Selectable<PoiTables["challenge"]>;
export type ConvictionRow = Selectable<PoiTables["conviction"]> & { arena: number | null };
export type MissRow = Selectable<PoiTables["miss"]>;

/** @param sofar counts of the running epoch, which its record will tell when it has ended. */
export function viewEpoch(row: EpochRow, sofar: { challenges: number; convictions: number }): EpochSummary {
  return {
    epoch: row.epoch,
    state: stateOf(row),
    startHeight: row.start_height,
    startTime: row.start_time,
    endHeight: row.end_height,
    endTime: row.end_time,
    scorersFrozen: row.scorers_frozen,
    scorersRevealed: row.scorers_revealed,
    slots: row.slots,
    slotsCounted: row.slots_counted,
    auditedItems: row.audited_items,
    challenges: row.challenges ?? sofar.challenges,
    convictions: row.convictions ?? sofar.convictions,
    arenasSettled: row.arenas_settled,
    minted: row.minted,
  };
}

export function stateOf(row: Pick<EpochRow, "end_height" | "void">): EpochSummary["state"] {
  if (row.end_height === null) return "running";
  return row.void === 1 ? "void" : "settled";
}

export function viewScorerRef(operator: string, { monikerOf }: Names): ScorerRef {
  return { address: operator, moniker: monikerOf(operator) };
}

export function viewSlot(row: SlotRow, names: Names): SlotSummary {
  return {
    epoch: row.epoch,
    slot: row.slot,
    arena: names.book.arenaRef(row.arena),
    sponsor: row.sponsor,
    batch: row.batch,
    commitment: row.commitment,
    scorer: viewScorerRef(row.scorer, names),
    state: slotStateOf(row),
    voidReason: row.void_reason,
    inputsHeight: row.inputs_height,
    rowsHeight: row.rows_height,
    labelsHeight: row.labels_height,
  };
}

function slotStateOf(row: SlotRow): SlotState {
  if (row.counted !== null) return row.counted === 1 ? "counted" : "void";
  if (row.labels_height !== null) return "labels";
  if (row.rows_height !== null) return "rows";
  return row.inputs_height === null ? "drawn" : "inputs";
}

export function viewChallenge(row: ChallengeRow, { book }: Names): Challenge {
  return {
    seq: row.seq,
    epoch: row.epoch,
    slot: row.slot,
    model: book.ref(row.model),
    item: row.item,
    challenger: row.challenger,
    height: row.height,
    tx: row.tx,
    outcome: row.outcome,
    resolvedHeight: row.resolved_height,
  };
}

export function viewConviction(row: ConvictionRow, names: Names): Conviction {
  const { book } = names;
  const answer = row.arena === null ? undefined : book.arenas.get(row.arena)?.task.answer;
  return {
    epoch: row.epoch,
    height: row.height,
    scorer: viewScorerRef(row.scorer, names),
    slot: row.slot,
    arena: row.arena === null ? null : book.arenaRef(row.arena),
    model: book.ref(row.model),
    item: row.item,
    recorded: { answer: answerOfHex(row.recorded_answer, answer), tag: row.recorded_tag },
    expected: { answer: answerOfHex(row.expected_answer, answer), tag: row.expected_tag },
    slashed: row.slashed,
    challenger: row.challenger,
    reward: row.reward,
    jailed: row.jailed === 1,
  };
}

export function viewMiss(row: MissRow, { book, monikerOf }: Names): Miss {
  return {
    epoch: row.epoch,
    height: row.height,
    role: row.role,
    arena: row.role === "scorer" ? null : book.arenaRef(row.arena),
    address: row.address,
    moniker: row.role === "scorer" ? monikerOf(row.address) : "",
    inactiveUntil: row.inactive_until === 0 ? null : row.inactive_until,
    slashed: row.slashed,
  };
}

/** How answers and labels of an arena are encoded and compared. */
export function formatOf({ answer }: Task): Format {
  return answer.kind === "scalar"
    ? { kind: KIND.scalar, classes: 0, tolerance: BigInt(answer.tolerance) }
    : { kind: KIND.class, classes: answer.labels.length, tolerance: 0n };
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = { uint8: 1, int8: 1, int16: 2 };

/** Bytes of one raw item. */
export function itemBytesOf({ input }: Task): number {
  return input.shape.reduce((product, side) => product * side, ELEMENT_BYTES[input.type] ?? 1);
}

/** The answer of one item in a row, or a label. */
export function answerAt(bytes: Uint8Array, item: number, answer: Task["answer"]): Answer {
  if (answer.kind === "class") {
    const value = bytes[item] ?? 0;
    return { value, text: answer.labels[value] ?? String(value) };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = view.getInt32(4 * item, true);
  return { value, text: String(value) };
}

/** An answer by itself. Without its arena at hand, its length tells its kind. */
function answerOfHex(hex: string, answer: Task["answer"] | undefined): Answer {
  const bytes = Buffer.from(hex, "hex");
  if (bytes.length === 0) return { value: 0, text: "" };
  const kind: Task["answer"] =
    bytes.length === 4
      ? { kind: "scalar", tolerance: 0 }
      : answer?.kind === "class"
        ? answer
        : { kind: "class", labels: [] };
  return answerAt(bytes, 0, kind);
}
