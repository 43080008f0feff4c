import type { Event } from "@cosmjs/stargate";
import { MalformedResponseError } from "./errors.ts";
import * as events from "./generated/assay/poi/v1/events.ts";

const PACKAGE = "assay.poi.v1.";

interface EventCodec<T> {
  fromJSON(object: unknown): T;
}

/** Every event of x/poi by its name in `proto/assay/poi/v1/events.proto`. */
const codecs = {
  EventEpochStarted: events.EventEpochStarted,
  EventPhaseChanged: events.EventPhaseChanged,
  EventLinkRevealed: events.EventLinkRevealed,
  EventSlotsDrawn: events.EventSlotsDrawn,
  EventInputsPosted: events.EventInputsPosted,
  EventRowsPosted: events.EventRowsPosted,
  EventLabelsOpened: events.EventLabelsOpened,
  EventChallengeQueued: events.EventChallengeQueued,
  EventChallengeResolved: events.EventChallengeResolved,
  EventScorerConvicted: events.EventScorerConvicted,
  EventScorerMissed: events.EventScorerMissed,
  EventSponsorMissed: events.EventSponsorMissed,
  EventArenaSettled: events.EventArenaSettled,
  EventArenaSettlementFailed: events.EventArenaSettlementFailed,
  EventContenderCalled: events.EventContenderCalled,
  EventStepTaken: events.EventStepTaken,
  EventEpochEnded: events.EventEpochEnded,
  EventArenaCreated: events.EventArenaCreated,
  EventArenaUpdated: events.EventArenaUpdated,
  EventArenaFunded: events.EventArenaFunded,
  EventSponsorApproved: events.EventSponsorApproved,
  EventSponsorBonded: events.EventSponsorBonded,
  EventBatchesCommitted: events.EventBatchesCommitted,
  EventScorerBonded: events.EventScorerBonded,
  EventScorerUpdated: events.EventScorerUpdated,
  EventUnbondingStarted: events.EventUnbondingStarted,
  EventUnbondingMatured: events.EventUnbondingMatured,
  EventModelReserved: events.EventModelReserved,
  EventModelRegistered: events.EventModelRegistered,
  EventReservationRenewed: events.EventReservationRenewed,
  EventModelStatusChanged: events.EventModelStatusChanged,
  EventModelFileDeleted: events.EventModelFileDeleted,
  EventRewardsClaimed: events.EventRewardsClaimed,
  EventInferred: events.EventInferred,
} satisfies Record<string, EventCodec<object>>;

type Codecs = typeof codecs;
export type PoiEventName = keyof Codecs;
type PoiEventOf<N extends PoiEventName> = {
  readonly name: N;
  readonly value: ReturnType<Codecs[N]["fromJSON"]>;
};

/** An event of x/poi, told apart by `name`. */
export type PoiEvent = { [N in PoiEventName]: PoiEventOf<N> }[PoiEventName];

/** Names of all events, for filters. */
export const poiEventNames = Object.keys(codecs) as readonly PoiEventName[];

function isPoiEventName(name: string): name is PoiEventName {
  return Object.hasOwn(codecs, name);
}

/** Attributes that the SDK adds to a module's own. */
const ADDED = new Set(["msg_index", "mode"]);

/**
 * Decodes an event, or returns undefined when it is not one of x/poi. The chain writes every field of a typed
 * event as an attribute whose value is JSON.
 *
 * Throws MalformedResponseError when it is one of x/poi but not readable.
 */
export function decodeEvent(event: Event): PoiEvent | undefined {
  if (!event.type.startsWith(PACKAGE)) return undefined;
  const name = event.type.slice(PACKAGE.length);
  if (!isPoiEventName(name)) return undefined;
  try {
    const fields = event.attributes
      .filter(({ key }) => !ADDED.has(key))
      .map(({ key, value }) => [camelCase(key), camelCaseKeys(JSON.parse(value))]);
    return { name, value: codecs[name].fromJSON(Object.fromEntries(fields)) } as PoiEvent;
  } catch (error) {
    throw new MalformedResponseError(`event ${event.type} is not what its definition says`, error);
  }
}

/** The x/poi events among these, decoded, in their order. */
export function decodeEvents(all: readonly Event[]): PoiEvent[] {
  return all.flatMap((event) => decodeEvent(event) ?? []);
}

/** The first event of a name, e.g. of a transaction's result. */
export function findEvent<N extends PoiEventName>(
  all: readonly Event[],
  name: N,
): PoiEventOf<N>["value"] | undefined {
  const found = all.find(({ type }) => type === PACKAGE + name);
  return found && (decodeEvent(found)?.value as PoiEventOf<N>["value"] | undefined);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The chain's JSON has proto names, the generated codecs read camel case. */
function camelCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCaseKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [camelCase(key), camelCaseKeys(entry)]),
  );
}
