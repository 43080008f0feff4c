/**
 * Why a model was paid what it was paid: every number of an epoch that led to it, each recomputed from the numbers
 * before it by the protocol's own functions. Pure: what the chain said goes in, the explanation comes out.
 */
import { toHex } from "@cosmjs/encoding";
import { addressBytes } from "../address.ts";
import type { Comparison, Contender, Counts, Step } from "../generated/assay/poi/v1/arena.ts";
import type { ArenaEpoch, EpochRecord, ModelEpoch, StepPay } from "../generated/assay/poi/v1/epoch.ts";
import type { Params } from "../generated/assay/poi/v1/params.ts";
import { SHARE_BPS, splitEmission } from "./emission.ts";
import {
  chooseCalled,
  gain,
  significant,
  stepHeight,
  sumKept,
  type SponsorTrial,
  type Trial,
} from "./ladder.ts";
import { arenaCut, ladderPay, sharePay, strength } from "./pay.ts";
import { accuracy, smooth, sponsorAccuracy } from "./score.ts";

/** One contender's standing after the epoch. */
export interface Standing {
  readonly model: Uint8Array;
  readonly screening: Comparison;
  /** Of its reservation; undefined when it is no contender any more, so that it cannot be learnt. */
  readonly sequence: bigint | undefined;
}

/** What the chain says of one model and epoch. */
export interface Evidence {
  readonly model: Uint8Array;
  readonly epoch: EpochRecord;
  /** All arenas of the epoch. */
  readonly arenas: readonly ArenaEpoch[];
  readonly arena: ArenaEpoch;
  /** Undefined when the model was not measured. */
  readonly result: ModelEpoch | undefined;
  /**
   * Its smoothed accuracy before: "first" when this epoch was its first, "unknown" when the chain no longer keeps it.
   */
  readonly smoothedBefore: number | "first" | "unknown";
  /** The arena's ladder, as it is now: it only grows. */
  readonly ladder: readonly Step[];
  /** Standings of all contenders after the epoch. */
  readonly standings: readonly Standing[];
  /** The model's counts per sponsor; the chain keeps them for the last settled epoch only. */
  readonly contender: Contender | undefined;
}

/** A number of the chain beside what its own rules make of the others. */
export interface Check {
  readonly what: string;
  readonly chain: string;
  readonly recomputed: string;
  readonly agrees: boolean;
}

export interface SponsorLine {
  readonly sponsor: string;
  readonly correct: number;
  readonly items: number;
  /** Parts per million. */
  readonly accuracy: bigint;
  /** Whether its accuracy is the median, the model's. */
  readonly median: boolean;
}

export interface Score {
  readonly sponsors: readonly SponsorLine[];
  readonly accuracy: number;
  readonly smoothed: number;
  readonly smoothedBefore: number | undefined;
  readonly items: number;
}

/** Sums of one comparison and what they show. */
export interface Verdict {
  readonly opponent: Uint8Array;
  readonly b: number;
  readonly c: number;
  readonly n: number;
  readonly wrongOld: number;
  readonly wrongNew: number;
  /** (b - c)^2 and what it is compared with, factor * (b + c). */
  readonly square: bigint;
  readonly threshold: bigint;
  readonly enoughItems: boolean;
  readonly significant: boolean;
  /** Q16 bits. */
  readonly height: bigint;
}

/** Counts of one sponsor, and whether the comparison keeps them. */
export interface CountsLine extends Omit<Counts, "sponsor"> {
  readonly sponsor: string;
  readonly kept: boolean;
}

export interface CallLine {
  readonly model: Uint8Array;
  readonly sequence: bigint | undefined;
  readonly b: number;
  readonly c: number;
  readonly n: number;
  /** Significant with factor 4: such contenders set the mark. */
  readonly strong: boolean;
  /** Significant with factor 1 and at least a third of the mark. */
  readonly callable: boolean;
}

