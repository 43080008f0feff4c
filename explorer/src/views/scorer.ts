import type { Step } from "@assay/client/generated/assay/poi/v1/arena";
import type { ArenaEpoch, Conviction, Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Scorer } from "@assay/client/generated/assay/poi/v1/participant";
import { auditCount } from "@assay/client/protocol/draw";
import { MAX_RIVALS } from "@assay/client/protocol/ladder";
import { hex } from "../hex.ts";
import { count } from "../numbers.ts";
import type { EpochReading, Reading } from "../reader.ts";
import { cleanText } from "../text.ts";
import type { ConvictionView, ScorerView } from "../wire.ts";
import { nameOf, type ModelNames } from "./arena.ts";

export function viewScorers(reading: Reading): ScorerView[] {
  const passed = auditsPassed(reading);
  const epoch = reading.clock.clock.epoch;
  return reading.scorers.map((scorer) => ({
    operator: scorer.operator,
    moniker: monikerOf(reading, scorer.operator),
    ...stateOf(scorer, epoch),
    rowsStood: count(scorer.rowsStood),
    rowsAssigned: count(scorer.rowsAssigned),
    auditsPassed: passed.get(scorer.operator) ?? 0,
    misses: scorer.misses.map(count),
    convictions: reading.convictions.filter((conviction) => conviction.scorer === scorer.operator).length,
  }));
}

function monikerOf({ monikers }: Reading, operator: string): string {
  return cleanText(monikers.get(operator) ?? "", 40);
}

function stateOf(
  { bonded, inactiveUntil, jailedUntil }: Scorer,
  epoch: bigint,
): Pick<ScorerView, "state" | "until"> {
  if (!bonded) return { state: "unbonded", until: null };
  if (jailedUntil > epoch) return { state: "jailed", until: count(jailedUntil) };
  if (inactiveUntil > epoch) return { state: "inactive", until: count(inactiveUntil) };
  return { state: "active", until: null };
}

/**
 * Answers that the chain re-ran and that were right, by scorer. Follows from the protocol: of every row of a slot
 * that has inputs, the drawn share, and everything where a called contender is compared. The rows of a convicted
 * scorer's epoch are left out: the chain stops at the first wrong answer.
 */
function auditsPassed({ epochs, arenas }: Reading): Map<string, number> {
  const steps = new Map(arenas.map(({ arena, steps }) => [arena.id, steps]));
  const passed = new Map<string, number>();
  for (const epoch of epochs.values()) {
    const results = new Map(epoch.arenas.map((result) => [result.arena, result]));
    for (const slot of epoch.slots) {
      const result = results.get(slot.arena);
      if (result === undefined || slot.voidReason === CONVICTED || !slot.rowsPosted) continue;
      const items = auditedItems(slot, result, epoch, steps.get(slot.arena) ?? []);
      passed.set(slot.scorer, (passed.get(slot.scorer) ?? 0) + items);
    }
  }
  return passed;
}

/** The chain's word for it. */
const CONVICTED = "scorer convicted";

function auditedItems(
  slot: Slot,
  result: ArenaEpoch,
  { record }: EpochReading,
  steps: readonly Step[],
): number {
  const items = record.params?.batchItems ?? 0;
  const drawn = auditCount(items, record.params?.auditRatioBps ?? 0);
  const compared = slot.labels.length > 0 ? comparedModels(result, steps) : new Set<string>();
  return result.models.reduce((sum, model) => sum + (compared.has(hex(model)) ? items : drawn), 0);
}

/** The called contender and the models of the last steps at the freeze; empty when none was called. */
function comparedModels({ called, epoch }: ArenaEpoch, steps: readonly Step[]): Set<string> {
  if (called.length === 0) return new Set();
  const taken = steps.filter((step) => step.index === 0 || step.epoch < epoch);
  return new Set([called, ...taken.slice(-MAX_RIVALS).map(({ model }) => model)].map(hex));
}

export function viewConviction(conviction: Conviction, reading: Reading, names: ModelNames): ConvictionView {
  return {
    epoch: count(conviction.epoch),
    height: count(conviction.height),
    scorer: conviction.scorer,
    moniker: monikerOf(reading, conviction.scorer),
    model: hex(conviction.model),
    modelName: nameOf(names, conviction.model),
    slot: count(conviction.slot),
    item: conviction.item,
    slashed: conviction.slashed,
    reward: conviction.reward,
    challenger: conviction.challenger === "" ? null : conviction.challenger,
    jailed: conviction.jailed,
    expected: { answer: hex(conviction.expectedAnswer), tag: hex(conviction.expectedTag) },
    recorded: { answer: hex(conviction.recordedAnswer), tag: hex(conviction.recordedTag) },
  };
}
