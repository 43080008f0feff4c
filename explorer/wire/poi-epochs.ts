import { z } from "zod";
import { address, amount, hash32, height, hex, id, none, page, pageQuery, stated, time } from "./common.ts";
import { arenaRef, modelRef, task } from "./poi-models.ts";
import { defineRoute } from "./route.ts";

/**
 * Epochs: what was drawn, posted, audited, challenged and paid, and who did it. Epochs, slots and items count from
 * zero or one as the chain does; accuracies are parts per million.
 */

const count = z.int().nonnegative();
const epoch = z.int().nonnegative();
const tx = z.string().regex(/^[0-9A-F]{64}$/);
const phaseName = z.enum(["BEACON", "INPUT", "ROWS", "LABEL", "CHALLENGE", "SETTLE"]);

/** A validator's scorer: the address of its operator, and the validator's name, empty when nobody knows it. */
export const scorerRef = z.object({ address, moniker: z.string() });

/** What was minted, by share. */
export const emission = z.object({
  /** Most that could have been minted. */
  budget: amount,
  authors: amount,
  scorers: amount,
  sponsors: amount,
  validators: amount,
  pool: amount,
  /** The five shares together. */
  minted: amount,
});

export const epochSummary = z.object({
  epoch,
  state: z.enum(["running", "settled", "void"]).meta({
    description:
      "void: too few scorers revealed, nothing was drawn. settled: it ended, with or without results.",
  }),
  startHeight: height,
  startTime: time.nullable(),
  endHeight: height.nullable(),
  endTime: time.nullable(),
  scorersFrozen: count,
  scorersRevealed: count.nullable(),
  slots: count.nullable(),
  slotsCounted: count.nullable(),
  /** Answers the chain ran again itself. */
  auditedItems: count.nullable(),
  challenges: count,
  convictions: count,
  arenasSettled: count.nullable(),
  minted: amount.nullable(),
});

export const epochPhase = z.object({
  phase: phaseName,
  state: z.enum(["past", "now", "ahead"]),
  /** First and last block; for what lies ahead as planned, null where it depends on the queues of audits. */
  startHeight: height.nullable(),
  endHeight: height.nullable(),
});

/** How far a slot got; `counted` and `void` are the chain's word at the end of the epoch. */
export const slotState = z.enum(["drawn", "inputs", "rows", "labels", "counted", "void"]);

export const slotSummary = z.object({
  epoch,
  slot: count,
  arena: arenaRef,
  sponsor: address,
  /** The sponsor's batch, and which of its commitments it is of. */
  batch: count,
  commitment: count,
  scorer: scorerRef,
  state: slotState,
  /** Why it does not count. */
  voidReason: z.string(),
  inputsHeight: height.nullable(),
  rowsHeight: height.nullable(),
  labelsHeight: height.nullable(),
});

/** An answer: a class with its name, or a number. */
export const answer = z.object({ value: z.int(), text: z.string() });

export const challenge = z.object({
  seq: count,
  epoch,
  slot: count,
  model: modelRef,
  item: count,
  challenger: address,
  height,
  tx,
  outcome: z
    .enum(["convicted", "refuted", "returned"])
    .nullable()
    .meta({ description: "Null while it waits. returned: there was nothing left to judge." }),
  resolvedHeight: height.nullable(),
});

export const conviction = z.object({
  epoch,
  height,
  scorer: scorerRef,
  slot: count,
  arena: arenaRef.nullable(),
  model: modelRef,
  item: count,
  recorded: z.object({ answer, tag: hex }),
  expected: z.object({ answer, tag: hex }),
  slashed: amount,
  /** Null when the chain found it itself. */
  challenger: address.nullable(),
  reward: amount,
  jailed: z.boolean(),
});

export const miss = z.object({
  epoch,
  height,
  role: z.enum(["scorer", "sponsor"]),
  /** Null for scorers, who miss once for all arenas. */
  arena: arenaRef.nullable(),
  address,
  moniker: z.string(),
  /** Epoch until which the scorer is inactive; null when it is not. */
  inactiveUntil: epoch.nullable(),
  slashed: amount,
});

export const epochArena = z.object({
  arena: arenaRef,
  weight: count,
  models: z.array(modelRef),
  called: modelRef.nullable(),
  calledNext: modelRef.nullable(),
  sponsorsFrozen: count,
  sponsorsCounted: count.nullable(),
  /** Null before the end of the epoch. */
  settled: z.boolean().nullable(),
  reason: z.string(),
  step: z.object({ index: count, model: modelRef, gain: count }).nullable(),
});

