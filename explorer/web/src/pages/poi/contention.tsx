import type { ReactNode } from "react";
import type { Comparison, Contention, LadderRules } from "../../../../wire/poi-models.ts";
import { Badge } from "../../components/badge.tsx";
import { cx } from "../../components/cx.ts";
import { Empty } from "../../components/empty.tsx";
import { formatCount, plural } from "../../components/format.ts";
import { DataTable, type Column } from "../../components/table.tsx";
import { Address, EpochLink, Height, ModelLink } from "../../components/values.tsx";
import { evidence, formatBits, screeningWords } from "./words.ts";

/** Contenders of an arena, in the order in which they would be called. */
export function Contenders({
  contenders,
  rules,
}: {
  contenders: readonly Contention[];
  rules: LadderRules;
}): ReactNode {
  const columns: Column<Contention>[] = [
    {
      key: "model",
      header: "Contender",
      sort: ({ reservation }) => reservation.seq,
      cell: ({ model, author, reservation }) => (
        <>
          <ModelLink {...model} />
          <span className="block text-xs text-muted">
            by <Address address={author} />, reserved as no. {formatCount(reservation.seq)}
          </span>
        </>
      ),
    },
    {
      key: "state",
      header: "Shows",
      cell: ({ screening, called }) => {
        const { tone, word, meaning } = screeningWords(screening, rules);
        return (
          <span className="flex flex-wrap gap-1">
            {called ? <Badge tone="info">on trial</Badge> : null}
            <Badge tone={tone} title={meaning}>
              {word}
            </Badge>
          </span>
        );
      },
    },
    {
      key: "b",
      header: "b : c",
      title: "b: it was right where the top was wrong. c: the reverse.",
      align: "right",
      sort: ({ screening }) => screening.b - screening.c,
      cell: ({ screening: { b, c } }) => (
        <span className="whitespace-nowrap">
          {formatCount(b)} : {formatCount(c)}
        </span>
      ),
    },
    {
      key: "n",
      header: "Items",
      title: `Items both answered; nothing is concluded from fewer than ${formatCount(rules.minItems)}`,
      align: "right",
      sort: ({ screening }) => screening.n,
      cell: ({ screening: { n } }) => (
        <>
          {formatCount(n)}
          <Bar share={n / rules.minItems} className="ml-auto w-16" />
        </>
      ),
    },
    {
      key: "evidence",
      header: "Evidence",
      title:
        "(b − c)² / (b + c): 1 may be called, 4 sets the mark, and a step needs more, in a trial of its own",
      sort: ({ screening }) => evidence(screening),
      cell: ({ screening }) => <Evidence comparison={screening} rules={rules} />,
    },
    {
      key: "sponsors",
      header: "Sponsors",
      title:
        "Sponsors that can still measure it: they were there in its first epoch and have data older than it",
      align: "right",
      hideBelow: "md",
      cell: ({ usableSponsors }) => usableSponsors,
    },
    {
      key: "calls",
      header: "Calls",
      title: "Epochs in which it was called",
      align: "right",
      hideBelow: "md",
      cell: ({ calls }) => formatCount(calls),
    },
  ];
  return (
    <DataTable
      caption="Contenders, and what their comparison with the top shows"
      columns={columns}
      rows={contenders}
      rowKey={({ model }) => model.id}
      empty={
        <Empty title="Nobody contends">
          A newly registered model would be compared with the top from its first epoch on.
        </Empty>
      }
    />
  );
}

/** How significant a comparison is, on the way to what a step needs. */
export function Evidence({
  comparison,
  rules,
}: {
  comparison: Pick<Comparison, "b" | "c">;
  rules: LadderRules;
}): ReactNode {
  const shown = evidence(comparison);
  const marks = [1, 4].filter((mark) => mark < rules.z2);
  return (
    <span className="block w-36">
      <span className="whitespace-nowrap">
        {shown.toFixed(1).replace("-", "−")} <span className="text-xs text-muted">of {rules.z2}</span>
      </span>
      <span className="relative mt-1 block h-1.5 overflow-hidden rounded bg-surface-2" aria-hidden="true">
        <span
          className={cx("absolute inset-y-0 left-0 rounded", shown >= rules.z2 ? "bg-good" : "bg-accent")}
          style={{ width: `${Math.min(1, Math.max(0, shown / rules.z2)) * 100}%` }}
        />
        {marks.map((mark) => (
          <span
            key={mark}
            className="absolute inset-y-0 w-px bg-line-strong"
            style={{ left: `${(mark / rules.z2) * 100}%` }}
          />
        ))}
      </span>
    </span>
  );
}

function Bar({ share, className }: { share: number; className?: string }): ReactNode {
  return (
    <span
      className={cx("mt-1.5 block h-1 overflow-hidden rounded bg-surface-2", className)}
      aria-hidden="true"
    >
      <span
        className={cx("block h-full", share >= 1 ? "bg-good" : "bg-accent")}
        style={{ width: `${Math.min(1, share) * 100}%` }}
      />
    </span>
  );
}

