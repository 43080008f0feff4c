/** What the outputs of a model mean to people. */
import { AnswerKind, type ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { answerOf, KIND, type Format } from "@assay/client/protocol/rows";
import { table } from "./output.ts";

/** An arena's answer: the number of a class with its label, or a number by itself. */
export interface Meaning {
  readonly answer: number;
  readonly label: string | null;
}

/** Throws RangeError when the outputs are not as many as the arena's models have. */
export function meaningOf(spec: ArenaSpec, outputs: ArrayLike<number>): Meaning {
  if (spec.answer !== AnswerKind.CLASS) {
    const bytes = answerOf({ kind: KIND.scalar, classes: 0, tolerance: 0n }, outputs);
    return { answer: new DataView(bytes.buffer).getInt32(0, true), label: null };
  }
  const format: Format = { kind: KIND.class, classes: spec.labels.length, tolerance: 0n };
  const [answer = 0] = answerOf(format, outputs);
  return { answer, label: spec.labels[answer] ?? null };
}

/** The outputs beside their labels; empty where there is one output only. */
export function outputTable(spec: ArenaSpec, outputs: ArrayLike<number>): string {
  if (spec.answer !== AnswerKind.CLASS) return "";
  return table(
    ["label", ">logit"],
    Array.from(outputs, (logit, i) => [spec.labels[i] ?? i, logit]),
  );
}
