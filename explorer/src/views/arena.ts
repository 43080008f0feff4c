import {
  AnswerKind,
  TensorType,
  type ArenaSpec,
  type Contender,
  type Counts,
  type Step,
} from "@assay/client/generated/assay/poi/v1/arena";
import type { ArenaEpoch } from "@assay/client/generated/assay/poi/v1/epoch";
import { ModelStatus, type Model } from "@assay/client/generated/assay/poi/v1/model";
import { sumKept, type Trial } from "@assay/client/protocol/ladder";
import { D, interval } from "@assay/client/protocol/score";
import { addressBytes } from "@assay/client/address";
import { hex } from "../hex.ts";
import { bits, count, fraction, sumAmounts } from "../numbers.ts";
import type { ArenaReading, Reading } from "../reader.ts";
import { cleanText } from "../text.ts";
import type {
  ArenaEpochView,
  ArenaView,
  ComparisonView,
  ContentionView,
  HistoryView,
  ModelState,
  ModelView,
  StepView,
} from "../wire.ts";

/** Display names by model id in hex. */
export type ModelNames = ReadonlyMap<string, string>;

export function modelNames(arenas: readonly ArenaReading[]): ModelNames {
  const models = arenas.flatMap(({ models }) => models);
  return new Map(models.map(({ id, name }) => [hex(id), cleanText(name, 64)]));
}

/** The model's name, or the beginning of its id when it has none that can be shown. */
export function nameOf(names: ModelNames, id: Uint8Array): string {
  return names.get(hex(id)) || hex(id).slice(0, 8);
}

export function viewArena(reading: ArenaReading, names: ModelNames, epochs: Reading["epochs"]): ArenaView {
  const { arena, steps, models, contenders } = reading;
  const results = [...epochs.values()].flatMap(({ arenas }) =>
    arenas.filter((result) => result.arena === arena.id),
  );
  const lastSettled = results.findLast(({ settled }) => settled);
  const earned = earnings(results);
  const standing = new Map(contenders.map((contender) => [hex(contender.model), contender]));
  const called = arena.called.length === 0 ? null : hex(arena.called);
  return {
    id: count(arena.id),
    name: cleanText(arena.spec?.name ?? "", 32) || `arena ${arena.id}`,
    description: cleanText(arena.spec?.description ?? "", 280),
    preprocessing: cleanText(arena.spec?.preprocessing ?? "", 64),
    input: inputText(arena.spec),
    answer: answerText(arena.spec),
    weight: arena.weight,
    settledEpochs: count(arena.settledEpochs),
    top: hex(arena.top),
    called,
    steps: steps.map((step) => viewStep(step, names, lastSettled)),
    models: models
      .map((model) =>
        viewModel(
          model,
          called,
          standing.get(hex(model.id)),
          names,
          arena.top,
          earned.get(hex(model.id)) ?? "0",
        ),
      )
      .sort(byStanding),
    last: viewArenaEpoch(results.at(-1)),
  };
}

function inputText(spec: ArenaSpec | undefined): string {
  const type =
    Object.entries(TensorType)
      .find(([, value]) => value === spec?.inputType)?.[0]
      .toLowerCase() ?? "";
  return `${type} ${spec?.inputShape.join("×") ?? ""}`.trim();
}

function answerText(spec: ArenaSpec | undefined): string {
  if (spec?.answer === AnswerKind.SCALAR) return `a number, correct within ${spec.tolerance}`;
  return `one of ${spec?.labels.length ?? 0} classes`;
}

function viewArenaEpoch(result: ArenaEpoch | undefined): ArenaEpochView | null {
  if (result === undefined) return null;
  const { epoch, settled, reason, sponsorsFrozen, sponsorsCounted } = result;
  return { epoch: count(epoch), settled, reason: cleanText(reason, 160), sponsorsFrozen, sponsorsCounted };
}

/** What each model's step earned in these epochs, by model id in hex. */
function earnings(results: readonly ArenaEpoch[]): Map<string, string> {
  const earned = new Map<string, string>();
  for (const { model, emission, funded } of results.flatMap(({ steps }) => steps)) {
    earned.set(hex(model), sumAmounts([earned.get(hex(model)) ?? "0", emission, funded]));
  }
  return earned;
}

