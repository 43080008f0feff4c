import type { ArenaView, HistoryView, ModelState } from "../../../src/wire.ts";

/** Lines a chart shows; more cannot be told apart. */
const MAX_LINES = 8;

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
  errors: (number | null)[];
}

/** A step that was taken within the epochs shown. */
export interface Riser {
  epoch: number;
  index: number;
  name: string;
  gainBits: number;
}

/**
 * Lays out an arena's ladder over time, up to and including `running`, the epoch under way. The height of a tread is
 * its model's mean error over everything it was measured on. Undefined when nothing has been measured yet.
 */
export function staircase(
  arena: ArenaView,
  history: HistoryView | undefined,
  running: number,
): Staircase | undefined {
  const first = history?.epochs[0];
  if (history === undefined || first === undefined) return undefined;
  const last = Math.max(running, history.epochs.at(-1) ?? first);
  const epochs = Array.from({ length: last - first + 1 }, (_, index) => first + index);

  const meanError = new Map(
    arena.models.map(({ id, mean }) => [id, mean === null ? null : 1 - mean.accuracy]),
  );
  const treads = epochs.map((epoch) => {
    const top = arena.steps.findLast((step) => step.index === 0 || step.epoch <= epoch);
    return top === undefined ? null : (meanError.get(top.model) ?? null);
  });

  const position = new Map(history.epochs.map((epoch, index) => [epoch, index]));
  const measured = new Map(history.series.map(({ model, accuracy }) => [model, accuracy]));
  const lines = arena.models
    .filter(({ id }) => measured.has(id))
    .slice(0, MAX_LINES)
    .map(({ id, name, state }) => ({
      model: id,
      name,
      state,
      errors: epochs.map((epoch) => {
        const index = position.get(epoch);
        const accuracy = index === undefined ? null : (measured.get(id)?.[index] ?? null);
        return accuracy === null ? null : 1 - accuracy / 1_000_000;
      }),
    }));

  const risers = arena.steps
    .filter(({ index, epoch }) => index > 0 && epoch >= first)
    .map(({ epoch, index, modelName, gainBits }) => ({ epoch, index, name: modelName, gainBits }));
  return { epochs, treads, lines, risers };
}

/** Marks of a logarithmic axis: 1, 2 and 5 of every power of ten. */
const MARKS = [-4, -3, -2, -1, 0]
  .flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power))
  .filter((m) => m <= 1);

/** The range of a logarithmic error axis, and its marks. An error of zero is drawn on the lower end. */
export interface ErrorScale {
  low: number;
  high: number;
  marks: number[];
}

export function errorScale({ treads, lines }: Staircase): ErrorScale {
  const errors = [...treads, ...lines.flatMap((line) => line.errors)].filter((error) => error !== null);
  const positive = errors.filter((error) => error > 0);
  const least = positive.length === 0 ? 0.01 : Math.min(...positive);
  const most = positive.length === 0 ? 1 : Math.max(...positive);
  const low = MARKS.findLast((mark) => mark <= least * 0.95) ?? 1e-4;
  const high = MARKS.find((mark) => mark >= most * 1.1) ?? 1;
  return { low, high, marks: MARKS.filter((mark) => mark >= low && mark <= high) };
}
