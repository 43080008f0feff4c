import type { ReactNode } from "react";
import type { LadderRules, LadderStep } from "../../../../wire/poi-models.ts";
import { TextLink } from "../../components/button.tsx";
import { formatCount, formatPercent, plural } from "../../components/format.ts";
import { DataTable, type Column } from "../../components/table.tsx";
import { Address, Amount, EpochLink, ModelLink } from "../../components/values.tsx";
import { errorsLeft, formatBits } from "./words.ts";

/** The steps of an arena, the newest first, with what is left of each and what it last earned. */
export function Ladder({ steps, rules }: { steps: readonly LadderStep[]; rules: LadderRules }): ReactNode {
  const columns: Column<LadderStep>[] = [
    { key: "step", header: "Step", align: "right", cell: ({ index }) => index, sort: ({ index }) => index },
    {
      key: "model",
      header: "Model",
      cell: ({ model, author }) => (
        <>
          <ModelLink {...model} />
          <span className="block text-xs text-muted">
            by <Address address={author} />
          </span>
        </>
      ),
      sort: ({ model }) => model.name,
    },
    {
      key: "gain",
      header: "Height",
      title:
        "Error removed, measured against the weakest of the last three steps; one bit is half of the errors",
      align: "right",
      sort: ({ gain }) => gain,
      cell: ({ index, gain }) =>
        index === 0 ? (
          <span className="text-muted">reference</span>
        ) : (
          <>
            {formatBits(gain)}
            <span className="block text-xs whitespace-nowrap text-muted">
              {formatPercent(1 - errorsLeft(gain))} fewer errors
            </span>
          </>
        ),
    },
    {
      key: "age",
      header: "Taken",
      align: "right",
      sort: ({ epoch }) => epoch,
      cell: ({ index, epoch, age }) =>
        index === 0 ? (
          "–"
        ) : (
          <>
            <EpochLink epoch={epoch} />
            <span className="block text-xs whitespace-nowrap text-muted">{plural(age, "epoch")} ago</span>
          </>
        ),
    },
    {
      key: "strength",
      header: "Strength now",
      title: `What is left of the height: it halves every ${formatCount(rules.halfLife)} settled epochs`,
      align: "right",
      sort: ({ strength }) => strength,
      cell: ({ index, gain, strength, weighted }) =>
        index === 0 ? (
          "–"
        ) : (
          <>
            {formatBits(strength)}
            <span
              className="mt-1.5 ml-auto block h-1 w-16 overflow-hidden rounded bg-surface-2"
              aria-hidden="true"
            >
              <span className="block h-full bg-gold-mark" style={{ width: `${(strength / gain) * 100}%` }} />
            </span>
            {weighted ? null : <span className="block text-xs text-muted">funded pot only</span>}
          </>
        ),
    },
    {
      key: "pay",
      header: "Last pay",
      align: "right",
      cell: ({ index, lastPay }) =>
        index === 0 ? (
          <span className="text-muted">earns nothing</span>
        ) : lastPay === null ? (
          "–"
        ) : (
          <>
            <Amount amount={(BigInt(lastPay.emission) + BigInt(lastPay.funded)).toString()} />
            <TextLink to={`/epochs/${lastPay.epoch}`} className="block text-xs text-accent hover:underline">
              epoch {formatCount(lastPay.epoch)}
            </TextLink>
          </>
        ),
    },
  ];
  return (
    <DataTable
      caption="Steps of the ladder"
      columns={columns}
      rows={steps.toReversed()}
      rowKey={({ index }) => String(index)}
    />
  );
}
