import type { Event } from "@cosmjs/stargate";
import { MalformedResponseError } from "./errors.ts";
import * as market from "./generated/assay/marketplace/v1/events.ts";
import * as poi from "./generated/assay/poi/v1/events.ts";

interface EventCodec<T> {
  fromJSON(object: unknown): T;
}

/** Every event of x/poi by its name in `proto/assay/poi/v1/events.proto`. */
const poiCodecs = {
  EventEpochStarted: poi.EventEpochStarted,
  EventPhaseChanged: poi.EventPhaseChanged,
  EventLinkRevealed: poi.EventLinkRevealed,
  EventSlotsDrawn: poi.EventSlotsDrawn,
  EventInputsPosted: poi.EventInputsPosted,
  EventRowsPosted: poi.EventRowsPosted,
  EventLabelsOpened: poi.EventLabelsOpened,
  EventChallengeQueued: poi.EventChallengeQueued,
  EventChallengeResolved: poi.EventChallengeResolved,
  EventScorerConvicted: poi.EventScorerConvicted,
  EventScorerMissed: poi.EventScorerMissed,
  EventSponsorMissed: poi.EventSponsorMissed,
  EventArenaSettled: poi.EventArenaSettled,
  EventArenaSettlementFailed: poi.EventArenaSettlementFailed,
  EventContenderCalled: poi.EventContenderCalled,
  EventStepTaken: poi.EventStepTaken,
  EventEpochEnded: poi.EventEpochEnded,
  EventArenaCreated: poi.EventArenaCreated,
  EventArenaUpdated: poi.EventArenaUpdated,
  EventArenaFunded: poi.EventArenaFunded,
  EventSponsorApproved: poi.EventSponsorApproved,
  EventSponsorBonded: poi.EventSponsorBonded,
  EventBatchesCommitted: poi.EventBatchesCommitted,
  EventScorerBonded: poi.EventScorerBonded,
  EventScorerUpdated: poi.EventScorerUpdated,
  EventUnbondingStarted: poi.EventUnbondingStarted,
  EventUnbondingMatured: poi.EventUnbondingMatured,
  EventModelReserved: poi.EventModelReserved,
  EventModelRegistered: poi.EventModelRegistered,
  EventReservationRenewed: poi.EventReservationRenewed,
  EventModelStatusChanged: poi.EventModelStatusChanged,
  EventModelFileDeleted: poi.EventModelFileDeleted,
  EventRewardsClaimed: poi.EventRewardsClaimed,
  EventInferred: poi.EventInferred,
} satisfies Record<string, EventCodec<object>>;

/** Every event of x/marketplace by its name in `proto/assay/marketplace/v1/events.proto`. */
const marketplaceCodecs = {
  EventParamsUpdated: market.EventParamsUpdated,
  EventServiceListed: market.EventServiceListed,
  EventServiceUpdated: market.EventServiceUpdated,
  EventServiceClosed: market.EventServiceClosed,
  EventBondReleased: market.EventBondReleased,
  EventServiceConvicted: market.EventServiceConvicted,
  EventChannelOpened: market.EventChannelOpened,
  EventChannelToppedUp: market.EventChannelToppedUp,
  EventChannelClosing: market.EventChannelClosing,
  EventChannelClosed: market.EventChannelClosed,
  EventVoucherClaimed: market.EventVoucherClaimed,
  EventProtocolFeePaid: market.EventProtocolFeePaid,
  EventSpenderApproved: market.EventSpenderApproved,
  EventSpenderRevoked: market.EventSpenderRevoked,
  EventWithdrawn: market.EventWithdrawn,
  EventProbesReported: market.EventProbesReported,
} satisfies Record<string, EventCodec<object>>;

/** Names are unique over both modules, so that an event is told by its name alone. */
const codecs = { ...poiCodecs, ...marketplaceCodecs };

type Codecs = typeof codecs;
export type EventName = keyof Codecs;
type EventOf<N extends EventName> = {
  readonly name: N;
  readonly value: ReturnType<Codecs[N]["fromJSON"]>;
};

/** An event of x/poi or x/marketplace, told apart by `name`. */
export type AssayEvent = { [N in EventName]: EventOf<N> }[EventName];

/** Names of all events of a module, for filters. */
export const poiEventNames = Object.keys(poiCodecs) as readonly (keyof typeof poiCodecs)[];
export const marketplaceEventNames = Object.keys(
  marketplaceCodecs,
) as readonly (keyof typeof marketplaceCodecs)[];

/** The name of an event of ours by its type on the chain, e.g. "assay.poi.v1.EventInferred". */
const namesByType: ReadonlyMap<string, EventName> = new Map([
  ...poiEventNames.map((name) => [`assay.poi.v1.${name}`, name] as const),
  ...marketplaceEventNames.map((name) => [`assay.marketplace.v1.${name}`, name] as const),
]);

/** Attributes that the SDK adds to a module's own. */
const ADDED = new Set(["msg_index", "mode"]);

/**
 * Decodes an event, or returns undefined when it is none of ours. The chain writes every field of a typed event as
 * an attribute whose value is JSON.
 *
 * Throws MalformedResponseError when it is one of ours but not readable.
 */
export function decodeEvent(event: Event): AssayEvent | undefined {
  const name = namesByType.get(event.type);
  if (name === undefined) return undefined;
  try {
    const fields: [string, unknown][] = [];
    for (const { key, value } of event.attributes) {
      if (!ADDED.has(key)) fields.push([camelCase(key), camelCaseKeys(JSON.parse(value))]);
    }
    return { name, value: codecs[name].fromJSON(Object.fromEntries(fields)) } as AssayEvent;
  } catch (error) {
    throw new MalformedResponseError(`event ${event.type} is not what its definition says`, error);
  }
}

/** The events of x/poi and x/marketplace among these, decoded, in their order. */
export function decodeEvents(all: readonly Event[]): AssayEvent[] {
  return all.flatMap((event) => decodeEvent(event) ?? []);
}

/** The first event of a name, e.g. of a transaction's result. */
export function findEvent<N extends EventName>(
  all: readonly Event[],
  name: N,
): EventOf<N>["value"] | undefined {
  const found = all.find(({ type }) => namesByType.get(type) === name);
  return found && (decodeEvent(found)?.value as EventOf<N>["value"] | undefined);
}

function camelCase(name: string): string {
  if (!name.includes("_")) return name;
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
