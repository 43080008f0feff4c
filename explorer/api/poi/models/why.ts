/** Why a model was paid what it was paid, for people: lines that follow from each other, and tables that add up. */
import { SHARE_BPS } from "@assay/client/protocol/emission";
import { gain } from "@assay/client/protocol/ladder";
import { arenaCut, ladderPay, strength } from "@assay/client/protocol/pay";
import { explain, type Explanation, type PayLine, type Verdict } from "@assay/client/protocol/why";
import type { LadderRules, Why, WhyLine } from "../../../wire/poi-models.ts";
import { hex } from "../../hex.ts";
import { cleanText } from "../../text.ts";
import type { EpochEvidence } from "./evidence.ts";
import { measuredOf, type Book } from "./views.ts";

export function viewWhy(evidence: EpochEvidence, book: Book): Why {
  const explanation = explain(evidence);
  const { settled, score, screening, trials, stepTaken, pots } = explanation;
  const rules = rulesOf(evidence);
  const sumOf = (part: (line: PayLine) => bigint): bigint =>
    explanation.steps.reduce((sum, line) => sum + part(line), 0n);
  return {
    epoch: Number(explanation.epoch),
    arena: book.arenaRef(Number(explanation.arena)),
    model: book.ref(hex(explanation.model)),
    settled,
    reason: cleanText(explanation.reason, 160),
    sponsorsFrozen: explanation.sponsorsFrozen,
    sponsorsCounted: explanation.sponsorsCounted,
    called: explanation.called,
    rules,
    paid: explanation.paid.toString(),
    emission: explanation.paidFromEmission.toString(),
    funded: explanation.paidFromPot.toString(),
    lines: settled ? payLines(explanation, evidence) : [],
    steps: explanation.steps.map((line) => ({
      index: line.step,
      model: book.ref(hex(line.model)),
      author: line.author,
      gain: Number(line.gain),
      age: Number(line.age),
      strength: Number(line.decayed),
      weighted: line.weighted,
      emission: line.emission.toString(),
      funded: line.funded.toString(),
      own: line.own,
    })),
    pots: {
      emission: pots.authors.toString(),
      funded: pots.funded.toString(),
      unpaidEmission: (pots.authors - sumOf(({ emission }) => emission)).toString(),
      unpaidFunded: (pots.funded - sumOf(({ funded }) => funded)).toString(),
    },
    score:
      score === undefined
        ? null
        : {
            ...measuredOf(score.accuracy, score.items),
            smoothed: score.smoothed,
            smoothedBefore: score.smoothedBefore ?? null,
            sponsors: score.sponsors.map((line) => ({ ...line, accuracy: Number(line.accuracy) })),
          },
    screening: screening === undefined ? null : viewVerdict(screening, book),
    trials: trials.map((trial) => viewVerdict(trial, book)),
    calledNext: book.refOrNull(hex(explanation.calledNext)),
    stepTaken: stepTaken === undefined ? null : { index: stepTaken.index, gain: Number(stepTaken.height) },
    checks: [...explanation.checks],
    unchecked: [...explanation.unchecked],
  };
}

/** The rules the epoch ran with. */
function rulesOf({ epoch: { params } }: EpochEvidence): LadderRules {
  if (params === undefined) throw new RangeError("an epoch's record without parameters");
  const { minItems, z2, fullGain, halfLife, maxModels } = params;
  return { minItems, z2, fullGain: Number(fullGain), halfLife, maxModels };
}

function viewVerdict(verdict: Verdict, book: Book): NonNullable<Why["screening"]> {
  const { opponent, square, threshold, height, ...rest } = verdict;
  return {
    ...rest,
    opponent: book.ref(hex(opponent)),
    square: square.toString(),
    threshold: threshold.toString(),
    gain: Math.max(0, Number(height)),
  };
}

