import { z } from "zod";
import { address, amount, hash32, height, hex, id, none, page, pageQuery, stated, time } from "./common.ts";
import { defineRoute } from "./route.ts";

/**
 * Arenas and models. Accuracies are parts per million, gains, strengths and divisors bits of error in Q16 (65,536 is
 * one bit: half of the errors gone), royalties basis points, costs multiply-accumulates and output elements of one run.
 */

const ppm = z.int().min(0).max(1_000_000);
const count = z.int().nonnegative();
const q16 = z.int().meta({ description: "Bits in Q16: 65,536 is one bit." });
const epoch = z.int().nonnegative();

export const modelRef = z.object({
  id: hash32,
  /** Empty when its author gave none. */
  name: z.string(),
});
export const arenaRef = z.object({ id: count, name: z.string() });
export const modelState = z.enum([
  "top",
  "called",
  "contender",
  "archived",
  "evicted",
  "withdrawn",
  "unknown",
]);

/** What an accuracy says: the share measured and its Wilson interval at 95 %. */
export const measured = z.object({ accuracy: ppm, low: ppm, high: ppm, items: count });

export const task = z.object({
  input: z.object({ type: z.string(), shape: z.array(count), preprocessing: z.string() }),
  answer: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("class"), labels: z.array(z.string()) }),
    z.object({ kind: z.literal("scalar"), tolerance: count }),
  ]),
});

/** Counts of a contender against another model on the same items: b only it right, c only the other, n all. */
export const counts = z.object({ b: count, c: count, n: count, wrongOld: count, wrongNew: count });
export const comparison = counts.extend({ opponent: modelRef, gain: q16 });

/** The error of the leading model, from the epoch on. */
export const tread = z.object({ epoch, model: modelRef, error: ppm.nullable() });

export const arenaSummary = arenaRef.extend({
  description: z.string(),
  task,
  weight: count,
  weightSum: count,
  steps: count,
  settledEpochs: count,
  /** The model of the top step, with everything it was measured on; null before its first epoch. */
  top: modelRef.extend({ mean: measured.nullable() }),
  reference: modelRef.extend({ mean: measured.nullable() }),
  called: modelRef.nullable(),
  models: count,
  sponsors: count,
  pot: amount,
  potPerEpoch: amount,
  stairs: z.array(tread),
});

export const step = z.object({
  index: count,
  model: modelRef,
  author: z.string(),
  epoch,
  gain: q16,
  /** Settled epochs since it was taken. */
  age: count,
  weighted: z.boolean(),
  /** What is left of the gain at the next settlement. */
  strength: q16,
  comparisons: z.array(comparison),
  /** Of the newest settled epoch that is indexed. */
  lastPay: z.object({ epoch, emission: amount, funded: amount }).nullable(),
});

export const contention = z.object({
  model: modelRef,
  author: z.string(),
  called: z.boolean(),
  /** Epochs in which it was called. */
  calls: count,
  reservation: z.object({ seq: count, height: count }),
  firstEpoch: epoch,
  usableSponsors: count,
  screening: comparison,
  trials: z.array(comparison),
  /** Screening counts of each sponsor, and whether the sum keeps them. */
  bySponsor: z.array(counts.extend({ sponsor: z.string(), kept: z.boolean() })),
});

export const ladderRules = z.object({
  minItems: count,
  z2: count,
  fullGain: q16,
  halfLife: count,
  maxModels: count,
});

export const arenaEpoch = z.object({
  epoch,
  settled: z.boolean(),
  reason: z.string(),
  sponsorsCounted: count,
  sponsorsFrozen: count,
  authorsPot: amount,
  fundedPot: amount,
  paid: amount,
  called: modelRef.nullable(),
  step: count,
});

export const arenaSponsor = z.object({
  address: z.string(),
  approved: z.boolean(),
  bonded: z.boolean(),
  commitments: count,
  batchesCounted: count,
  misses: count,
});

export const arenaState = arenaSummary.extend({
  creator: z.string(),
  curator: z.string(),
  createdHeight: count,
  rules: ladderRules,
  ladder: z.array(step),
  contenders: z.array(contention),
  sponsorList: z.array(arenaSponsor),
});

export const example = z.object({ input: hex, label: z.int().nullable() });

export const modelSummary = modelRef.extend({
  arena: arenaRef,
  author: z.string(),
  licence: z.string(),
  state: modelState,
  /** Index of the step it took, 0 for the reference. */
  step: count.nullable(),
  accuracy: ppm.nullable(),
  smoothed: ppm.nullable(),
  mean: measured.nullable(),
  epochs: count,
  cost: count,
  fileBytes: count,
  hasFile: z.boolean(),
  registeredHeight: count,
  inferFee: amount,
  royaltyBps: count,
});

