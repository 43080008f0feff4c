import { address, amount, commonSettings, integer, loadConfig, path, yesNo } from "@assay/service-kit/config";
import { z } from "zod";
import { probesSetting } from "./probes/settings.ts";
import { MAX_TASK_MODELS } from "@assay/service-kit/inference/pool";

const settings = z.strictObject({
  ...commonSettings,
  /** Key file of the hot key; not needed by `init` and `status`. */
  key: path().optional(),
  /** Account of the validator's operator. */
  operator: address(),
  threads: integer(1, 64).default(1),
  /** Sessions (loaded models) a thread keeps. */
  sessions: integer(MAX_TASK_MODELS, 4096).default(256),
  chainLength: integer(10, 1_000_000).default(10_000),
  challenge: yesNo().default(true),
  recheckBps: integer(0, 10_000).default(1_000),
  challengeBudget: amount().default(100_000_000n),
  claim: z.enum(["no", "key", "authz"], "expected no, key or authz").default("no"),
  claimMin: amount().default(1_000_000n),
  operatorKey: path().optional(),
  probes: probesSetting(),
});

export const configSchema = settings.superRefine((config, context) => {
  if (config.claim === "key" && config.operatorKey === undefined) {
    context.addIssue({
      code: "custom",
      path: ["operatorKey"],
      message: "needed for claim: key (or use claim: authz)",
    });
  }
});

/** Every setting of the worker, checked; the table is in the README. */
export type ScorerConfig = z.output<typeof configSchema>;

/** The only place that reads the environment: `ASSAY_SCORER_<SETTING>`. */
export function readConfig(file: string | undefined, flags: Record<string, unknown>): Promise<ScorerConfig> {
  return loadConfig(configSchema, { file, flags, env: { prefix: "ASSAY_SCORER", values: process.env } });
}
