import type { ReactNode } from "react";
import type { BlockView } from "../../../src/wire.ts";
import { formatCount } from "../format.ts";
import { Table, type Column } from "../parts/table.tsx";
import { Ago, Time } from "../parts/values.tsx";

const SHOWN = 10;

const COLUMNS: readonly Column<BlockView>[] = [
  { label: "Height", cell: ({ height }) => formatCount(height) },
  { label: "Time", cell: ({ time }) => <Time value={time} /> },
  { label: "Age", cell: ({ time }) => <Ago value={time} /> },
  { label: "Transactions", numeric: true, cell: ({ txs }) => formatCount(txs) },
];

export function Blocks({ blocks }: { blocks: readonly BlockView[] }): ReactNode {
  return (
    <section className="card" id="blocks" aria-labelledby="blocks-title">
      <h2 id="blocks-title">Latest blocks</h2>
      <Table
        caption="Latest blocks, newest first"
        columns={COLUMNS}
        rows={blocks.slice(0, SHOWN)}
        rowKey={({ height }) => height}
        slim
        empty="No block yet."
      />
    </section>
  );
}
