import { Check, CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { getWhy, Why as Answer, WhyLine } from "../../../../wire/poi-models.ts";
import { useApi } from "../../api/use-api.ts";
import { useQueryParam, useSetQuery } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { cx } from "../../components/cx.ts";
import { inputClass } from "../../components/field.tsx";
import { formatCount, formatPercent, plural } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { ScrollBox } from "../../components/scroll-box.tsx";
import { DataTable } from "../../components/table.tsx";
import { Address, Amount, EpochLink, ModelLink } from "../../components/values.tsx";
import { Evidence } from "./contention.tsx";
import { formatBits } from "./words.ts";

const MILLION = 1_000_000;
const DIGITS = 6;

/** Why a model was paid what it was paid in an epoch, which the reader picks. */
export function Why({ model, lastEpoch }: { model: string; lastEpoch: number | null }): ReactNode {
  const asked = Number(useQueryParam("epoch"));
  const setQuery = useSetQuery();
  if (lastEpoch === null) return null;
  const epoch = Number.isInteger(asked) && asked > 0 ? asked : lastEpoch;
  const choose = (to: number): void => setQuery({ epoch: to === lastEpoch ? undefined : String(to) }, true);
  return (
    <div id="why" className="min-w-0 scroll-mt-20">
      <Card
        flush
        title="Why did it earn this?"
        lead="Every number on the way from the epoch's emission to the author, made again here from the ones before it and compared with what the chain recorded."
        actions={<EpochPicker epoch={epoch} last={lastEpoch} choose={choose} />}
      >
        <WhyOf key={`${model} ${epoch}`} model={model} epoch={epoch} />
      </Card>
    </div>
  );
}

function EpochPicker({
  epoch,
  last,
  choose,
}: {
  epoch: number;
  last: number;
  choose: (epoch: number) => void;
}): ReactNode {
  return (
    <div className="flex items-center gap-1.5" role="group" aria-label="Epoch">
      <Button disabled={epoch <= 1} onClick={() => choose(epoch - 1)} aria-label="The epoch before">
        ←
      </Button>
      <label className="flex items-center gap-1.5 text-sm text-muted">
        epoch
        <input
          key={epoch}
          type="number"
          className={cx(inputClass, "w-24")}
          min={1}
          max={last}
          defaultValue={epoch}
          onChange={({ target }) => {
            const value = target.valueAsNumber;
            if (Number.isInteger(value) && value >= 1 && value <= last) choose(value);
          }}
        />
      </label>
      <Button disabled={epoch >= last} onClick={() => choose(epoch + 1)} aria-label="The epoch after">
        →
      </Button>
    </div>
  );
}

function WhyOf({ model, epoch }: { model: string; epoch: number }): ReactNode {
  const result = useApi<typeof getWhy>("/api/models/{model}/epochs/{epoch}", {
    params: { model, epoch },
    // What an epoch paid never changes.
    forever: true,
  });
  return (
    <Loaded result={result} lines={8} height="min-h-200 sm:min-h-160">
      {(why) => (
        <>
          <Verdict why={why} />
          {why.settled ? (
            <>
              <Lines lines={why.lines} />
              <Steps why={why} />
            </>
          ) : null}
          <Measured why={why} />
          <Checks why={why} />
        </>
      )}
    </Loaded>
  );
}

function Verdict({ why }: { why: Answer }): ReactNode {
  const wrong = why.checks.filter(({ agrees }) => !agrees).length;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pb-3 text-sm sm:px-5">
      <p className="text-lg font-semibold">
        <Amount amount={why.paid} digits={DIGITS} />
      </p>
      <p className="min-w-0 flex-1 basis-64 text-muted">
        {why.settled ? (
          <>
            in epoch <EpochLink epoch={why.epoch} />, in which {why.sponsorsCounted} of {why.sponsorsFrozen}{" "}
            sponsors counted.
            {why.stepTaken === null
              ? why.steps.some(({ own }) => own)
                ? ""
                : " It holds no step of the ladder, and only steps earn."
              : ` It took step ${why.stepTaken.index} in it.`}
          </>
        ) : (
          <>
            The arena did not settle in epoch <EpochLink epoch={why.epoch} />: {why.reason}. Nothing changed
            and nothing was paid.
          </>
        )}
      </p>
      {wrong === 0 ? (
        <Badge tone="good">
          <Check className="size-3.5" aria-hidden="true" />
          {plural(why.checks.length, "number")} recomputed, all agree
        </Badge>
      ) : (
        <Badge tone="bad">
          <CircleAlert className="size-3.5" aria-hidden="true" />
          {wrong} of {plural(why.checks.length, "number")} differ
        </Badge>
      )}
    </div>
  );
}

