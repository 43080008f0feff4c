import type { ReactNode } from "react";
import type { Measured } from "../../../../wire/poi-models.ts";
import { formatCount, formatPercent } from "../../components/format.ts";

const MILLION = 1_000_000;

/** An accuracy within its 95 % interval, drawn on an axis that begins at `from` (a fraction) and ends at 100 %. */
export function Interval({ measured, from = 0 }: { measured: Measured; from?: number }): ReactNode {
  const at = (ppm: number): number => Math.max(0, (ppm / MILLION - from) / (1 - from)) * 100;
  const [low, mid, high] = [at(measured.low), at(measured.accuracy), at(measured.high)];
  return (
    <span
      className="block w-28 max-w-full sm:w-40"
      title={`${formatPercent(measured.accuracy / MILLION)} of ${formatCount(measured.items)} items; with 95 % confidence between ${formatPercent(measured.low / MILLION)} and ${formatPercent(measured.high / MILLION)}`}
    >
      <span className="whitespace-nowrap">
        {formatPercent(measured.accuracy / MILLION)}{" "}
        <span className="text-xs text-muted">
          ± {(((measured.high - measured.low) / 2 / MILLION) * 100).toFixed(2)}
        </span>
      </span>
      <span className="relative mt-1 block h-1 rounded bg-surface-2" aria-hidden="true">
        <span
          className="absolute inset-y-0 min-w-0.5 rounded bg-accent opacity-50"
          style={{ left: `${low}%`, width: `${high - low}%` }}
        />
        <span className="absolute -inset-y-0.5 w-0.5 bg-ink" style={{ left: `calc(${mid}% - 1px)` }} />
      </span>
    </span>
  );
}

/** Where the axis of several intervals begins: below the lowest, at most at nine tenths. */
export function intervalFrom(measured: readonly (Measured | null)[]): number {
  const lows = measured.flatMap((one) => (one === null ? [] : [one.low / MILLION]));
  return Math.floor(Math.min(0.9, ...lows) * 20) / 20;
}
