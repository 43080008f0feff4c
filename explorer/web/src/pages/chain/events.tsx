import type { ReactNode } from "react";
import { Badge } from "../../components/badge.tsx";
import type { ChainEvent } from "../../../../wire/chain.ts";
import { DecodedFields } from "./decoded.tsx";
import { moduleOfType, nameOfType } from "./names.ts";

/** Events in order, each folded; those of one type in a row stand together. */
export function Events({ events }: { events: readonly ChainEvent[] }): ReactNode {
  return (
    <ul className="grid gap-1">
      {runsOf(events).map((run, index) => (
        <li key={index} className="min-w-0">
          <EventRun type={run[0]?.type ?? ""} events={run} />
        </li>
      ))}
    </ul>
  );
}

function EventRun({ type, events }: { type: string; events: readonly ChainEvent[] }): ReactNode {
  return (
    <details className="rounded-lg border border-line px-3 py-1.5">
      <summary className="text-sm">
        <span title={type}>{nameOfType(type)}</span>{" "}
        {type.includes(".") ? <Badge>{moduleOfType(type)}</Badge> : null}
        {events.length === 1 ? null : <span className="text-muted"> × {events.length}</span>}
      </summary>
      <div className="grid gap-3 pt-1 pb-2">
        {events.map(({ attributes }, index) => (
          <DecodedFields key={index} of={type} entries={attributes.map(({ key, value }) => [key, value] as const)} />
        ))}
      </div>
    </details>
  );
}

function runsOf(events: readonly ChainEvent[]): ChainEvent[][] {
  const runs: ChainEvent[][] = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last?.[0]?.type === event.type) last.push(event);
    else runs.push([event]);
  }
  return runs;
}
