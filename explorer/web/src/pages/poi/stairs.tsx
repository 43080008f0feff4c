import type { ReactNode } from "react";
import type { Tread } from "../../../../wire/poi-models.ts";
import { formatPercent } from "../../components/format.ts";

const [WIDTH, HEIGHT] = [240, 56];
const MILLION = 1_000_000;
const LEAST = 1e-4;

/** The error of an arena's leading model over its epochs, small: each stair down is a step that was taken. */
export function Stairs({ treads, running }: { treads: readonly Tread[]; running: number }): ReactNode {
  const points = treads.flatMap(({ epoch, error }) =>
    error === null ? [] : [{ epoch, error: error / MILLION }],
  );
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined)
    return <p className="py-4 text-sm text-muted">Nothing has been measured here yet.</p>;
  const level = (error: number): number => Math.log2(Math.max(error, LEAST));
  const [high, low] = [
    Math.max(...points.map(({ error }) => level(error))),
    Math.min(...points.map(({ error }) => level(error))),
  ];
  const end = Math.max(running, last.epoch + 1);
  const x = (epoch: number): number => ((epoch - first.epoch) / Math.max(1, end - first.epoch)) * WIDTH;
  const y = (error: number): number =>
    4 + (high === low ? 0 : ((high - level(error)) / (high - low)) * (HEIGHT - 8));
  const path = points
    .map(({ epoch, error }, i) => (i === 0 ? `M0 ${y(error)}` : `H${x(epoch)} V${y(error)}`))
    .join(" ");
  return (
    <figure
      aria-label={`The share of wrong answers fell from ${formatPercent(first.error)} to ${formatPercent(last.error)} in ${points.length - 1} steps.`}
    >
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-14 w-full"
        aria-hidden="true"
      >
        <path d={`${path} H${WIDTH} V${HEIGHT} H0 Z`} className="fill-gold-wash" />
        <path
          d={`${path} H${WIDTH}`}
          className="fill-none stroke-gold-mark stroke-2"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <figcaption className="flex justify-between text-xs text-muted">
        <span>{formatPercent(first.error)} wrong at first</span>
        <span>
          <b className="font-semibold text-ink">{formatPercent(last.error)}</b> now
        </span>
      </figcaption>
    </figure>
  );
}
