import type { Task } from "../../../wire/poi-models.ts";

/** What the outputs of a model mean to people. */
export interface Meaning {
  /** The answer in a word: the label of the class, or the number. */
  readonly answer: string;
  /** Outputs with their labels, the best first; empty for a single number. */
  readonly scores: readonly { index: number; label: string; score: number }[];
}

/**
 * Reads outputs as the arena does: the class of the largest output, of equal ones the first; or the only number there
 * is. Without a task the outputs speak for themselves.
 */
export function meaningOf(task: Task | null, outputs: ArrayLike<number>): Meaning {
  const all = Array.from(outputs);
  if (task?.answer.kind !== "class") return { answer: all.join(", "), scores: [] };
  const { labels } = task.answer;
  const scores = all
    .map((score, index) => ({ index, label: labels[index] ?? String(index), score }))
    .sort((a, b) => b.score - a.score || a.index - b.index);
  return { answer: scores[0]?.label ?? "", scores };
}