export const epochScorer = z.object({
  scorer: scorerRef,
  /** Block in which it revealed its link; null if it did not. */
  revealedHeight: height.nullable(),
  slots: count,
  rowsPosted: count,
  /** Null before the end of the epoch. */
  counted: count.nullable(),
  convicted: z.boolean(),
  missed: z.boolean(),
  pay: amount.nullable(),
});

/** What the rules of the epoch fix and the pages need. */
export const epochRules = z.object({
  batchItems: count,
  batchesPerSponsor: count,
  auditRatioBps: count,
  challengeBond: amount,
});

export const epochDetail = epochSummary.extend({
  /** Randomness of the draw; null before it. */
  randomness: hash32.nullable(),
  phases: z.array(epochPhase),
  rules: epochRules,
  emission: emission.nullable(),
  arenas: z.array(epochArena),
  scorers: z.array(epochScorer),
  challengeList: z.array(challenge).meta({ description: "The first 100; `/api/challenges?epoch=` has all." }),
  convictionList: z.array(conviction),
  misses: z.array(miss),
  previous: epoch.nullable(),
  next: epoch.nullable(),
});

const opened = z.object({ height, tx });

export const slotModel = z.object({
  model: modelRef,
  /** Null before labels are open. */
  correct: count.nullable(),
  /** Items that the chain runs again itself, as drawn; null before the draw of audits. */
  audited: count.nullable(),
  /** Part of the comparison of a called contender: the chain runs every item. */
  compared: z.boolean(),
  challenges: count,
  convictedItem: count.nullable(),
});

export const slotDetail = slotSummary.extend({
  epochState: epochSummary.shape.state,
  phase: phaseName.nullable().meta({ description: "Of the running epoch; null when it has ended." }),
  task,
  items: count,
  inputs: opened.extend({ bytes: count, labelsHash: hash32 }).nullable(),
  rows: opened.nullable(),
  labels: opened.extend({ salt: hash32 }).nullable(),
  models: z.array(slotModel),
  challengeList: z.array(challenge),
  conviction: conviction.nullable(),
});

export const rowItem = z.object({
  item: count,
  answer,
  tag: hex,
  /** Null before labels are open. */
  label: answer.nullable(),
  correct: z.boolean().nullable(),
  /** Whether the chain runs it again itself; null before the draw of audits. */
  audited: z.boolean().nullable(),
  challenge: challenge.nullable(),
  /** What the chain found instead, where it convicted the scorer. */
  expected: z.object({ answer, tag: hex }).nullable(),
});

export const row = page(rowItem).extend({
  slot: slotSummary,
  model: modelRef,
  task,
  epochState: epochSummary.shape.state,
  phase: phaseName.nullable(),
  challengeBond: amount,
  /** Items of the slot, and of them right; null before labels are open. */
  total: count,
  correct: count.nullable(),
  /** The models beside which this row stands, in the order of their ids. */
  models: z.array(modelRef),
});

export const slotInputs = z.object({
  epoch,
  slot: count,
  items: count,
  itemBytes: count,
  type: z.string(),
  shape: z.array(count),
  preprocessing: z.string(),
  data: z.base64().meta({ description: "Items back to back, row-major, little-endian." }),
});

export const authorPay = z.object({
  step: count,
  model: modelRef,
  author: address,
  /** Gain and what is left of it after its age in settled epochs; bits in Q16. */
  gain: count,
  age: count,
  decayed: count,
  emission: amount,
  funded: amount,
});

export const participantPay = z.object({
  address,
  moniker: z.string(),
  /** Rows that stood of those assigned, or batches that counted of those drawn. */
  done: count,
  assigned: count,
  pay: amount,
});

export const arenaPayouts = z.object({
  arena: arenaRef,
  settled: z.boolean(),
  reason: z.string(),
  weight: count,
  weightSum: count,
  /** What could be paid at most: by the epoch's emission, and out of the arena's own pot. */
  pots: z.object({ authors: amount, funded: amount, scorers: amount, sponsors: amount }),
  divisor: count,
  fundedDivisor: count,
  authors: z.array(authorPay),
  scorers: z.array(participantPay),
  sponsors: z.array(participantPay),
});

export const payouts = z.object({
  epoch,
  emission,
  arenas: z.array(arenaPayouts),
  /** Sums of what is listed above. `funded` comes out of pots and is not minted. */
  sums: z.object({ authors: amount, funded: amount, scorers: amount, sponsors: amount }),
  /** Whether every share is the sum of its pays, and what was minted the sum of the five shares. */
  addsUp: z.boolean(),
});

