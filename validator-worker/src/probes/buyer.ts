import type { Service } from "@assay/client/generated/assay/marketplace/v1/service";

export interface ProbeCall {
  service: Service;
  /** Raw items, row-major. */
  items: Uint8Array[];
  /** Most that may be paid, in uassay. */
  maxPaid: bigint;
  signal: AbortSignal;
}

/** What became of a call. */
export type CallResult =
  /** The answer and its receipt are right, bit for bit. */
  | { outcome: "answered"; paid: bigint; latencyMs: number }
  | { outcome: "failed"; paid: bigint; reason: string }
  /** Not the service's fault, or it was not asked. */
  | { outcome: "spoiled"; paid: bigint; reason: string }
  /** A signed answer that the model does not give; `evidence` proves it to the chain. */
  | { outcome: "wrong"; paid: bigint; evidence: string };

export interface TidyState {
  /** Services that may be probed, and those that will be in this epoch. */
  listed: ReadonlySet<bigint>;
  planned: ReadonlySet<bigint>;
  height: bigint;
  signal: AbortSignal;
}

/** A customer of the market. */
export interface ProbeBuyer {
  /** Throws the signal's reason, and what keeps this worker from calling anybody. */
  call(call: ProbeCall): Promise<CallResult>;
  /** Once an epoch: gets back what is deposited where it is not needed. */
  tidy(state: TidyState): Promise<void>;
  /** Shows the chain a wrong answer. @returns whether it convicted the service, also if it had been before. */
  challenge(evidence: string, signal: AbortSignal): Promise<boolean>;
}
