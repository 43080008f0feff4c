import { ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { renewReservation } from "@assay/client/messages";
import { MIN_SPONSORS } from "@assay/client/protocol/score";
import type { Logger } from "@assay/service-kit/log";
import type { MinerChain } from "./chain.ts";
import type { MinerMetrics } from "./metrics.ts";
import type { Send } from "./registration.ts";

/** A registered model of ours. */
export interface Followed {
  readonly modelHex: string;
  readonly name: string;
  readonly arena: bigint;
  readonly arenaName: string;
  readonly owner: string;
  readonly send: Send;
  readonly log: Logger;
}

const MILLION = 1_000_000;

/** Tells what happens to a model, epoch by epoch, and renews its reservation where that helps. */
export class Follower {
  readonly #chain: MinerChain;
  readonly #metrics: MinerMetrics;
  readonly #model: Followed;
  readonly #renew: boolean;
  #status: ModelStatus | undefined;
  #seenEpoch = 0n;

  constructor(chain: MinerChain, metrics: MinerMetrics, model: Followed, options: { renew: boolean }) {
    this.#chain = chain;
    this.#metrics = metrics;
    this.#model = model;
    this.#renew = options.renew;
  }

  /** To be called in a new epoch, with the number of the one that has just ended. */
  async observe(ended: bigint, signal: AbortSignal): Promise<void> {
    await this.#result(ended);
    await this.#standing(signal);
  }

  /** Score and earnings of an ended epoch. */
  async #result(epoch: bigint): Promise<void> {
    if (epoch <= this.#seenEpoch) return;
    const { modelHex, log } = this.#model;
    const found = await this.#chain.modelEpoch(modelHex, epoch);
    this.#seenEpoch = epoch;
    if (!found?.arena.settled) return;
    const { result, arena } = found;
    const labels = this.#labels();
    const step = arena.steps.find(({ model }) => Buffer.from(model).toString("hex") === modelHex);
    const earned = step ? BigInt(step.emission) + BigInt(step.funded) : 0n;
    if (earned > 0n) this.#metrics.earned.inc(labels, Number(earned));
    if (result) this.#metrics.accuracy.set(labels, result.accuracy / MILLION);
    if (!result && earned === 0n) return;
    log.info(
      {
        epoch,
        ...(result && {
          accuracy: result.accuracy / MILLION,
          smoothed: result.smoothed / MILLION,
          items: result.items,
        }),
        ...(result?.screening && {
          ahead: result.screening.b,
          behind: result.screening.c,
          compared: result.screening.n,
        }),
        ...(earned > 0n && { earned }),
      },
      result?.called ? "scored, called" : "scored",
    );
    if (result && result.stepAccepted > 0)
      log.info({ epoch, step: result.stepAccepted }, "took a step of the ladder");
  }

  /** Place in the arena. */
  async #standing(signal: AbortSignal): Promise<void> {
    const { modelHex, log } = this.#model;
    const [model, contender] = await Promise.all([
      this.#chain.model(modelHex),
      this.#chain.contender(modelHex),
    ]);
    if (!model) return;
    const labels = this.#labels();
    this.#metrics.registered.set(labels, 1);
    this.#metrics.step.set(labels, Math.max(0, model.stepMark - 1));
    this.#metrics.called.set(labels, contender?.called ? 1 : 0);
    if (model.status !== this.#status) {
      log.info(
        {
          from: this.#status === undefined ? undefined : statusName(this.#status),
          to: statusName(model.status),
        },
        "status",
      );
      this.#status = model.status;
    }
    if (!contender || contender.contender.sponsors.length === 0 || contender.usableSponsors >= MIN_SPONSORS)
      return;
    const ready = await this.#chain.readySponsors(this.#model.arena);
    const facts = { usable: contender.usableSponsors, ready, needed: MIN_SPONSORS };
    if (!this.#renew || ready < MIN_SPONSORS) {
      log.warn(
        facts,
        ready < MIN_SPONSORS
          ? "too few sponsors can measure the model, and no others are ready"
          : "too few sponsors can measure the model; set renew to start it again",
      );
      return;
    }
    await this.#model.send(
      [renewReservation({ owner: this.#model.owner, model: Buffer.from(modelHex, "hex") })],
      { signal },
    );
    log.info(facts, "reservation renewed: the model starts again");
  }

  #labels(): { arena: string; model: string } {
    return { arena: this.#model.arenaName, model: this.#model.name };
  }
}

/** CONTENDER, TOP, ... in lower case. */
export function statusName(status: ModelStatus): string {
  const name = Object.entries(ModelStatus).find(([, value]) => value === status)?.[0];
  return name?.toLowerCase() ?? `status ${status}`;
}
