import type { ReactNode } from "react";
import { Badge } from "../../components/badge.tsx";
import { TextLink } from "../../components/button.tsx";
import { formatCount } from "../../components/format.ts";
import type { Column } from "../../components/table.tsx";
import { Address, Height, Time, TxHash } from "../../components/values.tsx";
import type { TxSummary } from "../../../../wire/chain.ts";
import { nameOfType } from "./names.ts";
import { Coins } from "./sentence.tsx";

/** Columns of every list of transactions. */
export const txColumns: readonly Omit<Column<TxSummary>, "sort">[] = [
  { key: "hash", header: "Transaction", hideBelow: "sm", cell: ({ hash }) => <TxHash hash={hash} /> },
  {
    key: "types",
    header: "What it does",
    cell: ({ hash, types, messageCount }) => (
      <TextLink to={`/txs/${hash}`} className="text-ink hover:underline">
        <Types types={types} count={messageCount} />
      </TextLink>
    ),
  },
  { key: "status", header: "Result", cell: ({ code }) => <Result code={code} /> },
  { key: "height", header: "Block", align: "right", cell: ({ height }) => <Height height={height} /> },
  { key: "time", header: "Time", cell: ({ time, height }) => <Time time={time} height={height} /> },
  {
    key: "sender",
    header: "Sender",
    hideBelow: "md",
    cell: ({ signers: [sender] }) =>
      sender === undefined ? <span className="text-muted">nobody</span> : <Address address={sender} />,
  },
  {
    key: "fee",
    header: "Fee",
    align: "right",
    hideBelow: "md",
    cell: ({ fee }) => (fee.length === 0 ? <span className="text-muted">none</span> : <Coins coins={fee} />),
  },
];

/** Names a row of {@link txColumns}. */
export function txKey({ height, index }: TxSummary): string {
  return `${height}/${index}`;
}

/** The first type of message, and how many messages more. */
export function Types({ types, count }: { types: readonly string[]; count: number }): ReactNode {
  const [first] = types;
  if (first === undefined) return <span className="text-muted">nothing readable</span>;
  const same = types.every((type) => type === first);
  const kinds = [...new Set(types)].map((type) => nameOfType(type)).join(", ");
  return (
    <span title={kinds}>
      {nameOfType(first)}
      {count === 1 ? null : (
        <>
          {" "}
          <span className="whitespace-nowrap text-muted">
            {same ? `× ${formatCount(count)}` : `+ ${formatCount(count - 1)} more`}
          </span>
        </>
      )}
    </span>
  );
}

export function Result({ code }: { code: number }): ReactNode {
  return code === 0 ? <Badge tone="good">Success</Badge> : <Badge tone="bad">Failed</Badge>;
}
