import { MIN_SPONSORS } from "@assay/client/protocol/score";
import { messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { MinerChain } from "./chain.ts";
import { DuplicateModelError, ModelFileError, NoPlaceError, WrongArenaError } from "./errors.ts";
import { resolveParents } from "./parents.ts";
import type { Registration } from "./registration.ts";

/** A model on its way into its arena. */
export interface Entrant {
  readonly registration: Registration;
  /** Ids in hex, or names. */
  readonly parents: readonly string[];
  readonly log: Logger;
  /** Called once, when the chain has the model. */
  registered(): void;
}

export interface EntranceOptions {
  readonly chain: MinerChain;
  readonly arena: bigint;
  /** In the order in which they are to contend. */
  readonly entrants: readonly Entrant[];
  /** Ids by name of all models of this process: parents may be among them. */
  readonly planned: ReadonlyMap<string, string>;
  readonly log: Logger;
}

/** Brings the models of one arena in. */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #missing: Set<Entrant>;
  readonly #complaints = new Map<Entrant, string>();
  #saidWaiting = false;

  constructor(options: EntranceOptions) {
    this.#options = options;
    this.#missing = new Set(options.entrants);
  }

  /**
   * Goes as far as it can; to be called until it returns true: all models are registered or given up.
   * A model that cannot enter now (fee, balance, no place, parent not there yet) holds up no other.
   */
  async advance(signal: AbortSignal): Promise<boolean> {
    const { chain, arena, planned } = this.#options;
    await this.#each(signal, async (entrant) => {
      if (await entrant.registration.isDone()) this.#finish(entrant);
    });
    if (this.#missing.size === 0) return true;
    if (!(await this.#sponsorsReady())) return false;
    const salts = new Map<Entrant, Uint8Array>();
    await this.#each(signal, async (entrant) => {
      await entrant.registration.checkCost();
      salts.set(entrant, await entrant.registration.reserve(signal));
    });
    await this.#each(signal, async (entrant) => {
      const salt = salts.get(entrant);
      if (!salt) return;
      const parents = await resolveParents(chain, arena, entrant.parents, planned);
      if (!parents) throw new NoPlaceError("waits for its parents to be registered");
      await entrant.registration.register(salt, parents, signal);
      this.#finish(entrant);
    });
    return this.#missing.size === 0;
  }

  /** A model is measured only on batches that were committed before it was reserved. */
  async #sponsorsReady(): Promise<boolean> {
    const { chain, arena, log } = this.#options;
    const ready = await chain.readySponsors(arena);
    if (ready >= MIN_SPONSORS) return true;
    if (!this.#saidWaiting) {
      log.warn(
        { ready, needed: MIN_SPONSORS },
        "waiting for sponsors: models reserved now could not be measured on what they commit later",
      );
    }
    this.#saidWaiting = true;
    return false;
  }

  #finish(entrant: Entrant): void {
    this.#missing.delete(entrant);
    entrant.registered();
  }

  /** One after the other, so that reservations keep the order. */
  async #each(signal: AbortSignal, work: (entrant: Entrant) => Promise<void>): Promise<void> {
    for (const entrant of [...this.#missing]) {
      try {
        await work(entrant);
      } catch (error) {
        signal.throwIfAborted();
        const message = messageOf(error);
        if (isFinal(error)) {
          this.#missing.delete(entrant);
          entrant.log.error({ error }, `given up: ${message}`);
        } else if (this.#complaints.get(entrant) !== message) {
          this.#complaints.set(entrant, message);
          entrant.log.warn({ error }, message);
        }
      }
    }
  }
}

/** What no waiting cures. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof DuplicateModelError ||
    error instanceof ModelFileError ||
    error instanceof WrongArenaError
  );
}