function Lines({ lines }: { lines: readonly WhyLine[] }): ReactNode {
  return (
    <div className="border-t border-line">
      <ScrollBox label="From emission to pay">
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">From the emission of the epoch to the model's pay</caption>
          <thead className="sr-only">
            <tr>
              <th scope="col">Number, and how it follows from those above</th>
              <th scope="col">Value</th>
              <th scope="col">Agrees with the chain</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              <tr
                key={line.label}
                className={cx(
                  "border-t border-line align-top first:border-t-0",
                  index === lines.length - 1 && "bg-surface-2/60 font-semibold",
                )}
              >
                <th scope="row" className="px-4 py-2 text-left font-medium sm:px-5">
                  {line.label}
                  <span className="block font-mono text-xs font-normal text-muted">{line.formula}</span>
                </th>
                <td className="px-3 py-2 text-right">
                  <Value line={line} />
                </td>
                <td className="py-2 pr-4 sm:pr-5">
                  <Agrees agrees={line.agrees} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </div>
  );
}

function Value({ line: { unit, value } }: { line: WhyLine }): ReactNode {
  if (unit === "amount") return <Amount amount={value} digits={DIGITS} />;
  if (unit === "count") return formatCount(Number(value));
  return (
    <span className="whitespace-nowrap" title="In the chain's unit, 65,536 to a bit">
      {formatBits(Number(value), 3)}
      <span className="block text-xs font-normal text-muted">{formatCount(Number(value))} / 65,536</span>
    </span>
  );
}

function Agrees({ agrees }: { agrees: boolean | null }): ReactNode {
  if (agrees === null)
    return (
      <span className="text-muted" title="A starting point: the chain's word">
        –
      </span>
    );
  return agrees ? (
    <Check className="mt-0.5 size-4 text-good" role="img" aria-label="agrees" />
  ) : (
    <CircleAlert className="mt-0.5 size-4 text-bad" role="img" aria-label="differs" />
  );
}

/** The same for everybody on the ladder: with what was not paid it adds up to the pots. */
function Steps({ why: { steps, pots } }: { why: Answer }): ReactNode {
  if (steps.length === 0) return null;
  const total = (of: (step: Answer["steps"][number]) => string): string =>
    steps.reduce((sum, step) => sum + BigInt(of(step)), 0n).toString();
  const funded = pots.funded !== "0";
  const cell = "px-3 py-2 text-right whitespace-nowrap";
  const row = (label: string, emission: string, fund: string, className?: string): ReactNode => (
    <tr className={cx("border-t border-line", className)}>
      <th scope="row" colSpan={4} className="px-4 py-2 text-left [font-weight:inherit] sm:px-5">
        {label}
      </th>
      <td className={cell}>
        <Amount amount={emission} digits={DIGITS} />
      </td>
      {funded ? (
        <td className={cell}>
          <Amount amount={fund} digits={DIGITS} />
        </td>
      ) : null}
    </tr>
  );
  return (
    <details className="border-t border-line">
      <summary className="px-4 py-3 text-sm font-medium sm:px-5">
        The whole pot: what every step was paid
      </summary>
      <ScrollBox label="What every step was paid">
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">What every step of the ladder was paid</caption>
          <thead>
            <tr className="text-xs text-muted">
              <th scope="col" className="px-4 py-2 text-left font-medium sm:px-5">
                Step
              </th>
              <th scope="col" className="px-3 py-2 text-left font-medium">
                Model
              </th>
              <th scope="col" className={cx(cell, "font-medium")}>
                Age
              </th>
              <th scope="col" className={cx(cell, "font-medium")}>
                Strength
              </th>
              <th scope="col" className={cx(cell, "font-medium")}>
                From emission
              </th>
              {funded ? (
                <th scope="col" className={cx(cell, "font-medium")}>
                  From funders
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step.index} className={cx("border-t border-line", step.own && "bg-gold-wash")}>
                <td className="px-4 py-2 sm:px-5">{step.index}</td>
                <td className="px-3 py-2">
                  <ModelLink {...step.model} />
                  {step.own ? <span className="text-xs text-gold"> this model</span> : null}
                </td>
                <td className={cell}>{formatCount(step.age)}</td>
                <td className={cell}>{formatCount(step.strength)}</td>
                <td className={cell}>
                  <Amount amount={step.emission} digits={DIGITS} />
                </td>
                {funded ? (
                  <td className={cell}>
                    <Amount amount={step.funded} digits={DIGITS} />
                  </td>
                ) : null}
              </tr>
            ))}
            {row(
              "Paid",
              total(({ emission }) => emission),
              total((step) => step.funded),
              "font-medium",
            )}
            {row(
              "Not paid: not minted, or left in the pot",
              pots.unpaidEmission,
              pots.unpaidFunded,
              "text-muted",
            )}
            {row("Pot", pots.emission, pots.funded, "font-semibold bg-surface-2/60")}
          </tbody>
        </table>
      </ScrollBox>
    </details>
  );
}

