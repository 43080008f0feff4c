import type { ReactNode } from "react";
import type { ModelService } from "../../../../wire/poi-models.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton } from "../../components/button.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatPercent, plural } from "../../components/format.ts";
import { DataTable } from "../../components/table.tsx";
import { Address, Amount, ServiceLink } from "../../components/values.tsx";

/** Who answers with the model, for how much, and how well the scorers' probes were answered. */
export function Services({
  services,
  model,
}: {
  services: readonly ModelService[];
  model: string;
}): ReactNode {
  return (
    <DataTable
      caption="Services that answer with this model"
      rows={services}
      rowKey={({ id }) => String(id)}
      empty={
        <Empty title="Nobody serves it yet">
          Anyone may, and its author earns a royalty.{" "}
          <LinkButton to={`/transact/list-service?model=${model}`} className="mt-3">
            Offer a service
          </LinkButton>
        </Empty>
      }
      columns={[
        {
          key: "service",
          header: "Service",
          cell: ({ id, name, provider, status }) => (
            <>
              <ServiceLink id={id} name={name} />{" "}
              {status === "active" ? null : (
                <Badge tone={status === "convicted" ? "bad" : "neutral"}>{status}</Badge>
              )}
              <span className="mt-2 block text-xs text-muted">
                by <Address address={provider} />
              </span>
            </>
          ),
        },
        {
          key: "price",
          header: "Price",
          title: "For one answer",
          align: "right",
          sort: ({ price }) => BigInt(price),
          cell: ({ price, denom }) =>
            price === "0" ? (
              <Badge tone="good">free</Badge>
            ) : (
              <Amount amount={price} denom={denom} digits={6} />
            ),
        },
        {
          key: "p50",
          header: "p50",
          title: "Half of the scorers' calls were answered within this time",
          align: "right",
          sort: ({ probes }) => probes?.p50Ms ?? Infinity,
          cell: ({ probes }) =>
            probes === null || probes.reporters === 0 ? (
              "–"
            ) : (
              <span className="whitespace-nowrap" title={`95 % within ${probes.p95Ms} ms`}>
                {probes.p50Ms} ms
              </span>
            ),
        },
        {
          key: "answered",
          header: "Answered",
          title: "Share of the scorers' calls that got a verified answer",
          align: "right",
          cell: ({ probes }) =>
            probes === null || probes.reporters === 0 ? (
              <span className="text-muted">no probes yet</span>
            ) : (
              <span
                title={`${plural(probes.calls, "call")} of ${plural(probes.reporters, "scorer")} in epoch ${probes.epoch}`}
              >
                {formatPercent(probes.answeredBps / 10_000)}
              </span>
            ),
        },
        {
          key: "promise",
          header: "Promise",
          title: "Accuracy that the provider stands for with its bond",
          align: "right",
          hideBelow: "md",
          cell: ({ promise }) => (promise === null ? "–" : formatPercent(promise / 1_000_000)),
        },
        {
          key: "try",
          header: <span className="sr-only">Try it</span>,
          align: "right",
          cell: ({ id, name, status }) =>
            status === "active" ? (
              <LinkButton to={`/play/${id}`} document kind="primary" className="min-h-8 px-3 py-1">
                Try it<span className="sr-only"> with {name || `service ${id}`}</span>
              </LinkButton>
            ) : null,
        },
      ]}
    />
  );
}
