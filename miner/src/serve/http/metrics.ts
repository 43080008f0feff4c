import { Counter, Gauge, Histogram, type Registry } from "@assay/service-kit/metrics";

/** What /metrics tells of the HTTP edge and of what runs behind it. */
export interface EdgeMetrics {
  readonly inFlight: Gauge;
  /** Calls that were answered, by service. */
  readonly answered: Counter<"service">;
  readonly items: Counter<"service">;
  /** From the request's head to the end of the answer. */
  readonly seconds: Histogram<"service">;
  readonly refused: Counter<"code">;
  /** Answers of an upstream that were not the model's. */
  readonly upstreamWrong: Counter<"service">;
}

export function createEdgeMetrics(registry: Registry): EdgeMetrics {
  const registers = [registry];
  const service = ["service"] as const;
  return {
    inFlight: new Gauge({ name: "assay_serve_in_flight", help: "Calls under way.", registers }),
    answered: new Counter({
      name: "assay_serve_answered_total",
      help: "Calls that were answered.",
      labelNames: service,
      registers,
    }),
    items: new Counter({
      name: "assay_serve_items_total",
      help: "Items in answered calls.",
      labelNames: service,
      registers,
    }),
    seconds: new Histogram({
      name: "assay_serve_seconds",
      help: "Time from a call's head to its answer.",
      labelNames: service,
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    refused: new Counter({
      name: "assay_serve_refused_total",
      help: "Requests that were refused, by the code in the answer.",
      labelNames: ["code"],
      registers,
    }),
    upstreamWrong: new Counter({
      name: "assay_serve_upstream_wrong_total",
      help: "Answers of an upstream that differed from the model's and were not passed on. Alert above 0.",
      labelNames: service,
      registers,
    }),
  };
}
