import type { ReactNode } from "react";
import type { getScorers, ParticipantState, ScorerSummary } from "../../../../wire/poi-epochs.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table.tsx";
import { Amount } from "../../components/values.tsx";
import { ScorerLink } from "./faults.tsx";
import { PARTICIPANT_STATES, scorerName } from "./words.ts";

/** How a scorer or sponsor stands. */
export function StandingBadge({
  state,
  until,
}: {
  state: ParticipantState;
  until?: number | null;
}): ReactNode {
  const { tone, word, meaning } = PARTICIPANT_STATES[state];
  return (
    <Badge tone={tone} title={meaning}>
      {word}
      {typeof until === "number" ? ` until epoch ${until}` : ""}
    </Badge>
  );
}

const columns: readonly Column<ScorerSummary>[] = [
  { key: "scorer", header: "Scorer", cell: (scorer) => <ScorerLink scorer={scorer} />, sort: scorerName },
  {
    key: "state",
    header: "State",
    cell: ({ state, until }) => <StandingBadge state={state} until={until} />,
  },
  {
    key: "slots",
    header: "Slots counted",
    align: "right",
    cell: ({ totals }) => `${formatCount(totals.slotsCounted)} of ${formatCount(totals.slots)}`,
    sort: ({ totals }) => totals.slotsCounted,
  },
  {
    key: "rows",
    header: "Rows",
    align: "right",
    title: "One for each model and slot",
    cell: ({ totals }) => formatCount(totals.rows),
    sort: ({ totals }) => totals.rows,
    hideBelow: "sm",
  },
  {
    key: "audits",
    header: "Audits passed",
    align: "right",
    title: "Recorded answers that the chain ran again and found right",
    cell: ({ totals }) => formatCount(totals.auditsPassed),
    sort: ({ totals }) => totals.auditsPassed,
  },
  {
    key: "misses",
    header: "Misses",
    align: "right",
    cell: ({ totals }) => formatCount(totals.misses),
    sort: ({ totals }) => totals.misses,
  },
  {
    key: "convictions",
    header: "Convictions",
    align: "right",
    cell: ({ totals }) =>
      totals.convictions === 0 ? "0" : <Badge tone="bad">{formatCount(totals.convictions)}</Badge>,
    sort: ({ totals }) => totals.convictions,
  },
  {
    key: "pay",
    header: "Paid",
    align: "right",
    cell: ({ totals }) => <Amount amount={totals.pay} />,
    sort: ({ totals }) => BigInt(totals.pay),
  },
];

/** Everybody who runs the models. */
export function Scorers(): ReactNode {
  const result = useApi<typeof getScorers>("/api/scorers");
  return (
    <Page
      title="Scorers"
      lead="Scorers are run by the chain's validators. They run every model on the drawn items and put a bond behind what they record."
      actions={<LinkButton to="/convictions">Challenges and convictions</LinkButton>}
    >
      <Card flush>
        <Loaded result={result} lines={6}>
          {({ value }) => (
            <DataTable
              caption="Scorers"
              columns={columns}
              rows={value}
              rowKey={({ address }) => address}
              empty={<Empty title="No scorer yet">A validator becomes one by giving a bond.</Empty>}
            />
          )}
        </Loaded>
      </Card>
    </Page>
  );
}
