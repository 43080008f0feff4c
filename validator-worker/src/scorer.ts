import { Phase, type Clock } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";
import type { PhaseClock } from "@assay/service-kit/clock";
import { isAbort, messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { retry } from "@assay/service-kit/timers";
import type { ScorerChain, Transactor } from "./chain.ts";
import type { Challenger } from "./challenger.ts";
import type { Claimer } from "./claimer.ts";
import type { EpochView } from "./epoch-view.ts";
import { UnknownTipError, type HashChains } from "./hash-chains.ts";
import { ChainUsedUpError, type Links } from "./links.ts";
import type { ScorerMetrics } from "./metrics.ts";
import type { ModelCache } from "./model-cache.ts";
import { ContradictionError, type Records } from "./records.ts";
import type { SlotRunner } from "./slot-runner.ts";

/** Epochs whose rows are kept, for looking into. */
const KEEP_EPOCHS = 20n;

export interface ScorerDependencies {
  chain: ScorerChain;
  transactor: Transactor;
  records: Records;
  hashChains: HashChains;
  links: Links;
  slots: SlotRunner;
  view: EpochView;
  models: ModelCache;
  /** Absent when this worker files no challenges. */
  challenger: Challenger | undefined;
  /** Absent when somebody else claims. */
  claimer: Claimer | undefined;
  clock: PhaseClock;
  operator: string;
  metrics: ScorerMetrics;
  log: Logger;
}

/** Does what each phase asks of a scorer. */
export class Scorer {
  readonly #with: ScorerDependencies;
  #epoch: bigint | undefined;
  #whyNot = "";
  /** Whether this scorer takes part in the running epoch, as far as known. */
  frozen = false;

  constructor(dependencies: ScorerDependencies) {
    this.#with = dependencies;
  }

  /** Follows the clock until `signal`. */
  start(signal: AbortSignal): void {
    const { clock, slots } = this.#with;
    clock.onPhase((now, params, late) => this.#onPhase(now, params, late), signal);
    clock.onHeight((reading, late) => slots.onHeight(reading, late), signal);
  }

  async #onPhase(now: Clock, params: Params, late: AbortSignal): Promise<void> {
    const { challenger, clock, links, metrics, slots } = this.#with;
    const { epoch, phase } = now;
    if (phase === Phase.BEACON) await this.#reveal(epoch, late);
    if (this.#epoch !== epoch) {
      this.#epoch = epoch;
      metrics.epoch.set(Number(epoch));
      metrics.epochs.inc();
      await this.#keepHouse(epoch, clock.until({ epoch, phase: Phase.SETTLE }));
    }
    if (phase === Phase.INPUT) await this.#step("reveal", () => this.#countLink(epoch));
    if (phase === Phase.LABEL) await this.#step("count", () => slots.onLabel(epoch));
    if (phase === Phase.CHALLENGE) {
      // Not in BEACON: a new tip and this epoch's link would cross.
      await this.#step("renew", async () => void (await links.renew(epoch, late)));
      if (challenger !== undefined)
        await this.#step("recheck", () => challenger.onChallenge(now, params, late));
    }
  }

  async #reveal(epoch: bigint, late: AbortSignal): Promise<void> {
    const { links, metrics, log } = this.#with;
    const hopeless = (error: unknown) =>
      error instanceof ContradictionError ||
      error instanceof UnknownTipError ||
      error instanceof ChainUsedUpError;
    const what = `reveal the link of epoch ${epoch}`;
    await this.#step("reveal", async () => {
      const result = await retry(() => links.reveal(epoch, late), {
        what,
        log,
        signal: late,
        maxMs: 1_000,
        fatal: hopeless,
      });
      if (result.frozen) metrics.linksLeft.set(result.left);
      else await this.#sayWhyNot(epoch);
    });
  }

  async #countLink(epoch: bigint): Promise<void> {
    const { links, metrics, log } = this.#with;
    const outcome = await links.outcome(epoch);
    this.frozen = outcome !== "not frozen";
    metrics.frozen.set(this.frozen ? 1 : 0);
    if (this.frozen) metrics.links.inc({ outcome });
    if (outcome === "missed") log.error({ epoch }, "the link was missed: no slots in this epoch");
  }

  /** Says once why this scorer is not in the epoch. */
  async #sayWhyNot(epoch: bigint): Promise<void> {
    const { chain, hashChains, operator, transactor, log } = this.#with;
    const registered = await chain.scorer(operator);
    const tip = Buffer.from(hashChains.newestTip ?? new Uint8Array()).toString("hex");
    let why = "it joins with the next epoch";
    if (registered === undefined) {
      why = `operator ${operator} has not bonded it; bond hot key ${transactor.address} with tip ${tip} ("assay scorer bond")`;
    } else if (registered.scorer.hotKey !== transactor.address) {
      why = `the operator registered hot key ${registered.scorer.hotKey}, this worker signs with ${transactor.address}`;
    } else if (!registered.eligible) {
      why = registered.reason;
    }
    if (why !== this.#whyNot) log.warn({ epoch }, `this scorer is not in the epoch: ${why}`);
    this.#whyNot = why;
  }

  /** What is due once per epoch, in the order of urgency. A failure of one thing does not keep the others. */
  async #keepHouse(epoch: bigint, signal: AbortSignal): Promise<void> {
    const { chain, challenger, claimer, metrics, models, operator, records, transactor, view, log } =
      this.#with;
    await this.#step("prefetch", async () => {
      const ids = [...(await view.arenas(epoch)).values()].flatMap(({ frozen }) =>
        frozen.models.map(({ id }) => id),
      );
      for (const id of ids) {
        signal.throwIfAborted();
        await models.load(Buffer.from(id).toString("hex"));
      }
    });
    await this.#step("balance", async () => {
      const balance = await chain.balance(transactor.address);
      metrics.balance.set(Number(balance));
      if (balance === 0n)
        log.warn(`the hot key ${transactor.address} holds nothing: send it some tokens for fees and bonds`);
    });
    await this.#step("convictions", async () => {
      if (epoch === 0n) return;
      const own = (await chain.convictions(epoch - 1n)).filter(({ scorer }) => scorer === operator);
      metrics.convictions.inc(own.length);
      for (const { slot, model, item, slashed } of own) {
        log.error(
          { epoch: epoch - 1n, slot, model, item, slashed },
          "this scorer was CONVICTED: its row is not what the model answers",
        );
      }
    });
    if (challenger !== undefined) await this.#step("challenges", () => challenger.settle(epoch));
    if (claimer !== undefined) {
      await this.#step("claim", async () => {
        if (await claimer.claim(epoch, signal)) metrics.claimed.inc();
      });
    }
    await this.#step("prune", async () => {
      if (epoch > KEEP_EPOCHS) records.prune(epoch - KEEP_EPOCHS);
    });
  }

  async #step(step: string, action: () => Promise<void>): Promise<void> {
    const { metrics, log } = this.#with;
    try {
      await action();
    } catch (error) {
      if (isAbort(error)) throw error;
      metrics.errors.inc({ step });
      log.error({ step, error }, messageOf(error));
    }
  }
}
