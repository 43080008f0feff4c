/**
 * What the api sends and the page shows. Amounts are decimal strings of uassay, times ISO 8601, model ids lower-case
 * hex, accuracies fractions of 1 unless a comment says otherwise. Every text that somebody wrote on the chain has
 * gone through `cleanText`.
 */

/** Changes whenever a page that was built for an older snapshot could not show this one. */
export const WIRE_FORMAT = 1;

export interface Snapshot {
  format: number;
  /** Grows with every change; together with the feed's instance it is the ETag and the event id. */
  revision: number;
  status: Status;
  /** Empty until the node has answered once. */
  chainId: string;
  clock: ClockView | null;
  rules: RulesView | null;
  /** Newest first. */
  blocks: BlockView[];
  arenas: ArenaView[];
  /** One for each arena, in the same order. */
  history: HistoryView[];
  scorers: ScorerView[];
  /** Newest first. */
  convictions: ConvictionView[];
  /** Newest first. */
  epochs: EpochView[];
  money: MoneyView | null;
}

/** The parts of a snapshot that changed; each replaces the part it names. */
export type Delta = Partial<Omit<Snapshot, "revision" | "format">> & { revision: number };

export interface Status {
  state: "starting" | "live" | "stale";
  /** Why it is not live. */
  reason: "unreachable" | "stalled" | "refused" | null;
  /** Since when it is in this state; for "stale", when the last new block was seen. */
  since: string;
}

export type PhaseName = "BEACON" | "INPUT" | "ROWS" | "LABEL" | "CHALLENGE" | "SETTLE";

export interface ClockView {
  epoch: number;
  phase: PhaseName;
  epochStart: number;
  phaseStart: number;
  /** Last block of the phase; null in SETTLE, which ends when its queues are empty. */
  phaseEnd: number | null;
  settledEpochs: number;
  height: number;
  /** Lengths in blocks of the phases before SETTLE, in order. */
  phases: { name: PhaseName; blocks: number }[];
  /** Mean over the latest blocks. */
  secondsPerBlock: number | null;
}

/** The parameters of the running epoch that explain what the page shows. */
export interface RulesView {
  batchItems: number;
  batchesPerSponsor: number;
  auditRatio: number;
  minItems: number;
  z2: number;
  fullGainBits: number;
  halfLife: number;
  retainEpochs: number;
  offenceWindow: number;
  scorerSlash: number;
}

export interface BlockView {
  height: number;
  time: string;
  txs: number;
}

export type ModelState = "top" | "called" | "contender" | "archived" | "evicted" | "withdrawn" | "unknown";

export interface ArenaView {
  id: number;
  name: string;
  description: string;
  preprocessing: string;
  /** Such as "uint8 1×28×28". */
  input: string;
  /** Such as "10 classes" or "number ± 3". */
  answer: string;
  weight: number;
  settledEpochs: number;
  top: string;
  called: string | null;
  steps: StepView[];
  models: ModelView[];
  last: ArenaEpochView | null;
}

/** How the arena's latest ended epoch went. */
export interface ArenaEpochView {
  epoch: number;
  settled: boolean;
  reason: string;
  sponsorsFrozen: number;
  sponsorsCounted: number;
}

export interface StepView {
  /** 0 is the reference. */
  index: number;
  model: string;
  modelName: string;
  epoch: number;
  gainBits: number;
  /** Earned in the arena's last settled epoch, emission and funded pot together. */
  lastPay: string;
  comparisons: ComparisonView[];
}

export interface ComparisonView {
  opponentName: string;
  /** Contender right, opponent wrong. */
  b: number;
  /** Contender wrong, opponent right. */
  c: number;
  n: number;
}

export interface ModelView {
  id: string;
  name: string;
  author: string;
  licence: string;
  state: ModelState;
  /** Smoothed accuracy, the protocol's score; null before the first measurement. */
  score: number | null;
  /** Mean accuracy over all epochs, with its 95 % Wilson interval on `items`. */
  mean: { accuracy: number; low: number; high: number } | null;
  items: number;
  epochs: number;
  /** MACs + output elements of one run. */
  cost: number;
  fileBytes: number;
  registeredHeight: number;
  /** Index of the step it took. */
  step: number | null;
  contention: ContentionView | null;
  /** Over the epochs in memory. */
  earned: string;
}

export interface ContentionView {
  /** Against the top, summed over the sponsors kept. */
  screening: ComparisonView;
  /** Against the last steps, from the first call on. */
  trials: ComparisonView[];
  calls: number;
}

/** Measured accuracies of an arena's models by epoch. */
export interface HistoryView {
  arena: number;
  /** Ascending. */
  epochs: number[];
  /** Accuracy in parts per million at the epoch of the same index; null when not measured. */
  series: { model: string; accuracy: (number | null)[] }[];
}

export interface ScorerView {
  operator: string;
  /** Moniker of its validator; empty when unknown. */
  moniker: string;
  state: "active" | "inactive" | "jailed" | "unbonded";
  /** First epoch in which it may take part again. */
  until: number | null;
  rowsStood: number;
  rowsAssigned: number;
  /** Answers the chain re-ran and found right, in the epochs in memory. */
  auditsPassed: number;
  /** Epochs with a miss, within the offence window. */
  misses: number[];
  /** Convictions the chain keeps. */
  convictions: number;
}

export interface ConvictionView {
  epoch: number;
  height: number;
  scorer: string;
  moniker: string;
  model: string;
  modelName: string;
  slot: number;
  item: number;
  slashed: string;
  reward: string;
  /** null when the chain found it itself. */
  challenger: string | null;
  jailed: boolean;
  /** Hex. */
  expected: { answer: string; tag: string };
  recorded: { answer: string; tag: string };
}

export interface EpochView {
  epoch: number;
  startHeight: number;
  endHeight: number;
  void: boolean;
  scorersFrozen: number;
  scorersRevealed: number;
  slots: number;
  slotsCounted: number;
  auditedItems: number;
  challenges: number;
  convictions: number;
  arenasSettled: number;
  minted: string;
}

export interface Shares {
  authors: string;
  scorers: string;
  sponsors: string;
  validators: string;
  pool: string;
}

export interface MoneyView {
  /** Ever minted, and the most that ever will be. */
  minted: string;
  cap: string;
  perBlock: string;
  /** Sums over the epochs in memory. */
  window: { epochs: number; firstEpoch: number | null; minted: string; shares: Shares; funded: string };
}