export interface PayLine {
  readonly step: number;
  readonly model: Uint8Array;
  readonly author: string;
  readonly gain: bigint;
  readonly age: bigint;
  readonly decayed: bigint;
  /** Only steps taken while the arena had weight earn emission. */
  readonly weighted: boolean;
  readonly emission: bigint;
  readonly funded: bigint;
  readonly own: boolean;
}

export interface Pots {
  /** Emission of the epoch, of which authors get half. */
  readonly budget: bigint;
  readonly authorsShare: bigint;
  readonly weight: number;
  readonly weightSum: bigint;
  readonly authors: bigint;
  readonly funded: bigint;
  readonly divisor: bigint;
  readonly fundedDivisor: bigint;
  readonly fullGain: bigint;
}

export interface Explanation {
  readonly model: Uint8Array;
  readonly epoch: bigint;
  readonly arena: bigint;
  readonly settled: boolean;
  readonly reason: string;
  readonly sponsorsFrozen: number;
  readonly sponsorsCounted: number;
  readonly called: boolean;
  readonly minItems: bigint;
  readonly z2: bigint;
  readonly score: Score | undefined;
  readonly screening: Verdict | undefined;
  readonly screeningBySponsor: readonly CountsLine[];
  readonly trials: readonly Verdict[];
  readonly trialsBySponsor: readonly {
    readonly opponent: Uint8Array;
    readonly lines: readonly CountsLine[];
  }[];
  readonly contenders: readonly CallLine[];
  readonly calledNext: Uint8Array;
  /** The step the model took in this epoch, with its height in Q16 bits. */
  readonly stepTaken: { readonly index: number; readonly height: bigint } | undefined;
  readonly pots: Pots;
  readonly steps: readonly PayLine[];
  /** What the model's author got for its step, in uassay. */
  readonly paid: bigint;
  readonly paidFromEmission: bigint;
  readonly paidFromPot: bigint;
  readonly checks: readonly Check[];
  /** What could not be recomputed, and why. */
  readonly unchecked: readonly string[];
}

/** Collects numbers beside their recomputation. */
class Checks {
  readonly done: Check[] = [];
  readonly left: string[] = [];

  compare(what: string, chain: bigint | number | string, recomputed: bigint | number | string): void {
    const [said, made] = [String(chain), String(recomputed)];
    this.done.push({ what, chain: said, recomputed: made, agrees: said === made });
  }
}

/** Explains a model's pay in an epoch. */
export function explain(evidence: Evidence): Explanation {
  const { model, epoch, arena, result, contender } = evidence;
  const { params } = epoch;
  if (!params) throw new RangeError(`the record of epoch ${epoch.epoch} has no parameters`);
  const checks = new Checks();
  const [minItems, z2] = [BigInt(params.minItems), BigInt(params.z2)];

  const score = result && arena.settled ? explainScore(evidence, result, checks) : undefined;
  const screening = result?.screening && verdict(result.screening, minItems, 1n, "screening", checks);
  const trials = (result?.trials ?? []).map((trial) => verdict(trial, minItems, z2, "trial", checks));
  const screeningBySponsor =
    contender && result?.screening
      ? explainCounts(contender, contender.screening, result.screening, "screening", checks)
      : [];
  const trialsBySponsor = (result?.trials ?? []).flatMap((sum) => {
    const counts = contender?.trials.find(({ opponent }) => toHex(opponent) === toHex(sum.opponent));
    if (!contender || !counts) return [];
    return [{ opponent: sum.opponent, lines: explainCounts(contender, counts.counts, sum, "trial", checks) }];
  });
  const contenders = explainCall(evidence, minItems, checks);
  const stepTaken = result && explainStep(evidence, result, minItems, z2, checks);
  const pots = explainPots(evidence, params, checks);
  const steps = explainSteps(evidence, params, pots, checks);
  checkOthers(evidence, checks);
  const own = steps.filter((line) => line.own);
  const paidFromEmission = sum(own.map(({ emission }) => emission));
  const paidFromPot = sum(own.map(({ funded }) => funded));
  return {
    model,
    epoch: epoch.epoch,
    arena: arena.arena,
    settled: arena.settled,
    reason: arena.reason,
    sponsorsFrozen: arena.sponsorsFrozen,
    sponsorsCounted: arena.sponsorsCounted,
    called: result?.called ?? false,
    minItems,
    z2,
    score,
    screening,
    screeningBySponsor,
    trials,
    trialsBySponsor,
    contenders,
    calledNext: arena.calledNext,
    stepTaken,
    pots,
    steps,
    paid: paidFromEmission + paidFromPot,
    paidFromEmission,
    paidFromPot,
    checks: checks.done,
    unchecked: checks.left,
  };
}

