import { claimRewards } from "@assay/client/messages";
import type { Logger } from "@assay/service-kit/log";
import type { MinerChain } from "./chain.ts";
import type { MinerMetrics } from "./metrics.ts";
import type { Send } from "./registration.ts";

export interface ClaimRule {
  /** Claim when at least this much has come together, in uassay ... */
  readonly above: bigint;
  /** ... or when something did and the last claim is this long ago. */
  readonly afterMs: number;
}

/** Claims the rewards of one account when it is worth it. */
export class Claims {
  readonly #chain: MinerChain;
  readonly #metrics: MinerMetrics;
  readonly #owner: string;
  readonly #send: Send;
  readonly #rule: ClaimRule;
  readonly #log: Logger;
  readonly #now: () => number;
  #last: number;

  /** @param now milliseconds of a clock that never goes back. */
  constructor(
    deps: {
      chain: MinerChain;
      metrics: MinerMetrics;
      owner: string;
      send: Send;
      log: Logger;
      now?: () => number;
    },
    rule: ClaimRule,
  ) {
    this.#chain = deps.chain;
    this.#metrics = deps.metrics;
    this.#owner = deps.owner;
    this.#send = deps.send;
    this.#log = deps.log;
    this.#now = deps.now ?? (() => performance.now());
    this.#rule = rule;
    this.#last = this.#now();
  }

  async collect(signal: AbortSignal): Promise<void> {
    const labels = { owner: this.#owner };
    const amount = await this.#chain.rewards(this.#owner);
    this.#metrics.claimable.set(labels, Number(amount));
    const due = amount >= this.#rule.above || this.#now() - this.#last >= this.#rule.afterMs;
    if (amount === 0n || !due) return;
    await this.#send([claimRewards({ owner: this.#owner })], { signal });
    this.#last = this.#now();
    this.#metrics.claimed.inc(labels, Number(amount));
    this.#metrics.claimable.set(labels, 0);
    this.#log.info({ owner: this.#owner, amount }, "rewards claimed");
  }
}
