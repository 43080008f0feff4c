import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { Live, openLiveStore } from "../../../web/src/api/live.ts";
import { createQueryClient } from "../../../web/src/api/query-client.ts";
import { useApiPages, type ItemOf } from "../../../web/src/api/use-api.ts";
import { Badge } from "../../../web/src/components/badge.tsx";
import { Button, LinkButton } from "../../../web/src/components/button.tsx";
import { Card } from "../../../web/src/components/card.tsx";
import { LineChart } from "../../../web/src/components/chart.tsx";
import { Dialog } from "../../../web/src/components/dialog.tsx";
import { Empty, Skeleton } from "../../../web/src/components/empty.tsx";
import { Field } from "../../../web/src/components/field.tsx";
import { Failed } from "../../../web/src/components/loaded.tsx";
import { Page } from "../../../web/src/components/page.tsx";
import { Facts, Stat, Stats } from "../../../web/src/components/stat.tsx";
import { DataTable, PagedTable } from "../../../web/src/components/table.tsx";
import { Tabs } from "../../../web/src/components/tabs.tsx";
import { toast, Toasts } from "../../../web/src/components/toast.tsx";
import {
  Address,
  Amount,
  ExternalLink,
  Height,
  ModelLink,
  Ppm,
  Time,
  TxHash,
} from "../../../web/src/components/values.tsx";
import type { getRows } from "./rows.ts";

type Row = ItemOf<typeof getRows>;

const HASH = "C9F47289".repeat(8);
const ADDRESS = "assay1mqql2mdkzwgeza0zajjf897jsrc58e6vxwfzg3";

const COLUMNS = [
  { key: "id", header: "Id", cell: ({ id }: Row) => id, sort: ({ id }: Row) => id },
  { key: "name", header: "Name", cell: ({ name }: Row) => name, sort: ({ name }: Row) => name },
  {
    key: "amount",
    header: "Amount",
    align: "right" as const,
    cell: ({ amount }: Row) => <Amount amount={amount} />,
    sort: ({ amount }: Row) => BigInt(amount),
  },
];
const ROWS: readonly Row[] = [
  { id: 2, name: "beta 10", amount: "90071992547409930000" },
  { id: 1, name: "alpha", amount: "7" },
  { id: 3, name: "beta 9", amount: "90071992547409940000" },
];
const WIDE = Array.from({ length: 14 }, (_, at) => ({
  key: `c${at}`,
  header: `Column ${at}`,
  cell: ({ name }: Row) => `${name} in column ${at}`,
}));
const X = Array.from({ length: 40 }, (_, at) => at);
const SERIES = [
  { name: "line", values: X.map((at) => Math.sin(at / 5)) },
  { name: "steps", values: X.map((at) => (at < 5 ? null : Math.floor(at / 10))), shape: "steps" as const },
];

/** Every shared component in its states. */
function Gallery(): ReactNode {
  const [open, setOpen] = useState(false);
  const pages = useApiPages<typeof getRows>("/api/gallery", { query: { limit: 2 } });
  return (
    <main id="content" className="mx-auto max-w-5xl p-4">
      <Page title="Gallery" lead="Every shared component." actions={<LinkButton to="/">Home</LinkButton>}>
        <Card title="Buttons and badges" lead="In every kind." actions={<Button>Action</Button>}>
          <div className="flex flex-wrap gap-2">
            <Button kind="primary" onClick={() => setOpen(true)}>
              Open the dialog
            </Button>
            <Button kind="danger" onClick={() => toast("It is done.", "good")}>
              Show a message
            </Button>
            <Button kind="ghost">Ghost</Button>
            <Button disabled>Disabled</Button>
            {(["neutral", "good", "bad", "warn", "info", "gold"] as const).map((tone) => (
              <Badge key={tone} tone={tone}>
                {tone}
              </Badge>
            ))}
          </div>
        </Card>
        <Card title="Values">
          <Facts
            items={[
              ["Hash", <TxHash key="a" hash={HASH} copy />],
              ["Address", <Address key="b" address={ADDRESS} copy />],
              ["In full", <Address key="c" address={ADDRESS} full />],
              null,
              ["Amount", <Amount key="d" amount="1234567" />],
              ["Other coin", <Amount key="e" amount="5" denom="factory/other" />],
              ["Share", <Ppm key="f" ppm={975312} />],
              ["Block", <Height key="g" height={12} />],
              ["Time", <Time key="h" time="2026-01-01T00:00:00Z" height={12} />],
              ["Model", <ModelLink key="i" id={"ab".repeat(32)} name="digits" />],
              ["Web", <ExternalLink key="j" href="https://example.com/a" />],
              ["No web", <ExternalLink key="k" href="javascript:alert(1)" />],
            ]}
          />
          <Stats className="mt-4">
            <Stat label="Blocks">12</Stat>
            <Stat label="Paid">
              <Amount amount="90000000" />
            </Stat>
          </Stats>
        </Card>
        <Card title="Sortable" flush>
          <DataTable caption="Sortable rows" columns={COLUMNS} rows={ROWS} rowKey={({ id }) => String(id)} />
        </Card>
        <Card title="Wide" flush>
          <DataTable caption="Wide rows" columns={WIDE} rows={ROWS} />
        </Card>
        <Card title="In pages" flush>
          <PagedTable caption="Rows in pages" result={pages} columns={COLUMNS} />
        </Card>
        <Card title="Chart">
          <LineChart
            caption="Two series"
            x={X}
            xLabel="Epoch"
            series={SERIES}
            format={(value) => value.toFixed(1)}
          />
        </Card>
        <Card title="Tabs and fields">
          <Tabs
            label="Parts"
            tabs={[
              {
                key: "form",
                label: "Form",
                content: () => (
                  <div className="grid gap-3">
                    <Field label="Amount" hint="in ASSAY">
                      {(field) => <input {...field} />}
                    </Field>
                    <Field label="Recipient" error="This is no address.">
                      {(field) => <input {...field} defaultValue="x" />}
                    </Field>
                  </div>
                ),
              },
              { key: "other", label: "Other", content: () => <p>The other part.</p> },
            ]}
          />
        </Card>
        <Card title="Nothing, loading, failed">
          <Empty title="Nothing here yet">It comes with the first block.</Empty>
          <Skeleton />
          <Failed error={new Error("The api does not answer.")} retry={() => undefined} />
        </Card>
        <Dialog open={open} onOpenChange={setOpen} title="A dialog" lead="Which says what it is for.">
          <Button kind="primary" onClick={() => setOpen(false)}>
            Done
          </Button>
        </Dialog>
      </Page>
      <Toasts />
    </main>
  );
}

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
if (nonce) setNonce(nonce);
const router = createRouter({
  routeTree: createRootRoute({ component: Gallery }),
  history: createMemoryHistory(),
});
const holder = document.getElementById("root");
if (holder === null) throw new Error("index.html has no #root");
createRoot(holder).render(
  <Live value={openLiveStore()}>
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </Live>,
);