/** How a model gets onto the ladder, in plain words and with the chain's numbers. */
export function HowSteps({ rules }: { rules: LadderRules }): ReactNode {
  return (
    <details className="border-t border-line px-4 py-3 text-sm sm:px-5">
      <summary className="font-medium">How a contender takes a step</summary>
      <ol className="mt-2 grid list-decimal gap-1.5 pl-5 text-muted">
        <li>
          On every item that both answer, it is compared with the top. Only where one of them is wrong and the
          other right does the item say something: <b className="text-ink">b</b> items speak for the
          contender, <b className="text-ink">c</b> against it.
        </li>
        <li>
          Of five sponsors the two that favour it most and the one that does so least are left out, so that
          nobody who leaks data can lift a model.
        </li>
        <li>
          With {formatCount(rules.minItems)} items or more and (b − c)² ≥ b + c it may be called; (b − c)² ≥ 4
          (b + c) sets the mark, and who gains at least a third of the best is called in the order of
          reservation.
        </li>
        <li>
          The called one is tried against the models of the last three steps, from zero, on answers that the
          chain computes itself. It takes a step when (b − c)² ≥ {rules.z2} (b + c) against each.
        </li>
        <li>
          The step is as high as the error it removed. A copy has the same answers, so that b and c stay equal
          and it wins nothing.
        </li>
      </ol>
    </details>
  );
}

/** Everything the chain counts for one contender. */
export function Standing({ contention, rules }: { contention: Contention; rules: LadderRules }): ReactNode {
  const { screening, trials, bySponsor, usableSponsors, calls, reservation, firstEpoch } = contention;
  const { tone, word, meaning } = screeningWords(screening, rules);
  return (
    <div>
      <div className="flex flex-wrap items-start gap-x-8 gap-y-3 px-4 pb-4 sm:px-5">
        <p className="max-w-prose flex-1 basis-72 text-sm">
          <Badge tone={tone}>{word}</Badge> {meaning} It was right {formatCount(screening.b)} times where{" "}
          <ModelLink {...screening.opponent} /> was wrong, and wrong {formatCount(screening.c)} times where
          that was right, on {plural(screening.n, "item")}.
        </p>
        <Evidence comparison={screening} rules={rules} />
      </div>
      <Comparisons
        caption="Comparisons of this contender"
        rows={[{ kind: "screening", ...screening }, ...trials.map((trial) => ({ kind: "trial", ...trial }))]}
        rules={rules}
      />
      <h3 className="px-4 pt-4 text-sm font-medium sm:px-5">Screening by sponsor</h3>
      <DataTable
        caption="Screening counts by sponsor, and which the sum keeps"
        rows={bySponsor}
        rowKey={({ sponsor }) => sponsor}
        empty={<Empty title="No counts yet">Its sponsors are fixed in its first epoch.</Empty>}
        columns={[
          { key: "sponsor", header: "Sponsor", cell: ({ sponsor }) => <Address address={sponsor} /> },
          { key: "b", header: "b", align: "right", cell: ({ b }) => formatCount(b) },
          { key: "c", header: "c", align: "right", cell: ({ c }) => formatCount(c) },
          { key: "n", header: "Items", align: "right", cell: ({ n }) => formatCount(n) },
          {
            key: "kept",
            header: "In the sum",
            cell: ({ kept }) => (kept ? "yes" : <span className="text-muted">left out</span>),
          },
        ]}
      />
      <p className="border-t border-line px-4 py-3 text-xs text-muted sm:px-5">
        Reserved as no. {formatCount(reservation.seq)} in block <Height height={reservation.height} />
        {firstEpoch === 0 ? (
          ""
        ) : (
          <>
            , first measured in epoch <EpochLink epoch={firstEpoch} />
          </>
        )}
        . {plural(usableSponsors, "sponsor")} can still measure it. Called in {plural(calls, "epoch")}.
      </p>
    </div>
  );
}

export type ComparisonRow = Comparison & { kind: string };

export function Comparisons({
  caption,
  rows,
  rules,
}: {
  caption: string;
  rows: readonly ComparisonRow[];
  rules: LadderRules;
}): ReactNode {
  return (
    <DataTable
      caption={caption}
      rows={rows}
      rowKey={({ kind, opponent }) => `${kind} ${opponent.id}`}
      columns={[
        { key: "kind", header: "Kind", cell: ({ kind }) => kind },
        {
          key: "against",
          header: "Against",
          cell: ({ opponent }) => (
            <span className="block min-w-32">
              <ModelLink {...opponent} />
            </span>
          ),
        },
        {
          key: "b",
          header: "b",
          align: "right",
          title: "Only this model right",
          cell: ({ b }) => formatCount(b),
        },
        {
          key: "c",
          header: "c",
          align: "right",
          title: "Only the other right",
          cell: ({ c }) => formatCount(c),
        },
        { key: "n", header: "Items", align: "right", cell: ({ n }) => formatCount(n) },
        {
          key: "wrong",
          header: "Wrong",
          title: "Wrong answers of the other and of this model",
          align: "right",
          cell: ({ wrongOld, wrongNew }) => (
            <span className="whitespace-nowrap">
              {formatCount(wrongOld)} → {formatCount(wrongNew)}
            </span>
          ),
        },
        { key: "evidence", header: "Evidence", cell: (row) => <Evidence comparison={row} rules={rules} /> },
        { key: "gain", header: "Height", align: "right", cell: ({ gain }) => formatBits(gain) },
      ]}
    />
  );
}
