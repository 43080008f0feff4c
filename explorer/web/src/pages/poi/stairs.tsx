import type { ReactNode } from "react";
import type { Tread } from "../../../../wire/poi-models.ts";
import { formatPercent } from "../../components/format.ts";

const [WIDTH, HEIGHT] = [240, 56];
const MILLION = 1_000_000;
const LEAST = 1e-4;

/**
 * The errors of the models that led an arena, one after the other, small: each stair down is a step that was taken.
 * The lower, the fewer errors; half of them is always the same height.
 */
export function Stairs({ treads }: { treads: readonly Tread[] }): ReactNode {
  const errors = treads.flatMap(({ error }) => (error === null ? [] : [error / MILLION]));
  const [first, last] = [errors[0], errors.at(-1)];
  if (first === undefined || last === undefined)
    return <p className="py-4 text-sm text-muted">Nothing has been measured here yet.</p>;
  const level = (error: number): number => Math.log2(Math.max(error, LEAST));
  const high = level(Math.max(...errors));
  const range = high - level(Math.min(...errors));
  const y = (error: number): number =>
    3 + (range === 0 ? 0 : ((high - level(error)) / range) * (HEIGHT - 18));
  const path = errors
    .map(
      (error, i) =>
        `${i === 0 ? "M0" : "V"}${i === 0 ? " " : ""}${y(error)} H${((i + 1) / errors.length) * WIDTH}`,
    )
    .join(" ");
  return (
    <figure
      aria-label={`The share of wrong answers fell from ${formatPercent(first)} to ${formatPercent(last)} in ${errors.length - 1} steps.`}
    >
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-14 w-full"
        aria-hidden="true"
      >
        <path d={`${path} V${HEIGHT} H0 Z`} className="fill-gold-wash" />
        <path d={path} className="fill-none stroke-gold-mark stroke-2" vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="flex justify-between text-xs text-muted">
        <span>{formatPercent(first)} wrong at first</span>
        <span>
          <b className="font-semibold text-ink">{formatPercent(last)}</b> now
        </span>
      </figcaption>
    </figure>
  );
}
