import type { ReactNode } from "react";
import type { ConvictionView, ScorerView } from "../../../src/wire.ts";
import { formatCount, formatPercent, plural } from "../format.ts";
import { Table, type Column } from "../parts/table.tsx";
import { Address, Amount, ScorerStatePill } from "../parts/values.tsx";

const COLUMNS: readonly Column<ScorerView>[] = [
  {
    label: "Scorer",
    cell: ({ operator, moniker }) => (
      <span>
        {moniker === "" ? null : moniker}
        <span className="sub">
          <Address value={operator} />
        </span>
      </span>
    ),
  },
  { label: "Status", cell: (scorer) => <ScorerStatePill scorer={scorer} /> },
  {
    label: "Rows stood",
    hint: "Rows that stood, of those assigned",
    numeric: true,
    cell: ({ rowsStood, rowsAssigned }) => (
      <>
        {formatCount(rowsStood)} <span className="muted">of {formatCount(rowsAssigned)}</span>
        {rowsAssigned > 0 ? <span className="sub">{formatPercent(rowsStood / rowsAssigned)}</span> : null}
      </>
    ),
  },
  {
    label: "Audits passed",
    hint: "Answers the chain re-ran and found right, in the epochs the explorer keeps",
    numeric: true,
    cell: ({ auditsPassed }) => formatCount(auditsPassed),
  },
  {
    label: "Misses",
    hint: "Epochs with a missing link or missing rows, within the offence window",
    numeric: true,
    cell: ({ misses }) => (
      <span title={misses.length > 0 ? `in epochs ${misses.join(", ")}` : undefined}>
        {formatCount(misses.length)}
      </span>
    ),
  },
  {
    label: "Convictions",
    numeric: true,
    cell: ({ convictions }) => (convictions > 0 ? <b className="danger">{formatCount(convictions)}</b> : "0"),
  },
];

export function Scorers({ scorers }: { scorers: readonly ScorerView[] }): ReactNode {
  return (
    <section className="card" id="scorers" aria-labelledby="scorers-title">
      <h2 id="scorers-title">Scorers</h2>
      <Table
        caption="Scorers"
        columns={COLUMNS}
        rows={scorers}
        rowKey={({ operator }) => operator}
        rowTone={({ convictions }) => (convictions > 0 ? "danger" : undefined)}
        empty="No validator has registered a scorer yet."
      />
    </section>
  );
}

/** Nothing on this page matters more than a proof that somebody handed in a wrong answer. */
export function Convictions({ convictions }: { convictions: readonly ConvictionView[] }): ReactNode {
  if (convictions.length === 0) return null;
  return (
    <section className="card convictions" aria-labelledby="convictions-title">
      <h2 id="convictions-title">
        {convictions.length === 1
          ? "One scorer was convicted"
          : `${plural(convictions.length, "conviction")}`}
      </h2>
      <p>The chain ran the model itself, and the row said something else.</p>
      <ul>
        {convictions.map((conviction) => (
          <li key={`${conviction.epoch} ${conviction.scorer}`}>
            <p>
              <strong>{conviction.moniker || <Address value={conviction.scorer} />}</strong> in epoch{" "}
              {formatCount(conviction.epoch)}, block {formatCount(conviction.height)}: wrong on item{" "}
              {conviction.item} of slot {conviction.slot} with {conviction.modelName}.
            </p>
            <p className="conviction-facts">
              <span>
                slashed <Amount value={conviction.slashed} />
              </span>
              {conviction.challenger === null ? (
                <span>found by the chain&rsquo;s own audit</span>
              ) : (
                <span>
                  found by <Address value={conviction.challenger} />, rewarded{" "}
                  <Amount value={conviction.reward} />
                </span>
              )}
              {conviction.jailed ? <span className="danger">jailed</span> : null}
              <span>
                recorded <code>{conviction.recorded.answer}</code> tag <code>{conviction.recorded.tag}</code>
              </span>
              <span>
                true <code>{conviction.expected.answer}</code> tag <code>{conviction.expected.tag}</code>
              </span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
