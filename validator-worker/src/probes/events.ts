import type { Probe } from "@assay/client/generated/assay/marketplace/v1/service";
import type { CallOutcome } from "./records.ts";

/** What probing tells the scorer. All of it crosses between threads. */
export type ProbeEvent =
  | { kind: "call"; outcome: CallOutcome; paid: bigint; latencyMs: number | undefined }
  | { kind: "challenge"; convicted: boolean }
  /** To be sent by the hot key for the running epoch. */
  | { kind: "report"; epoch: bigint; probes: Probe[] }
  /** Something failed and is logged. */
  | { kind: "error" };
