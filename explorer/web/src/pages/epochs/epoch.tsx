import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { EpochArena, EpochDetail, EpochScorer, getEpoch } from "../../../../wire/poi-epochs.ts";
import { useHead } from "../../api/live.ts";
import { useApi } from "../../api/use-api.ts";
import { usePathParam } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount, formatPercent, plural } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts, Stat, Stats } from "../../components/stat.tsx";
import { DataTable, type Column } from "../../components/table.tsx";
import { Amount, ArenaLink, Code, Height, ModelLink, Time } from "../../components/values.tsx";
import { challengeColumns, convictionColumns, missColumns, ScorerLink } from "./faults.tsx";
import { PayoutParts } from "./payouts.tsx";
import { PhaseLine } from "./phase-line.tsx";
import { SlotGrid } from "./slot-grid.tsx";
import { EPOCH_STATES } from "./words.ts";

/** One epoch: who scored what, what the chain checked, and what was paid. */
export function Epoch(): ReactNode {
  const epoch = usePathParam("epoch");
  const result = useApi<typeof getEpoch>("/api/epochs/{epoch}", { params: { epoch } });
  const { data } = result;
  const state = data === undefined ? undefined : EPOCH_STATES[data.state];
  return (
    <Page
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          Epoch {epoch}
          {state === undefined ? null : <Badge tone={state.tone}>{state.word}</Badge>}
        </span>
      }
      documentTitle={`Epoch ${epoch}`}
      lead={data === undefined ? undefined : leadOf(data)}
      actions={
        data === undefined ? null : (
          <>
            {data.previous === null ? null : (
              <LinkButton to={`/epochs/${data.previous}`}>
                <ChevronLeft className="size-4" aria-hidden="true" /> {data.previous}
              </LinkButton>
            )}
            {data.next === null ? null : (
              <LinkButton to={`/epochs/${data.next}`}>
                {data.next} <ChevronRight className="size-4" aria-hidden="true" />
              </LinkButton>
            )}
          </>
        )
      }
    >
      <Loaded result={result} lines={10}>
        {(detail) => <EpochParts detail={detail} />}
      </Loaded>
    </Page>
  );
}

function leadOf({ state, slots, slotsCounted, arenasSettled, arenas }: EpochDetail): string {
  if (state === "void") return EPOCH_STATES.void.meaning;
  if (state === "running")
    return slots === null
      ? "It has begun: scorers reveal what the draw is made of."
      : `${plural(slots, "slot")} were drawn; what happens to each is below.`;
  return `${formatCount(slotsCounted ?? 0)} of ${plural(slots ?? 0, "slot")} counted, ${arenasSettled ?? 0} of ${plural(arenas.length, "arena")} settled.`;
}

function EpochParts({ detail }: { detail: EpochDetail }): ReactNode {
  const head = useHead();
  const running = detail.state === "running";
  const { rules } = detail;
  return (
    <>
      <Card title="Phases" lead="Counted in blocks; the colour shows how far it is.">
        <PhaseLine phases={detail.phases} height={running ? (head?.height ?? null) : null} />
      </Card>
      <Card>
        <Stats>
          <Stat label="Slots" title="Batches of items, each with the scorer who ran every model on it">
            {detail.slots === null ? "not drawn" : formatCount(detail.slots)}
          </Stat>
          <Stat label="Scorers that revealed">
            {detail.scorersRevealed ??
              detail.scorers.filter(({ revealedHeight }) => revealedHeight !== null).length}{" "}
            of {detail.scorersFrozen}
          </Stat>
          <Stat
            label="Audits"
            title={`The chain runs ${formatPercent(rules.auditRatioBps / 10_000)} of every row again, and all of it where a contender is on trial.`}
          >
            {detail.auditedItems === null ? "later" : formatCount(detail.auditedItems)}
          </Stat>
          <Stat label="Challenges">{formatCount(detail.challenges)}</Stat>
          <Stat label="Convictions">{formatCount(detail.convictions)}</Stat>
          <Stat label="Minted">
            {detail.minted === null ? "at its end" : <Amount amount={detail.minted} />}
          </Stat>
        </Stats>
      </Card>
      {detail.state === "void" ? null : (
        <Card
          title="Slots"
          lead={`Each square is a batch of ${rules.batchItems} hidden items, in the row of the scorer it was drawn to. Open one to see every recorded answer.`}
        >
          <SlotGrid epoch={detail.epoch} running={running} />
        </Card>
      )}
      {detail.convictionList.length === 0 ? null : (
        <Card
          title="Convictions"
          lead="A recorded answer was not the model's: all rows of the scorer are void."
          flush
        >
          <DataTable
            caption="Convictions in this epoch"
            columns={convictionColumns}
            rows={detail.convictionList}
            rowKey={({ scorer }) => scorer.address}
          />
        </Card>
      )}
      <Card title="Scorers" flush>
        <DataTable
          caption="Scorers in this epoch"
          columns={scorerColumns}
          rows={detail.scorers}
          rowKey={({ scorer }) => scorer.address}
          empty={<Empty title={running ? "Nobody has revealed yet" : "Nobody revealed"} />}
        />
      </Card>
      {detail.arenas.length === 0 ? null : (
        <Card title="Arenas" flush>
          <DataTable
            caption="Arenas in this epoch"
            columns={arenaColumns}
            rows={detail.arenas}
            rowKey={({ arena }) => String(arena.id)}
          />
        </Card>
      )}
      {detail.challengeList.length === 0 ? null : (
        <Card
          title="Challenges"
          lead={
            <>
              Each put up a bond of <Amount amount={rules.challengeBond} />.
            </>
          }
          flush
        >
          <DataTable
            caption="Challenges in this epoch"
            columns={challengeColumns}
            rows={detail.challengeList}
            rowKey={({ seq }) => String(seq)}
          />
        </Card>
      )}
      {detail.misses.length === 0 ? null : (
        <Card title="Misses" lead="Who owed something in this epoch and did not deliver." flush>
          <DataTable
            caption="Misses in this epoch"
            columns={missColumns}
            rows={detail.misses}
            rowKey={({ role, arena, address }) => `${role} ${arena?.id ?? 0} ${address}`}
          />
        </Card>
      )}
      {running ? null : (
        <Card title="Payouts" lead="What was computed to be paid is minted, and nothing else.">
          <PayoutParts epoch={detail.epoch} />
        </Card>
      )}
      <Card title="Facts">
        <Facts
          items={[
            ["First block", <Height height={detail.startHeight} />],
            detail.endHeight === null ? null : ["Last block", <Height height={detail.endHeight} />],
            detail.startTime === null ? null : ["Began", <Time time={detail.startTime} />],
            detail.endTime === null ? null : ["Ended", <Time time={detail.endTime} />],
            detail.randomness === null
              ? null
              : [
                  <span title="Made of all secrets that were revealed; it decides which batches are used and who scores them.">
                    Randomness
                  </span>,
                  <Code text={detail.randomness} full />,
                ],
          ]}
        />
      </Card>
    </>
  );
}

