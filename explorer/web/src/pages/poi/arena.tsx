import { lazy, Suspense, type ReactNode } from "react";
import type {
  ArenaEpochRow,
  ArenaState,
  getArena,
  getArenaExamples,
  getArenaHistory,
} from "../../../../wire/poi-models.ts";
import type { AnswerOf } from "../../../../wire/route.ts";
import { useHead } from "../../api/live.ts";
import { useApi } from "../../api/use-api.ts";
import { usePathParam } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty, Skeleton } from "../../components/empty.tsx";
import { formatCount, formatPercent } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts, Stat, Stats } from "../../components/stat.tsx";
import { DataTable } from "../../components/table.tsx";
import { Address, Amount, EpochLink, Height } from "../../components/values.tsx";
import { Contenders, HowSteps } from "./contention.tsx";
import { Interval } from "./interval.tsx";
import { Examples } from "./items.tsx";
import { Ladder } from "./ladder.tsx";
import { staircase } from "./staircase.ts";
import { answerWords, inputWords } from "./words.ts";

const StaircaseChart = lazy(async () => ({
  default: (await import("./staircase-chart.tsx")).StaircaseChart,
}));

/** One task: how its error fell, who holds the steps, who contends, and where the data comes from. */
export function Arena(): ReactNode {
  const arena = usePathParam("arena");
  const result = useApi<typeof getArena>("/api/arenas/{arena}", { params: { arena } });
  const name = result.data?.value.name ?? `Arena ${arena}`;
  return (
    <Page
      title={name}
      lead={result.data?.value.description}
      actions={
        <>
          <LinkButton to={`/models?arena=${arena}`}>All models</LinkButton>
          {result.data === undefined ? null : (
            <LinkButton to={`/models/${result.data.value.top.id}`} kind="primary">
              The leading model
            </LinkButton>
          )}
        </>
      }
    >
      <Loaded result={result} lines={10}>
        {(answer) => <ArenaParts answer={answer} />}
      </Loaded>
    </Page>
  );
}

function ArenaParts({ answer: { value, epochs } }: { answer: AnswerOf<typeof getArena> }): ReactNode {
  return (
    <>
      <Headline arena={value} />
      <History id={value.id} name={value.name} />
      <Card
        flush
        title="Ladder"
        lead="Each step is an improvement that the chain measured itself. Authors share the arena's pot by the strength of their steps."
      >
        <Ladder steps={value.ladder} rules={value.rules} />
      </Card>
      <Card
        flush
        title="Contenders"
        lead="Every other active model, compared with the top. The order is that of their reservations."
      >
        <Contenders contenders={value.contenders} rules={value.rules} />
        <HowSteps rules={value.rules} />
      </Card>
      <ExampleItems id={value.id} />
      <div className="grid min-w-0 items-start gap-5 lg:grid-cols-2">
        <Card flush title="Newest epochs" lead="What the arena's authors could earn, and what they did.">
          <Epochs epochs={epochs} />
        </Card>
        <div className="grid min-w-0 gap-5">
          <Card flush title="Sponsors" lead="They bring hidden, labelled data; the curator approves them.">
            <Sponsors arena={value} />
          </Card>
          <Card title="The task">
            <TaskFacts arena={value} />
          </Card>
        </div>
      </div>
    </>
  );
}

function Headline({ arena }: { arena: ArenaState }): ReactNode {
  const { top, reference, weight, weightSum } = arena;
  return (
    <Card>
      <Stats>
        <Stat label="Leads">
          <TextLink to={`/models/${top.id}`} title={top.id}>
            {top.name || top.id.slice(0, 8)}
          </TextLink>
        </Stat>
        <Stat label="Its accuracy" title="Mean over all its epochs, with the 95 % interval">
          {top.mean === null ? "–" : <Interval measured={top.mean} from={0.5} />}
        </Stat>
        <Stat label="The reference's" title="The public model the arena began with">
          {reference.mean === null ? "–" : formatPercent(reference.mean.accuracy / 1_000_000)}
        </Stat>
        <Stat label="Share of the emission" title={`Weight ${weight} of ${weightSum}, set by governance`}>
          {weightSum === 0 ? "none" : formatPercent(weight / weightSum)}
        </Stat>
        <Stat label="Funded pot" title="Put in by people, paid to authors on top of the emission">
          <Amount amount={arena.pot} />
          {arena.potPerEpoch === "0" ? null : (
            <span className="block text-xs font-normal text-muted">
              <Amount amount={arena.potPerEpoch} /> an epoch
            </span>
          )}
        </Stat>
        <Stat label="Settled epochs">{formatCount(arena.settledEpochs)}</Stat>
      </Stats>
    </Card>
  );
}

function History({ id, name }: { id: number; name: string }): ReactNode {
  const history = useApi<typeof getArenaHistory>("/api/arenas/{arena}/history", { params: { arena: id } });
  const head = useHead();
  return (
    <Card
      title="Error over epochs"
      lead="The gold line is the ladder: the error of the leading model. It falls where a step was taken, by the bits written beside it; one bit is half of the errors."
    >
      <Loaded result={history} lines={8}>
        {(value) => {
          const data = staircase(value, head?.epoch ?? 0);
          if (data === undefined)
            return (
              <Empty title="Nothing has been measured here yet">
                The staircase begins with the first scores, at the end of an epoch.
              </Empty>
            );
          return (
            <Suspense fallback={<Skeleton lines={8} />}>
              <StaircaseChart name={name} data={data} />
            </Suspense>
          );
        }}
      </Loaded>
    </Card>
  );
}

