import { Counter, Gauge, Histogram, type Registry } from "@assay/service-kit/metrics";

/** Every number the worker exports; the table is in the README. */
export type ScorerMetrics = ReturnType<typeof createMetrics>;

export function createMetrics(registry: Registry, headAgeSeconds: () => number) {
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter<Label>({ name: `assay_scorer_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: `assay_scorer_${name}`, help, registers });
  return {
    epoch: gauge("epoch", "Running epoch"),
    epochs: counter("epochs_total", "Epochs seen since the start"),
    frozen: gauge("frozen", "1 when this scorer takes part in the running epoch"),
    links: counter("links_total", "Epochs in which a link was due, by what became of it", ["outcome"]),
    linksLeft: gauge("links_left", "Links left in the hash chain in use"),
    slots: counter("slots_total", "Slots assigned to this scorer, by what became of them", ["outcome"]),
    rows: counter("rows_posted_total", "Rows posted (one per model and slot)"),
    items: counter("items_total", "Items run through models, for own slots and rechecks", ["purpose"]),
    compute: new Histogram({
      name: "assay_scorer_slot_seconds",
      help: "Time to compute the rows of one slot, waiting for a thread included",
      buckets: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
      registers,
    }),
    mismatches: counter("mismatches_total", "Rechecked rows that differ from what was posted"),
    challenges: counter("challenges_total", "Challenges filed by this scorer, by outcome", ["outcome"]),
    convictions: counter("convictions_total", "Convictions of this scorer itself: must stay 0"),
    claimed: counter("claims_total", "Claims of rewards sent"),
    balance: gauge("balance_uassay", "What the hot key can spend, in uassay"),
    probeCalls: counter("probe_calls_total", "Calls bought from services, by what became of them", [
      "outcome",
    ]),
    probeSeconds: new Histogram({
      name: "assay_scorer_probe_seconds",
      help: "Time services took to answer probes",
      buckets: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
      registers,
    }),
    probeSpent: counter("probe_spent_uassay_total", "Paid, or perhaps paid, for probes, in uassay"),
    probeReports: counter("probe_reports_total", "Reports of probes on the chain"),
    probeChallenges: counter("probe_challenges_total", "Services challenged for a wrong answer, by outcome", [
      "outcome",
    ]),
    headAge: new Gauge({
      name: "assay_scorer_head_age_seconds",
      help: "Seconds since a new block was seen",
      registers,
      collect() {
        this.set(headAgeSeconds());
      },
    }),
    errors: counter("errors_total", "Steps that failed and are tried again, by step", ["step"]),
  };
}
