import { Counter, Gauge, type Registry } from "@assay/service-kit/metrics";

/** What /metrics tells of models and their owners. */
export interface MinerMetrics {
  readonly registered: Gauge<"arena" | "model">;
  readonly accuracy: Gauge<"arena" | "model">;
  readonly called: Gauge<"arena" | "model">;
  readonly step: Gauge<"arena" | "model">;
  readonly earned: Counter<"arena" | "model">;
  readonly claimed: Counter<"owner">;
  readonly claimable: Gauge<"owner">;
}

export function createMetrics(registry: Registry): MinerMetrics {
  const registers = [registry];
  const model = ["arena", "model"] as const;
  const owner = ["owner"] as const;
  return {
    registered: new Gauge({
      name: "assay_miner_registered",
      help: "1 when the chain has the model.",
      labelNames: model,
      registers,
    }),
    accuracy: new Gauge({
      name: "assay_miner_accuracy",
      help: "Accuracy in the last settled epoch, 0 to 1.",
      labelNames: model,
      registers,
    }),
    called: new Gauge({
      name: "assay_miner_called",
      help: "1 when called for the next epoch.",
      labelNames: model,
      registers,
    }),
    step: new Gauge({
      name: "assay_miner_step",
      help: "Step of the ladder the model took; 0 for none.",
      labelNames: model,
      registers,
    }),
    earned: new Counter({
      name: "assay_miner_earned_uassay_total",
      help: "Paid for the model's step since this process started.",
      labelNames: model,
      registers,
    }),
    claimed: new Counter({
      name: "assay_miner_claimed_uassay_total",
      help: "Rewards claimed since this process started.",
      labelNames: owner,
      registers,
    }),
    claimable: new Gauge({
      name: "assay_miner_claimable_uassay",
      help: "Rewards to be claimed.",
      labelNames: owner,
      registers,
    }),
  };
}
