import { setImmediate as turn } from "node:timers/promises";
import { ChainUnreachableError, RpcTimeoutError, TxTimeoutError } from "@assay/client/errors";
import type { Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import { storageGas } from "@assay/client/gas";
import { openLabels, postInputs, type Message } from "@assay/client/messages";
import { HASH_SIZE } from "@assay/client/protocol/hash";
import { sleep } from "@assay/client/sleep";
import { messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { retry } from "@assay/service-kit/timers";
import type { Book, OpenedBatch } from "./book.ts";
import type { SponsorChain } from "./chain.ts";
import type { Send } from "./membership.ts";
import type { SponsorMetrics } from "./metrics.ts";
import { seatKey } from "./seat.ts";

/** A seat whose drawn batches are to be opened. */
export interface Server {
  readonly book: Book;
  readonly send: Send;
  readonly log: Logger;
}

/** A message that opens something, and how many bytes the chain stores for it. */
interface Opening {
  readonly message: Message<unknown>;
  readonly bytes: number;
}

/** A refusal may be the fault of a neighbour in the same transaction, or of a moment; more than this many are ours. */
const MOST_REFUSALS = 3;

/** Errors of the connection: worth another try as long as the phase lasts. */
function isTransient(error: unknown): boolean {
  return (
    error instanceof ChainUnreachableError ||
    error instanceof RpcTimeoutError ||
    error instanceof TxTimeoutError
  );
}

/**
 * Opens what the chain drew. Duties follow from the slots of the running epoch alone, so a sponsor
 * that was unbonded or dismissed after the freeze still finishes, and a restart finds what is left.
 */
export class Duties {
  readonly #chain: SponsorChain;
  readonly #servers: ReadonlyMap<string, Server>;
  readonly #metrics: SponsorMetrics;
  readonly #log: Logger;
  readonly #pauseMs: number;
  #kept: { epoch: bigint; batches: Map<bigint, OpenedBatch> } = { epoch: 0n, batches: new Map() };

  /** @param pauseMs how long after an attempt the slots are looked at again. */
  constructor(
    chain: SponsorChain,
    servers: readonly Server[],
    metrics: SponsorMetrics,
    log: Logger,
    pauseMs = 500,
  ) {
    this.#chain = chain;
    this.#servers = new Map(
      servers.map((server) => [seatKey(server.book.seat.arena, server.book.seat.address), server]),
    );
    this.#metrics = metrics;
    this.#log = log;
    this.#pauseMs = pauseMs;
  }

  /** INPUT phase: posts the inputs of every drawn batch that has none. `signal` ends with the phase. */
  postInputs(epoch: bigint, signal: AbortSignal): Promise<void> {
    return this.#serve(
      epoch,
      signal,
      (slot) => slot.inputsRoot.length === 0,
      (slot, { book }) => {
        const { inputs, labelsHash, path } = this.#opened(epoch, slot, book);
        const message = postInputs({ sponsor: slot.sponsor, epoch, slot: slot.id, inputs, labelsHash, path });
        return { message, bytes: inputs.length + HASH_SIZE * (path.length + 1) };
      },
      "inputs",
    );
  }

  /** LABEL phase: opens the labels of every batch whose inputs are open. `signal` ends with the phase. */
  openLabels(epoch: bigint, signal: AbortSignal): Promise<void> {
    return this.#serve(
      epoch,
      signal,
      (slot) => slot.labelsHash.length > 0 && slot.labels.length === 0,
      (slot, { book }) => {
        const { labels, salt } = this.#opened(epoch, slot, book);
        const message = openLabels({ sponsor: slot.sponsor, epoch, slot: slot.id, labels, salt });
        return { message, bytes: labels.length + salt.length };
      },
      "labels",
    );
  }

  /** After an epoch: says which batches counted and which were missed. */
  async report(epoch: bigint, signal: AbortSignal): Promise<void> {
    for (const [slot, { log, book }] of await this.#mine(epoch, signal)) {
      const labels = { arena: book.seat.arenaName, sponsor: book.seat.address };
      if (slot.counted) {
        this.#metrics.counted.inc(labels);
      } else if (slot.labels.length === 0) {
        this.#metrics.missed.inc(labels);
        const what = slot.inputsRoot.length === 0 ? "inputs" : "labels";
        log.error(
          { epoch, slot: slot.id, batch: slot.batch },
          `missed: the ${what} of a drawn batch were not opened in time`,
        );
      } else {
        log.info(
          { epoch, slot: slot.id, reason: slot.voidReason },
          "a batch did not count, not for our fault",
        );
      }
    }
  }

  async #serve(
    epoch: bigint,
    signal: AbortSignal,
    isDue: (slot: Slot) => boolean,
    open: (slot: Slot, server: Server) => Opening,
    what: "inputs" | "labels",
  ): Promise<void> {
    const begun = performance.now();
    const refusals = new Map<bigint, number>();
    for (;;) {
      const mine = await this.#mine(epoch, signal);
      const due = mine.filter(([slot]) => isDue(slot) && (refusals.get(slot.id) ?? 0) < MOST_REFUSALS);
      if (due.length === 0) return;
      const attempts: Promise<boolean>[] = [];
      for (const [slot, server] of due) {
        attempts.push(this.#attempt(slot, server, open, what, refusals, signal));
        // Making a batch takes milliseconds: those made already get on their way in between.
        await turn();
      }
      const opened = (await Promise.all(attempts)).filter(Boolean).length;
      const facts = { epoch, opened, of: due.length, ms: Math.round(performance.now() - begun) };
      if (opened === due.length) this.#log.info(facts, `${what} opened`);
      else
        this.#log.warn(
          facts,
          signal.aborted ? `the phase ended before all ${what} were opened` : `not all ${what} opened`,
        );
      await sleep(this.#pauseMs, signal);
    }
  }

  /** Opens one slot; says whether the chain took it. Never throws. */
  async #attempt(
    slot: Slot,
    server: Server,
    open: (slot: Slot, server: Server) => Opening,
    what: "inputs" | "labels",
    refusals: Map<bigint, number>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { seat } = server.book;
    const labels = { arena: seat.arenaName, sponsor: seat.address, what };
    try {
      const { message, bytes } = open(slot, server);
      // Gas by size, not simulated: phases are short and inputs are long.
      await server.send([message], { gas: storageGas(bytes), signal });
      this.#metrics.opened.inc(labels);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!isTransient(error)) refusals.set(slot.id, (refusals.get(slot.id) ?? 0) + 1);
      this.#metrics.failed.inc(labels);
      server.log.error(
        { error, slot: slot.id },
        `${what} of batch ${slot.batch} not opened: ${messageOf(error)}`,
      );
      return false;
    }
  }

  /** Opened batches are kept for the epoch: their labels follow their inputs. */
  #opened(epoch: bigint, slot: Slot, book: Book): OpenedBatch {
    if (this.#kept.epoch !== epoch) this.#kept = { epoch, batches: new Map() };
    const known = this.#kept.batches.get(slot.id);
    if (known) return known;
    const batch = book.open(slot.commitment, slot.batch);
    this.#kept.batches.set(slot.id, batch);
    return batch;
  }

  async #mine(epoch: bigint, signal: AbortSignal): Promise<[Slot, Server][]> {
    const slots = await retry(() => this.#chain.slots(epoch), {
      what: "read the slots",
      log: this.#log,
      signal,
    });
    return slots.flatMap((slot): [Slot, Server][] => {
      const server = this.#servers.get(seatKey(slot.arena, slot.sponsor));
      return server ? [[slot, server]] : [];
    });
  }
}
