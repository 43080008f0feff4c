/** The ladder over time: what a chart of it shows. Pure. */
import type { z } from "zod";
import type { getArenaHistory, ModelState } from "../../../../wire/poi-models.ts";

type History = z.output<(typeof getArenaHistory)["answer"]>;

/** Lines a chart shows; more cannot be told apart. */
export const MAX_LINES = 8;
const MILLION = 1_000_000;

/** An arena's errors over its epochs, as fractions of 1; arrays are parallel to `epochs`. */
export interface Staircase {
  epochs: number[];
  /** Error of the model on top. It changes only where a step was taken, so it descends in stairs. */
  treads: (number | null)[];
  lines: StaircaseLine[];
  risers: Riser[];
}

export interface StaircaseLine {
  model: string;
  name: string;
  state: ModelState;
  /** Which of the eight colours: by the order of registration, so that it stays when the ranking changes. */
  colour: number;
  errors: (number | null)[];
}

/** A step that was taken within the epochs shown. */
export interface Riser {
  epoch: number;
  index: number;
  name: string;
  gain: number;
}

const ORDER: readonly ModelState[] = [
  "top",
  "called",
  "contender",
  "archived",
  "evicted",
  "withdrawn",
  "unknown",
];

/**
 * Lays out an arena's ladder over time, up to and including `running`, the epoch under way. The height of a tread is
 * its model's mean error over everything it was measured on. Undefined when nothing has been measured yet.
 */
export function staircase(history: History, running: number): Staircase | undefined {
  const first = history.epochs[0];
  if (first === undefined) return undefined;
  const last = Math.max(running, history.epochs.at(-1) ?? first);
  const epochs = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const treads = epochs.map((epoch) => {
    const top = history.steps.findLast((step) => step.index === 0 || step.epoch <= epoch);
    return top === undefined || top.error === null ? null : top.error / MILLION;
  });
  const position = new Map(history.epochs.map((epoch, index) => [epoch, index]));
  const lines = history.series
    .map(({ model, state, accuracy }, index) => ({
      model: model.id,
      name: model.name || model.id.slice(0, 8),
      state,
      colour: (index % MAX_LINES) + 1,
      errors: epochs.map((epoch) => {
        const at = position.get(epoch);
        const measured = at === undefined ? null : (accuracy[at] ?? null);
        return measured === null ? null : 1 - measured / MILLION;
      }),
    }))
    .toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
    .slice(0, MAX_LINES);
  const risers = history.steps
    .filter(({ index, epoch }) => index > 0 && epoch >= first)
    .map(({ epoch, index, model, gain }) => ({
      epoch,
      index,
      name: model.name || model.id.slice(0, 8),
      gain,
    }));
  return { epochs, treads, lines, risers };
}

/** Marks of a logarithmic axis: 1, 2 and 5 of every power of ten. */
const MARKS = [-4, -3, -2, -1, 0]
  .flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power))
  .filter((mark) => mark <= 1);

/** The range of a logarithmic error axis, and its marks. An error of zero is drawn on the lower end. */
export interface ErrorScale {
  low: number;
  high: number;
  marks: number[];
}

export function errorScale({ treads, lines }: Pick<Staircase, "treads" | "lines">): ErrorScale {
  const errors = [...treads, ...lines.flatMap((line) => line.errors)].filter((error) => error !== null);
  const positive = errors.filter((error) => error > 0);
  const least = positive.length === 0 ? 0.01 : Math.min(...positive);
  const most = positive.length === 0 ? 1 : Math.max(...positive);
  const low = MARKS.findLast((mark) => mark <= least * 0.95) ?? 1e-4;
  const high = MARKS.find((mark) => mark >= most * 1.1) ?? 1;
  return { low, high, marks: MARKS.filter((mark) => mark >= low && mark <= high) };
}