function explainScore({ smoothedBefore }: Evidence, result: ModelEpoch, checks: Checks): Score {
  const perSponsor = result.sponsors.map(({ correct, items }) =>
    sponsorAccuracy(BigInt(correct), BigInt(items)),
  );
  const median = accuracy(perSponsor);
  checks.compare("accuracy, the lower median over sponsors (ppm)", result.accuracy, median);
  checks.compare(
    "items",
    result.items,
    result.sponsors.reduce((total, { items }) => total + items, 0),
  );
  if (smoothedBefore === "unknown") {
    checks.left.push("the smoothed accuracy: the epoch before is no longer kept");
  } else {
    const before = smoothedBefore === "first" ? undefined : BigInt(smoothedBefore);
    checks.compare("smoothed accuracy (ppm)", result.smoothed, smooth(median, before));
  }
  const medianAt = perSponsor.indexOf(median);
  return {
    sponsors: result.sponsors.map((line, i) => ({
      ...line,
      accuracy: perSponsor[i] as bigint,
      median: i === medianAt,
    })),
    accuracy: result.accuracy,
    smoothed: result.smoothed,
    smoothedBefore: typeof smoothedBefore === "number" ? smoothedBefore : undefined,
    items: result.items,
  };
}

function trialOf({ b, c, n, wrongOld, wrongNew }: Omit<Counts, "sponsor">): Trial {
  return { b: BigInt(b), c: BigInt(c), n: BigInt(n), wrongOld: BigInt(wrongOld), wrongNew: BigInt(wrongNew) };
}

function verdict(
  comparison: Comparison,
  minItems: bigint,
  factor: bigint,
  kind: string,
  checks: Checks,
): Verdict {
  const trial = trialOf(comparison);
  const height = gain(trial.wrongOld, trial.wrongNew);
  checks.compare(
    `${kind}: height against ${toHex(comparison.opponent).slice(0, 8)} (Q16 bits)`,
    comparison.gain,
    height > 0n ? height : 0n,
  );
  const difference = trial.b - trial.c;
  const { opponent, b, c, n, wrongOld, wrongNew } = comparison;
  return {
    opponent,
    b,
    c,
    n,
    wrongOld,
    wrongNew,
    height,
    square: difference * difference,
    threshold: factor * (trial.b + trial.c),
    enoughItems: trial.n >= minItems,
    significant: significant(trial, minItems, factor),
  };
}

/** Which sponsors one comparison keeps, and whether their sum is what the chain compared. */
function explainCounts(
  contender: Contender,
  counts: readonly Counts[],
  kept: Comparison,
  kind: string,
  checks: Checks,
): CountsLine[] {
  const lines = keptCounts(contender.sponsors, counts);
  const text = (t: Trial): string => [t.b, t.c, t.n, t.wrongOld, t.wrongNew].join(" ");
  if (lines.length > 0)
    checks.compare(
      `${kind}: b c n and wrong counts, kept sponsors against ${toHex(kept.opponent).slice(0, 8)}`,
      text(trialOf(kept)),
      text(sumKept(lines.map(sponsorTrial))),
    );
  return lines;
}

/**
 * A contender's counts against one opponent for each of its sponsors, and whether the comparison keeps them. Sponsors
 * without counts take part with zeros.
 */
