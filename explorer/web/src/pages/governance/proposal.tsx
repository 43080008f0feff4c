import type { ReactNode } from "react";
import { usePathParam } from "../../app/params.ts";
import { useApi, useApiPages, type ItemOf } from "../../api/use-api.ts";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatDateTime, formatPercent, share } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts } from "../../components/stat.tsx";
import { DataTable, PagedTable, type Column } from "../../components/table.tsx";
import { Address, Amount, Height, TxHash } from "../../components/values.tsx";
import type { Coin } from "../../../../wire/common.ts";
import type { AnswerOf } from "../../../../wire/route.ts";
import type { getProposal, listVotes } from "../../../../wire/staking.ts";
import { DecodedFields } from "../chain/decoded.tsx";
import { nameOfType } from "../chain/names.ts";
import { ProposalStatus } from "./proposal-status.tsx";
import { OPTIONS, TallyBar, TallyNumbers, votedStake } from "./tally-bar.tsx";

type Answer = AnswerOf<typeof getProposal>;
type Detail = Answer["value"];

/** One proposal: what it would do, and how the votes stand. */
export function Proposal(): ReactNode {
  const id = usePathParam("proposal");
  const result = useApi<typeof getProposal>("/api/governance/proposals/{proposal}", {
    params: { proposal: id },
  });
  const found = result.data?.value;
  return (
    <Page
      title={found === undefined ? `Proposal ${id}` : found.title || `Proposal ${id}`}
      lead={`Proposal ${id}: what it would change, and who is for it.`}
      actions={
        found?.status === "voting" ? (
          <LinkButton kind="primary" to={`/transact/vote?proposal=${found.id}`}>
            Vote
          </LinkButton>
        ) : null
      }
    >
      <Loaded result={result} lines={8}>
        {({ value, deposits }) => (
          <>
            <Overview proposal={value} />
            {value.votingStart === null ? null : <Votes proposal={value} />}
            <Messages proposal={value} />
            {deposits.length === 0 ? null : <Deposits deposits={deposits} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Overview({ proposal }: { proposal: Detail }): ReactNode {
  const { status, proposer, submitted, depositEnd, votingStart, votingEnd } = proposal;
  const { summary, metadata, failedReason, expedited, deposit, minDeposit } = proposal;
  return (
    <Card title="What it is about">
      {summary === "" ? null : <p className="mb-3 max-w-prose break-words">{summary}</p>}
      <Facts
        items={[
          ["State", <ProposalStatus key="status" status={status} />],
          failedReason === "" ? null : ["Why it failed", failedReason],
          expedited ? ["Urgent", "It is voted on in a shorter time and needs more votes."] : null,
          proposer === "" ? null : ["Proposed by", <Address key="proposer" address={proposer} />],
          submitted === null ? null : ["Proposed", formatDateTime(submitted)],
          votingStart === null
            ? depositEnd === null
              ? null
              : ["Deposit until", formatDateTime(depositEnd)]
            : ["Voted on from", formatDateTime(votingStart)],
          votingEnd === null ? null : ["Until", formatDateTime(votingEnd)],
          [
            "Deposit",
            <span key="deposit">
              <Coins coins={deposit} /> of at least <Coins coins={minDeposit} />
            </span>,
          ],
          metadata === "" ? null : ["Metadata", metadata],
        ]}
      />
    </Card>
  );
}

function Coins({ coins }: { coins: readonly Coin[] }): ReactNode {
  if (coins.length === 0) return "nothing";
  return coins.map(({ denom, amount }, index) => (
    <span key={denom}>
      {index === 0 ? null : ", "}
      <Amount amount={amount} denom={denom} />
    </span>
  ));
}

function Votes({ proposal }: { proposal: Detail }): ReactNode {
  const { id, tally, bonded, quorumPpm, thresholdPpm, vetoPpm, status } = proposal;
  const result = useApiPages<typeof listVotes>("/api/governance/proposals/{proposal}/votes", {
    params: { proposal: id },
  });
  const voted = share(votedStake(tally).toString(), bonded);
  return (
    <Card
      title="Votes"
      lead={
        `It passes when ${percent(quorumPpm)} of all stake votes, more than ${percent(thresholdPpm)} of it yes ` +
        `(abstentions aside), and less than ${percent(vetoPpm)} vetoes.`
      }
    >
      <TallyBar tally={tally} />
      <TallyNumbers tally={tally} />
      {status === "voting" ? (
        <p className="mt-3 text-sm text-muted">{formatPercent(voted)} of all stake has voted so far.</p>
      ) : null}
      <div className="-mx-4 mt-3 sm:-mx-5">
        <PagedTable
          caption="Votes, newest first"
          result={result}
          columns={VOTE_COLUMNS}
          rowKey={({ voter }) => voter}
          empty={<Empty title="Nobody has voted">Validators vote for those who delegate to them.</Empty>}
        />
      </div>
    </Card>
  );
}

function percent(ppm: number): string {
  return formatPercent(ppm / 1_000_000);
}

type VoteRow = ItemOf<typeof listVotes>;

const NAMES: ReadonlyMap<string, string> = new Map(OPTIONS.map(({ key, name }) => [key, name]));

const VOTE_COLUMNS: readonly Omit<Column<VoteRow>, "sort">[] = [
  { key: "voter", header: "Voter", cell: ({ voter }) => <Address address={voter} /> },
  {
    key: "vote",
    header: "Vote",
    cell: ({ options }) =>
      options
        .map(({ option, weightPpm }) => {
          const name = NAMES.get(option) ?? "Unknown";
          return weightPpm === 1_000_000 ? name : `${name} ${percent(weightPpm)}`;
        })
        .join(", "),
  },
  { key: "height", header: "Block", align: "right", cell: ({ height }) => <Height height={height} /> },
  { key: "tx", header: "Transaction", hideBelow: "sm", cell: ({ txHash }) => <TxHash hash={txHash} /> },
];

function Messages({ proposal: { messages } }: { proposal: Detail }): ReactNode {
  return (
    <Card title="What it does" lead="The chain itself does this when the proposal passes.">
      {messages.length === 0 ? (
        <p className="text-sm text-muted">Nothing: it only asks for an opinion.</p>
      ) : (
        <ol className="grid gap-4">
          {messages.map(({ typeUrl, value }, index) => (
            <li key={index} className="min-w-0">
              <h3 className="font-medium" title={typeUrl}>
                {nameOfType(typeUrl)}
              </h3>
              {typeof value === "object" && value !== null && !Array.isArray(value) ? (
                <DecodedFields entries={Object.entries(value)} of={typeUrl} />
              ) : (
                <p className="text-sm text-muted">It cannot be read: {typeUrl}</p>
              )}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function Deposits({ deposits }: { deposits: Answer["deposits"] }): ReactNode {
  return (
    <Card title="Deposits" lead="Put down so that it is voted on, and given back unless it is vetoed." flush>
      <DataTable
        caption="Deposits, oldest first"
        columns={DEPOSIT_COLUMNS}
        rows={deposits}
        rowKey={(_, index) => String(index)}
      />
    </Card>
  );
}

const DEPOSIT_COLUMNS: readonly Column<Answer["deposits"][number]>[] = [
  { key: "depositor", header: "Account", cell: ({ depositor }) => <Address address={depositor} /> },
  { key: "coins", header: "Amount", align: "right", cell: ({ coins }) => <Coins coins={coins} /> },
  { key: "height", header: "Block", align: "right", cell: ({ height }) => <Height height={height} /> },
  {
    key: "tx",
    header: "Transaction",
    hideBelow: "sm",
    cell: ({ txHash }) => (txHash === "" ? "–" : <TxHash hash={txHash} />),
  },
];
