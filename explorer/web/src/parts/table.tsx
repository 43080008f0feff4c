import type { ReactNode } from "react";

export interface Column<Row> {
  /** Heading, and the label of the cell where the table is a list of cards. */
  label: string;
  /** What the heading means, where it is not plain. */
  hint?: string;
  numeric?: boolean;
  /** Takes two places on a card. */
  roomy?: boolean;
  cell: (row: Row) => ReactNode;
}

export interface TableProps<Row> {
  /** What the table holds, for screen readers. */
  caption: string;
  /** The first one names the row. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  rowTone?: (row: Row) => "danger" | "strong" | undefined;
  /** Few and short columns, which fit a phone as they are. */
  slim?: boolean;
  /** Shown instead of rows when there are none. */
  empty: string;
}

/** A table that becomes a list of cards where it is narrow, unless it is slim. The roles keep it a table for screen readers even then. */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  rowTone,
  slim = false,
  empty,
}: TableProps<Row>): ReactNode {
  if (rows.length === 0) return <p className="empty">{empty}</p>;
  const classOf = ({ numeric, roomy }: Column<Row>): string | undefined =>
    numeric === true ? "numeric" : roomy === true ? "roomy" : undefined;
  return (
    <div className={slim ? "table-box" : "table-box table-cards"}>
      <table role="table">
        <caption className="visually-hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.label}
                role="columnheader"
                scope="col"
                className={classOf(column)}
                title={column.hint}
              >
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row" data-tone={rowTone?.(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.label} role="rowheader" scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.label} role="cell" className={classOf(column)} data-label={column.label}>
                    <span className="value">{column.cell(row)}</span>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
