import {
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type Row as TableRow,
} from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import type { PagesResult } from "../api/use-api.ts";
import { Button } from "./button.tsx";
import { cx } from "./cx.ts";
import { Empty } from "./empty.tsx";
import { Failed, Loaded } from "./loaded.tsx";
import { ScrollBox } from "./scroll-box.tsx";

export interface Column<Row> {
  key: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers go right. */
  align?: "left" | "right";
  /** Makes the column sortable by this value. Lists that are loaded in pages are not sortable. */
  sort?: (row: Row) => number | string | bigint;
  /** Leaves the column out on screens narrower than this. */
  hideBelow?: "sm" | "md";
  /** Explains the column to who points at its header. */
  title?: string;
}

export interface DataTableProps<Row> {
  /** Says what the table lists; read out, not shown, since a heading stands above. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Shown instead of a table without rows. */
  empty?: ReactNode;
  /** False for a list of which only a part is here: sorting a part would mislead. */
  sortable?: boolean;
  /** Names a row, so that it keeps its place in the document when rows come and go. */
  rowKey?: (row: Row, index: number) => string;
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

const HIDE = { sm: "max-sm:hidden", md: "max-md:hidden" } as const;

/** A table that scrolls inside itself when it is wider than the screen. */
export function DataTable<Row extends object>({
  caption,
  columns,
  rows,
  empty = <Empty title="Nothing here yet" />,
  sortable = true,
  rowKey,
}: DataTableProps<Row>): ReactNode {
  const definitions = useMemo(
    () =>
      columns.map(({ key, sort }): ColumnDef<typeof features, Row> => ({
        id: key,
        accessorFn: sort ?? (() => 0),
        enableSorting: sortable && sort !== undefined,
        sortFn: (a: TableRow<typeof features, Row>, b: TableRow<typeof features, Row>) =>
          sort === undefined ? 0 : compare(sort(a.original), sort(b.original)),
      })),
    [columns, sortable],
  );
  const table = useTable({ features, columns: definitions, data: rows, enableMultiSort: false });
  if (rows.length === 0) return empty;
  const byKey = new Map(columns.map((column) => [column.key, column]));
  const classes = ({ align, hideBelow }: Column<Row>): string =>
    cx(align === "right" && "text-right whitespace-nowrap", hideBelow !== undefined && HIDE[hideBelow]);
  return (
    <ScrollBox label={caption}>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {table.getFlatHeaders().map(({ id, column }) => {
              const shown = byKey.get(id);
              if (shown === undefined) return null;
              const sorted = column.getIsSorted();
              return (
                <th
                  key={id}
                  scope="col"
                  title={shown.title}
                  aria-sort={sorted === false ? undefined : sorted === "asc" ? "ascending" : "descending"}
                  className={cx(
                    "px-3 py-2 text-left text-xs font-medium whitespace-nowrap text-muted first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5",
                    classes(shown),
                  )}
                >
                  {column.getCanSort() ? (
                    <button
                      type="button"
                      className="-my-1 inline-flex items-center gap-1 py-1 hover:text-ink"
                      onClick={column.getToggleSortingHandler()}
                    >
                      {shown.header}
                      <SortMark sorted={sorted} />
                    </button>
                  ) : (
                    shown.header
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {table.getRowModel().rows.map(({ original, index }) => (
            <tr
              key={rowKey?.(original, index) ?? index}
              className="border-t border-line hover:bg-surface-2/50"
            >
              {columns.map((column) => (
                <td
                  key={column.key}
                  className={cx(
                    "px-3 py-2 align-top first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5",
                    classes(column),
                  )}
                >
                  {column.cell(original)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function compare(a: number | string | bigint, b: number | string | bigint): number {
  if (typeof a === "string" && typeof b === "string") return a.localeCompare(b, "en", { numeric: true });
  return a < b ? -1 : a > b ? 1 : 0;
}

function SortMark({ sorted }: { sorted: false | "asc" | "desc" }): ReactNode {
  const Icon = sorted === false ? ChevronsUpDown : sorted === "asc" ? ArrowUp : ArrowDown;
  return <Icon className={cx("size-3", sorted === false && "opacity-40")} aria-hidden="true" />;
}

/** A list of the api that is loaded page by page: a table and "Show more". */
export function PagedTable<Row extends object>({
  result,
  ...rest
}: Omit<DataTableProps<Row>, "rows" | "sortable"> & { result: PagesResult<Row> }): ReactNode {
  return (
    <Loaded result={result} lines={6}>
      {({ pages }) => (
        <>
          <DataTable {...rest} sortable={false} rows={pages.flatMap(({ items }) => items)} />
          {result.isFetchNextPageError ? (
            <Failed error={result.error} retry={() => void result.fetchNextPage()} />
          ) : result.hasNextPage ? (
            <div className="flex justify-center border-t border-line py-3">
              <Button disabled={result.isFetchingNextPage} onClick={() => void result.fetchNextPage()}>
                {result.isFetchingNextPage ? "Loading …" : "Show more"}
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Loaded>
  );
}