const scorerColumns: readonly Column<EpochScorer>[] = [
  { key: "scorer", header: "Scorer", cell: ({ scorer }) => <ScorerLink scorer={scorer} /> },
  {
    key: "revealed",
    header: "Revealed in block",
    align: "right",
    cell: ({ revealedHeight }) => (revealedHeight === null ? "–" : <Height height={revealedHeight} />),
  },
  {
    key: "rows",
    header: "Slots with rows",
    align: "right",
    cell: ({ rowsPosted, slots }) => `${rowsPosted} of ${slots}`,
  },
  {
    key: "counted",
    header: "Counted",
    align: "right",
    cell: ({ counted }) => (counted === null ? "–" : formatCount(counted)),
  },
  {
    key: "faults",
    header: "Faults",
    cell: ({ convicted, missed }) => (
      <span className="inline-flex gap-1">
        {convicted ? <Badge tone="bad">convicted</Badge> : null}
        {missed ? <Badge tone="warn">missed</Badge> : null}
        {convicted || missed ? null : <span className="text-muted">none</span>}
      </span>
    ),
  },
  {
    key: "pay",
    header: "Pay",
    align: "right",
    cell: ({ pay }) => (pay === null ? "–" : <Amount amount={pay} />),
  },
];

const arenaColumns: readonly Column<EpochArena>[] = [
  { key: "arena", header: "Arena", cell: ({ arena }) => <ArenaLink {...arena} /> },
  {
    key: "state",
    header: "State",
    cell: ({ settled, reason }) =>
      settled === null ? (
        <Badge tone="info">running</Badge>
      ) : settled ? (
        <Badge tone="good">settled</Badge>
      ) : (
        <span>
          <Badge tone="warn">not settled</Badge> <span className="text-muted">{reason}</span>
        </span>
      ),
  },
  {
    key: "sponsors",
    header: "Sponsors counted",
    align: "right",
    cell: ({ sponsorsCounted, sponsorsFrozen }) =>
      sponsorsCounted === null ? `${sponsorsFrozen} frozen` : `${sponsorsCounted} of ${sponsorsFrozen}`,
  },
  { key: "models", header: "Models", align: "right", cell: ({ models }) => models.length },
  {
    key: "called",
    header: "On trial",
    title: "The contender whose comparison the chain ran itself",
    cell: ({ called }) =>
      called === null ? <span className="text-muted">–</span> : <ModelLink {...called} />,
  },
  {
    key: "step",
    header: "Step taken",
    cell: ({ step, calledNext }) =>
      step !== null ? (
        <span>
          <Badge tone="gold">step {step.index}</Badge> <ModelLink {...step.model} />
        </span>
      ) : calledNext !== null ? (
        <span className="text-muted">
          next on trial: <ModelLink {...calledNext} />
        </span>
      ) : (
        <span className="text-muted">–</span>
      ),
  },
];
