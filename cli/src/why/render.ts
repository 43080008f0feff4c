import { interval } from "@assay/client/protocol/score";
import type { CountsLine, Explanation, Verdict } from "@assay/client/protocol/why";
import { formatAmount, formatAssay, formatBits, formatPpm, formatShare, shortAddress } from "../format.ts";
import { facts, sections, table } from "../output.ts";

const MILLION = 1_000_000;

type Namer = (id: Uint8Array) => string;

/** An explanation for people: one table per stage, each with the sum the next one starts from. */
export function renderExplanation(explanation: Explanation, title: string, name: Namer): string {
  return sections(
    `${title} in epoch ${explanation.epoch}`,
    explanation.settled
      ? `The arena settled: ${explanation.sponsorsCounted} of ${explanation.sponsorsFrozen} sponsors count.`
      : `The arena did not settle (${explanation.reason}): nothing changed and nothing was paid.`,
    renderScore(explanation),
    renderScreening(explanation, name),
    renderTrials(explanation, name),
    renderCall(explanation, name),
    renderPots(explanation),
    renderSteps(explanation, name),
    renderPaid(explanation),
    renderChecks(explanation),
  );
}

function heading(text: string, body: string): string {
  return `${text}\n${body}`;
}

function renderScore({ score }: Explanation): string {
  if (!score) return "It was not measured in this epoch.";
  const { sponsors, items, smoothed, smoothedBefore } = score;
  const correct = sponsors.reduce((sum, line) => sum + line.correct, 0);
  const { low, high } = interval(score.accuracy / MILLION, items);
  return heading(
    "Score: the lower median of its accuracy per sponsor",
    sections(
      table(
        ["sponsor", ">correct", ">items", ">accuracy", ""],
        sponsors.map((line) => [
          shortAddress(line.sponsor),
          line.correct,
          line.items,
          formatPpm(line.accuracy),
          line.median ? "median" : "",
        ]),
        [
          [
            "all",
            correct,
            items,
            formatPpm(score.accuracy),
            `95 %: ${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`,
          ],
        ],
      ),
      smoothedBefore === undefined
        ? `Smoothed: ${formatPpm(smoothed)}`
        : `Smoothed: (3 x ${formatPpm(score.accuracy)} + 7 x ${formatPpm(smoothedBefore)}) / 10 = ${formatPpm(smoothed)}`,
    ),
  );
}

function renderScreening({ screening, screeningBySponsor, minItems }: Explanation, name: Namer): string {
  if (!screening) return "";
  return heading(
    `Screening: against ${name(screening.opponent)}, the top of the ladder, since that became the top`,
    sections(
      screeningBySponsor.length > 0 ? countsTable(screeningBySponsor, screening) : "",
      verdictTable([screening], minItems, name),
    ),
  );
}

function renderTrials(
  { trials, trialsBySponsor, minItems, z2, called, stepTaken }: Explanation,
  name: Namer,
): string {
  if (trials.length === 0) return called ? "It was called, but no cell of its trial counts." : "";
  const outcome = stepTaken
    ? `It took step ${stepTaken.index}; height g = ${stepTaken.height} (${formatBits(stepTaken.height)} bits), the smallest of these.`
    : called
      ? "Called in this epoch: no step, as not every comparison is significant or some height is 0."
      : "Not called in this epoch: these rest.";
  return heading(
    `Trials: on answers the chain itself computed; a step takes (b-c)^2 >= ${z2} (b+c) against each`,
    sections(
      ...trialsBySponsor.map(({ opponent, lines }) =>
        heading(
          `against ${name(opponent)}`,
          countsTable(
            lines,
            trials.find((trial) => trial.opponent === opponent),
          ),
        ),
      ),
      verdictTable(trials, minItems, name),
      outcome,
    ),
  );
}

function countsTable(lines: readonly CountsLine[], sum: Verdict | undefined): string {
  return table(
    ["sponsor", ">b", ">c", ">n", ">wrong old", ">wrong new", ""],
    lines.map((line) => [
      shortAddress(line.sponsor),
      line.b,
      line.c,
      line.n,
      line.wrongOld,
      line.wrongNew,
      line.kept ? "" : "left out",
    ]),
    sum ? [["kept", sum.b, sum.c, sum.n, sum.wrongOld, sum.wrongNew, ""]] : [],
  );
}

function verdictTable(verdicts: readonly Verdict[], minItems: bigint, name: Namer): string {
  return table(
    [
      "against",
      ">b",
      ">c",
      `>n (at least ${minItems})`,
      ">(b-c)^2",
      ">needs",
      ">wrong old",
      ">wrong new",
      ">height (bits)",
      "shows",
    ],
    verdicts.map((verdict) => [
      name(verdict.opponent),
      verdict.b,
      verdict.c,
      verdict.n,
      verdict.square,
      verdict.threshold,
      verdict.wrongOld,
      verdict.wrongNew,
      formatBits(verdict.height),
      verdict.significant ? "better" : verdict.enoughItems ? "not better" : "too few items",
    ]),
  );
}