/** What the epoch measured: the score by sponsor, and the comparisons that decide the ladder. */
function Measured({ why }: { why: Answer }): ReactNode {
  const { score, screening, trials, rules } = why;
  if (score === null)
    return (
      <p className="border-t border-line px-4 py-3 text-sm text-muted sm:px-5">
        It was not measured in this epoch.
      </p>
    );
  const comparisons = [
    ...(screening === null ? [] : [{ kind: "screening", ...screening }]),
    ...trials.map((trial) => ({ kind: why.called ? "trial" : "trial, resting", ...trial })),
  ];
  return (
    <details className="border-t border-line">
      <summary className="px-4 py-3 text-sm font-medium sm:px-5">
        What it scored: {formatPercent(score.accuracy / MILLION)} on {formatCount(score.items)} items
      </summary>
      <DataTable
        caption="Score by sponsor"
        rows={score.sponsors}
        rowKey={({ sponsor }) => sponsor}
        columns={[
          { key: "sponsor", header: "Sponsor", cell: ({ sponsor }) => <Address address={sponsor} /> },
          {
            key: "correct",
            header: "Right",
            align: "right",
            cell: ({ correct, items }) => `${formatCount(correct)} of ${formatCount(items)}`,
          },
          {
            key: "accuracy",
            header: "Accuracy",
            align: "right",
            cell: ({ accuracy }) => formatPercent(accuracy / MILLION),
          },
          {
            key: "median",
            header: <span className="sr-only">Median</span>,
            cell: ({ median }) => (median ? <Badge tone="info">the median: its score</Badge> : ""),
          },
        ]}
      />
      <p className="border-t border-line px-4 py-3 text-sm text-muted sm:px-5">
        {score.smoothedBefore === null
          ? `Smoothed: ${formatPercent(score.smoothed / MILLION)}.`
          : `Smoothed: (3 × ${formatPercent(score.accuracy / MILLION)} + 7 × ${formatPercent(score.smoothedBefore / MILLION)}) / 10 = ${formatPercent(score.smoothed / MILLION)}.`}
      </p>
      {comparisons.length === 0 ? null : (
        <DataTable
          caption="Comparisons after this epoch"
          rows={comparisons}
          rowKey={({ kind, opponent }) => `${kind} ${opponent.id}`}
          columns={[
            { key: "kind", header: "Comparison", cell: ({ kind }) => kind },
            { key: "against", header: "Against", cell: ({ opponent }) => <ModelLink {...opponent} /> },
            {
              key: "b",
              header: "b : c",
              align: "right",
              cell: ({ b, c }) => `${formatCount(b)} : ${formatCount(c)}`,
            },
            { key: "n", header: "Items", align: "right", cell: ({ n }) => formatCount(n) },
            {
              key: "evidence",
              header: "Evidence",
              cell: (row) => <Evidence comparison={row} rules={rules} />,
            },
            {
              key: "shows",
              header: "Shows",
              cell: ({ significant, enoughItems }) =>
                significant ? "better" : enoughItems ? "not better" : "too few items",
            },
            { key: "gain", header: "Height", align: "right", cell: ({ gain }) => formatBits(gain) },
          ]}
        />
      )}
    </details>
  );
}

function Checks({ why: { checks, unchecked } }: { why: Answer }): ReactNode {
  return (
    <details className="border-t border-line">
      <summary className="px-4 py-3 text-sm font-medium sm:px-5">
        All {checks.length} numbers that were recomputed
      </summary>
      <DataTable
        caption="Numbers of the chain beside what its rules make of the others"
        rows={checks}
        rowKey={({ what }) => what}
        columns={[
          {
            key: "what",
            header: "Number",
            cell: ({ what }) => <span className="block min-w-48">{what}</span>,
          },
          { key: "chain", header: "The chain's", align: "right", cell: ({ chain }) => chain },
          { key: "made", header: "Recomputed", align: "right", cell: ({ recomputed }) => recomputed },
          {
            key: "agrees",
            header: <span className="sr-only">Agrees</span>,
            cell: ({ agrees }) => <Agrees agrees={agrees} />,
          },
        ]}
      />
      {unchecked.map((what) => (
        <p key={what} className="border-t border-line px-4 py-3 text-sm text-muted sm:px-5">
          Not recomputed: {what}.
        </p>
      ))}
    </details>
  );
}
