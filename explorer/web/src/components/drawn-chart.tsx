import { useMemo, type ReactNode } from "react";
import uPlot from "uplot";
import type { LineChartProps } from "./chart.tsx";
import { Plot, type Colours } from "./plot.tsx";

/** The drawing of a `LineChart`, in its own chunk. */
export function DrawnChart(props: LineChartProps): ReactNode {
  const { x, xLabel, time, series, chartHeight = 220, range } = props;
  const data = useMemo(
    (): uPlot.AlignedData => [[...x], ...series.map(({ values }) => [...values])],
    [x, series],
  );
  const lines = series.map(({ name, colour, shape }) => [name, colour, shape]);
  return (
    <div className="text-xs">
      <Plot
        shape={JSON.stringify([xLabel, time, lines, range])}
        plotHeight={chartHeight}
        data={data}
        options={(colour) => options(props, colour)}
      />
    </div>
  );
}

function options(
  { xLabel, time = false, series, format = String, formatX, range }: LineChartProps,
  colour: Colours,
): Omit<uPlot.Options, "width" | "height"> {
  const axis = {
    stroke: colour("muted"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  return {
    legend: { live: true },
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time }, y: range === undefined ? {} : { range: [...range] } },
    axes: [
      { ...axis, ...(formatX === undefined ? {} : { values: (_, at) => at.map(formatX) }) },
      { ...axis, size: 70, values: (_, at) => at.map(format) },
    ],
    series: [
      {
        label: xLabel,
        ...(formatX === undefined ? {} : { value: (_, at) => (at === null ? "–" : formatX(at)) }),
      },
      ...series.map(({ name, colour: index, shape }, place) => ({
        label: name,
        stroke: colour(`series-${index ?? (place % 8) + 1}`),
        width: 2,
        points: { show: false },
        value: (_: uPlot, value: number | null) => (value === null ? "–" : format(value)),
        ...(shape === "steps" && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
      })),
    ],
  };
}