export const modelService = z.object({
  id: count,
  name: z.string(),
  provider: z.string(),
  status: z.enum(["active", "closed", "convicted", "unknown"]),
  price: amount,
  denom: z.string(),
  promise: ppm.nullable(),
  probes: z
    .object({ epoch, reporters: count, calls: count, answeredBps: count, p50Ms: count, p95Ms: count })
    .nullable(),
});

export const modelDetail = modelSummary.extend({
  card: z.string(),
  macs: count,
  elements: count,
  parents: z.array(modelRef),
  children: z.array(modelRef),
  bonded: z.boolean(),
  services: z.array(modelService),
  contention: contention.nullable(),
  rules: ladderRules,
  ladderStep: step.nullable(),
});

export const modelEpoch = z.object({
  epoch,
  accuracy: ppm,
  low: ppm,
  high: ppm,
  smoothed: ppm,
  items: count,
  called: z.boolean(),
  /** Index of the step it took in this epoch, 0 for none. */
  step: count,
  sponsors: z.array(z.object({ sponsor: z.string(), correct: count, items: count })),
  /** What its step earned, from emission and from the funded pot. */
  emission: amount,
  funded: amount,
});

/** A number on the way to the payout: what the chain recorded, how it follows from those above, whether it does. */
export const whyLine = z.object({
  label: z.string(),
  /** How `value` is to be read. */
  unit: z.enum(["amount", "bits", "count"]),
  value: z.string(),
  formula: z.string(),
  /** Null where the line is a starting point, or cannot be recomputed. */
  agrees: z.boolean().nullable(),
});

const verdict = counts.extend({
  opponent: modelRef,
  square: z.string(),
  threshold: z.string(),
  enoughItems: z.boolean(),
  significant: z.boolean(),
  gain: q16,
});

export const why = z.object({
  epoch,
  arena: arenaRef,
  model: modelRef,
  settled: z.boolean(),
  reason: z.string(),
  sponsorsFrozen: count,
  sponsorsCounted: count,
  called: z.boolean(),
  rules: ladderRules,
  paid: amount,
  emission: amount,
  funded: amount,
  /** From the epoch's emission to the pay, each from the ones before it. */
  lines: z.array(whyLine),
  /** The same for all steps of the ladder: with what was not paid they add up to the pots. */
  steps: z.array(
    z.object({
      index: count,
      model: modelRef,
      author: z.string(),
      gain: q16,
      age: count,
      strength: q16,
      weighted: z.boolean(),
      emission: amount,
      funded: amount,
      own: z.boolean(),
    }),
  ),
  pots: z.object({ emission: amount, funded: amount, unpaidEmission: amount, unpaidFunded: amount }),
  score: z
    .object({
      accuracy: ppm,
      low: ppm,
      high: ppm,
      items: count,
      smoothed: ppm,
      smoothedBefore: ppm.nullable(),
      sponsors: z.array(
        z.object({ sponsor: z.string(), correct: count, items: count, accuracy: ppm, median: z.boolean() }),
      ),
    })
    .nullable(),
  screening: verdict.nullable(),
  trials: z.array(verdict),
  calledNext: modelRef.nullable(),
  stepTaken: z.object({ index: count, gain: q16 }).nullable(),
  /** All numbers that were recomputed, and those that could not be. */
  checks: z.array(
    z.object({ what: z.string(), chain: z.string(), recomputed: z.string(), agrees: z.boolean() }),
  ),
  unchecked: z.array(z.string()),
});

export const lineage = z.object({
  nodes: z.array(
    modelSummary
      .pick({ id: true, name: true, arena: true, author: true, state: true, smoothed: true })
      .extend({
        /** Generations from the model asked for: parents are below zero. */
        generation: z.int(),
        step: count.nullable(),
      }),
  ),
  edges: z.array(z.object({ parent: hash32, child: hash32 })),
  /** There are more relatives than are listed. */
  more: z.boolean(),
});

export const headToHead = z.object({
  /** When and why the chain compared them. */
  kind: z.enum(["step", "trial", "screening"]),
  contender: hash32,
  opponent: hash32,
  epoch: epoch.nullable(),
  b: count,
  c: count,
  n: count,
});

export const compared = modelSummary.extend({
  services: z.array(modelService),
  parents: z.array(modelRef),
  /** Of the newest epoch that measured it. */
  last: modelEpoch.nullable(),
  gain: q16.nullable(),
  history: z.array(z.object({ epoch, accuracy: ppm, smoothed: ppm })),
});

