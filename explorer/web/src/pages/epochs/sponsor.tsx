import type { ReactNode } from "react";
import type {
  getSponsor,
  getSponsorEpochs,
  SponsorDetail,
  SponsorEpoch,
} from "../../../../wire/poi-epochs.ts";
import type { AnswerOf } from "../../../../wire/route.ts";
import { useApi, useApiPages } from "../../api/use-api.ts";
import { usePathParam } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount, shorten } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts, Stat, Stats } from "../../components/stat.tsx";
import { DataTable, PagedTable, type Column } from "../../components/table.tsx";
import {
  Address,
  Amount,
  ArenaLink,
  Code,
  EpochLink,
  Height,
  Ppm,
  TxHash,
} from "../../components/values.tsx";
import { missColumns } from "./faults.tsx";
import { StandingBadge } from "./scorers.tsx";

/** One sponsor of an arena: its bond, its batches, what its data gave. */
export function Sponsor(): ReactNode {
  const arena = usePathParam("arena");
  const address = usePathParam("address");
  const result = useApi<typeof getSponsor>("/api/sponsors/{arena}/{address}", { params: { arena, address } });
  const sponsor = result.data?.value;
  return (
    <Page
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          Sponsor {shorten(address)} {sponsor === undefined ? null : <StandingBadge state={sponsor.state} />}
        </span>
      }
      documentTitle={`Sponsor ${shorten(address)}`}
      lead={
        sponsor === undefined
          ? undefined
          : `Brings hidden items to the arena ${sponsor.arena.name}, and a bond that answers for opening them in time.`
      }
      actions={<LinkButton to={`/arenas/${arena}`}>{sponsor?.arena.name ?? "The arena"}</LinkButton>}
    >
      <Loaded result={result} lines={10}>
        {(answer) => <SponsorParts answer={answer} />}
      </Loaded>
    </Page>
  );
}

function SponsorParts({
  answer: { value: sponsor, misses },
}: {
  answer: AnswerOf<typeof getSponsor>;
}): ReactNode {
  const { totals } = sponsor;
  return (
    <>
      <Card>
        <Stats>
          <Stat label="Bond">
            <Amount amount={sponsor.bond} />
          </Stat>
          <Stat label="Batches committed">{formatCount(sponsor.batches)}</Stat>
          <Stat label="Batches counted" title="Of those that were drawn">
            {formatCount(totals.slotsCounted)} of {formatCount(totals.slots)}
          </Stat>
          <Stat label="Misses">{formatCount(totals.misses)}</Stat>
          <Stat label="Paid">
            <Amount amount={totals.pay} />
          </Stat>
        </Stats>
      </Card>
      <Card
        title="Epochs"
        lead="How often models were right on its items, beside all items of the arena: data that is far off stands out."
        flush
      >
        <EpochList sponsor={sponsor} />
      </Card>
      <Card
        title="Commitments"
        lead="Each fixes batches by one hash, before a model that is measured on them could have seen it."
        flush
      >
        <DataTable
          caption="Commitments, newest first"
          columns={commitmentColumns}
          rows={sponsor.commitments}
          rowKey={({ index }) => String(index)}
          empty={<Empty title="It has not committed to anything yet" />}
        />
      </Card>
      <Card title="Misses" flush>
        <DataTable
          caption="Misses of this sponsor"
          columns={missColumns.filter(({ key }) => key !== "who")}
          rows={misses}
          rowKey={({ epoch }) => String(epoch)}
          empty={<Empty title="Never missed">It opened every batch that was drawn.</Empty>}
        />
      </Card>
      <Card title="Facts">
        <Facts
          items={[
            ["Address", <Address address={sponsor.address} full copy />],
            ["Arena", <ArenaLink {...sponsor.arena} />],
            ["Let in by the curator", sponsor.approved ? "yes" : "no"],
            ["Bonded", sponsor.bonded ? "yes" : "no"],
            ["Misses that count now", sponsor.recentMisses],
          ]}
        />
      </Card>
    </>
  );
}

function EpochList({ sponsor: { arena, address } }: { sponsor: SponsorDetail }): ReactNode {
  const result = useApiPages<typeof getSponsorEpochs>("/api/sponsors/{arena}/{address}/epochs", {
    params: { arena: arena.id, address },
    query: { limit: 12 },
  });
  return (
    <PagedTable
      caption="Epochs of this sponsor, newest first"
      columns={epochColumns}
      result={result}
      rowKey={({ epoch }) => String(epoch)}
      empty={<Empty title="No epoch yet">None of its batches was drawn in an epoch that has ended.</Empty>}
    />
  );
}

const epochColumns: readonly Column<SponsorEpoch>[] = [
  { key: "epoch", header: "Epoch", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
  {
    key: "slots",
    header: "Batches counted",
    align: "right",
    cell: ({ slots, slotsCounted }) => `${slotsCounted} of ${slots}`,
  },
  {
    key: "accuracy",
    header: "Models right on it",
    align: "right",
    cell: ({ accuracy }) => (accuracy === null ? "–" : <Ppm ppm={accuracy} />),
  },
  {
    key: "arena",
    header: "In the arena",
    align: "right",
    cell: ({ arenaAccuracy }) => (arenaAccuracy === null ? "–" : <Ppm ppm={arenaAccuracy} />),
  },
  {
    key: "missed",
    header: "Miss",
    cell: ({ missed, slashed }) =>
      missed ? (
        <Badge tone="warn">{slashed === "0" ? "lost its pay" : "slashed"}</Badge>
      ) : (
        <span className="text-muted">none</span>
      ),
  },
  { key: "pay", header: "Pay", align: "right", cell: ({ pay }) => <Amount amount={pay} /> },
];

const commitmentColumns: readonly Column<SponsorDetail["commitments"][number]>[] = [
  { key: "index", header: "Commitment", cell: ({ index }) => index },
  {
    key: "batches",
    header: "Batches",
    align: "right",
    cell: ({ firstBatch, count }) => `${formatCount(firstBatch)} – ${formatCount(firstBatch + count - 1)}`,
  },
  {
    key: "remaining",
    header: "Not drawn yet",
    align: "right",
    cell: ({ remaining, count }) => `${formatCount(remaining)} of ${formatCount(count)}`,
  },
  { key: "root", header: "Root", cell: ({ root }) => <Code text={root} />, hideBelow: "sm" },
  {
    key: "block",
    header: "Block",
    align: "right",
    cell: ({ height }) => (height === 0 ? "genesis" : <Height height={height} />),
  },
  {
    key: "tx",
    header: "Transaction",
    hideBelow: "md",
    cell: ({ tx }) => (tx === null ? <span className="text-muted">–</span> : <TxHash hash={tx} />),
  },
];
