import type { ReactNode } from "react";
import type { ArenaSummary, getArenas } from "../../../../wire/poi-models.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount, formatPercent, plural } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Amount, ArenaLink, ModelLink } from "../../components/values.tsx";
import { Interval } from "./interval.tsx";
import { Stairs } from "./stairs.tsx";
import { answerWords, inputWords } from "./words.ts";

/** All tasks, each with the model that is best at it. */
export function Arenas(): ReactNode {
  const arenas = useApi<typeof getArenas>("/api/arenas");
  return (
    <Page
      title="Arenas"
      lead="Each arena is one task. Models compete on data that nobody has seen before, and an author is paid for the errors a model removes."
    >
      <Loaded
        result={arenas}
        lines={8}
        isEmpty={({ value }) => value.length === 0}
        empty={<Empty title="This chain has no arena yet">Anyone can create one, for a bond.</Empty>}
      >
        {({ value }) => (
          <ul className="grid gap-5 md:grid-cols-2 xl:grid-cols-3">
            {value.map((arena) => (
              <li key={arena.id} className="flex min-w-0">
                <ArenaCard arena={arena} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Page>
  );
}

function ArenaCard({ arena }: { arena: ArenaSummary }): ReactNode {
  const share = arena.weightSum === 0 ? 0 : arena.weight / arena.weightSum;
  return (
    <Card title={<ArenaLink id={arena.id} name={arena.name} />} lead={arena.description} className="flex-1">
      <div className="grid gap-4">
        <p className="text-sm">
          Given <b className="font-medium">{inputWords(arena.task)}</b>, a model answers{" "}
          <b className="font-medium">{answerWords(arena.task)}</b>.
        </p>
        <Stairs treads={arena.stairs} />
        <div>
          <h3 className="text-xs text-muted">
            {arena.steps > 1 ? "Leads since step" : "Leads as the reference, step"} {arena.steps - 1}
          </h3>
          <div className="mt-0.5 flex flex-wrap items-start justify-between gap-2">
            <span className="font-medium">
              <ModelLink {...arena.top} />
            </span>
            {arena.top.mean === null ? (
              <span className="text-sm text-muted">not measured yet</span>
            ) : (
              <Interval measured={arena.top.mean} from={0.5} />
            )}
          </div>
        </div>
        <ul className="flex flex-wrap gap-1.5">
          <li>
            <Badge
              tone={arena.weight > 0 ? "gold" : "neutral"}
              title={`Weight ${formatCount(arena.weight)} of ${formatCount(arena.weightSum)}; governance sets it.`}
            >
              {arena.weight > 0 ? `${formatPercent(share)} of the emission` : "no emission"}
            </Badge>
          </li>
          <li>
            <Badge>{plural(arena.models, "model")}</Badge>
          </li>
          <li>
            <Badge title="They bring the hidden data.">{plural(arena.sponsors, "sponsor")}</Badge>
          </li>
          <li>
            <Badge title="Epochs in which it was scored and paid.">
              {plural(arena.settledEpochs, "epoch")} settled
            </Badge>
          </li>
          {arena.called === null ? null : (
            <li>
              <Badge tone="info">{arena.called.name || "a contender"} on trial</Badge>
            </li>
          )}
          {arena.pot === "0" ? null : (
            <li>
              <Badge tone="good" title="Put in by people, paid to authors on top of the emission.">
                pot <Amount amount={arena.pot} />
              </Badge>
            </li>
          )}
        </ul>
      </div>
    </Card>
  );
}
