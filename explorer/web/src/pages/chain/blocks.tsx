import type { ReactNode } from "react";
import { useApiPages } from "../../api/use-api.ts";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount } from "../../components/format.ts";
import { Page } from "../../components/page.tsx";
import { PagedTable, type Column } from "../../components/table.tsx";
import { Code, Height, Time } from "../../components/values.tsx";
import type { BlockSummary, getBlocks } from "../../../../wire/chain.ts";
import { SignerName } from "./signer.tsx";

const columns: readonly Omit<Column<BlockSummary>, "sort">[] = [
  { key: "height", header: "Block", cell: ({ height }) => <Height height={height} /> },
  { key: "time", header: "Time", cell: ({ time }) => <Time time={time} /> },
  {
    key: "txs",
    header: "Transactions",
    align: "right",
    cell: ({ txs, failedTxs }) => (
      <>
        {failedTxs === 0 ? null : <span className="text-bad">{formatCount(failedTxs)} failed · </span>}
        {formatCount(txs)}
      </>
    ),
  },
  {
    key: "proposer",
    header: "Proposer",
    title: "The validator that put the block together",
    cell: ({ proposer }) => <SignerName signer={proposer} />,
  },
  {
    key: "gas",
    header: "Gas used",
    title: "How much work its transactions were",
    align: "right",
    hideBelow: "sm",
    cell: ({ gasUsed }) => formatCount(gasUsed),
  },
  { key: "hash", header: "Hash", hideBelow: "md", cell: ({ hash }) => <Code text={hash} /> },
];

/** All blocks, newest first. */
export function Blocks(): ReactNode {
  const blocks = useApiPages<typeof getBlocks>("/api/blocks", { query: { limit: 25 } });
  return (
    <Page
      title="Blocks"
      lead="Every few moments the validators agree on a block: the transactions in it, in an order that never changes."
    >
      <Card flush>
        <PagedTable
          caption="Blocks, newest first"
          columns={columns}
          result={blocks}
          rowKey={({ height }) => String(height)}
          empty={<Empty title="No block yet">The explorer has read none from its node so far.</Empty>}
        />
      </Card>
    </Page>
  );
}
