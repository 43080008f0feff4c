import { useMemo, type ReactNode } from "react";
import type { listServiceProbes, ServiceState } from "../../../../wire/market.ts";
import { useApi } from "../../api/use-api.ts";
import { LineChart } from "../../components/chart.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount } from "../../components/format.ts";
import { DataTable, type Column } from "../../components/table.tsx";
import { Address, EpochLink, Ppm } from "../../components/values.tsx";
import { medians } from "./medians.ts";

type Report = ServiceState["reports"][number];

/** What scorers measured as customers: each one's last report, and latency over epochs. */
export function Probes({ service }: { service: ServiceState }): ReactNode {
  const { data } = useApi<typeof listServiceProbes>("/api/services/{service}/probes", {
    params: { service: service.id },
    query: { limit: 100 },
  });
  const epochs = useMemo(() => medians(data?.items ?? []), [data]);
  return (
    <div className="grid gap-4">
      <DataTable
        caption="Last report of each scorer"
        columns={COLUMNS}
        rows={service.reports}
        rowKey={({ operator }) => operator}
        empty={
          <Empty title="No probes yet">
            Scorers buy answers from services at times nobody knows, and report once an epoch.
          </Empty>
        }
      />
      {epochs.length < 2 ? null : (
        <div className="px-4 pb-4 sm:px-5">
          <LineChart
            caption="Median latency of probes by epoch"
            x={epochs.map(({ epoch }) => epoch)}
            xLabel="Epoch"
            series={[
              { name: "p50", values: epochs.map(({ p50 }) => p50) },
              { name: "p95", values: epochs.map(({ p95 }) => p95) },
            ]}
            format={(ms) => `${formatCount(ms)} ms`}
            chartHeight={160}
          />
        </div>
      )}
    </div>
  );
}

const COLUMNS: readonly Column<Report>[] = [
  { key: "operator", header: "Scorer", cell: ({ operator }) => <Address address={operator} /> },
  {
    key: "epoch",
    header: "Epoch",
    align: "right",
    sort: ({ epoch }) => epoch,
    cell: ({ epoch }) => <EpochLink epoch={epoch} />,
  },
  {
    key: "calls",
    header: "Calls",
    align: "right",
    sort: ({ calls }) => calls,
    cell: ({ calls }) => formatCount(calls),
  },
  {
    key: "answered",
    header: "Answered right",
    align: "right",
    sort: ({ answered, calls }) => answered / Math.max(1, calls),
    cell: ({ answered, calls }) =>
      calls === 0 ? "–" : <Ppm ppm={Math.floor((1_000_000 * answered) / calls)} />,
  },
  {
    key: "p50",
    header: "p50",
    align: "right",
    sort: ({ p50 }) => p50,
    cell: ({ p50 }) => `${formatCount(p50)} ms`,
  },
  {
    key: "p95",
    header: "p95",
    align: "right",
    sort: ({ p95 }) => p95,
    cell: ({ p95 }) => `${formatCount(p95)} ms`,
  },
];