export const participantState = z.enum(["active", "inactive", "jailed", "unbonded", "unapproved"]);

/** Sums over all epochs since the first one that is indexed. */
export const scorerTotals = z.object({
  slots: count,
  slotsCounted: count,
  rows: count,
  auditsPassed: count,
  convictions: count,
  misses: count,
  pay: amount,
});

export const scorerSummary = scorerRef.extend({
  state: participantState,
  /** Epoch until which it is inactive or jailed. */
  until: epoch.nullable(),
  /** Within the window in which they count. */
  recentMisses: count,
  rowsStood: count,
  rowsAssigned: count,
  totals: scorerTotals,
});

export const probe = z.object({
  epoch,
  service: count,
  calls: count,
  answered: count,
  p50Ms: count,
  p95Ms: count,
  height,
});

export const scorerDetail = scorerSummary.extend({
  hotKey: address,
  bond: amount,
  bonded: z.boolean(),
  /** Whether it takes part in the next epoch, and if not, why. */
  eligible: z.boolean(),
  reason: z.string(),
});

export const scorerEpoch = z.object({
  epoch,
  slots: count,
  slotsCounted: count,
  rows: count,
  auditsPassed: count,
  missed: z.boolean(),
  convicted: z.boolean(),
  pay: amount,
});

export const sponsorTotals = z.object({ slots: count, slotsCounted: count, misses: count, pay: amount });

export const sponsorSummary = z.object({
  arena: arenaRef,
  address,
  state: participantState,
  recentMisses: count,
  batchesCounted: count,
  /** Batches it has committed to. */
  batches: count,
  totals: sponsorTotals,
});

export const sponsorDetail = sponsorSummary.extend({
  bond: amount,
  bonded: z.boolean(),
  approved: z.boolean(),
  commitments: z.array(
    z.object({
      index: count,
      root: hash32,
      firstBatch: count,
      count,
      /** Not drawn yet. */
      remaining: count,
      height: z.int().nonnegative(),
      /** Null for one of the first state of the chain. */
      tx: tx.nullable(),
    }),
  ),
});

export const sponsorEpoch = z.object({
  epoch,
  slots: count,
  slotsCounted: count,
  pay: amount,
  missed: z.boolean(),
  slashed: amount,
  /** Of all models on its items; null when nothing was measured. */
  accuracy: z.int().min(0).max(1_000_000).nullable(),
  /** Of all models on the items of all sponsors of the arena, to compare with. */
  arenaAccuracy: z.int().min(0).max(1_000_000).nullable(),
});

export type ScorerRef = z.output<typeof scorerRef>;
export type Emission = z.output<typeof emission>;
export type EpochSummary = z.output<typeof epochSummary>;
export type EpochPhase = z.output<typeof epochPhase>;
export type EpochArena = z.output<typeof epochArena>;
export type EpochScorer = z.output<typeof epochScorer>;
export type EpochDetail = z.output<typeof epochDetail>;
export type SlotState = z.output<typeof slotState>;
export type SlotSummary = z.output<typeof slotSummary>;
export type SlotModel = z.output<typeof slotModel>;
export type SlotDetail = z.output<typeof slotDetail>;
export type Answer = z.output<typeof answer>;
export type Challenge = z.output<typeof challenge>;
export type Conviction = z.output<typeof conviction>;
export type Miss = z.output<typeof miss>;
export type RowItem = z.output<typeof rowItem>;
export type Row = z.output<typeof row>;
export type SlotInputs = z.output<typeof slotInputs>;
export type ArenaPayouts = z.output<typeof arenaPayouts>;
export type AuthorPay = z.output<typeof authorPay>;
export type ParticipantPay = z.output<typeof participantPay>;
export type Payouts = z.output<typeof payouts>;
export type ParticipantState = z.output<typeof participantState>;
export type ScorerSummary = z.output<typeof scorerSummary>;
export type ScorerDetail = z.output<typeof scorerDetail>;
export type ScorerTotals = z.output<typeof scorerTotals>;
export type ScorerEpoch = z.output<typeof scorerEpoch>;
export type Probe = z.output<typeof probe>;
export type SponsorSummary = z.output<typeof sponsorSummary>;
export type SponsorDetail = z.output<typeof sponsorDetail>;
export type SponsorTotals = z.output<typeof sponsorTotals>;
export type SponsorEpoch = z.output<typeof sponsorEpoch>;

