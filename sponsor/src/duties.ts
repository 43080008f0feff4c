import { ChainUnreachableError, RpcTimeoutError, TxTimeoutError } from "@assay/client/errors";
import type { Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import { storageGas } from "@assay/client/gas";
import { openLabels, postInputs, type Message } from "@assay/client/messages";
import { HASH_SIZE } from "@assay/client/protocol/hash";
import { sleep } from "@assay/client/sleep";
import { messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { retry } from "@assay/service-kit/timers";
import type { Book } from "./book.ts";
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

/** A refusal may be the fault of a neighbour in the same transaction, or of a moment; more than this many are ours. */
const MOST_REFUSALS = 3;

/** Errors of the connection: worth another try as long as the phase lasts. */
function isTransient(error: unknown): boolean {
  return error instanceof ChainUnreachableError || error instanceof RpcTimeoutError || error instanceof TxTimeoutError;
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

  /** @param pauseMs how long after an attempt the slots are looked at again. */
  constructor(chain: SponsorChain, servers: readonly Server[], metrics: SponsorMetrics, log: Logger, pauseMs = 500) {
    this.#chain = chain;
    this.#servers = new Map(servers.map((server) => [seatKey(server.book.seat.arena, server.book.seat.address), server]));
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
        const { inputs, labelsHash, path } = book.open(slot.commitment, slot.batch);
        const opening = postInputs({ sponsor: slot.sponsor, epoch, slot: slot.id, inputs, labelsHash, path });
        return { opening, bytes: inputs.length + HASH_SIZE * (path.length + 1) };
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
        const { labels, salt } = book.open(slot.commitment, slot.batch);
        const opening = openLabels({ sponsor: slot.sponsor, epoch, slot: slot.id, labels, salt });
        return { opening, bytes: labels.length + salt.length };
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
        log.error({ epoch, slot: slot.id, batch: slot.batch }, `missed: the ${what} of a drawn batch were not opened in time`);
      } else {
        log.info({ epoch, slot: slot.id, reason: slot.voidReason }, "a batch did not count, not for our fault");
      }
    }
  }

  async #serve(
    epoch: bigint,
    signal: AbortSignal,
    isDue: (slot: Slot) => boolean,
    open: (slot: Slot, server: Server) => { opening: Message<unknown>; bytes: number },
    what: "inputs" | "labels",
  ): Promise<void> {
    const refusals = new Map<bigint, number>();
    for (;;) {
      const mine = await this.#mine(epoch, signal);
      const due = mine.filter(([slot]) => isDue(slot) && (refusals.get(slot.id) ?? 0) < MOST_REFUSALS);
      if (due.length === 0) return;
      await Promise.all(
        due.map(async ([slot, server]) => {
          const { seat } = server.book;
          const labels = { arena: seat.arenaName, sponsor: seat.address, what };
          try {
            // Gas by size, not simulated: phases are short and inputs are long.
            const { opening, bytes } = open(slot, server);
            await server.send([opening], { gas: storageGas(bytes), signal });
            this.#metrics.opened.inc(labels);
            server.log.debug({ epoch, slot: slot.id, batch: slot.batch }, `${what} opened`);
          } catch (error) {
            signal.throwIfAborted();
            if (!isTransient(error)) refusals.set(slot.id, (refusals.get(slot.id) ?? 0) + 1);
            this.#metrics.failed.inc(labels);
            server.log.error({ error, epoch, slot: slot.id }, `${what} of batch ${slot.batch} not opened: ${messageOf(error)}`);
          }
        }),
      );
      await sleep(this.#pauseMs, signal);
    }
  }

  async #mine(epoch: bigint, signal: AbortSignal): Promise<[Slot, Server][]> {
    const slots = await retry(() => this.#chain.slots(epoch), { what: "read the slots", log: this.#log, signal });
    return slots.flatMap((slot): [Slot, Server][] => {
      const server = this.#servers.get(seatKey(slot.arena, slot.sponsor));
      return server ? [[slot, server]] : [];
    });
  }
}
