import { lazy, Suspense, type ReactNode } from "react";
import { Skeleton } from "./empty.tsx";

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
  const { caption, x, xLabel, series, format = String, formatX = String, chartHeight = 220 } = props;
  return (
    <figure aria-label={caption}>
      <div aria-hidden="true" style={{ minHeight: chartHeight }}>
        <Suspense fallback={<Skeleton lines={5} />}>
          <Drawn {...props} />
        </Suspense>
      </div>
      <details className="text-xs text-muted">
        <summary className="py-1">Show the numbers</summary>
        <div className="max-h-64 overflow-auto" tabIndex={0} role="region" aria-label={caption}>
          <table className="w-full text-right">
            <caption className="sr-only">{caption}</caption>
            <thead>
              <tr>
                <th scope="col" className="px-2 text-left font-medium">
                  {xLabel}
                </th>
                {series.map(({ name }, index) => (
                  <th key={index} scope="col" className="px-2 font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {x.map((at, row) => (
                <tr key={at}>
                  <th scope="row" className="px-2 text-left font-normal">
                    {formatX(at)}
                  </th>
                  {series.map(({ values }, index) => {
                    const value = values[row];
                    return (
                      <td key={index} className="px-2">
                        {value === null || value === undefined ? "–" : format(value)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
