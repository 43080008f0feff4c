import type { ReactNode } from "react";
import type { EpochView } from "../../../src/wire.ts";
import { formatCount } from "../format.ts";
import { Table, type Column } from "../parts/table.tsx";
import { Amount, Pill } from "../parts/values.tsx";

const COLUMNS: readonly Column<EpochView>[] = [
  {
    label: "Epoch",
    cell: ({ epoch, startHeight, endHeight }) => (
      <span>
        {formatCount(epoch)}
        <span className="sub">
          blocks {formatCount(startHeight)} – {formatCount(endHeight)}
        </span>
      </span>
    ),
  },
  {
    label: "Result",
    cell: (epoch) =>
      epoch.void ? (
        <Pill tone="red">void</Pill>
      ) : (
        <Pill tone="green">{`${epoch.arenasSettled} settled`}</Pill>
      ),
  },
  {
    label: "Links",
    hint: "Scorers that revealed their link, of those frozen",
    numeric: true,
    cell: ({ scorersRevealed, scorersFrozen }) => `${scorersRevealed} of ${scorersFrozen}`,
  },
  {
    label: "Slots",
    hint: "Slots that counted, of those drawn",
    numeric: true,
    cell: ({ slotsCounted, slots }) => `${slotsCounted} of ${slots}`,
  },
  {
    label: "Audited",
    hint: "Answers the chain re-ran",
    numeric: true,
    cell: ({ auditedItems }) => formatCount(auditedItems),
  },
  { label: "Challenges", numeric: true, cell: ({ challenges }) => formatCount(challenges) },
  {
    label: "Convictions",
    numeric: true,
    cell: ({ convictions }) => (convictions > 0 ? <b className="danger">{convictions}</b> : "0"),
  },
  { label: "Minted", numeric: true, cell: ({ minted }) => <Amount value={minted} /> },
];

export function Epochs({ epochs }: { epochs: readonly EpochView[] }): ReactNode {
  return (
    <section className="card" id="epochs" aria-labelledby="epochs-title">
      <h2 id="epochs-title">Ended epochs</h2>
      <Table
        caption="Ended epochs, newest first"
        columns={COLUMNS}
        rows={epochs}
        rowKey={({ epoch }) => epoch}
        rowTone={({ convictions }) => (convictions > 0 ? "danger" : undefined)}
        empty="The first epoch is still running."
      />
    </section>
  );
}
