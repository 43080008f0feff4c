import type { ReactNode } from "react";
import { useApiPages, type ItemOf } from "../../api/use-api.ts";
import { LinkButton, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatDateTime } from "../../components/format.ts";
import { Page } from "../../components/page.tsx";
import { PagedTable, type Column } from "../../components/table.tsx";
import type { listProposals } from "../../../../wire/staking.ts";
import { ProposalStatus } from "./proposal-status.tsx";
import { TallyBar } from "./tally-bar.tsx";

type Row = ItemOf<typeof listProposals>;

/** All proposals. */
export function Proposals(): ReactNode {
  const result = useApiPages<typeof listProposals>("/api/governance/proposals");
  return (
    <Page
      title="Governance"
      lead="Changes of the rules are proposed and voted on here; stake is the weight of a vote."
      actions={<LinkButton to="/params">Present rules</LinkButton>}
    >
      <Card flush>
        <PagedTable
          caption="Proposals, newest first"
          result={result}
          columns={COLUMNS}
          rowKey={({ id }) => String(id)}
          empty={
            <Empty title="Nothing was ever proposed here">
              Anybody may propose a change and put down a deposit for it.
            </Empty>
          }
        />
      </Card>
    </Page>
  );
}

const COLUMNS: readonly Omit<Column<Row>, "sort">[] = [
  { key: "id", header: "No.", cell: ({ id }) => <TextLink to={`/governance/${id}`}>{id}</TextLink> },
  {
    key: "title",
    header: "Proposal",
    cell: ({ id, title }) => (
      <TextLink to={`/governance/${id}`} className="break-words hover:underline">
        {title || "Without a title"}
      </TextLink>
    ),
  },
  { key: "status", header: "State", cell: ({ status }) => <ProposalStatus status={status} /> },
  { key: "tally", header: "Votes", hideBelow: "sm", cell: ({ tally }) => <TallyBar tally={tally} /> },
  {
    key: "end",
    header: "Voting ends",
    hideBelow: "md",
    cell: ({ votingEnd }) => (votingEnd === null ? "–" : formatDateTime(votingEnd)),
  },
];
