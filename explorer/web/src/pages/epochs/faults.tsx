import type { ReactNode } from "react";
import type { Challenge, Conviction, Miss } from "../../../../wire/poi-epochs.ts";
import { Badge } from "../../components/badge.tsx";
import { TextLink } from "../../components/button.tsx";
import type { Column } from "../../components/table.tsx";
import {
  Address,
  Amount,
  ArenaLink,
  Code,
  EpochLink,
  Height,
  ModelLink,
  TxHash,
} from "../../components/values.tsx";
import { CHALLENGE_OUTCOMES, scorerName } from "./words.ts";

/** A scorer by its validator's name. */
export function ScorerLink({ scorer }: { scorer: { address: string; moniker: string } }): ReactNode {
  return (
    <TextLink to={`/scorers/${scorer.address}`} title={scorer.address}>
      {scorerName(scorer)}
    </TextLink>
  );
}

/** A sponsor of an arena. */
export function SponsorLink({ arena, address }: { arena: number; address: string }): ReactNode {
  return (
    <TextLink to={`/sponsors/${arena}/${address}`} title={address}>
      <Code text={address} />
    </TextLink>
  );
}

/** One recorded answer, by the page that shows it. */
export function ItemLink(place: {
  epoch: number;
  slot: number;
  model: { id: string };
  item: number;
}): ReactNode {
  const { epoch, slot, model, item } = place;
  return (
    <TextLink
      to={`/epochs/${epoch}/slots/${slot}/${model.id}?item=${item}`}
      className="whitespace-nowrap text-accent hover:underline"
    >
      slot {slot}, item {item}
    </TextLink>
  );
}

export function Outcome({ outcome }: Pick<Challenge, "outcome">): ReactNode {
  if (outcome === null) return <Badge tone="info">waits</Badge>;
  const { tone, word, meaning } = CHALLENGE_OUTCOMES[outcome];
  return (
    <Badge tone={tone} title={meaning}>
      {word}
    </Badge>
  );
}

export const challengeColumns: readonly Column<Challenge>[] = [
  { key: "epoch", header: "Epoch", align: "right", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
  { key: "what", header: "What", cell: (challenge) => <ItemLink {...challenge} /> },
  { key: "model", header: "Model", cell: ({ model }) => <ModelLink {...model} /> },
  { key: "outcome", header: "Outcome", cell: ({ outcome }) => <Outcome outcome={outcome} /> },
  { key: "challenger", header: "Challenger", cell: ({ challenger }) => <Address address={challenger} /> },
  { key: "tx", header: "Transaction", cell: ({ tx }) => <TxHash hash={tx} />, hideBelow: "md" },
  { key: "height", header: "Block", align: "right", cell: ({ height }) => <Height height={height} /> },
];

export const convictionColumns: readonly Column<Conviction>[] = [
  { key: "epoch", header: "Epoch", align: "right", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
  { key: "scorer", header: "Scorer", cell: ({ scorer }) => <ScorerLink scorer={scorer} /> },
  { key: "what", header: "Where", cell: (conviction) => <ItemLink {...conviction} /> },
  { key: "model", header: "Model", cell: ({ model }) => <ModelLink {...model} /> },
  {
    key: "recorded",
    header: "Recorded",
    cell: ({ recorded }) => <AnswerAndTag {...recorded} />,
    title: "Answer and tag that the scorer recorded",
  },
  {
    key: "expected",
    header: "The chain's run",
    cell: ({ expected }) => <AnswerAndTag {...expected} />,
    title: "Answer and tag that the chain found",
  },
  {
    key: "slashed",
    header: "Slashed",
    align: "right",
    cell: ({ slashed, jailed }) => (
      <>
        <Amount amount={slashed} /> {jailed ? <Badge tone="bad">jailed</Badge> : null}
      </>
    ),
  },
  {
    key: "found",
    header: "Found by",
    cell: ({ challenger, reward }) =>
      challenger === null ? (
        <Badge title="In the draw of audits, or where a contender was on trial">the chain</Badge>
      ) : (
        <>
          <Address address={challenger} /> for <Amount amount={reward} />
        </>
      ),
  },
  { key: "height", header: "Block", align: "right", cell: ({ height }) => <Height height={height} /> },
];

function AnswerAndTag({ answer, tag }: Conviction["recorded"]): ReactNode {
  return (
    <span className="whitespace-nowrap">
      {answer.text} <Code text={tag} className="text-muted" />
    </span>
  );
}

export const missColumns: readonly Column<Miss>[] = [
  { key: "epoch", header: "Epoch", align: "right", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
  {
    key: "who",
    header: "Who",
    cell: ({ role, address, moniker, arena }) =>
      role === "scorer" || arena === null ? (
        <ScorerLink scorer={{ address, moniker }} />
      ) : (
        <SponsorLink arena={arena.id} address={address} />
      ),
  },
  {
    key: "what",
    header: "What was missing",
    cell: ({ role, arena }) =>
      arena === null || role === "scorer" ? (
        "its secret, or rows of a slot"
      ) : (
        <>
          items or labels in <ArenaLink {...arena} />
        </>
      ),
  },
  {
    key: "cost",
    header: "Cost",
    align: "right",
    cell: ({ role, slashed, inactiveUntil }) =>
      role === "sponsor" ? (
        slashed === "0" ? (
          <span title="The first miss within the window costs the pay of the arena">its pay</span>
        ) : (
          <Amount amount={slashed} />
        )
      ) : inactiveUntil === null ? (
        <span className="text-muted">counted</span>
      ) : (
        <>inactive until epoch {inactiveUntil}</>
      ),
  },
  { key: "height", header: "Block", align: "right", cell: ({ height }) => <Height height={height} /> },
];
