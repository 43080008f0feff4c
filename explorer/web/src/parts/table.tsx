import type { ReactNode } from "react";

export interface Column<Row> {
  /** Heading, and the label of the cell where the table is a list of cards. */
  label: string;
  /** What the heading means, where it is not plain. */
  hint?: string;
  numeric?: boolean;
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
  /** Shown instead of rows when there are none. */
  empty: string;
}

/** A table that becomes a list of cards where it is narrow. The roles keep it a table for screen readers even then. */
export function Table<Row>({ caption, columns, rows, rowKey, rowTone, empty }: TableProps<Row>): ReactNode {
  if (rows.length === 0) return <p className="empty">{empty}</p>;
  const alignment = (column: Column<Row>): string | undefined => (column.numeric === true ? "numeric" : undefined);
  return (
    <div className="table-box">
      <table role="table">
        <caption className="visually-hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.label} role="columnheader" scope="col" className={alignment(column)} title={column.hint}>
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
                  <td key={column.label} role="cell" className={alignment(column)} data-label={column.label}>
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
