import type { GetSponsorReturnType } from "@assay/client/actions/getSponsor";
import { compareBytes } from "@assay/client/protocol/hash";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";
import { bondSponsor, commitBatches, type Message } from "@assay/client/messages";
import type { SendOptions } from "@assay/client/sender";
import { DatasetError } from "@assay/models/datasets/dataset";
import { messageOf, SetupError } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { Book, Progress } from "./book.ts";
import type { SponsorChain } from "./chain.ts";
import { DataError, RecordMismatchError } from "./errors.ts";
import type { CommitmentRecord, Records } from "./records.ts";
import { seatName, type Seat } from "./seat.ts";

/** Sends messages of one key and waits until they are in a block (`Sender.send`). */
export type Send = (messages: readonly Message<unknown>[], options: SendOptions) => Promise<unknown>;

export interface MembershipOptions {
  /** Lock the bond when there is none yet, and top it up after a slash. */
  readonly bond: boolean;
  /** Batches per commitment; the chain's least when left out. */
  readonly batches: number | undefined;
  /** Commit further batches when fewer than this many are left; half a commitment when left out. */
  readonly ahead: number | undefined;
  /** Seed of the items of new commitments. */
  readonly seed: Uint8Array;
}

/** Where a sponsor stands. */
export type Standing = "waits for approval" | "not bonded" | "has left" | "bond too small" | "active";

export interface MembershipState {
  readonly standing: Standing;
  /** Batches that were not drawn yet. */
  readonly remaining: number;
}

/** A seat's way into its arena, and its supply of batches. */
export class Membership {
  readonly #book: Book;
  readonly #chain: SponsorChain;
  readonly #records: Records;
  readonly #send: Send;
  readonly #options: MembershipOptions;
  readonly #log: Logger;
  #told: string | undefined;
  #exhausted = false;

  constructor(
    deps: { book: Book; chain: SponsorChain; records: Records; send: Send; log: Logger },
    options: MembershipOptions,
  ) {
    this.#book = deps.book;
    this.#chain = deps.chain;
    this.#records = deps.records;
    this.#send = deps.send;
    this.#log = deps.log;
    this.#options = options;
  }

  /**
   * Makes every batch that may still be drawn again.
   * Throws DataChangedError, {@link RecordMismatchError}.
   */
  async verify(signal: AbortSignal, progress: Progress): Promise<void> {
    const onChain = await this.#chain.sponsor(this.#seat.arena, this.#seat.address);
    this.#reconcile(onChain);
    const spent = new Set(
      onChain?.commitments.filter(({ remaining }) => remaining === 0).map(({ index }) => index),
    );
    for (const record of this.#book.commitments) {
      if (!spent.has(record.number)) await this.#book.verify(record, signal, progress);
    }
  }

  /**
   * Goes as far as it can: builds batches, and once approved bonds and commits. To be called again
   * and again; every call starts from what the chain says.
   * Throws {@link RecordMismatchError}, SetupError, and what sending throws.
   */
  async advance(signal: AbortSignal, progress: Progress): Promise<MembershipState> {
    const { arena, address } = this.#seat;
    const [params, onChain] = await Promise.all([this.#chain.params(), this.#chain.sponsor(arena, address)]);
    this.#reconcile(onChain);
    const wanted = this.#options.batches ?? params.minCommitBatches;
    if (wanted < params.minCommitBatches) {
      throw new SetupError(
        `a commitment needs at least ${params.minCommitBatches} batches, "batches" is ${wanted}: raise it`,
      );
    }
    const remaining = (onChain?.commitments ?? []).reduce((sum, commitment) => sum + commitment.remaining, 0);
    const leaving = this.#hasLeft(onChain);
    const pending = leaving
      ? undefined
      : await this.#supply(params, wanted, remaining, onChain, signal, progress);
    const standing = leaving ? "has left" : await this.#join(params, onChain, signal);
    this.#tell(standing, params);
    if (standing !== "active" || !pending) return { standing, remaining };
    await this.#commit(pending, signal);
    return { standing, remaining: remaining + pending.leaves.length };
  }

  get #seat(): Seat {
    return this.#book.seat;
  }

  /** A sponsor that was bonded and is not any more was taken out by its owner: it is not taken back behind his back. */
  #hasLeft(onChain: GetSponsorReturnType | undefined): boolean {
    if (onChain?.sponsor.bonded) this.#records.noteBonded(this.#seat);
    return onChain !== undefined && !onChain.sponsor.bonded && this.#records.wasBonded(this.#seat);
  }