export function keptCounts(sponsors: readonly string[], counts: readonly Counts[]): CountsLine[] {
  const lines = sponsors.map(
    (sponsor) =>
      counts.find((line) => line.sponsor === sponsor) ?? {
        sponsor,
        b: 0,
        c: 0,
        n: 0,
        wrongOld: 0,
        wrongNew: 0,
      },
  );
  const trials = lines.map(sponsorTrial);
  return lines.map((line, i) => ({ ...line, kept: isKept(trials, i) }));
}

function sponsorTrial(counts: Counts): SponsorTrial {
  return { sponsor: addressBytes(counts.sponsor), trial: trialOf(counts) };
}

/** Whether sumKept keeps a sponsor: leaving its counts out would change the sum of a marked copy. */
function isKept(trials: readonly SponsorTrial[], at: number): boolean {
  // A mark in n moves neither the order, which is by (b - c, address), nor any other count.
  const marked = trials.map(({ sponsor, trial }, i) => ({
    sponsor,
    trial: { ...trial, n: i === at ? trial.n + 1n : trial.n },
  }));
  return sumKept(marked).n !== sumKept(trials).n;
}

function explainCall({ arena, standings }: Evidence, minItems: bigint, checks: Checks): CallLine[] {
  const contenders = standings.map(({ model, screening, sequence }) => ({
    model,
    sequence,
    screening,
    trial: trialOf(screening),
  }));
  const lines = contenders.map(({ model, sequence, screening: { b, c, n }, trial }) => ({
    model,
    sequence,
    b,
    c,
    n,
    strong: significant(trial, minItems, 4n),
    // Callable is whoever would be chosen if it were alone with those who set the mark, and first in the order.
    callable: isCallable(
      trial,
      contenders.map((other) => other.trial),
      minItems,
    ),
  }));
  if (!arena.settled || arena.stepAccepted > 0) return lines;
  const unordered = lines.filter(({ callable, sequence }) => callable && sequence === undefined);
  if (unordered.length > 0) {
    const isOneOfThem = lines.some(
      ({ model, callable }) => callable && toHex(model) === toHex(arena.calledNext),
    );
    checks.compare("one of the callable is called for the next epoch", "yes", isOneOfThem ? "yes" : "no");
    checks.left.push(
      "which of them was reserved first: one has left since, and its place in the order with it",
    );
    return lines;
  }
  const ordered = contenders.map(({ model, sequence, trial }) => ({
    model,
    sequence: sequence ?? 0n,
    trial,
  }));
  const chosen = chooseCalled(ordered, minItems);
  checks.compare(
    "called for the next epoch",
    toHex(arena.calledNext) || "nobody",
    chosen ? toHex(chosen.model) : "nobody",
  );
  return lines;
}

function isCallable(trial: Trial, all: readonly Trial[], minItems: bigint): boolean {
  const first = { sequence: 0n, trial };
  return chooseCalled([first, ...all.map((other) => ({ sequence: 1n, trial: other }))], minItems) === first;
}

function explainStep(
  { arena, ladder }: Evidence,
  result: ModelEpoch,
  minItems: bigint,
  z2: bigint,
  checks: Checks,
): Explanation["stepTaken"] {
  // Resting trials are of epochs in which the model was called; only then can they make a step.
  if (!result.called || result.trials.length === 0) return undefined;
  const height = stepHeight(result.trials.map(trialOf), minItems, z2);
  const taken = ladder.find(({ index }) => index === result.stepAccepted && result.stepAccepted > 0);
  checks.compare("height of the step, the smallest over the trials (Q16 bits)", taken?.gain ?? 0n, height);
  checks.compare("step of the arena's record", arena.stepAccepted, result.stepAccepted);
  return taken && { index: taken.index, height: taken.gain };
}

function explainPots({ epoch, arena }: Evidence, params: Params, checks: Checks): Pots {
  const budget = BigInt(epoch.emission?.budget ?? "0");
  const shares = splitEmission(budget);
  const cut = (share: bigint): bigint =>
    arena.settled ? arenaCut(share, BigInt(arena.weight), arena.weightSum) : 0n;
  checks.compare("authors' pot (uassay)", arena.authorsPot, cut(shares.authors));
  checks.compare("scorers' pot (uassay)", arena.scorersPot, cut(shares.scorers));
  checks.compare("sponsors' pot (uassay)", arena.sponsorsPot, cut(shares.sponsors));
  return {
    budget,
    authorsShare: shares.authors,
    weight: arena.weight,
    weightSum: arena.weightSum,
    authors: BigInt(arena.authorsPot),
    funded: BigInt(arena.fundedPot),
    divisor: arena.divisor,
    fundedDivisor: arena.fundedDivisor,
    fullGain: params.fullGain,
  };
}

