import { once } from "node:events";
import { AssayError } from "@assay/client/errors";
import { Phase, type Row, type Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import { postRows } from "@assay/client/messages";
import type { PhaseClock, Reading } from "@assay/service-kit/clock";
import { messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { retry } from "@assay/service-kit/timers";
import type { ScorerChain, Transactor } from "./chain.ts";
import type { EpochView, RunningArena } from "./epoch-view.ts";
import type { ScorerMetrics } from "./metrics.ts";
import type { Records } from "./records.ts";
import type { RowComputer } from "./row-computer.ts";

export interface SlotRunnerOptions {
  chain: ScorerChain;
  transactor: Transactor;
  records: Records;
  computer: RowComputer;
  clock: PhaseClock;
  view: EpochView;
  operator: string;
  metrics: ScorerMetrics;
  log: Logger;
}

/**
 * Runs the slots of this scorer: rows are computed from the moment a slot's inputs are on the chain, recorded,
 * and posted once the ROWS phase has begun.
 */
export class SlotRunner {
  readonly #options: SlotRunnerOptions;
  /** Slots of `#epoch` that are under way or done. */
  readonly #started = new Set<bigint>();
  readonly #running = new Set<Promise<void>>();
  #epoch = 0n;

  constructor(options: SlotRunnerOptions) {
    this.#options = options;
  }

  /** Starts whatever can be started at this height; returns before it is done. */
  async onHeight({ clock: { epoch, phase }, params }: Reading, signal: AbortSignal): Promise<void> {
    if (phase !== Phase.INPUT && phase !== Phase.ROWS) return;
    const { chain, clock, operator, view } = this.#options;
    if (this.#epoch !== epoch) {
      this.#epoch = epoch;
      this.#started.clear();
    }
    const arenas = await view.arenas(epoch);
    const slots = await chain.slots(epoch);
    signal.throwIfAborted();
    for (const slot of slots) {
      if (slot.scorer !== operator || slot.inputsRoot.length === 0 || this.#started.has(slot.id)) continue;
      const arena = arenas.get(slot.arena);
      if (arena === undefined)
        throw new AssayError(`slot ${slot.id} is of arena ${slot.arena}, which is not frozen`);
      this.#started.add(slot.id);
      this.#track(slot, arena, params.batchItems, clock.until({ epoch, phase: Phase.ROWS }));
    }
  }

  /** At the end of ROWS: counts what became of the slots. */
  async onLabel(epoch: bigint): Promise<void> {
    const { chain, operator, metrics, log } = this.#options;
    const own = (await chain.slots(epoch)).filter((slot) => slot.scorer === operator);
    const noInputs = own.filter((slot) => slot.inputsRoot.length === 0).length;
    const posted = own.filter((slot) => slot.rowsPosted).length;
    const missed = own.length - noInputs - posted;
    metrics.slots.inc({ outcome: "posted" }, posted);
    metrics.slots.inc({ outcome: "missed" }, missed);
    metrics.slots.inc({ outcome: "no-inputs" }, noInputs);
    const fields = { epoch, posted, missed, noInputs };
    if (missed > 0)
      log.error(fields, "slots were missed: the computer or the node is too slow, or the worker was down");
    else if (own.length > 0) log.info(fields, "slots done");
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #track(slot: Slot, arena: RunningArena, items: number, late: AbortSignal): void {
    const { log, metrics } = this.#options;
    const fields = { epoch: slot.epoch, slot: slot.id };
    const run = this.#run(slot, arena, items, late)
      .catch((error: unknown) => {
        // The next height tries again.
        if (this.#epoch === slot.epoch) this.#started.delete(slot.id);
        if (late.aborted) {
          log.debug({ ...fields, error }, "a slot came too late and is dropped");
        } else {
          metrics.errors.inc({ step: "slot" });
          log.error({ ...fields, error }, `a slot failed: ${messageOf(error)}`);
        }
      })
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #run(slot: Slot, arena: RunningArena, items: number, late: AbortSignal): Promise<void> {
    const { records, clock, metrics } = this.#options;
    const { epoch, id } = slot;
    late.throwIfAborted();
    if (!slot.rowsPosted) {
      const rows =
        records.rows(epoch, id)?.rows ??
        records.recordRows(epoch, id, await this.#compute(slot, arena, items, late));
      await aborted(clock.until({ epoch, phase: Phase.INPUT }));
      await this.#post(slot, rows, late);
      metrics.rows.inc(rows.length);
    }
    records.confirmRows(epoch, id);
  }

  async #compute(slot: Slot, arena: RunningArena, items: number, signal: AbortSignal): Promise<Row[]> {
    const { chain, computer, metrics } = this.#options;
    const { epoch, inputs } = await chain.slotInputs(slot.id);
    if (epoch !== slot.epoch) throw new AssayError(`the node is in epoch ${epoch}, expected ${slot.epoch}`);
    signal.throwIfAborted();
    const models = arena.frozen.models.map(({ id }) => id);
    const end = metrics.compute.startTimer();
    const rows = await computer.compute({ models, spec: arena.spec, inputs, items, signal });
    end();
    metrics.items.inc({ purpose: "slot" }, items * models.length);
    return rows;
  }

  async #post(slot: Slot, rows: Row[], late: AbortSignal): Promise<void> {
    const { chain, transactor, metrics, log } = this.#options;
    const { epoch, id } = slot;
    let tried = false;
    await retry(
      async () => {
        // A post whose answer was lost may have arrived.
        if (tried && (await chain.slots(epoch)).some((other) => other.id === id && other.rowsPosted)) return;
        if (tried) metrics.errors.inc({ step: "post" });
        tried = true;
        const message = postRows({ hotKey: transactor.address, epoch, slot: id, rows });
        await transactor.send([message], { id: `rows/${epoch}/${id}`, signal: late });
      },
      { what: `post the rows of slot ${id} of epoch ${epoch}`, log, signal: late, minMs: 500, maxMs: 2_000 },
    );
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
