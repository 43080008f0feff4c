import { Counter, Gauge, type Registry } from "@assay/service-kit/metrics";

/** What /metrics tells of payments. Amounts in base units, as far as a number holds them exactly (2^53). */
export interface PaymentMetrics {
  readonly charged: Counter<"service" | "denom">;
  readonly unsettled: Gauge<"denom">;
  readonly exposure: Gauge;
  readonly claims: Counter;
  readonly rows: Counter<"status">;
  readonly released: Counter<"denom">;
  readonly withdrawn: Counter<"denom">;
  readonly channels: Gauge<"status">;
  readonly headAge: Gauge;
}

export function createPaymentMetrics(registry: Registry): PaymentMetrics {
  const registers = [registry];
  const denom = ["denom"] as const;
  return {
    charged: new Counter({
      name: "assay_serve_charged_total",
      help: "Charged for answered calls since this process started, in base units.",
      labelNames: ["service", "denom"] as const,
      registers,
    }),
    unsettled: new Gauge({
      name: "assay_serve_unsettled",
      help: "Charged and not settled on the chain yet, in base units.",
      labelNames: denom,
      registers,
    }),
    exposure: new Gauge({
      name: "assay_serve_exposure",
      help: "Signed since the last block seen, in base units.",
      registers,
    }),
    claims: new Counter({ name: "assay_serve_claims_total", help: "Claims sent and in a block.", registers }),
    rows: new Counter({
      name: "assay_serve_claim_rows_total",
      help: "Rows of claims, by what became of them.",
      labelNames: ["status"] as const,
      registers,
    }),
    released: new Counter({
      name: "assay_serve_released_total",
      help: "Released by our claims, before fees and royalties, in base units.",
      labelNames: denom,
      registers,
    }),
    withdrawn: new Counter({
      name: "assay_serve_withdrawn_total",
      help: "Withdrawn to the provider's account, in base units.",
      labelNames: denom,
      registers,
    }),
    channels: new Gauge({
      name: "assay_serve_channels",
      help: "Channels of our services.",
      labelNames: ["status"] as const,
      registers,
    }),
    headAge: new Gauge({
      name: "assay_serve_head_age_seconds",
      help: "Age of the last block seen.",
      registers,
    }),
  };
}
