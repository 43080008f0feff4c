import { useMemo, useState, type ReactNode } from "react";
import type uPlot from "uplot";
import type { ModelEpochRow } from "../../../../wire/poi-models.ts";
import { formatPercent } from "../../components/format.ts";
import { letThrough, Plot, type Colours } from "../../components/plot.tsx";

const MILLION = 1_000_000;

/** A model's accuracy over epochs within its 95 % interval, and the smoothed one. `epochs` oldest first. */
export function ScoreChart({ epochs }: { epochs: readonly ModelEpochRow[] }): ReactNode {
  const [hovered, setHovered] = useState<number | null>(null);
  const data = useMemo(() => columns(epochs), [epochs]);
  const shown = epochs[hovered ?? epochs.length - 1];
  return (
    <figure aria-label={summary(epochs)}>
      <div aria-hidden="true">
        <Plot
          shape={epochs.length > 60 ? "many" : "few"}
          plotHeight={260}
          data={data}
          options={(colour) => options(colour, epochs.length, setHovered)}
        />
      </div>
      {shown === undefined ? null : (
        <figcaption className="flex flex-wrap gap-x-4 gap-y-1 px-2 pt-2 text-xs text-muted">
          <span>Epoch {shown.epoch}</span>
          <span className="inline-flex items-center gap-1.5">
            <span className="size-2.5 rounded-full bg-series-1" />
            accuracy <b className="font-semibold text-ink">{formatPercent(shown.accuracy / MILLION)}</b>
          </span>
          <span className="inline-flex items-center gap-1.5">
            <span className="h-2.5 w-3.5 rounded-sm bg-series-1 opacity-25" />
            95 % interval{" "}
            <b className="font-semibold whitespace-nowrap text-ink">
              {formatPercent(shown.low / MILLION)} to {formatPercent(shown.high / MILLION)}
            </b>
          </span>
          <span className="inline-flex items-center gap-1.5">
            <span className="h-0.5 w-3.5 bg-series-4" />
            smoothed <b className="font-semibold text-ink">{formatPercent(shown.smoothed / MILLION)}</b>
          </span>
          {shown.step > 0 ? <b className="text-gold">took step {shown.step}</b> : null}
        </figcaption>
      )}
    </figure>
  );
}

function summary(epochs: readonly ModelEpochRow[]): string {
  const [first, last] = [epochs[0], epochs.at(-1)];
  if (first === undefined || last === undefined) return "No epoch has measured this model yet.";
  return `Accuracy over epochs ${first.epoch} to ${last.epoch}: last ${formatPercent(last.accuracy / MILLION)}, smoothed ${formatPercent(last.smoothed / MILLION)}. The table below has every number.`;
}

function columns(epochs: readonly ModelEpochRow[]): uPlot.AlignedData {
  const share = (of: (row: ModelEpochRow) => number): number[] => epochs.map((row) => of(row) / MILLION);
  return [
    epochs.map(({ epoch }) => epoch),
    share(({ high }) => high),
    share(({ low }) => low),
    share(({ accuracy }) => accuracy),
    share(({ smoothed }) => smoothed),
  ];
}

function options(
  colour: Colours,
  length: number,
  onHover: (index: number | null) => void,
): Omit<uPlot.Options, "width" | "height"> {
  const axis: uPlot.Axis = {
    stroke: colour("muted"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  const [line, smooth] = [colour("series-1"), colour("series-4")];
  const hidden: uPlot.Series = { stroke: "transparent", points: { show: false } };
  return {
    padding: [12, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: false, range: (_chart, min, max) => [min - 0.5, Math.max(max, min + 4) + 0.5] } },
    axes: [
      { ...axis, size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500], values: (_, at) => at.map(String) },
      { ...axis, size: 58, values: (_, at) => at.map((value) => `${Number((value * 100).toFixed(2))} %`) },
    ],
    bands: [{ series: [1, 2], fill: letThrough(line, 0.18) }],
    series: [
      {},
      hidden,
      hidden,
      {
        stroke: line,
        width: length > 60 ? 1 : 0,
        points: { show: length <= 60, size: 6, fill: line, stroke: line },
      },
      { stroke: smooth, width: 2, points: { show: false } },
    ],
    hooks: { setCursor: [(chart) => onHover(chart.cursor.idx ?? null)] },
  };
}