function ExampleItems({ id }: { id: number }): ReactNode {
  const examples = useApi<typeof getArenaExamples>("/api/arenas/{arena}/examples", { params: { arena: id } });
  return (
    <Card
      flush
      title="What the items look like"
      lead="Some that were scored lately, with their right answers."
    >
      <Loaded result={examples}>{(value) => <Examples examples={value} />}</Loaded>
    </Card>
  );
}

function Epochs({ epochs }: { epochs: readonly ArenaEpochRow[] }): ReactNode {
  return (
    <DataTable
      caption="Newest epochs of the arena"
      rows={epochs}
      rowKey={({ epoch }) => String(epoch)}
      empty={<Empty title="No epoch has ended yet" />}
      columns={[
        { key: "epoch", header: "Epoch", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
        {
          key: "settled",
          header: "Result",
          cell: ({ settled, reason, step, called }) => (
            <span className="flex flex-wrap gap-1">
              {settled ? (
                <Badge tone="good">settled</Badge>
              ) : (
                <Badge tone="warn" title={reason}>
                  not settled
                </Badge>
              )}
              {step > 0 ? <Badge tone="gold">step {step}</Badge> : null}
              {called === null ? null : <Badge tone="info">{called.name || "trial"}</Badge>}
              {settled ? null : <span className="text-xs text-muted">{reason}</span>}
            </span>
          ),
        },
        {
          key: "sponsors",
          header: "Sponsors",
          title: "Sponsors whose data counted, of those taking part",
          align: "right",
          cell: ({ sponsorsCounted, sponsorsFrozen }) => `${sponsorsCounted} of ${sponsorsFrozen}`,
        },
        {
          key: "pot",
          header: "Pot",
          align: "right",
          hideBelow: "sm",
          cell: ({ authorsPot, fundedPot }) => (
            <Amount amount={(BigInt(authorsPot) + BigInt(fundedPot)).toString()} />
          ),
        },
        { key: "paid", header: "Paid", align: "right", cell: ({ paid }) => <Amount amount={paid} /> },
      ]}
    />
  );
}

function Sponsors({ arena: { id, sponsorList } }: { arena: ArenaState }): ReactNode {
  return (
    <DataTable
      caption="Sponsors of the arena"
      rows={sponsorList}
      rowKey={({ address }) => address}
      empty={<Empty title="No sponsor yet">At least three are needed before anything is scored.</Empty>}
      columns={[
        {
          key: "sponsor",
          header: "Sponsor",
          cell: ({ address }) => <Address address={address} />,
        },
        {
          key: "state",
          header: "State",
          cell: ({ approved, bonded, misses }) => (
            <span className="flex flex-wrap gap-1">
              {approved && bonded ? (
                <Badge tone="good">active</Badge>
              ) : (
                <Badge>{approved ? "without bond" : "not approved"}</Badge>
              )}
              {misses > 0 ? <Badge tone="warn">{misses} missed</Badge> : null}
            </span>
          ),
        },
        {
          key: "batches",
          header: "Batches counted",
          align: "right",
          sort: ({ batchesCounted }) => batchesCounted,
          cell: ({ batchesCounted }) => formatCount(batchesCounted),
        },
        {
          key: "more",
          header: <span className="sr-only">Details</span>,
          align: "right",
          cell: ({ address }) => (
            <LinkButton to={`/sponsors/${id}/${address}`} kind="ghost" className="min-h-7 px-2 py-0.5">
              Details<span className="sr-only"> of {address}</span>
            </LinkButton>
          ),
        },
      ]}
    />
  );
}

function TaskFacts({ arena }: { arena: ArenaState }): ReactNode {
  const { task } = arena;
  return (
    <Facts
      items={[
        ["Given", inputWords(task)],
        ["Answer", answerWords(task)],
        [
          "Input tensor",
          <>
            <code className="font-mono">
              {task.input.type}[{task.input.shape.join(", ")}]
            </code>{" "}
            made by <code className="font-mono">{task.input.preprocessing || "nothing"}</code>
          </>,
        ],
        task.answer.kind === "class"
          ? ["Classes", <Labels labels={task.answer.labels} />]
          : ["Tolerance", formatCount(task.answer.tolerance)],
        ["Curator", <Address address={arena.curator} />],
        ["Created by", <Address address={arena.creator} />],
        ["Created in block", arena.createdHeight === 0 ? "genesis" : <Height height={arena.createdHeight} />],
      ]}
    />
  );
}

const SHOWN_LABELS = 12;

function Labels({ labels }: { labels: readonly string[] }): ReactNode {
  if (labels.length <= SHOWN_LABELS) return labels.join(", ");
  return (
    <details>
      <summary>
        {labels.slice(0, SHOWN_LABELS).join(", ")} and {labels.length - SHOWN_LABELS} more
      </summary>
      {labels.slice(SHOWN_LABELS).join(", ")}
    </details>
  );
}