const epochParam = z.object({ epoch: id });
const slotParam = epochParam.extend({ slot: id });
const addressParam = z.object({ address });
const sponsorParam = addressParam.extend({ arena: id });

export const getEpochs = defineRoute({
  path: "/api/epochs",
  tag: "epochs",
  summary: "Epochs, newest first; the running one too",
  params: none,
  query: pageQuery,
  answer: page(epochSummary),
});

export const getEpoch = defineRoute({
  path: "/api/epochs/{epoch}",
  tag: "epochs",
  summary: "An epoch: its phases, arenas, scorers, challenges, convictions and misses",
  params: epochParam,
  query: none,
  answer: epochDetail,
});

export const getSlots = defineRoute({
  path: "/api/epochs/{epoch}/slots",
  tag: "epochs",
  summary: "Slots of an epoch, in order: whose batch was drawn and who scored it",
  params: epochParam,
  query: pageQuery.extend({ scorer: address.optional(), arena: id.optional() }),
  answer: page(slotSummary),
});

export const getSlot = defineRoute({
  path: "/api/epochs/{epoch}/slots/{slot}",
  tag: "epochs",
  summary: "A slot: what was posted of it, and how every model did",
  params: slotParam,
  query: none,
  answer: slotDetail,
});

export const getSlotInputs = defineRoute({
  path: "/api/epochs/{epoch}/slots/{slot}/inputs",
  tag: "epochs",
  summary: "The items of a slot, raw",
  params: slotParam,
  query: none,
  answer: slotInputs,
});

export const getRow = defineRoute({
  path: "/api/epochs/{epoch}/slots/{slot}/rows/{model}",
  tag: "epochs",
  summary: "What a scorer recorded for a model, item by item, with labels once they are open",
  params: slotParam.extend({
    model: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/)
      .transform((text) => text.toLowerCase()),
  }),
  query: pageQuery,
  answer: row,
});

export const getPayouts = defineRoute({
  path: "/api/epochs/{epoch}/payouts",
  tag: "epochs",
  summary: "Everything an ended epoch paid, by arena and role",
  params: epochParam,
  query: none,
  answer: payouts,
});

export const getConvictions = defineRoute({
  path: "/api/convictions",
  tag: "scorers",
  summary: "Scorers whose record was wrong, newest first",
  params: none,
  query: pageQuery.extend({ scorer: address.optional() }),
  answer: page(conviction),
});

export const getChallenges = defineRoute({
  path: "/api/challenges",
  tag: "scorers",
  summary: "Challenges, newest first",
  params: none,
  query: pageQuery.extend({ epoch: id.optional(), challenger: address.optional() }),
  answer: page(challenge),
});

export const getScorers = defineRoute({
  path: "/api/scorers",
  tag: "scorers",
  summary: "All scorers with what they did so far",
  params: none,
  query: none,
  answer: stated(z.array(scorerSummary)),
});

export const getScorer = defineRoute({
  path: "/api/scorers/{address}",
  tag: "scorers",
  summary: "A scorer, by the address of its operator or its hot key",
  params: addressParam,
  query: none,
  answer: stated(scorerDetail).extend({
    misses: z.array(miss).meta({ description: "The newest 20." }),
    convictions: z
      .array(conviction)
      .meta({ description: "The newest 20; `/api/convictions?scorer=` has all." }),
    probes: z.array(probe).meta({ description: "What it measured of services in the newest epochs." }),
  }),
});

export const getScorerEpochs = defineRoute({
  path: "/api/scorers/{address}/epochs",
  tag: "scorers",
  summary: "What a scorer did and earned in each epoch, newest first",
  params: addressParam,
  query: pageQuery,
  answer: page(scorerEpoch),
});

export const getSponsors = defineRoute({
  path: "/api/sponsors",
  tag: "sponsors",
  summary: "Sponsors of all arenas",
  params: none,
  query: none,
  answer: stated(z.array(sponsorSummary)),
});

export const getSponsor = defineRoute({
  path: "/api/sponsors/{arena}/{address}",
  tag: "sponsors",
  summary: "A sponsor of an arena",
  params: sponsorParam,
  query: none,
  answer: stated(sponsorDetail).extend({
    misses: z.array(miss).meta({ description: "The newest 20." }),
  }),
});

export const getSponsorEpochs = defineRoute({
  path: "/api/sponsors/{arena}/{address}/epochs",
  tag: "sponsors",
  summary: "What a sponsor's batches gave and earned in each epoch, newest first",
  params: sponsorParam,
  query: pageQuery,
  answer: page(sponsorEpoch),
});