/** From the emission of the epoch to the model's pay: each line from the ones above it. */
function payLines(explanation: Explanation, evidence: EpochEvidence): WhyLine[] {
  const { pots, steps, paid, paidFromEmission, paidFromPot } = explanation;
  const { blocks, agrees } = evidence.emission;
  const amount = (label: string, value: bigint, formula: string, is: boolean | null): WhyLine => ({
    label,
    unit: "amount",
    value: value.toString(),
    formula,
    agrees: is,
  });
  const own = steps.find((step) => step.own);
  return [
    amount(
      "Emission of the epoch",
      pots.budget,
      blocks === undefined
        ? "what the chain may mint for the blocks since the settlement before"
        : `what the chain may mint for ${blocks} blocks`,
      agrees ?? null,
    ),
    amount(
      "Share of all authors",
      pots.authorsShare,
      `${Number(SHARE_BPS.authors) / 100} % of ${pots.budget}`,
      pots.authorsShare === (pots.budget * SHARE_BPS.authors) / 10_000n,
    ),
    amount(
      "The arena's pot from emission",
      pots.authors,
      `floor(${pots.authorsShare} × ${pots.weight} / ${pots.weightSum}): its weight out of all weights`,
      pots.authors === arenaCut(pots.authorsShare, BigInt(pots.weight), pots.weightSum),
    ),
    amount("The arena's pot from funders", pots.funded, "what people put in for a settled epoch", null),
    ...(own === undefined ? [] : ownLines(own, explanation, evidence)),
    amount(
      "Paid",
      paid,
      own === undefined
        ? "it holds no step that still has strength"
        : paidFromPot === 0n
          ? "the pay from emission"
          : `${paidFromEmission} + ${paidFromPot}`,
      paid === (own === undefined ? 0n : own.emission + own.funded),
    ),
  ];
}

function ownLines(own: PayLine, { pots, steps }: Explanation, evidence: EpochEvidence): WhyLine[] {
  const { halfLife, fullGain } = rulesOf(evidence);
  const full = BigInt(fullGain);
  const strengths = steps.map((step) => strength(step.gain, step.age, BigInt(halfLife)));
  const weighted = strengths.map((value, i) => (steps[i]?.weighted ? value : 0n));
  const at = steps.indexOf(own);
  const [sum, weightedSum] = [total(strengths), total(weighted)];
  const bits = (label: string, value: bigint, formula: string, agrees: boolean | null): WhyLine => ({
    label,
    unit: "bits",
    value: value.toString(),
    formula,
    agrees,
  });
  const divisor = (label: string, value: bigint, of: bigint): WhyLine =>
    bits(
      label,
      value,
      `the larger of ${full} and ${of}, the sum of the strengths`,
      value === (of > full ? of : full),
    );
  const paid = (label: string, value: bigint, pot: bigint, over: bigint, pay: bigint): WhyLine => ({
    label,
    unit: "amount",
    value: value.toString(),
    formula: `floor(${pot} × ${own.decayed} / ${over})`,
    agrees: value === pay,
  });
  const emission = ladderPay(pots.authors, weighted, full).pays[at];
  const funded = ladderPay(pots.funded, strengths, full).pays[at];
  return [
    heightLine(own, evidence, bits),
    bits(
      "Its strength in this epoch",
      own.decayed,
      `${own.gain} × 2^(−${own.age}/${halfLife}), ${own.age} settled epochs after the step`,
      own.decayed === strengths[at],
    ),
    divisor("Divisor", pots.divisor, weightedSum),
    own.weighted
      ? paid("Pay from emission", own.emission, pots.authors, pots.divisor, emission ?? 0n)
      : {
          label: "Pay from emission",
          unit: "amount",
          value: own.emission.toString(),
          formula: "nothing: the arena had no weight when the step was taken",
          agrees: own.emission === 0n,
        },
    ...(pots.funded === 0n
      ? []
      : [
          divisor("Divisor of the funded pot", pots.fundedDivisor, sum),
          paid("Pay from the funded pot", own.funded, pots.funded, pots.fundedDivisor, funded ?? 0n),
        ]),
  ];
}

/** The height of the step, from the comparisons that decided it. */
function heightLine(
  own: PayLine,
  { ladder }: EpochEvidence,
  bits: (label: string, value: bigint, formula: string, agrees: boolean | null) => WhyLine,
): WhyLine {
  const label = `Height of step ${own.step}`;
  const step = ladder.find(({ index }) => index === own.step);
  if (step === undefined || step.comparisons.length === 0)
    return bits(label, own.gain, "error removed when the step was taken", null);
  const trials = step.comparisons.map(
    ({ wrongOld, wrongNew }) => [BigInt(wrongOld), BigInt(wrongNew)] as const,
  );
  const heights = trials.map(([old, now]) => gain(old, now));
  const smallest = heights.reduce((least, height) => (height < least ? height : least));
  const [old, now] = trials[heights.indexOf(smallest)] ?? [0n, 0n];
  return bits(
    label,
    own.gain,
    `log2((${old} + 1) / (${now} + 1)): wrong answers before and after, on the items of epoch ${step.epoch}'s trial`,
    own.gain === smallest,
  );
}

function total(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}
