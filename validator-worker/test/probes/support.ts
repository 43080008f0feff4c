import { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { Service, ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";
import type { CallResult, ProbeBuyer, ProbeCall, TidyState } from "../../src/probes/buyer.ts";
import { OTHER } from "../support.ts";

/** Phases of 4 blocks each: an epoch of 20. */
export const params: Partial<Params> = {
  beaconBlocks: 4,
  inputBlocks: 4,
  rowsBlocks: 4,
  labelBlocks: 4,
  challengeBlocks: 4,
  batchItems: 4,
};

export function listed(id: bigint, fields: Partial<Service> = {}): ServiceEntry {
  const service = Service.fromPartial({
    id,
    provider: OTHER,
    endpoint: "http://127.0.0.1:1",
    interface: "oip.v2",
    model: new Uint8Array(32).fill(1),
    price: 10n,
    denom: "uassay",
    status: ServiceStatus.ACTIVE,
    ...fields,
  });
  return ServiceEntry.fromPartial({ service, arena: 1n });
}

/** Answers as told; what it was asked can be looked up. */
export class FakeBuyer implements ProbeBuyer {
  readonly calls: ProbeCall[] = [];
  readonly tidied: TidyState[] = [];
  readonly evidence: string[] = [];
  convicts = true;
  challengeError: Error | undefined;
  answer: (call: ProbeCall) => Promise<CallResult> = async ({ maxPaid }) => ({
    outcome: "answered",
    paid: maxPaid,
    latencyMs: 5,
  });

  async call(call: ProbeCall): Promise<CallResult> {
    this.calls.push(call);
    return this.answer(call);
  }

  async tidy(state: TidyState): Promise<void> {
    this.tidied.push(state);
  }

  async challenge(evidence: string): Promise<boolean> {
    this.evidence.push(evidence);
    if (this.challengeError !== undefined) throw this.challengeError;
    return this.convicts;
  }
}

/** Never answers, whatever is aborted. */
export function hanging(): Promise<never> {
  return new Promise(() => undefined);
}