function viewStep(step: Step, names: ModelNames, lastSettled: ArenaEpoch | undefined): StepView {
  const pay = lastSettled?.steps.find((paid) => paid.step === step.index);
  return {
    index: step.index,
    model: hex(step.model),
    modelName: nameOf(names, step.model),
    epoch: count(step.epoch),
    gainBits: bits(step.gain),
    lastPay: pay === undefined ? "0" : sumAmounts([pay.emission, pay.funded]),
    comparisons: step.comparisons.map(({ opponent, b, c, n }) => ({
      opponentName: nameOf(names, opponent),
      b,
      c,
      n,
    })),
  };
}

const STATES: ReadonlyMap<ModelStatus, ModelState> = new Map([
  [ModelStatus.CONTENDER, "contender"],
  [ModelStatus.TOP, "top"],
  [ModelStatus.ARCHIVED, "archived"],
  [ModelStatus.EVICTED, "evicted"],
  [ModelStatus.WITHDRAWN, "withdrawn"],
]);

function viewModel(
  model: Model,
  called: string | null,
  contender: Contender | undefined,
  names: ModelNames,
  top: Uint8Array,
  earned: string,
): ModelView {
  const id = hex(model.id);
  return {
    id,
    name: nameOf(names, model.id),
    author: model.author,
    licence: cleanText(model.terms?.licence ?? "", 128),
    state: id === called ? "called" : (STATES.get(model.status) ?? "unknown"),
    score: model.scoredEpochs > 0n ? fraction(model.smoothed) : null,
    mean: meanOf(model),
    items: count(model.scoredItems),
    epochs: count(model.scoredEpochs),
    cost: count(model.macs + model.elements),
    fileBytes: model.fileBytes,
    registeredHeight: count(model.registeredHeight),
    step: model.stepMark > 0 ? model.stepMark - 1 : null,
    contention: contender === undefined ? null : viewContention(contender, names, top),
    earned,
  };
}

function meanOf({ accuracySum, scoredEpochs, scoredItems }: Model): ModelView["mean"] {
  if (scoredEpochs === 0n) return null;
  const accuracy = Number(accuracySum) / Number(scoredEpochs) / Number(D);
  return { accuracy, ...interval(accuracy, count(scoredItems)) };
}

/** A contender's kept sums, as the ladder uses them. Sponsors it has no counts of yet take part with zeros. */
function viewContention(contender: Contender, names: ModelNames, top: Uint8Array): ContentionView {
  const kept = (opponent: Uint8Array, counts: readonly Counts[]): ComparisonView => {
    const trials = contender.sponsors.map((sponsor) => ({
      sponsor: addressBytes(sponsor),
      trial: trialOf(counts.find((entry) => entry.sponsor === sponsor)),
    }));
    const { b, c, n } = sumKept(trials);
    return { opponentName: nameOf(names, opponent), b: Number(b), c: Number(c), n: Number(n) };
  };
  return {
    screening: kept(top, contender.screening),
    trials: contender.trials.map(({ opponent, counts }) => kept(opponent, counts)),
    calls: contender.calls,
  };
}

function trialOf(counts: Counts | undefined): Trial {
  const { b, c, n, wrongOld, wrongNew } = counts ?? { b: 0, c: 0, n: 0, wrongOld: 0, wrongNew: 0 };
  return { b: BigInt(b), c: BigInt(c), n: BigInt(n), wrongOld: BigInt(wrongOld), wrongNew: BigInt(wrongNew) };
}

const ORDER: readonly ModelState[] = [
  "top",
  "called",
  "contender",
  "archived",
  "evicted",
  "withdrawn",
  "unknown",
];

/** The top first, then the called one, then by score. */
function byStanding(a: ModelView, b: ModelView): number {
  return (
    ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
    (b.score ?? -1) - (a.score ?? -1) ||
    (a.id < b.id ? -1 : 1)
  );
}

export function viewHistory(
  { arena, models }: ArenaReading,
  modelEpochs: Reading["modelEpochs"],
): HistoryView {
  const measured = models
    .map((model) => ({ model: hex(model.id), results: modelEpochs.get(hex(model.id)) ?? [] }))
    .filter(({ results }) => results.length > 0);
  const epochs = [
    ...new Set(measured.flatMap(({ results }) => results.map(({ epoch }) => count(epoch)))),
  ].sort((a, b) => a - b);
  const series = measured.map(({ model, results }) => {
    const byEpoch = new Map(results.map(({ epoch, accuracy }) => [count(epoch), accuracy]));
    return { model, accuracy: epochs.map((epoch) => byEpoch.get(epoch) ?? null) };
  });
  return { arena: count(arena.id), epochs, series };
}
