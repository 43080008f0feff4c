import { X } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import type { Compared, getCompare, getModels, HeadToHead } from "../../../../wire/poi-models.ts";
import { useApi } from "../../api/use-api.ts";
import { useQueryParam, useSetQuery } from "../../app/params.ts";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { LineChart } from "../../components/chart.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatBytes, formatCompact, formatCount, formatPercent, shorten } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { ScrollBox } from "../../components/scroll-box.tsx";
import { DataTable } from "../../components/table.tsx";
import { Address, Amount, ArenaLink, EpochLink, ModelLink, ServiceLink } from "../../components/values.tsx";
import { Interval, intervalFrom } from "./interval.tsx";
import { Select } from "./models.tsx";
import { StateBadge } from "./state-badge.tsx";
import { evidence, formatBits } from "./words.ts";

const MAX_COMPARED = 4;

/** Models side by side; the address says which. */
export function Compare(): ReactNode {
  const ids = (useQueryParam("models") ?? "")
    .toLowerCase()
    .split(",")
    .filter((id) => /^[0-9a-f]{64}$/.test(id))
    .slice(0, MAX_COMPARED);
  const setQuery = useSetQuery();
  const show = (models: readonly string[]): void => setQuery({ models: models.join(",") || undefined });
  const result = useApi<typeof getCompare>("/api/compare", {
    query: { models: ids.join(",") },
    enabled: ids.length > 0,
  });
  return (
    <Page
      title="Compare models"
      lead="Up to four beside each other: what they score, what a run costs, on which terms, and who serves them."
      actions={<Add ids={ids} add={(id) => show([...ids, id])} />}
    >
      {ids.length === 0 ? (
        <Card>
          <Empty title="Choose models to compare">
            Add them above, or{" "}
            <LinkButton to="/models" className="mt-3">
              choose from the list of models
            </LinkButton>
          </Empty>
        </Card>
      ) : (
        <Loaded result={result} lines={12}>
          {({ value }) => (
            <>
              <Card flush>
                <SideBySide
                  models={value.models}
                  remove={(id) => show(ids.filter((other) => other !== id))}
                />
              </Card>
              <Scores models={value.models} />
              <Meetings models={value.models} meetings={value.headToHead} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function Add({ ids, add }: { ids: readonly string[]; add: (id: string) => void }): ReactNode {
  const models = useApi<typeof getModels>("/api/models", { query: { limit: 100, order: "score" } });
  if (ids.length >= MAX_COMPARED) return null;
  const items = (models.data?.items ?? []).filter(({ id }) => !ids.includes(id));
  const arenas = [...new Map(items.map(({ arena }) => [arena.id, arena])).values()];
  return (
    <Select label="Add a model" value="" onChange={(id) => (id === "" ? undefined : add(id))}>
      <option value="">choose …</option>
      {arenas.map((arena) => (
        <optgroup key={arena.id} label={arena.name}>
          {items
            .filter((model) => model.arena.id === arena.id)
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {name || "unnamed"} {id.slice(0, 8)}
              </option>
            ))}
        </optgroup>
      ))}
    </Select>
  );
}

type Row = readonly [label: string, title: string, cell: (model: Compared) => ReactNode];

function SideBySide({
  models,
  remove,
}: {
  models: readonly Compared[];
  remove: (id: string) => void;
}): ReactNode {
  const from = intervalFrom(models.map(({ mean }) => mean));
  const sponsors = [
    ...new Set(models.flatMap(({ last }) => last?.sponsors.map(({ sponsor }) => sponsor) ?? [])),
  ];
  const rows: Row[] = [
    ["Arena", "", ({ arena }) => <ArenaLink {...arena} />],
    ["Place", "", ({ state, step }) => <StateBadge state={state} step={step} />],
    [
      "Accuracy",
      "Mean over all its epochs, with the 95 % interval",
      ({ mean }) => (mean === null ? "not measured yet" : <Interval measured={mean} from={from} />),
    ],
    [
      "Smoothed",
      "Follows the newest epochs",
      ({ smoothed }) => (smoothed === null ? "–" : formatPercent(smoothed / 1_000_000)),
    ],
    [
      "Measured on",
      "",
      ({ mean, epochs }) =>
        mean === null ? "–" : `${formatCount(mean.items)} items in ${formatCount(epochs)} epochs`,
    ],
    ["Height of its step", "Error it removed", ({ gain }) => (gain === null ? "–" : formatBits(gain))],
    ["Cost of a run", "Multiply-accumulates and output elements", ({ cost }) => formatCompact(cost)],
    ["File", "", ({ fileBytes }) => formatBytes(fileBytes)],
    ["Licence", "", ({ licence }) => licence || "none given"],
    ["Royalty", "Of what services of the model take", ({ royaltyBps }) => formatPercent(royaltyBps / 10_000)],
    [
      "Fee on chain",
      "Paid to the author for a run in a transaction",
      ({ inferFee }) => (inferFee === "0" ? "none" : <Amount amount={inferFee} digits={6} />),
    ],
    ["Author", "", ({ author }) => <Address address={author} />],
    ["Parents", "", ({ parents }) => (parents.length === 0 ? "none" : <Refs refs={parents} />)],
    ["Services", "Price for an answer, and median latency", ({ services }) => <Offers services={services} />],
  ];
  return (
    <ScrollBox label="Models side by side">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Models side by side</caption>
        <thead>
          <tr>
            <td className="sticky left-0 bg-surface px-4 py-2 sm:px-5" />
            {models.map(({ id, name }) => (
              <th key={id} scope="col" className="min-w-44 px-3 py-2 text-left align-top font-medium">
                <span className="flex items-start justify-between gap-2">
                  <ModelLink id={id} name={name} />
                  <button
                    type="button"
                    className="rounded p-1 text-muted hover:bg-surface-2 hover:text-ink"
                    onClick={() => remove(id)}
                  >
                    <X className="size-4" aria-hidden="true" />
                    <span className="sr-only">Leave out {name || id.slice(0, 8)}</span>
                  </button>
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, title, cell]) => (
            <Line key={label} label={label} title={title || undefined} models={models} cell={cell} />
          ))}
        </tbody>
        <tbody>
          {sponsors.length === 0 ? null : (
            <tr className="border-t border-line">
              <th
                scope="rowgroup"
                colSpan={models.length + 1}
                className="bg-surface-2/60 px-4 py-1.5 text-left text-xs font-medium text-muted sm:px-5"
              >
                Right answers on the data of each sponsor, in the newest epoch
              </th>
            </tr>
          )}
          {sponsors.map((sponsor) => (
            <Line
              key={sponsor}
              label={<span className="font-mono text-[0.92em]">{shorten(sponsor, 10, 6)}</span>}
              title={sponsor}
              models={models}
              cell={(model) => <SponsorScore model={model} sponsor={sponsor} />}
            />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Line({
  label,
  title,
  models,
  cell,
}: {
  label: ReactNode;
  title: string | undefined;
  models: readonly Compared[];
  cell: (model: Compared) => ReactNode;
}): ReactNode {
  return (
    <tr className="border-t border-line align-top">
      <th
        scope="row"
        title={title}
        className="sticky left-0 bg-surface px-4 py-2 text-left font-normal text-muted sm:px-5 sm:whitespace-nowrap"
      >
        {label}
      </th>
      {models.map((model) => (
        <td key={model.id} className="px-3 py-2">
          {cell(model)}
        </td>
      ))}
    </tr>
  );
}

function SponsorScore({ model: { last }, sponsor }: { model: Compared; sponsor: string }): ReactNode {
  const score = last?.sponsors.find((line) => line.sponsor === sponsor);
  if (score === undefined || score.items === 0) return <span className="text-muted">–</span>;
  return (
    <>
      {formatPercent(score.correct / score.items)}{" "}
      <span className="text-xs whitespace-nowrap text-muted">
        {score.correct} of {score.items}
      </span>
    </>
  );
}

function Refs({ refs }: { refs: Compared["parents"] }): ReactNode {
  return (
    <ul>
      {refs.map((one) => (
        <li key={one.id}>
          <ModelLink {...one} />
        </li>
      ))}
    </ul>
  );
}

function Offers({ services }: { services: Compared["services"] }): ReactNode {
  if (services.length === 0) return "nobody serves it";
  return (
    <ul>
      {services.map(({ id, name, price, denom, probes }) => (
        <li key={id}>
          <ServiceLink id={id} name={name} />:{" "}
          {price === "0" ? "free" : <Amount amount={price} denom={denom} digits={6} />}
          {probes === null || probes.reporters === 0 ? "" : `, ${probes.p50Ms} ms`}
        </li>
      ))}
    </ul>
  );
}

function Scores({ models }: { models: readonly Compared[] }): ReactNode {
  const measured = models.filter(({ history }) => history.length > 0);
  const x = useMemo(
    () =>
      [...new Set(measured.flatMap(({ history }) => history.map(({ epoch }) => epoch)))].sort(
        (a, b) => a - b,
      ),
    [models],
  );
  const series = useMemo(
    () =>
      measured.map(({ id, name, history }) => {
        const byEpoch = new Map(history.map(({ epoch, smoothed }) => [epoch, smoothed / 1_000_000]));
        return { name: name || id.slice(0, 8), values: x.map((epoch) => byEpoch.get(epoch) ?? null) };
      }),
    [models],
  );
  if (x.length < 2) return null;
  return (
    <Card title="Smoothed accuracy over epochs">
      <LineChart
        caption="Smoothed accuracies of the models compared"
        x={x}
        xLabel="Epoch"
        series={series}
        format={formatPercent}
        formatX={String}
      />
    </Card>
  );
}

const KINDS: Readonly<Record<HeadToHead["kind"], string>> = {
  step: "the trial that took the step",
  trial: "a trial that goes on",
  screening: "screening since the top is the top",
};

/** Where the chain itself counted one against the other. */
function Meetings({
  models,
  meetings,
}: {
  models: readonly Compared[];
  meetings: readonly HeadToHead[];
}): ReactNode {
  if (models.length < 2) return null;
  const refs = new Map(models.map(({ id, name }) => [id, { id, name }]));
  const link = (id: string): ReactNode => <ModelLink {...(refs.get(id) ?? { id, name: "" })} />;
  return (
    <Card
      flush
      title="Head to head"
      lead="Items on which exactly one of the two was right: only those tell which is better."
    >
      <DataTable
        caption="Comparisons that the chain made between these models"
        rows={meetings}
        rowKey={({ kind, contender, opponent }) => `${kind} ${contender} ${opponent}`}
        empty={
          <Empty title="The chain never compared these">
            It compares contenders with the models of the newest steps of their own arena.
          </Empty>
        }
        columns={[
          { key: "contender", header: "Contender", cell: ({ contender }) => link(contender) },
          { key: "opponent", header: "Against", cell: ({ opponent }) => link(opponent) },
          { key: "b", header: "Only it right", align: "right", cell: ({ b }) => formatCount(b) },
          { key: "c", header: "Only the other", align: "right", cell: ({ c }) => formatCount(c) },
          { key: "n", header: "Items", align: "right", cell: ({ n }) => formatCount(n) },
          {
            key: "evidence",
            header: "Evidence",
            title: "(b − c)² / (b + c); a step takes 12 or what the parameters say",
            align: "right",
            cell: (meeting) => evidence(meeting).toFixed(1).replace("-", "−"),
          },
          {
            key: "kind",
            header: "In",
            cell: ({ kind, epoch }) => (
              <>
                {KINDS[kind]}
                {epoch === null ? null : (
                  <>
                    , epoch <EpochLink epoch={epoch} />
                  </>
                )}
              </>
            ),
          },
        ]}
      />
    </Card>
  );
}
