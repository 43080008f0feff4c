import type { ReactNode } from "react";
import type { ModelEpochRow } from "../../../../wire/poi-models.ts";
import { TextLink } from "../../components/button.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatPercent, shorten } from "../../components/format.ts";

/** A model's accuracy on the items of each sponsor; its score is the lower median of them. */
export function Sponsors({ newest, arena }: { newest: ModelEpochRow | undefined; arena: number }): ReactNode {
  if (newest === undefined || newest.sponsors.length === 0) return <Empty title="Not measured yet" />;
  const rows = newest.sponsors
    .map((row) => ({ ...row, accuracy: row.items === 0 ? 0 : row.correct / row.items }))
    .toSorted((a, b) => a.accuracy - b.accuracy);
  const median = rows[Math.floor((rows.length - 1) / 2)];
  const from = Math.floor(Math.min(0.9, ...rows.map(({ accuracy }) => accuracy)) * 10) / 10;
  return (
    <ul className="grid gap-2.5 px-4 pt-1 pb-4 text-sm sm:px-5">
      {rows.map((row) => (
        <li key={row.sponsor}>
          <span className="flex flex-wrap justify-between gap-x-3">
            <TextLink to={`/sponsors/${arena}/${row.sponsor}`} title={row.sponsor}>
              <span className="font-mono text-[0.92em]">{shorten(row.sponsor, 10, 6)}</span>
            </TextLink>
            <span>
              {row === median ? <span className="text-xs text-accent">median, its score </span> : null}
              <b className="font-semibold">{formatPercent(row.accuracy)}</b>{" "}
              <span className="text-xs text-muted">
                {row.correct} of {row.items}
              </span>
            </span>
          </span>
          <span className="mt-1 block h-1.5 overflow-hidden rounded bg-surface-2" aria-hidden="true">
            <span
              className={row === median ? "block h-full bg-accent" : "block h-full bg-line-strong"}
              style={{ width: `${((row.accuracy - from) / (1 - from)) * 100}%` }}
            />
          </span>
        </li>
      ))}
      {from > 0 ? <li className="text-xs text-muted">Bars begin at {formatPercent(from)}.</li> : null}
    </ul>
  );
}