  /** The commitment to send, built if need be; undefined when there are enough batches. */
  async #supply(
    params: Params,
    count: number,
    remaining: number,
    onChain: GetSponsorReturnType | undefined,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<CommitmentRecord | undefined> {
    const recorded = this.#book.commitments.find(({ confirmed }) => !confirmed);
    if (recorded) return recorded;
    const enough = this.#options.ahead ?? Math.ceil(count / 2);
    if (this.#exhausted || remaining >= enough) return undefined;
    const plan = {
      number: onChain?.sponsor.commitments ?? 0,
      firstBatch: onChain?.sponsor.nextBatch ?? 0,
      count,
      items: params.batchItems,
      seed: this.#options.seed,
    };
    this.#log.info({ batches: count, items: params.batchItems, commitment: plan.number }, "building batches");
    try {
      return await this.#book.commit(plan, signal, progress);
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      if (this.#book.commitments.length === 0)
        throw new DataError(`${seatName(this.#seat)}: ${error.message}`, { cause: error });
      // Finite data ends: what is committed still serves.
      this.#exhausted = true;
      this.#log.error(
        { error, remaining },
        `no data for further batches; the sponsor ends when those left are drawn: ${messageOf(error)}`,
      );
      return undefined;
    }
  }

  /** Bonds when it may. */
  async #join(
    params: Params,
    onChain: GetSponsorReturnType | undefined,
    signal: AbortSignal,
  ): Promise<Standing> {
    if (!onChain?.sponsor.approved) return "waits for approval";
    if (onChain.sponsor.bonded && onChain.bond >= BigInt(params.sponsorBond)) return "active";
    if (!this.#options.bond) return onChain.sponsor.bonded ? "bond too small" : "not bonded";
    const { arena, address } = this.#seat;
    await this.#send([bondSponsor({ sponsor: address, arena })], { signal });
    this.#records.noteBonded(this.#seat);
    this.#log.info({ bond: params.sponsorBond, before: onChain.bond }, "bonded");
    return "active";
  }

  async #commit(record: CommitmentRecord, signal: AbortSignal): Promise<void> {
    const { chainId, arena, address } = this.#seat;
    const message = commitBatches({
      sponsor: address,
      arena,
      root: record.root,
      count: record.leaves.length,
    });
    await this.#send([message], { id: `commit/${chainId}/${arena}/${address}/${record.number}`, signal });
    this.#book.confirm(record.number);
    this.#log.info(
      { commitment: record.number, root: record.root, batches: record.leaves.length },
      "batches committed",
    );
  }

  /** Compares the records with the chain, and notes what the chain took while we were not looking. */
  #reconcile(onChain: GetSponsorReturnType | undefined): void {
    const seat = seatName(this.#seat);
    const known = onChain?.sponsor.commitments ?? 0;
    for (const { index, root, remaining } of onChain?.commitments ?? []) {
      const record = this.#book.commitments.find(({ number }) => number === index);
      if (record && compareBytes(record.root, root) === 0) {
        if (!record.confirmed) this.#book.confirm(index);
      } else if (remaining > 0) {
        throw new RecordMismatchError(
          `${seat}: the chain has commitment ${index} with ${remaining} batches to be drawn, which is not in the data ` +
            `directory. Restore the directory from your backup, or unbond this sponsor: every batch it cannot open costs it`,
        );
      }
    }
    const lost = this.#book.commitments.find(({ number, confirmed }) => confirmed && number >= known);
    if (lost) {
      throw new RecordMismatchError(
        `${seat}: the chain does not know commitment ${lost.number}, which it had taken: this is another chain with the ` +
          `same id, or a node that lags behind. For a new chain use a new data directory`,
      );
    }
    const stale = this.#book.commitments.find(
      ({ number, confirmed, firstBatch }) =>
        !confirmed && (number !== known || firstBatch !== (onChain?.sponsor.nextBatch ?? 0)),
    );
    if (stale) {
      throw new RecordMismatchError(
        `${seat}: commitment ${stale.number} was built for batch ${stale.firstBatch}, but the chain is at commitment ${known}: ` +
          `another process commits with this key. Stop it, and restore the data directory that goes with the key`,
      );
    }
  }

  /** Says what the owner has to do, once for each change. */
  #tell(standing: Standing, params: Params): void {
    if (standing === this.#told) return;
    this.#told = standing;
    const { arenaName, address } = this.#seat;
    switch (standing) {
      case "waits for approval":
        this.#log.warn(
          `not approved; ask the curator of arena ${arenaName} to run: assay approve-sponsor ${arenaName} ${address}`,
        );
        return;
      case "not bonded":
        this.#log.warn(
          `not bonded; set "bond: true", or lock ${params.sponsorBond}uassay with: assay sponsor bond ${arenaName}`,
        );
        return;
      case "bond too small":
        this.#log.warn(
          `the bond is below ${params.sponsorBond}uassay; set "bond: true", or top it up with: assay sponsor bond ${arenaName}`,
        );
        return;
      case "has left":
        this.#log.warn(
          `unbonded: no new batches, drawn ones are still opened. To come back: assay sponsor bond ${arenaName}`,
        );
        return;
      case "active":
        this.#log.info("active from the next epoch on");
    }
  }
}
