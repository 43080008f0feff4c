import { Phase, type Clock } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";
import type { QueryClockRequest, QueryClockResponse } from "@assay/client/generated/assay/poi/v1/query";
import { sleep } from "@assay/client/sleep";
import { isAbort, messageOf } from "./errors.ts";
import type { Logger } from "./log.ts";
import { backoffMs } from "./timers.ts";

/** What the clock reads at one height. */
export interface Reading {
  clock: Clock;
  /** Parameters the running epoch froze. */
  params: Params;
  height: bigint;
}

/** `signal` is aborted when the phase (or the service) ends: whoever is still at work is late and stops. */
export type PhaseHandler = (clock: Clock, params: Params, signal: AbortSignal) => Promise<void> | void;

/** `signal` as for {@link PhaseHandler}. */
export type HeightHandler = (reading: Reading, signal: AbortSignal) => Promise<void> | void;

/** A point of time in the life of an epoch. */
export interface Moment {
  epoch: bigint;
  phase: Phase;
}

/**
 * The phases of the chain, as seen by following Query/Clock. It never computes a phase from
 * heights, and a phase that passed unseen is not reported afterwards: late work is dropped.
 */
export interface PhaseClock {
  /** The last reading, absent until the first. */
  readonly latest: Reading | undefined;
  /** Milliseconds since a new height was seen (since the clock was made, before the first). */
  headAgeMs(): number;
  /** Calls `handler` once for the present phase, if known, and once for each later one, until `signal`. */
  onPhase(handler: PhaseHandler, signal: AbortSignal): void;
  /** Calls `handler` for each height seen; heights may be skipped, and a call is left out while the last still runs. */
  onHeight(handler: HeightHandler, signal: AbortSignal): void;
  /** A signal that is aborted as soon as `moment`'s phase is over (at once if it is). */
  until(moment: Moment): AbortSignal;
}

/** The query a clock needs; an `AssayClient` has it. */
export interface ClockClient {
  poi: { Clock(request: QueryClockRequest): Promise<QueryClockResponse> };
}

export interface PhaseClockOptions {
  /** Ends the clock and aborts every signal it gave out. */
  signal: AbortSignal;
  /** Time between two queries; a block lasts about 1 s. */
  pollMs?: number;
}

/** A {@link PhaseClock} that follows the chain from now on and lives through outages of the node. */
export function createPhaseClock(client: ClockClient, log: Logger, options: PhaseClockOptions): PhaseClock {
  const dispatcher = new ClockDispatcher(log, options.signal);
  void follow(client, log, options.signal, options.pollMs ?? 250, dispatcher);
  return dispatcher;
}

async function follow(
  client: ClockClient,
  log: Logger,
  signal: AbortSignal,
  pollMs: number,
  dispatcher: ClockDispatcher,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const reading = toReading(await client.poi.Clock({}));
      if (failures > 0) log.info({ failures }, "the node answers again");
      failures = 0;
      dispatcher.advance(reading);
    } catch (error) {
      if (failures++ === 0)
        log.warn({ error }, `cannot read the chain's clock, trying again: ${messageOf(error)}`);
    }
    try {
      await sleep(failures === 0 ? pollMs : backoffMs(failures - 1), signal);
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  }
}

function toReading({ clock, params, height }: QueryClockResponse): Reading {
  if (clock === undefined || params === undefined) throw new TypeError("the node's answer has no clock");
  return { clock, params, height };
}

interface Subscriber<Handler> {
  handler: Handler;
  signal: AbortSignal;
}

/** The part of a {@link PhaseClock} that does not know where readings come from. */
export class ClockDispatcher implements PhaseClock {
  latest: Reading | undefined;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  readonly #phaseHandlers = new Set<Subscriber<PhaseHandler>>();
  readonly #heightHandlers = new Set<Subscriber<HeightHandler>>();
  readonly #busy = new Set<Subscriber<HeightHandler>>();
  readonly #deadlines = new Map<string, { moment: Moment; abort: AbortController }>();
  readonly #running = new Set<Promise<void>>();
  #headSeenAt = performance.now();

