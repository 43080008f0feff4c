import { lazy, Suspense, type ReactNode } from "react";
import { Skeleton } from "./empty.tsx";
import { Numbers } from "./numbers.tsx";

export interface Series {
  name: string;
  /** One value per x; null leaves a gap. */
  values: readonly (number | null)[];
  /** Which of the eight series colours; its place in the list unless said. */
  colour?: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  /** Steps hold a value until the next; lines join the points. */
  shape?: "line" | "steps";
}

export interface LineChartProps {
  /** Says what is shown; read out and the caption of the table of its numbers. */
  caption: string;
  /** Numbers that rise, e.g. epochs or heights; with `time`, seconds since 1970. */
  x: readonly number[];
  xLabel: string;
  /** Whether x is time. */
  time?: boolean;
  series: readonly Series[];
  /** Formats a value of the series. */
  format?: (value: number) => string;
  /** Formats an x for the axis and the table; for `time` the reader's zone unless said. */
  formatX?: (x: number) => string;
  /** In pixels. */
  chartHeight?: number;
  /** Lowest and highest value of the axis; from the data unless said. */
  range?: readonly [number, number];
}

const Drawn = lazy(async () => ({ default: (await import("./drawn-chart.tsx")).DrawnChart }));

/** Lines over a rising x, with the numbers as a table for who cannot see them. */
export function LineChart(props: LineChartProps): ReactNode {
  const { caption, chartHeight = 220 } = props;
  return (
    <figure aria-label={caption}>
      <div aria-hidden="true" style={{ minHeight: chartHeight }}>
        <Suspense fallback={<Skeleton lines={5} />}>
          <Drawn {...props} />
        </Suspense>
      </div>
      <Numbers {...props} />
    </figure>
  );
}
