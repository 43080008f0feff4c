import type { Random } from "@assay/models/datasets/random";
import type { ProbeSettings } from "./settings.ts";

/** A call that is due at a height. */
export interface PlannedCall<Service> {
  height: bigint;
  service: Service;
  items: number;
}

export interface PlanOptions<Service> {
  /** Services that may be probed. */
  services: readonly Service[];
  /** The epoch in which a service was probed last; undefined if never. */
  last: (service: Service) => bigint | undefined;
  limits: Pick<ProbeSettings, "services" | "calls" | "items">;
  /** Heights of the epoch, both included. */
  from: bigint;
  to: bigint;
  random: Random;
}

/**
 * The calls of one epoch, by height. Services whose turn is longest ago come first, so that all have theirs; when and
 * how much is asked is random, small calls being the most frequent, as they are with everybody.
 */
export function planCalls<Service>(options: PlanOptions<Service>): PlannedCall<Service>[] {
  const { services, last, limits, from, to, random } = options;
  const chosen = shuffle(services, random)
    .map((service) => ({ service, epoch: last(service) ?? -1n }))
    .sort((a, b) => (a.epoch < b.epoch ? -1 : a.epoch > b.epoch ? 1 : 0))
    .slice(0, limits.services);
  const blocks = Number(to - from) + 1;
  const calls = chosen.flatMap(({ service }) =>
    Array.from({ length: random.between(1, limits.calls) }, () => ({
      height: from + BigInt(random.uniform(blocks)),
      service,
      items: random.between(1, random.between(1, limits.items)),
    })),
  );
  return calls.sort((a, b) => (a.height < b.height ? -1 : a.height > b.height ? 1 : 0));
}

function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.uniform(i + 1);
    [order[i], order[j]] = [order[j] as Item, order[i] as Item];
  }
  return order;
}
