/** Arenas and models in plain words. Pure. */
import type { Counts, LadderRules, ModelState, Task } from "../../../../wire/poi-models.ts";
import { formatCount } from "../../components/format.ts";
import type { Tone } from "../../components/badge.tsx";

/** What a model of the arena is given. */
export function inputWords({ input: { type, shape, preprocessing } }: Task): string {
  const size = shape.join(" × ");
  const numbers = formatCount(shape.reduce((product, length) => product * length, 1));
  switch (preprocessing) {
    case "gray-28x28":
      return "a grey picture of 28 × 28 pixels";
    case "char-ngrams-128":
      return `a short text, as ${numbers} numbers for its pairs and triples of letters`;
    case "word-counts-512":
      return `a text, as ${numbers} counts of words`;
    default:
      return `${numbers} numbers (${type}, ${size})`;
  }
}

/** What it answers. */
export function answerWords({ answer }: Task): string {
  if (answer.kind === "scalar") return `a number, right within ${formatCount(answer.tolerance)}`;
  const [first, second] = answer.labels;
  return answer.labels.length === 2
    ? `${first} or ${second}`
    : `one of ${formatCount(answer.labels.length)} classes`;
}

export const STATE_WORDS: Readonly<Record<ModelState, { tone: Tone; word: string; meaning: string }>> = {
  top: { tone: "gold", word: "leads", meaning: "It holds the top step of its arena's ladder." },
  called: {
    tone: "info",
    word: "on trial",
    meaning: "It looked better than the top: the chain itself runs it against the last steps now.",
  },
  contender: {
    tone: "neutral",
    word: "contender",
    meaning: "It is compared with the top on every item that both answer.",
  },
  archived: {
    tone: "good",
    word: "held a step",
    meaning: "A later step was taken above it. Its own step goes on earning while it fades.",
  },
  evicted: {
    tone: "neutral",
    word: "gave way",
    meaning: "The arena was full, and it was the weakest contender when another came.",
  },
  withdrawn: { tone: "neutral", word: "withdrawn", meaning: "Its author took it out of the arena." },
  unknown: {
    tone: "neutral",
    word: "unknown",
    meaning: "The chain gave a state that this page does not know.",
  },
};

const ONE_BIT = 65_536;

/** Q16 bits as bits, e.g. "2.15 bits". */
export function formatBits(q16: number, digits = 2): string {
  return `${(q16 / ONE_BIT).toFixed(digits)} bits`;
}

/** How many times fewer errors a gain means: one bit is half of them. */
export function errorsLeft(q16: number): number {
  return 2 ** (-q16 / ONE_BIT);
}

/**
 * How far a comparison is on the way to being significant: (b-c)^2 over (b+c), negative when the other model is
 * ahead. A step needs it to reach `z2`.
 */
export function evidence({ b, c }: Pick<Counts, "b" | "c">): number {
  if (b + c === 0) return 0;
  return (Math.sign(b - c) * (b - c) ** 2) / (b + c);
}

/** What a contender's screening shows, by the rules that call it. */
export function screeningWords(
  counts: Counts,
  rules: LadderRules,
): { tone: Tone; word: string; meaning: string } {
  const shown = evidence(counts);
  if (counts.n < rules.minItems)
    return {
      tone: "neutral",
      word: "too early",
      meaning: `Compared on ${formatCount(counts.n)} items; nothing is concluded from fewer than ${formatCount(rules.minItems)}.`,
    };
  if (shown >= 4)
    return {
      tone: "good",
      word: "clearly better",
      meaning: "Strong enough to set the mark for being called.",
    };
  if (shown >= 1)
    return {
      tone: "info",
      word: "may be better",
      meaning: "Strong enough to be called when others set the mark.",
    };
  if (shown <= -1) return { tone: "neutral", word: "worse", meaning: "The top is right more often." };
  return { tone: "neutral", word: "no difference", meaning: "What it wins it loses elsewhere." };
}
