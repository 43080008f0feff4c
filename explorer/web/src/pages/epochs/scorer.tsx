import type { ReactNode } from "react";
import type {
  getScorer,
  getScorerEpochs,
  Probe,
  ScorerDetail,
  ScorerEpoch,
} from "../../../../wire/poi-epochs.ts";
import type { AnswerOf } from "../../../../wire/route.ts";
import { useApi, useApiPages } from "../../api/use-api.ts";
import { usePathParam } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount, formatPercent, shorten } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts, Stat, Stats } from "../../components/stat.tsx";
import { DataTable, PagedTable, type Column } from "../../components/table.tsx";
import { Address, Amount, EpochLink, ServiceLink } from "../../components/values.tsx";
import { convictionColumns, missColumns } from "./faults.tsx";
import { StandingBadge } from "./scorers.tsx";
import { scorerName } from "./words.ts";

/** One scorer: its bond, its record, its faults, its pay. */
export function Scorer(): ReactNode {
  const address = usePathParam("address");
  const result = useApi<typeof getScorer>("/api/scorers/{address}", { params: { address } });
  const scorer = result.data?.value;
  const name = scorer === undefined ? shorten(address) : scorerName(scorer);
  return (
    <Page
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          {name} {scorer === undefined ? null : <StandingBadge state={scorer.state} until={scorer.until} />}
        </span>
      }
      documentTitle={`Scorer ${name}`}
      lead="The scorer of a validator: it runs every model on the slots drawn to it, and its bond answers for what it records."
    >
      <Loaded result={result} lines={10}>
        {(answer) => <ScorerParts answer={answer} />}
      </Loaded>
    </Page>
  );
}

function ScorerParts({ answer }: { answer: AnswerOf<typeof getScorer> }): ReactNode {
  const { value: scorer, misses, convictions, probes } = answer;
  return (
    <>
      <Card>
        <Totals scorer={scorer} />
      </Card>
      <Card title="Epochs" lead="What it did in each and what it was paid for." flush>
        <EpochList address={scorer.address} />
      </Card>
      <Card title="Convictions" flush>
        <DataTable
          caption="Convictions of this scorer"
          columns={convictionColumns.filter(({ key }) => key !== "scorer")}
          rows={convictions}
          rowKey={({ epoch }) => String(epoch)}
          empty={<Empty title="Never convicted">Nothing it recorded was found wrong.</Empty>}
        />
      </Card>
      <Card title="Misses" flush>
        <DataTable
          caption="Misses of this scorer"
          columns={missColumns.filter(({ key }) => key !== "who")}
          rows={misses}
          rowKey={({ epoch }) => String(epoch)}
          empty={<Empty title="Never missed">It revealed and posted whenever it had to.</Empty>}
        />
      </Card>
      <Card
        title="Probes"
        lead="Scorers also try out services of the market and report how they answer."
        flush
      >
        <DataTable
          caption="Probes by this scorer"
          columns={probeColumns}
          rows={probes}
          rowKey={({ epoch, service }) => `${epoch} ${service}`}
          empty={<Empty title="No reports" />}
        />
      </Card>
      <Card title="Facts">
        <Facts
          items={[
            ["Operator", <Address address={scorer.address} full copy />],
            [
              <span title="Signs what the scorer posts; it can be replaced without touching the bond.">
                Hot key
              </span>,
              <Address address={scorer.hotKey} full copy />,
            ],
            [
              "Next epoch",
              scorer.eligible ? (
                "takes part"
              ) : (
                <span className="text-warn">does not take part: {scorer.reason || "not eligible"}</span>
              ),
            ],
            ["Misses that count now", scorer.recentMisses],
            [
              "By the chain's own count",
              `${formatCount(scorer.rowsStood)} of ${formatCount(scorer.rowsAssigned)} rows stood`,
            ],
          ]}
        />
      </Card>
    </>
  );
}

function Totals({ scorer: { bond, totals } }: { scorer: ScorerDetail }): ReactNode {
  return (
    <Stats>
      <Stat label="Bond">
        <Amount amount={bond} />
      </Stat>
      <Stat label="Slots counted">
        {formatCount(totals.slotsCounted)} of {formatCount(totals.slots)}
      </Stat>
      <Stat label="Rows" title="One for each model and slot">
        {formatCount(totals.rows)}
      </Stat>
      <Stat label="Audits passed" title="Recorded answers that the chain ran again and found right">
        {formatCount(totals.auditsPassed)}
      </Stat>
      <Stat label="Convictions">{formatCount(totals.convictions)}</Stat>
      <Stat label="Misses">{formatCount(totals.misses)}</Stat>
      <Stat label="Paid">
        <Amount amount={totals.pay} />
      </Stat>
    </Stats>
  );
}

function EpochList({ address }: { address: string }): ReactNode {
  const result = useApiPages<typeof getScorerEpochs>("/api/scorers/{address}/epochs", {
    params: { address },
    query: { limit: 12 },
  });
  return (
    <PagedTable
      caption="Epochs of this scorer, newest first"
      columns={epochColumns}
      result={result}
      rowKey={({ epoch }) => String(epoch)}
      empty={<Empty title="No epoch yet">It has not been drawn a slot in an epoch that has ended.</Empty>}
    />
  );
}

const epochColumns: readonly Column<ScorerEpoch>[] = [
  { key: "epoch", header: "Epoch", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
  {
    key: "slots",
    header: "Slots counted",
    align: "right",
    cell: ({ slots, slotsCounted }) => `${slotsCounted} of ${slots}`,
  },
  { key: "rows", header: "Rows", align: "right", cell: ({ rows }) => formatCount(rows) },
  {
    key: "audits",
    header: "Audits passed",
    align: "right",
    cell: ({ auditsPassed }) => formatCount(auditsPassed),
  },
  {
    key: "faults",
    header: "Faults",
    cell: ({ missed, convicted }) => (
      <span className="inline-flex gap-1">
        {convicted ? <Badge tone="bad">convicted</Badge> : null}
        {missed ? <Badge tone="warn">missed</Badge> : null}
        {convicted || missed ? null : <span className="text-muted">none</span>}
      </span>
    ),
  },
  { key: "pay", header: "Pay", align: "right", cell: ({ pay }) => <Amount amount={pay} /> },
];

const probeColumns: readonly Column<Probe>[] = [
  { key: "epoch", header: "Epoch", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
  { key: "service", header: "Service", cell: ({ service }) => <ServiceLink id={service} /> },
  {
    key: "answered",
    header: "Answered",
    align: "right",
    cell: ({ answered, calls }) =>
      `${answered} of ${calls}${calls === 0 ? "" : ` (${formatPercent(answered / calls)})`}`,
  },
  { key: "p50", header: "Half within", align: "right", cell: ({ p50Ms }) => `${formatCount(p50Ms)} ms` },
  { key: "p95", header: "95 % within", align: "right", cell: ({ p95Ms }) => `${formatCount(p95Ms)} ms` },
];
