import type { ReactNode } from "react";
import type { getSponsors, SponsorSummary } from "../../../../wire/poi-epochs.ts";
import { useApi } from "../../api/use-api.ts";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table.tsx";
import { Amount, ArenaLink } from "../../components/values.tsx";
import { SponsorLink } from "./faults.tsx";
import { StandingBadge } from "./scorers.tsx";

const columns: readonly Column<SponsorSummary>[] = [
  {
    key: "sponsor",
    header: "Sponsor",
    cell: ({ arena, address }) => <SponsorLink arena={arena.id} address={address} />,
    sort: ({ address }) => address,
  },
  {
    key: "arena",
    header: "Arena",
    cell: ({ arena }) => <ArenaLink {...arena} />,
    sort: ({ arena }) => arena.id,
  },
  {
    key: "state",
    header: "State",
    cell: ({ state }) => <StandingBadge state={state} />,
    sort: ({ state }) => state,
  },
  {
    key: "counted",
    header: "Batches counted",
    align: "right",
    title: "Of those that were drawn",
    cell: ({ totals }) => `${formatCount(totals.slotsCounted)} of ${formatCount(totals.slots)}`,
    sort: ({ totals }) => totals.slotsCounted,
  },
  {
    key: "batches",
    header: "Committed",
    align: "right",
    title: "Batches it has committed to: fixed before they were used, opened one by one",
    hideBelow: "sm",
    cell: ({ batches }) => formatCount(batches),
    sort: ({ batches }) => batches,
  },
  {
    key: "misses",
    header: "Misses",
    align: "right",
    cell: ({ totals }) => formatCount(totals.misses),
    sort: ({ totals }) => totals.misses,
  },
  {
    key: "pay",
    header: "Paid",
    align: "right",
    cell: ({ totals }) => <Amount amount={totals.pay} />,
    sort: ({ totals }) => BigInt(totals.pay),
  },
];

/** Everybody who brings data. */
export function Sponsors(): ReactNode {
  const result = useApi<typeof getSponsors>("/api/sponsors");
  return (
    <Page
      title="Sponsors"
      lead="Sponsors bring the hidden items that models are measured on. They commit to them before anyone can train on them, and open them only when drawn."
    >
      <Card flush>
        <Loaded result={result} lines={8}>
          {({ value }) => (
            <DataTable
              caption="Sponsors of all arenas"
              columns={columns}
              rows={value}
              rowKey={({ arena, address }) => `${arena.id} ${address}`}
              empty={<Empty title="No sponsor yet">An arena's curator lets them in.</Empty>}
            />
          )}
        </Loaded>
      </Card>
    </Page>
  );
}
