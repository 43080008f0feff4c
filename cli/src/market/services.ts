/** Services of the market: what people call them, which of them they want, and how they are shown. */
import { getService } from "@assay/client/actions/getService";
import { getServices } from "@assay/client/actions/getServices";
import type { AssayClient } from "@assay/client/client";
import type { Amount } from "@assay/client/coins";
import { NotFoundError } from "@assay/client/errors";
import type { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { ServiceStatus, type Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { interval } from "@assay/client/protocol/score";
import { UsageError } from "../errors.ts";
import { formatCoin, formatPpm, parseUint } from "../format.ts";
import { modelName, type KnownArena } from "../names.ts";

const MILLION = 1_000_000;
const MAX_LISTED = 8;

/** A service with what the chain knows of its model. */
export type KnownService = ServiceEntry & { readonly service: Service };

/** The chain gives every entry a service. */
function known(entries: readonly ServiceEntry[]): KnownService[] {
  return entries.flatMap((entry) => (entry.service ? [{ ...entry, service: entry.service }] : []));
}

export async function readServices(
  client: AssayClient,
  parameters: Parameters<typeof getServices>[1],
): Promise<KnownService[]> {
  return known(await getServices(client, parameters));
}

/** The service with this id, or the only active one with this name. Throws UsageError when none or several are meant. */
export async function resolveService(client: AssayClient, reference: string): Promise<KnownService> {
  if (!/^\d+$/.test(reference)) return matchService(await readServices(client, {}), reference);
  const id = parseUint("service", reference);
  const entry = await getService(client, { id }).catch((error: unknown) => {
    if (error instanceof NotFoundError)
      throw new UsageError(`there is no service ${id}; "assay services" shows them`);
    throw error;
  });
  const [found] = known([entry]);
  if (!found) throw new UsageError(`there is no service ${id}; "assay services" shows them`);
  return found;
}

/** The service of that name. Names are not unique: anybody may take any. Throws UsageError. */
export function matchService(services: readonly KnownService[], name: string): KnownService {
  const found = services.filter(({ service }) => service.name === name);
  const [first] = found;
  if (first && found.length === 1) return first;
  if (!first) throw new UsageError(`there is no active service "${name}"; "assay services" shows them`);
  const listed = found
    .slice(0, MAX_LISTED)
    .map(({ service }) => `  ${service.id}  of ${service.provider} at ${service.endpoint}`);
  const more = found.length > MAX_LISTED ? [`  and ${found.length - MAX_LISTED} more`] : [];
  throw new UsageError(
    `several services are called "${name}"; name one by its id:\n${[...listed, ...more].join("\n")}`,
  );
}

/** What a buyer asks of a service. What was not measured of it does not fulfil a wish about it. */
export interface Wishes {
  /** Smoothed accuracy, parts per million. */
  readonly minAccuracy?: number;
  /** Per item; services in other coins do not fulfil it. */
  readonly maxPrice?: Amount;
  /** Median of the scorers' calls, in milliseconds. */
  readonly maxLatency?: number;
}

export function fulfils(entry: KnownService, { minAccuracy, maxPrice, maxLatency }: Wishes): boolean {
  const { price, denom, probes } = entry.service;
  return (
    (minAccuracy === undefined || (measured(entry) && entry.smoothed >= minAccuracy)) &&
    (maxPrice === undefined || price === 0n || (denom === maxPrice.denom && price <= maxPrice.amount)) &&
    (maxLatency === undefined || (timed(entry) && (probes?.p50Ms ?? 0) <= maxLatency))
  );
}

/** Whether the chain ever scored the service's model. */
function measured({ scoredItems }: KnownService): boolean {
  return scoredItems > 0n;
}

/** Whether scorers got answers that they could time. */
function timed({ service }: KnownService): boolean {
  return (service.probes?.answeredBps ?? 0) > 0;
}

export const ORDERS = ["accuracy", "price", "latency"] as const;
export type Order = (typeof ORDERS)[number];

/** Best first; what was not measured comes last, and services that are equal stay in order of their ids. */
export function sorted(services: readonly KnownService[], order: Order): KnownService[] {
  // Prices in different coins have no order: coins come one after the other, free services before all.
  const coin = ({ service }: KnownService): string => (service.price === 0n ? "" : service.denom);
  const compare: Record<Order, (a: KnownService, b: KnownService) => number> = {
    accuracy: (a, b) => Number(measured(b)) - Number(measured(a)) || b.smoothed - a.smoothed,
    price: (a, b) => coin(a).localeCompare(coin(b)) || compareBig(a.service.price, b.service.price),
    latency: (a, b) =>
      Number(timed(b)) - Number(timed(a)) || (a.service.probes?.p50Ms ?? 0) - (b.service.probes?.p50Ms ?? 0),
  };
  return services.toSorted((a, b) => compare[order](a, b) || compareBig(a.service.id, b.service.id));
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Lower-case word of a service's status. */
export function serviceStatusName(status: ServiceStatus): string {
  const name = Object.entries(ServiceStatus).find(([, value]) => value === status)?.[0];
  return name?.toLowerCase() ?? String(status);
}

/** Whether wrong answers of the service can be proven. */
export function verifiable({ model }: Service): boolean {
  return model.length > 0;
}

/** The price of an item, for people. */
export function priceText({ price, denom }: Service): string {
  return price === 0n ? "free" : formatCoin({ denom, amount: price });
}

/** The measured accuracy with its 95 % interval, for people. */
export function accuracyText(entry: KnownService): string {
  if (!measured(entry)) return "not measured";
  const { low, high } = interval(entry.smoothed / MILLION, Number(entry.scoredItems));
  return `${formatPpm(entry.smoothed)} (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;
}

/** What people call the model of a service. */
export function servedModelName(entry: KnownService, arenas: readonly KnownArena[]): string {
  return verifiable(entry.service) ? modelName({ arena: entry.arena, name: entry.modelName }, arenas) : "-";
}

/** The share of calls that got a verified answer, and the median time of one, for people. */
export function probeTexts(entry: KnownService): { p50: string; answered: string } {
  const { probes } = entry.service;
  if (!probes) return { p50: "-", answered: "-" };
  return {
    p50: timed(entry) ? `${probes.p50Ms} ms` : "-",
    answered: `${(probes.answeredBps / 100).toFixed(1)} %`,
  };
}

/** A service for machines. Accuracies in parts per million, price per item in base units of `denom`. */
export function serviceView(entry: KnownService, arenas: readonly KnownArena[]) {
  const { service, arena, modelName: name, accuracy, smoothed, scoredItems } = entry;
  const { probes, model, status, ...own } = service;
  const exact = verifiable(service);
  return {
    ...own,
    status: serviceStatusName(status),
    verifiable: exact,
    model: exact ? model : null,
    modelName: exact ? name : null,
    arena: exact ? (arenas.find(({ id }) => id === arena)?.spec.name ?? arena) : null,
    accuracy: measured(entry) ? accuracy : null,
    smoothed: measured(entry) ? smoothed : null,
    scoredItems,
    probes: probes ?? null,
  };
}
