import { Counter, Gauge, type Registry } from "@assay/service-kit/metrics";

/** What /metrics tells of each sponsor. */
export interface SponsorMetrics {
  readonly opened: Counter<"arena" | "sponsor" | "what">;
  readonly failed: Counter<"arena" | "sponsor" | "what">;
  readonly counted: Counter<"arena" | "sponsor">;
  readonly missed: Counter<"arena" | "sponsor">;
  readonly remaining: Gauge<"arena" | "sponsor">;
  readonly active: Gauge<"arena" | "sponsor">;
}

export function createMetrics(registry: Registry): SponsorMetrics {
  const registers = [registry];
  const seat = ["arena", "sponsor"] as const;
  return {
    opened: new Counter({
      name: "assay_sponsor_opened_total",
      help: "Drawn batches whose inputs or labels the chain took.",
      labelNames: [...seat, "what"],
      registers,
    }),
    failed: new Counter({
      name: "assay_sponsor_failed_total",
      help: "Attempts to open inputs or labels that failed.",
      labelNames: [...seat, "what"],
      registers,
    }),
    counted: new Counter({
      name: "assay_sponsor_counted_total",
      help: "Batches that counted at settlement.",
      labelNames: seat,
      registers,
    }),
    missed: new Counter({
      name: "assay_sponsor_missed_total",
      help: "Drawn batches that were not opened in time.",
      labelNames: seat,
      registers,
    }),
    remaining: new Gauge({
      name: "assay_sponsor_batches_remaining",
      help: "Committed batches that were not drawn yet.",
      labelNames: seat,
      registers,
    }),
    active: new Gauge({
      name: "assay_sponsor_active",
      help: "1 when approved, bonded and supplied with batches.",
      labelNames: seat,
      registers,
    }),
  };
}
