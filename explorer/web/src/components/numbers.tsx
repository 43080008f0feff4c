import type { ReactNode } from "react";

interface NumbersProps {
  /** Of the table, which nobody sees but who needs it. */
  caption: string;
  x: readonly number[];
  xLabel: string;
  /** One value per x each. */
  series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  format?: (value: number) => string;
  formatX?: (x: number) => string;
}

/** What a chart shows as a table that is folded away, for who cannot see the chart or wants the numbers. */
export function Numbers({
  caption,
  x,
  xLabel,
  series,
  format = String,
  formatX = String,
}: NumbersProps): ReactNode {
  return (
    <details className="text-xs text-muted">
      <summary className="py-1">Show the numbers</summary>
      {/* Positioned, so that its hidden caption does not widen the page. */}
      <div className="relative max-h-64 overflow-auto" tabIndex={0} role="region" aria-label={caption}>
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
  );
}
