import { ServiceStatus, type Service } from "@assay/client/generated/assay/marketplace/v1/service";
import type { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { Phase, type Clock } from "@assay/client/generated/assay/poi/v1/epoch";
import { BASE_DENOM } from "@assay/client/messages";
import type { Random } from "@assay/models/datasets/random";
import type { PhaseClock, Reading } from "@assay/service-kit/clock";
import { isAbort, messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { CallResult, ProbeBuyer } from "./buyer.ts";
import type { ProbeEvent } from "./events.ts";
import type { FreshInputs } from "./inputs.ts";
import { planCalls, type PlannedCall } from "./plan.ts";
import type { ProbeRecords } from "./records.ts";
import type { ProbeSettings } from "./settings.ts";

export interface ProberOptions {
  /** The services that are listed now. */
  services: () => Promise<ServiceEntry[]>;
  buyer: ProbeBuyer;
  inputs: Pick<FreshInputs, "make">;
  records: ProbeRecords;
  clock: PhaseClock;
  /** The scorer's; its own services are not probed. */
  operator: string;
  limits: Pick<ProbeSettings, "budget" | "services" | "calls" | "items">;
  /** Longest that a call may take in all, with what the chain needs to open a channel. */
  giveUpMs: number;
  random: Random;
  emit: (event: ProbeEvent) => void;
  log: Logger;
}

/** The only protocol that this worker speaks. */
const INTERFACE = "oip.v2";

/**
 * Buys calls like any customer, one at a time and spread over the epoch, and says once an epoch what came of them. A
 * report (in LABEL, when the hot key has nothing else to send) has the calls since the one before.
 */
export class Prober {
  readonly #with: ProberOptions;
  #plan: { epoch: bigint; calls: PlannedCall<ServiceEntry>[] } | undefined;
  #running: Promise<void> | undefined;

  constructor(options: ProberOptions) {
    this.#with = options;
  }

  /** Follows the clock until `signal`. */
  start(signal: AbortSignal): void {
    const { clock } = this.#with;
    clock.onPhase((now) => this.#onPhase(now), signal);
    clock.onHeight((reading) => this.#onHeight(reading, signal), signal);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  #onPhase({ epoch, phase }: Clock): void {
    if (phase !== Phase.LABEL) return;
    const { records, emit } = this.#with;
    const probes = records.report(epoch);
    if (probes.length > 0) emit({ kind: "report", epoch, probes });
  }

  /** Starts at most one thing, and none while another is under way: what a slow service delays is only probes. */
  #onHeight(reading: Reading, signal: AbortSignal): void {
    this.#running ??= this.#step(() => this.#work(reading, signal)).finally(() => {
      this.#running = undefined;
    });
  }

  async #work(reading: Reading, signal: AbortSignal): Promise<void> {
    const { clock, params, height } = reading;
    const { epoch } = clock;
    if (this.#plan?.epoch !== epoch) {
      this.#plan = { epoch, calls: await this.#planEpoch(reading, signal) };
      for (const { service, evidence } of this.#with.records.openChallenges())
        await this.#step(() => this.#challenge(service, evidence, signal));
    }
    const [next] = this.#plan.calls;
    if (next === undefined || next.height > height) return;
    this.#plan.calls.shift();
    await this.#probe(next, epoch, params.batchItems, signal);
  }

  async #planEpoch(
    { clock, params, height }: Reading,
    signal: AbortSignal,
  ): Promise<PlannedCall<ServiceEntry>[]> {
    const { services, buyer, records, limits, operator, random, log } = this.#with;
    const { epoch, epochStart } = clock;
    if (epoch > 2n) records.prune(epoch - 2n);
    const listed = (await services()).filter(
      ({ service }) => service !== undefined && isProbed(service) && !records.isAccused(service.id),
    );
    const affordable = listed.filter(
      ({ service }) => service?.provider !== operator && (service?.price ?? 0n) <= limits.budget,
    );
    const { beaconBlocks, inputBlocks, rowsBlocks, labelBlocks, challengeBlocks } = params;
    const blocks = beaconBlocks + inputBlocks + rowsBlocks + labelBlocks + challengeBlocks;
    const calls = planCalls({
      services: affordable,
      last: ({ service }) => service && records.lastProbed(service.id),
      limits,
      from: epochStart,
      to: epochStart + BigInt(Math.max(blocks, 1) - 1),
      random,
    });
    const idsOf = (entries: readonly ServiceEntry[]) =>
      new Set(entries.map(({ service }) => service?.id ?? 0n));
    const planned = idsOf(calls.map(({ service }) => service));
    await this.#step(() => buyer.tidy({ listed: idsOf(affordable), planned, height, signal }));
    log.debug({ epoch, services: planned.size, calls: calls.length }, "probes planned");
    // Started late in the epoch, there are as many fewer.
    return calls.filter((call) => call.height >= height);
  }

  async #probe(
    { service: entry, items }: PlannedCall<ServiceEntry>,
    epoch: bigint,
    batchItems: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { buyer, inputs, records, limits, giveUpMs, emit, log } = this.#with;
    const { service, arena } = entry;
    if (service === undefined || records.isAccused(service.id)) return;
    const left = limits.budget - records.spent(epoch);
    const affordable = service.price === 0n ? items : Math.min(items, Number(left / service.price));
    if (affordable < 1) {
      log.debug({ epoch, service: service.id, left }, "a probe is left out: the epoch's budget is used up");
      return;
    }
    const made = await inputs.make(arena, affordable, { epoch, batchItems });
    if (made === undefined) return;
    const cost = service.price * BigInt(affordable);
    const id = records.beginCall(epoch, service.id, cost);
    const fields = { epoch, service: service.id, items: affordable };
    let result: CallResult;
    try {
      const late = AbortSignal.any([signal, AbortSignal.timeout(giveUpMs)]);
      result = await buyer.call({ service, items: made, maxPaid: cost, signal: late });
    } catch (error) {
      records.endCall(id, "spoiled", {});
      emit({ kind: "call", outcome: "spoiled", paid: cost, latencyMs: undefined });
      throw error;
    }
    const { outcome, paid } = result;
    const latencyMs = outcome === "answered" ? result.latencyMs : undefined;
    // Evidence first: what is written down as wrong must be challenged.
    if (outcome === "wrong") records.accuse(service.id, result.evidence);
    records.endCall(id, outcome, { paid, ...(latencyMs !== undefined && { latencyMs }) });
    emit({ kind: "call", outcome, paid, latencyMs });
    if (outcome === "wrong") {
      log.warn({ ...fields, provider: service.provider }, "a service gave a wrong answer: challenging it");
      await this.#challenge(service.id, result.evidence, signal);
    } else {
      const reason = outcome === "answered" ? undefined : result.reason;
      log.debug({ ...fields, outcome, paid, latencyMs, reason }, "service probed");
    }
  }

  async #challenge(service: bigint, evidence: string, signal: AbortSignal): Promise<void> {
    const { buyer, records, emit, log } = this.#with;
    const convicted = await buyer.challenge(evidence, signal);
    records.closeChallenge(service, convicted ? "convicted" : "refuted");
    emit({ kind: "challenge", convicted });
    if (convicted) log.info({ service }, "a service was convicted of a wrong answer");
    else
      log.error(
        { service },
        "the chain gives the answer that this worker found wrong; please report it with the worker's store",
      );
  }

  async #step(action: () => Promise<void>): Promise<void> {
    const { emit, log } = this.#with;
    try {
      await action();
    } catch (error) {
      if (isAbort(error)) return;
      emit({ kind: "error" });
      log.error({ error }, `probing failed: ${messageOf(error)}`);
    }
  }
}

/** Answers of other services could not be verified, or not be paid out of the budget. */
function isProbed(service: Service): boolean {
  const { status, denom, price, model } = service;
  return (
    status === ServiceStatus.ACTIVE &&
    service.interface === INTERFACE &&
    model.length > 0 &&
    (price === 0n || denom === BASE_DENOM)
  );
}
