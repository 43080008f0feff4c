/** From what the node and the index say to what the api answers. Pure. */
import { strength } from "@assay/client/protocol/pay";
import { D, interval } from "@assay/client/protocol/score";
import type {
  ArenaSummary,
  Comparison,
  Contention,
  LadderRules,
  LadderStep,
  Measured,
  ModelRef,
  ModelState,
  ModelSummary,
  Tread,
} from "../../../wire/poi-models.ts";
import type { ComparisonJson } from "../values.ts";
import type { ArenaFact, ArenaInner, ContenderFact, ModelFact, StepFact } from "./reads.ts";

const MILLION = Number(D);

/** Arenas and models by their ids. */
export class Book {
  readonly arenas: ReadonlyMap<number, ArenaFact>;
  readonly models: ReadonlyMap<string, ModelFact>;

  constructor(arenas: readonly ArenaFact[], models: readonly ModelFact[]) {
    this.arenas = new Map(arenas.map((arena) => [arena.id, arena]));
    this.models = new Map(models.map((model) => [model.id, model]));
  }

  modelsOf(arena: number): ModelFact[] {
    return [...this.models.values()].filter((model) => model.arena === arena);
  }

  childrenOf(model: string): ModelFact[] {
    return [...this.models.values()].filter(({ parents }) => parents.includes(model));
  }

  ref(id: string): ModelRef {
    return { id, name: this.models.get(id)?.name ?? "" };
  }

  /** Null for an empty id. */
  refOrNull(id: string): ModelRef | null {
    return id === "" ? null : this.ref(id);
  }

  arenaRef(id: number): { id: number; name: string } {
    return { id, name: this.arenas.get(id)?.name ?? `arena ${id}` };
  }

  stateOf({ id, arena, state }: ModelFact): ModelState {
    return this.arenas.get(arena)?.called === id ? "called" : state;
  }

  authorOf(id: string): string {
    return this.models.get(id)?.author ?? "";
  }
}

/** An accuracy with its 95 % interval; parts per million. */
export function measuredOf(accuracy: number, items: number): Measured {
  const { low, high } = interval(accuracy / MILLION, items);
  return { accuracy, low: Math.round(low * MILLION), high: Math.round(high * MILLION), items };
}

/** The mean accuracy of all epochs; null before the first. */
export function meanOf({ accuracySum, scoredEpochs, scoredItems }: ModelFact): Measured | null {
  return scoredEpochs === 0 ? null : measuredOf(Math.round(accuracySum / scoredEpochs), scoredItems);
}

/** The error of the leading model over time: it changes only with a step. */
export function treadsOf(ladder: readonly StepFact[], book: Book): Tread[] {
  return ladder.map(({ epoch, model }) => ({ epoch, model: book.ref(model), error: errorOf(model, book) }));
}

/** Mean error of a model, null when it was not measured yet. */
export function errorOf(model: string, book: Book): number | null {
  const fact = book.models.get(model);
  const mean = fact === undefined ? null : meanOf(fact);
  return mean === null ? null : MILLION - mean.accuracy;
}

export function viewArena(arena: ArenaFact, inner: ArenaInner, book: Book): ArenaSummary {
  const withMean = (id: string): ArenaSummary["top"] => {
    const fact = book.models.get(id);
    return { ...book.ref(id), mean: fact === undefined ? null : meanOf(fact) };
  };
  const { id, name, description, task, weight, steps, settledEpochs, potPerEpoch } = arena;
  const reference = inner.ladder.find(({ index }) => index === 0)?.model ?? arena.top;
  return {
    id,
    name,
    description,
    task,
    weight,
    weightSum: [...book.arenas.values()].reduce((sum, other) => sum + other.weight, 0),
    steps,
    settledEpochs,
    top: withMean(arena.top),
    reference: withMean(reference),
    called: book.refOrNull(arena.called),
    models: book.modelsOf(id).length,
    sponsors: inner.sponsors.filter(({ approved, bonded }) => approved && bonded).length,
    pot: inner.pot,
    potPerEpoch,
    stairs: treadsOf(inner.ladder, book),
  };
}

/** The newest pay of each step of an arena, by index. */
export type LastPays = ReadonlyMap<number, NonNullable<LadderStep["lastPay"]>>;

export function viewStep(
  step: StepFact,
  settledEpochs: number,
  rules: LadderRules,
  lastPays: LastPays,
  book: Book,
): LadderStep {
  const age = Math.max(0, settledEpochs - step.settledEpoch);
  return {
    index: step.index,
    model: book.ref(step.model),
    author: book.authorOf(step.model),
    epoch: step.epoch,
    gain: step.gain,
    age,
    weighted: step.weighted,
    strength: Number(strength(BigInt(step.gain), BigInt(age), BigInt(rules.halfLife))),
    comparisons: step.comparisons.map((comparison) => viewComparison(comparison, book)),
    lastPay: lastPays.get(step.index) ?? null,
  };
}

export function viewComparison({ opponent, ...counts }: ComparisonJson, book: Book): Comparison {
  return { ...counts, opponent: book.ref(opponent) };
}

export function viewContender(contender: ContenderFact, book: Book): Contention {
  const { model, called, calls, seq, reservationHeight, firstEpoch, usableSponsors, bySponsor } = contender;
  return {
    model: book.ref(model),
    author: book.authorOf(model),
    called,
    calls,
    reservation: { seq, height: reservationHeight },
    firstEpoch,
    usableSponsors,
    screening: viewComparison(contender.screening, book),
    trials: contender.trials.map((trial) => viewComparison(trial, book)),
    bySponsor,
  };
}

export function viewModel(model: ModelFact, book: Book): ModelSummary {
  const measured = model.scoredEpochs > 0;
  return {
    id: model.id,
    name: model.name,
    arena: book.arenaRef(model.arena),
    author: model.author,
    licence: model.licence,
    state: book.stateOf(model),
    step: model.stepMark === 0 ? null : model.stepMark - 1,
    accuracy: measured ? model.accuracy : null,
    smoothed: measured ? model.smoothed : null,
    mean: meanOf(model),
    epochs: model.scoredEpochs,
    cost: model.macs + model.elements,
    fileBytes: model.fileBytes,
    hasFile: model.hasFile,
    registeredHeight: model.registeredHeight,
    inferFee: model.inferFee,
    royaltyBps: model.royaltyBps,
  };
}