export type Measured = z.output<typeof measured>;
export type ModelRef = z.output<typeof modelRef>;
export type ModelState = z.output<typeof modelState>;
export type Task = z.output<typeof task>;
export type Tread = z.output<typeof tread>;
export type Counts = z.output<typeof counts>;
export type Comparison = z.output<typeof comparison>;
export type ArenaSummary = z.output<typeof arenaSummary>;
export type ArenaState = z.output<typeof arenaState>;
export type ArenaEpochRow = z.output<typeof arenaEpoch>;
export type LadderStep = z.output<typeof step>;
export type LadderRules = z.output<typeof ladderRules>;
export type Contention = z.output<typeof contention>;
export type Example = z.output<typeof example>;
export type ModelSummary = z.output<typeof modelSummary>;
export type ModelService = z.output<typeof modelService>;
export type ModelDetail = z.output<typeof modelDetail>;
export type ModelEpochRow = z.output<typeof modelEpoch>;
export type Why = z.output<typeof why>;
export type WhyLine = z.output<typeof whyLine>;
export type Lineage = z.output<typeof lineage>;
export type HeadToHead = z.output<typeof headToHead>;
export type Compared = z.output<typeof compared>;

const arenaParam = z.object({ arena: id });
const modelParam = z.object({
  model: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, "the id of a model is 64 hexadecimal digits")
    .transform((text) => text.toLowerCase())
    .meta({ description: "sha256 of the model's file, in hex." }),
});
/** At most this many models beside each other. */
export const MAX_COMPARED = 4;

export const getArenas = defineRoute({
  path: "/api/arenas",
  tag: "arenas",
  summary: "All arenas with their leading models",
  params: none,
  query: none,
  answer: stated(z.array(arenaSummary)),
});

export const getArena = defineRoute({
  path: "/api/arenas/{arena}",
  tag: "arenas",
  summary: "An arena: its task, ladder, contenders, sponsors and newest epochs",
  params: arenaParam,
  query: none,
  answer: stated(arenaState).extend({ epochs: z.array(arenaEpoch) }),
});

export const getArenaHistory = defineRoute({
  path: "/api/arenas/{arena}/history",
  tag: "arenas",
  summary: "Accuracies of an arena's models over its newest epochs",
  params: arenaParam,
  query: z.object({ epochs: z.coerce.number().int().min(1).max(1000).default(200) }),
  answer: z.object({
    epochs: z.array(epoch).meta({ description: "Oldest first; series are parallel to it." }),
    series: z.array(
      z.object({
        model: modelRef,
        state: modelState,
        accuracy: z.array(ppm.nullable()),
        mean: ppm.nullable(),
      }),
    ),
    steps: z.array(z.object({ index: count, epoch, model: modelRef, gain: q16, error: ppm.nullable() })),
  }),
});

export const getArenaExamples = defineRoute({
  path: "/api/arenas/{arena}/examples",
  tag: "arenas",
  summary: "A few items that a sponsor opened, with their labels",
  params: arenaParam,
  query: none,
  answer: z.object({
    source: z.object({ epoch, slot: count, sponsor: z.string() }).nullable(),
    task,
    items: z.array(example),
  }),
});

export const getModels = defineRoute({
  path: "/api/models",
  tag: "models",
  summary: "Models, newest first",
  params: none,
  query: pageQuery.extend({
    arena: id.optional(),
    state: modelState.optional(),
    author: address.optional(),
    order: z.enum(["newest", "score"]).default("newest"),
  }),
  answer: page(modelSummary).extend({ height: z.int().nonnegative(), stale: z.boolean(), total: count }),
});

export const getModel = defineRoute({
  path: "/api/models/{model}",
  tag: "models",
  summary: "A model: score, terms, card, place on the ladder, services",
  params: modelParam,
  query: none,
  answer: stated(modelDetail).extend({
    registration: z.object({ height, time, tx: z.string() }).nullable(),
    /** Everything its step earned since the first block that is indexed. */
    earned: z.object({ emission: amount, funded: amount }),
    /** Newest epochs of its arena that have results, newest first: what a "why" can be asked for. */
    lastEpoch: epoch.nullable(),
  }),
});

export const getModelEpochs = defineRoute({
  path: "/api/models/{model}/epochs",
  tag: "models",
  summary: "What each epoch measured of a model and paid for it",
  params: modelParam,
  query: pageQuery,
  answer: page(modelEpoch),
});

export const getWhy = defineRoute({
  path: "/api/models/{model}/epochs/{epoch}",
  tag: "models",
  summary: "Why a model was paid what it was paid in an epoch, recomputed",
  params: modelParam.extend({ epoch: id }),
  query: none,
  answer: why,
});

export const getLineage = defineRoute({
  path: "/api/models/{model}/lineage",
  tag: "models",
  summary: "Ancestors and descendants of a model",
  params: modelParam,
  query: none,
  answer: lineage,
});

export const getCompare = defineRoute({
  path: "/api/compare",
  tag: "models",
  summary: "Models side by side",
  params: none,
  query: z.object({
    models: z
      .string()
      .regex(
        /^[0-9a-fA-F]{64}(,[0-9a-fA-F]{64}){0,3}$/,
        "one to four ids of models, 64 hexadecimal digits each, with commas between them",
      )
      .meta({ description: "Up to four ids of models, with commas between them." }),
  }),
  answer: stated(z.object({ models: z.array(compared), headToHead: z.array(headToHead) })),
});
