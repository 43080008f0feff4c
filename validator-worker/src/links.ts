import { AssayError } from "@assay/client/errors";
import { revealLink, setTip } from "@assay/client/messages";
import { compareBytes } from "@assay/client/protocol/hash";
import type { Logger } from "@assay/service-kit/log";
import type { ScorerChain, Transactor } from "./chain.ts";
import type { HashChains } from "./hash-chains.ts";
import { ContradictionError, type Records } from "./records.ts";

/** Every link of the hash chain in use has been revealed. */
export class ChainUsedUpError extends AssayError {
  constructor() {
    super("the hash chain is used up; a new one starts in the epoch after its tip got onto the chain");
  }
}

/** A new hash chain is started when no more than this share of the one in use is left. */
const RENEW_SHARE = 0.1;

export interface LinksOptions {
  chain: ScorerChain;
  transactor: Transactor;
  records: Records;
  hashChains: HashChains;
  operator: string;
  log: Logger;
}

/** What became of an epoch's link. */
export interface RevealResult {
  /** Whether this scorer takes part in the epoch. */
  frozen: boolean;
  /** Whether the link was sent just now. */
  revealed: boolean;
  /** Links left afterwards. */
  left: number;
}

/**
 * Reveals links. Which one is always read off the tip that the chain froze, so that no loss of memory can
 * lead to another; and it is recorded before it is sent.
 */
export class Links {
  readonly #with: LinksOptions;

  constructor(options: LinksOptions) {
    this.#with = options;
  }

  /**
   * Reveals the link of an epoch, unless the chain has it or this scorer is not frozen into the epoch.
   * Throws `UnknownTipError`, {@link ChainUsedUpError}, {@link ContradictionError}, and what reads and sends
   * throw; calling it again is always safe.
   */
  async reveal(epoch: bigint, signal: AbortSignal): Promise<RevealResult> {
    const { chain, transactor, records, hashChains, operator, log } = this.#with;
    const frozen = await chain.frozen();
    if (frozen.epoch !== epoch)
      throw new AssayError(`the node is in epoch ${frozen.epoch}, expected ${epoch}`);
    const own = frozen.scorers.find((scorer) => scorer.operator === operator);
    if (own === undefined) return { frozen: false, revealed: false, left: 0 };
    const { next: link, left } = hashChains.locate(own.tip);
    if (link === undefined) throw new ChainUsedUpError();
    if (own.link.length > 0) {
      const known = records.link(epoch);
      if (known === undefined || compareBytes(known.link, own.link) !== 0) {
        throw new ContradictionError(
          `the chain has a link for epoch ${epoch} that was not sent from this data directory: another copy with the ` +
            `same key and seed is running, or the directory was restored from an old backup. Make sure only one runs`,
        );
      }
      records.confirmLink(epoch);
      return { frozen: true, revealed: false, left: left - 1 };
    }
    records.recordLink(epoch, link);
    await transactor.send([revealLink({ hotKey: transactor.address, epoch, link })], {
      id: `link/${epoch}`,
      signal,
    });
    records.confirmLink(epoch);
    log.info({ epoch, left: left - 1 }, "link revealed");
    return { frozen: true, revealed: true, left: left - 1 };
  }

  /**
   * After BEACON: what the chain has of this scorer in the epoch. A link whose send was not answered in time may
   * have arrived all the same.
   */
  async outcome(epoch: bigint): Promise<"revealed" | "missed" | "not frozen"> {
    const { chain, records, operator } = this.#with;
    const frozen = await chain.frozen();
    if (frozen.epoch !== epoch)
      throw new AssayError(`the node is in epoch ${frozen.epoch}, expected ${epoch}`);
    const own = frozen.scorers.find((scorer) => scorer.operator === operator);
    if (own === undefined) return "not frozen";
    if (own.link.length === 0) return "missed";
    const known = records.link(epoch);
    if (known !== undefined && compareBytes(known.link, own.link) === 0) records.confirmLink(epoch);
    return "revealed";
  }

  /**
   * Starts a new hash chain in time before the one in use runs out. Safe to call again; not in BEACON, where the
   * new tip and this epoch's link would cross. @returns whether a tip was posted.
   */
  async renew(epoch: bigint, signal: AbortSignal): Promise<boolean> {
    const { chain, hashChains, operator } = this.#with;
    const registered = await chain.scorer(operator);
    if (registered === undefined) return false;
    const { left, length, newest } = hashChains.locate(registered.scorer.tip);
    if (left > length * RENEW_SHARE) return false;
    // One that was started but whose tip did not get through is taken up again.
    await this.postTip(
      newest ? hashChains.start() : (hashChains.newestTip ?? hashChains.start()),
      epoch,
      signal,
    );
    return true;
  }

  /** Makes `tip`, of a recorded hash chain, the tip from the next epoch on. */
  async postTip(tip: Uint8Array, epoch: bigint, signal: AbortSignal): Promise<void> {
    const { transactor, log } = this.#with;
    const id = `tip/${epoch}/${Buffer.from(tip).toString("hex")}`;
    await transactor.send([setTip({ hotKey: transactor.address, tip })], { id, signal });
    log.info({ tip }, "a new hash chain begins with the next epoch");
  }
}