function renderCall({ contenders, calledNext, called }: Explanation, name: Namer): string {
  if (contenders.length === 0) return "";
  return heading(
    `Call: the earliest reserved that gains, per item, at least a third of the best strong one${called ? " (it was called in this epoch)" : ""}`,
    sections(
      table(
        ["contender", ">reserved", ">b", ">c", ">n", ">(b-c)/n", "strong", "callable", "called next"],
        contenders.map(({ model, sequence, b, c, n, strong, callable }) => [
          name(model),
          sequence === undefined ? "gone" : `#${sequence}`,
          b,
          c,
          n,
          n === 0
            ? "-"
            : b >= c
              ? formatShare(BigInt(b - c), BigInt(n))
              : `-${formatShare(BigInt(c - b), BigInt(n))}`,
          strong ? "yes" : "no",
          callable ? "yes" : "no",
          sameBytes(model, calledNext) ? "yes" : "",
        ]),
      ),
    ),
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function renderPots({ pots, settled }: Explanation): string {
  if (!settled) return "";
  return heading(
    "Pot: what the arena's authors share",
    facts([
      ["emission of the epoch", formatAssay(pots.budget)],
      ["half of it for authors", formatAssay(pots.authorsShare)],
      ["the arena's weight", `${pots.weight} of ${pots.weightSum}`],
      ["pot from emission", formatAssay(pots.authors)],
      ["pot funded by people", formatAssay(pots.funded)],
    ]),
  );
}

function renderSteps({ steps, pots, settled }: Explanation, name: Namer): string {
  if (!settled) return "";
  if (steps.length === 0)
    return "Pay: the ladder has no step yet but the reference, which earns nothing: nobody was paid.";
  const total = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);
  const [emission, funded] = [
    total(steps.map((line) => line.emission)),
    total(steps.map((line) => line.funded)),
  ];
  const divisors =
    pots.divisor === pots.fundedDivisor
      ? `${pots.divisor}`
      : `${pots.divisor} (funded pot: ${pots.fundedDivisor})`;
  return heading(
    `Pay: floor(pot x strength / divisor), divisor = ${divisors} = the larger of ${pots.fullGain} and the sum of strengths`,
    table(
      [
        "step",
        "model",
        ">height g",
        ">age",
        ">strength s",
        ">from emission",
        ">from pot",
        ">pay in ASSAY",
        "",
      ],
      steps.map((line) => [
        line.step,
        name(line.model),
        line.gain,
        line.age,
        line.decayed,
        line.weighted ? formatAmount(line.emission) : "no weight then",
        formatAmount(line.funded),
        formatAmount(line.emission + line.funded),
        line.own ? "<- this" : "",
      ]),
      [
        [
          "",
          "paid",
          "",
          "",
          total(steps.map((line) => line.decayed)),
          formatAmount(emission),
          formatAmount(funded),
          formatAmount(emission + funded),
          "",
        ],
        [
          "",
          "not paid",
          "",
          "",
          "",
          formatAmount(pots.authors - emission),
          formatAmount(pots.funded - funded),
          formatAmount(pots.authors - emission + pots.funded - funded),
          "not minted, kept in pot",
        ],
        [
          "",
          "pot",
          "",
          "",
          "",
          formatAmount(pots.authors),
          formatAmount(pots.funded),
          formatAmount(pots.authors + pots.funded),
          "",
        ],
      ],
    ),
  );
}

function renderPaid({ paid, steps, settled }: Explanation): string {
  if (!settled) return "Paid for this model: 0.000000 ASSAY";
  const why = steps.some(({ own }) => own) ? "" : " (it holds no step that still has strength)";
  return `Paid for this model: ${formatAssay(paid)}${why}`;
}

function renderChecks({ checks, unchecked }: Explanation): string {
  const wrong = checks.filter(({ agrees }) => !agrees);
  const verdict =
    wrong.length === 0
      ? `Recomputed ${checks.length} numbers from the ones before them: all agree with the chain.`
      : heading(
          `${wrong.length} of ${checks.length} recomputed numbers DIFFER from the chain's:`,
          table(
            ["number", ">chain", ">recomputed"],
            wrong.map(({ what, chain, recomputed }) => [what, chain, recomputed]),
          ),
        );
  return [verdict, ...unchecked.map((what) => `Not recomputed: ${what}.`)].join("\n");
}