  constructor(log: Logger, signal: AbortSignal) {
    this.#log = log;
    this.#signal = signal;
    signal.addEventListener(
      "abort",
      () => {
        for (const { abort } of this.#deadlines.values()) abort.abort(signal.reason);
      },
      { once: true },
    );
  }

  headAgeMs(): number {
    return performance.now() - this.#headSeenAt;
  }

  onPhase(handler: PhaseHandler, signal: AbortSignal): void {
    const subscriber = { handler, signal };
    this.#phaseHandlers.add(subscriber);
    signal.addEventListener("abort", () => this.#phaseHandlers.delete(subscriber), { once: true });
    if (this.latest !== undefined) this.#callPhase(subscriber, this.latest);
  }

  onHeight(handler: HeightHandler, signal: AbortSignal): void {
    const subscriber = { handler, signal };
    this.#heightHandlers.add(subscriber);
    signal.addEventListener("abort", () => this.#heightHandlers.delete(subscriber), { once: true });
    if (this.latest !== undefined) this.#callHeight(subscriber, this.latest);
  }

  until(moment: Moment): AbortSignal {
    if (this.#signal.aborted) return this.#signal;
    if (this.latest !== undefined && isOver(moment, this.latest.clock))
      return AbortSignal.abort(lateReason(moment));
    const key = `${moment.epoch}/${moment.phase}`;
    const known = this.#deadlines.get(key);
    if (known !== undefined) return known.abort.signal;
    const abort = new AbortController();
    this.#deadlines.set(key, { moment, abort });
    return abort.signal;
  }

  /**
   * Takes a reading. One that is not newer than the last (a node that lags behind), or of an epoch that has not frozen
   * its participants yet, is ignored.
   */
  advance(reading: Reading): void {
    const before = this.latest;
    if (before !== undefined && reading.height <= before.height) return;
    this.#headSeenAt = performance.now();
    // Between two epochs nothing is frozen yet: the new one begins with the next block.
    if (!reading.clock.frozen) return;
    this.latest = reading;
    for (const [key, { moment, abort }] of this.#deadlines) {
      if (!isOver(moment, reading.clock)) continue;
      this.#deadlines.delete(key);
      abort.abort(lateReason(moment));
    }
    if (
      before === undefined ||
      before.clock.epoch !== reading.clock.epoch ||
      before.clock.phase !== reading.clock.phase
    ) {
      for (const subscriber of this.#phaseHandlers) this.#callPhase(subscriber, reading);
    }
    for (const subscriber of this.#heightHandlers) this.#callHeight(subscriber, reading);
  }

  /** Resolves when every handler that was called has ended. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #callPhase({ handler, signal }: Subscriber<PhaseHandler>, { clock, params }: Reading): void {
    this.#call((late) => handler(clock, params, late), clock, signal);
  }

  #callHeight(subscriber: Subscriber<HeightHandler>, reading: Reading): void {
    if (this.#busy.has(subscriber)) return;
    this.#busy.add(subscriber);
    this.#call(
      (late) => subscriber.handler(reading, late),
      reading.clock,
      subscriber.signal,
      () => this.#busy.delete(subscriber),
    );
  }

  #call(
    handler: (late: AbortSignal) => Promise<void> | void,
    { epoch, phase }: Clock,
    signal: AbortSignal,
    done: () => void = () => undefined,
  ): void {
    const late = AbortSignal.any([signal, this.until({ epoch, phase })]);
    const run = (async () => handler(late))()
      .catch((error: unknown) => {
        const fields = { error, epoch, phase: phaseName(phase) };
        if (late.aborted) this.#log.debug(fields, "late work dropped");
        else this.#log.error(fields, messageOf(error));
      })
      .finally(() => {
        done();
        this.#running.delete(run);
      });
    this.#running.add(run);
  }
}

function isOver(moment: Moment, now: Moment): boolean {
  return now.epoch > moment.epoch || (now.epoch === moment.epoch && now.phase > moment.phase);
}

function lateReason({ epoch, phase }: Moment): DOMException {
  return new DOMException(`the phase ${phaseName(phase)} of epoch ${epoch} is over`, "AbortError");
}

/** BEACON, INPUT, … */
export function phaseName(phase: Phase): string {
  return Object.entries(Phase).find(([, value]) => value === phase)?.[0] ?? `phase ${phase}`;
}
