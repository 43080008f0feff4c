import type { ReactNode } from "react";
import { Badge } from "../../components/badge.tsx";
import { formatCount, shorten } from "../../components/format.ts";
import type { ChainEvent } from "../../../../wire/chain.ts";
import { DecodedFields } from "./decoded.tsx";
import { moduleOfType, nameOfField, nameOfType } from "./names.ts";

/** Events by their type, folded; what modules announce stands before the bookkeeping of coins. */
export function Events({ events }: { events: readonly ChainEvent[] }): ReactNode {
  const byType = [...Map.groupBy(events, ({ type }) => type)];
  const announced = byType.filter(([type]) => isAnnounced(type));
  const others = byType.filter(([type]) => !isAnnounced(type));
  return (
    <ul className="grid gap-1.5">
      {[...announced, ...others].map(([type, ofType]) => (
        <li key={type} className="min-w-0">
          <EventsOfType type={type} events={ofType} />
        </li>
      ))}
    </ul>
  );
}

function EventsOfType({ type, events }: { type: string; events: readonly ChainEvent[] }): ReactNode {
  const [first] = events;
  return (
    <details className="rounded-lg border border-line px-3 py-1.5">
      <summary className="truncate text-sm">
        <span title={type}>{nameOfType(type)}</span>{" "}
        {isAnnounced(type) ? <Badge>{moduleOfType(type)}</Badge> : null}{" "}
        <span className="text-muted">
          {events.length > 1 || first === undefined ? `× ${formatCount(events.length)}` : gistOf(first)}
        </span>
      </summary>
      <div className="grid gap-4 pt-1 pb-2">
        {events.map(({ attributes }, index) => (
          <DecodedFields key={index} of={type} entries={attributes.map(({ key, value }) => [key, value] as const)} />
        ))}
      </div>
    </details>
  );
}

/** Typed events have the dotted name of a protobuf message. */
function isAnnounced(type: string): boolean {
  return type.includes(".");
}

/** The first plain values of an event in one line. */
function gistOf({ attributes }: ChainEvent): string {
  return attributes
    .flatMap(({ key, value }) =>
      typeof value === "string" && value !== "" ? `${nameOfField(key).toLowerCase()} ${shorten(value, 10, 6)}` : [],
    )
    .slice(0, 3)
    .join(" · ");
}
