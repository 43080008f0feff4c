import type { ReactNode } from "react";
import type { ListedService, listServices } from "../../../../wire/market.ts";
import { useApi } from "../../api/use-api.ts";
import { useQueryParam, useSetQuery } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { inputClass } from "../../components/field.tsx";
import { formatCompact } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table.tsx";
import { Address, Amount, ModelLink, Ppm, ServiceLink } from "../../components/values.tsx";
import { ServiceBadge } from "./badges.tsx";
import { Totals } from "./totals.tsx";

const SHOWN = 100;

/** The catalogue: who sells answers of which model, how good it is, and for how much. */
export function Services(): ReactNode {
  const arena = useQueryParam("arena");
  const all = useQueryParam("all") === "true";
  const setQuery = useSetQuery();
  const result = useApi<typeof listServices>("/api/services", {
    query: { limit: SHOWN, ...(arena ? { arena } : {}), ...(all ? { all: "true" } : {}) },
  });
  const arenas = useArenas();
  return (
    <Page
      title="Services"
      lead="Providers sell answers of models whose accuracy the chain itself has measured. A wrong answer costs them their bond."
      actions={
        <>
          <LinkButton to="/play" kind="primary" document>
            Try one
          </LinkButton>
          <LinkButton to="/transact/list-service">Sell answers</LinkButton>
        </>
      }
    >
      <Totals />
      <Card
        flush
        title="Catalogue"
        actions={
          <div className="flex flex-wrap items-center gap-3 text-sm">
            <label className="flex items-center gap-2">
              <span className="text-muted">Arena</span>
              <select
                className={inputClass}
                value={arena ?? ""}
                onChange={({ currentTarget }) => setQuery({ arena: currentTarget.value || undefined })}
              >
                <option value="">all</option>
                {arenas.map(([id, name]) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            <label className="flex items-center gap-2">
              <input
                type="checkbox"
                className="size-4"
                checked={all}
                onChange={({ currentTarget }) =>
                  setQuery({ all: currentTarget.checked ? "true" : undefined })
                }
              />
              <span className="text-muted">closed and convicted too</span>
            </label>
          </div>
        }
      >
        <Loaded result={result} lines={6}>
          {({ items, next }) => (
            <>
              <DataTable
                caption="Services"
                columns={COLUMNS}
                rows={items}
                rowKey={({ id }) => String(id)}
                empty={
                  <Empty title="No services">
                    {arena === undefined
                      ? "Nobody sells answers yet."
                      : "Nobody sells answers of this arena’s models."}
                  </Empty>
                }
              />
              {next === null ? null : (
                <p className="border-t border-line px-5 py-3 text-sm text-muted">
                  These are the {SHOWN} newest. Choose an arena to see others.
                </p>
              )}
            </>
          )}
        </Loaded>
      </Card>
    </Page>
  );
}

/** Arenas that have services, by what is listed at all. */
function useArenas(): readonly (readonly [id: string, name: string])[] {
  const { data } = useApi<typeof listServices>("/api/services", { query: { limit: SHOWN, all: "true" } });
  const arenas = new Map(
    (data?.items ?? []).flatMap(({ arena }) => (arena ? [[String(arena.id), arena.name]] : [])),
  );
  return [...arenas].sort(([a], [b]) => Number(a) - Number(b));
}

const COLUMNS: readonly Column<ListedService>[] = [
  {
    key: "name",
    header: "Service",
    sort: ({ name }) => name,
    cell: ({ id, name, provider }) => (
      <>
        <ServiceLink id={id} name={name} />
        <div className="text-xs whitespace-nowrap text-muted">
          by <Address address={provider} />
        </div>
      </>
    ),
  },
  {
    key: "model",
    header: "Model",
    sort: ({ model }) => model?.name ?? "",
    cell: ({ model, arena }) =>
      model ? (
        <>
          <ModelLink id={model.id} name={model.name} />
          <div className="text-xs text-muted">{arena ? `arena ${arena.name}` : ""}</div>
        </>
      ) : (
        <Badge tone="warn" title="It names no exact model, so nobody can check its answers">
          unverified
        </Badge>
      ),
  },
  {
    key: "measured",
    header: "Measured",
    title: "How often the model is right on hidden items, as the chain measured it; smoothed over epochs",
    align: "right",
    sort: ({ smoothed }) => smoothed ?? -1,
    cell: ({ smoothed }) => (smoothed === null ? "–" : <Ppm ppm={smoothed} />),
  },
  {
    key: "promise",
    header: "Promise",
    title: "Accuracy its provider promises; where the model falls short, less of the money is released",
    align: "right",
    hideBelow: "md",
    sort: ({ promise }) => promise ?? -1,
    cell: ({ promise }) => (promise === null ? "none" : <Ppm ppm={promise} />),
  },
  {
    key: "price",
    header: "Price",
    title: "Of one answer",
    align: "right",
    sort: ({ price }) => BigInt(price),
    cell: ({ price, denom }) => (price === "0" ? "free" : <Amount amount={price} denom={denom} digits={6} />),
  },
  {
    key: "latency",
    header: "p50 / p95",
    title: "Half, and 95 of 100, of the scorers’ probes were answered faster",
    align: "right",
    hideBelow: "sm",
    sort: ({ probes }) => probes?.p50 ?? Number.MAX_SAFE_INTEGER,
    cell: ({ probes }) => (
      <span className="whitespace-nowrap">
        {probes && probes.answered > 0 ? `${probes.p50} / ${probes.p95} ms` : "–"}
      </span>
    ),
  },
  {
    key: "answered",
    header: "Answered",
    title: "Share of the scorers’ probes that got a right answer",
    align: "right",
    sort: ({ probes }) => probes?.answered ?? -1,
    cell: ({ probes }) => (probes ? <Ppm ppm={probes.answered * 100} /> : "–"),
  },
  {
    key: "sold",
    header: "Sold",
    title: "Answers paid for since the first block",
    align: "right",
    hideBelow: "md",
    sort: ({ turnover }) => BigInt(turnover.items),
    cell: ({ turnover }) => formatCompact(Number(turnover.items)),
  },
  {
    key: "status",
    header: "Status",
    hideBelow: "sm",
    sort: ({ status }) => status,
    cell: ({ status }) => <ServiceBadge status={status} />,
  },
  {
    key: "try",
    header: "Try",
    align: "right",
    cell: ({ id, name, status }) =>
      status === "active" ? (
        <a
          href={`/play/${id}`}
          className="whitespace-nowrap text-accent hover:underline"
          aria-label={`Try it: ${name}`}
        >
          Try it
        </a>
      ) : null,
  },
];