function explainSteps(
  { model, arena, ladder }: Evidence,
  params: Params,
  pots: Pots,
  checks: Checks,
): PayLine[] {
  const weighted = (pay: StepPay): boolean =>
    ladder.find(({ index }) => index === pay.step)?.weighted ?? true;
  const strengths = arena.steps.map(({ gain: height, age }) =>
    strength(height, age, BigInt(params.halfLife)),
  );
  const emissionStrengths = strengths.map((value, i) => (weighted(arena.steps[i] as StepPay) ? value : 0n));
  const fromEmission = ladderPay(pots.authors, emissionStrengths, params.fullGain);
  const fromPot = ladderPay(pots.funded, strengths, params.fullGain);
  arena.steps.forEach((pay, i) => {
    const name = `step ${pay.step}`;
    checks.compare(`${name}: strength at age ${pay.age} (Q16 bits)`, pay.decayed, strengths[i] as bigint);
    checks.compare(`${name}: pay from emission (uassay)`, pay.emission, fromEmission.pays[i] as bigint);
    checks.compare(`${name}: pay from the funded pot (uassay)`, pay.funded, fromPot.pays[i] as bigint);
  });
  if (arena.settled) {
    checks.compare("divisor (Q16 bits)", arena.divisor, max(params.fullGain, sum(emissionStrengths)));
    checks.compare(
      "divisor of the funded pot (Q16 bits)",
      arena.fundedDivisor,
      max(params.fullGain, sum(strengths)),
    );
  }
  return arena.steps.map((pay) => ({
    step: pay.step,
    model: pay.model,
    author: pay.author,
    gain: pay.gain,
    age: pay.age,
    decayed: pay.decayed,
    weighted: weighted(pay),
    emission: BigInt(pay.emission),
    funded: BigInt(pay.funded),
    own: toHex(pay.model) === toHex(model),
  }));
}

/** The rest of the epoch's money, so that the whole sum is seen to add up. */
function checkOthers({ epoch, arena, arenas }: Evidence, checks: Checks): void {
  for (const [who, pot, pays] of [
    ["scorers", arena.scorersPot, arena.scorers],
    ["sponsors", arena.sponsorsPot, arena.sponsors],
  ] as const) {
    const asked = sum(pays.map(({ assigned }) => BigInt(assigned)));
    const { total } = sharePay(
      BigInt(pot),
      pays.map(({ done }) => BigInt(done)),
      asked,
    );
    checks.compare(`all pay of the ${who} (uassay)`, sum(pays.map(({ pay }) => BigInt(pay))), total);
  }
  const { emission } = epoch;
  if (!emission) return;
  const paidTo = (pays: (of: ArenaEpoch) => string[]): bigint => sum(arenas.flatMap(pays).map(BigInt));
  checks.compare(
    "minted for authors of all arenas (uassay)",
    emission.authors,
    paidTo(({ steps }) => steps.map((pay) => pay.emission)),
  );
  checks.compare(
    "minted for scorers of all arenas (uassay)",
    emission.scorers,
    paidTo(({ scorers }) => scorers.map(({ pay }) => pay)),
  );
  checks.compare(
    "minted for sponsors of all arenas (uassay)",
    emission.sponsors,
    paidTo(({ sponsors }) => sponsors.map(({ pay }) => pay)),
  );
  const parts = (Object.keys(SHARE_BPS) as (keyof typeof SHARE_BPS)[]).map((share) =>
    BigInt(emission[share]),
  );
  checks.compare("minted in the epoch (uassay)", emission.minted, sum(parts));
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
