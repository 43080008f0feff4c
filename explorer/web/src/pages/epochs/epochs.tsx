import type { ReactNode } from "react";
import type { EpochSummary, getEpochs } from "../../../../wire/poi-epochs.ts";
import { useApiPages } from "../../api/use-api.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount } from "../../components/format.ts";
import { Page } from "../../components/page.tsx";
import { PagedTable, type Column } from "../../components/table.tsx";
import { Amount, EpochLink, Height, Time } from "../../components/values.tsx";
import { EPOCH_STATES } from "./words.ts";

const columns: readonly Column<EpochSummary>[] = [
  { key: "epoch", header: "Epoch", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
  {
    key: "state",
    header: "State",
    cell: ({ state }) => (
      <Badge tone={EPOCH_STATES[state].tone} title={EPOCH_STATES[state].meaning}>
        {EPOCH_STATES[state].word}
      </Badge>
    ),
  },
  {
    key: "ended",
    header: "Ended",
    cell: ({ endTime }) =>
      endTime === null ? <span className="text-muted">–</span> : <Time time={endTime} />,
  },
  {
    key: "slots",
    header: "Slots counted",
    align: "right",
    title: "A slot is a batch of a sponsor's items with the scorer who ran every model on it.",
    cell: ({ slots, slotsCounted }) =>
      slots === null ? "–" : slotsCounted === null ? formatCount(slots) : `${slotsCounted} of ${slots}`,
  },
  {
    key: "scorers",
    header: "Scorers",
    align: "right",
    title: "Scorers that revealed their secret, of those that were frozen",
    hideBelow: "sm",
    cell: ({ scorersFrozen, scorersRevealed }) =>
      scorersRevealed === null ? scorersFrozen : `${scorersRevealed} of ${scorersFrozen}`,
  },
  {
    key: "audited",
    header: "Audits",
    align: "right",
    title: "Recorded answers that the chain ran again itself",
    hideBelow: "sm",
    cell: ({ auditedItems }) => (auditedItems === null ? "–" : formatCount(auditedItems)),
  },
  {
    key: "challenges",
    header: "Challenges",
    align: "right",
    hideBelow: "md",
    cell: ({ challenges }) => challenges,
  },
  {
    key: "convictions",
    header: "Convictions",
    align: "right",
    cell: ({ convictions }) => (convictions === 0 ? "0" : <Badge tone="bad">{convictions}</Badge>),
  },
  {
    key: "minted",
    header: "Minted",
    align: "right",
    cell: ({ minted }) => (minted === null ? "–" : <Amount amount={minted} />),
  },
  {
    key: "blocks",
    header: "First block",
    align: "right",
    hideBelow: "md",
    cell: ({ startHeight }) => <Height height={startHeight} />,
  },
];

/** All epochs, the running one first. */
export function Epochs(): ReactNode {
  const result = useApiPages<typeof getEpochs>("/api/epochs");
  return (
    <Page
      title="Epochs"
      lead="In every epoch all models answer fresh hidden items, the chain checks a random part of the record, and those who added something are paid."
      actions={<LinkButton to="/convictions">Challenges and convictions</LinkButton>}
    >
      <Card flush>
        <PagedTable
          caption="Epochs, newest first"
          columns={columns}
          result={result}
          rowKey={({ epoch }) => String(epoch)}
          empty={<Empty title="No epoch yet">The first one begins with the first blocks.</Empty>}
        />
      </Card>
    </Page>
  );
}
