import type { ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import type { FrozenArena } from "@assay/client/generated/assay/poi/v1/epoch";
import { AssayError } from "@assay/client/errors";
import type { Frozen, ScorerChain } from "./chain.ts";

/** An arena as the epoch runs it. */
export interface RunningArena {
  frozen: FrozenArena;
  spec: ArenaSpec;
}

/** Reads what an epoch froze, once per epoch. */
export class EpochView {
  readonly #chain: ScorerChain;
  readonly #specs = new Map<bigint, ArenaSpec>();
  #known: { epoch: bigint; arenas: Map<bigint, RunningArena> } | undefined;

  constructor(chain: ScorerChain) {
    this.#chain = chain;
  }

  /** Arenas of the running epoch by id. Throws if the node is in another epoch. */
  async arenas(epoch: bigint): Promise<Map<bigint, RunningArena>> {
    if (this.#known?.epoch === epoch) return this.#known.arenas;
    const frozen: Frozen = await this.#chain.frozen();
    if (frozen.epoch !== epoch)
      throw new AssayError(`the node is in epoch ${frozen.epoch}, expected ${epoch}`);
    // A spec never changes; only new arenas have to be read.
    if (frozen.arenas.some(({ arena }) => !this.#specs.has(arena))) {
      for (const { id, spec } of await this.#chain.arenas())
        if (spec !== undefined) this.#specs.set(id, spec);
    }
    const arenas = new Map<bigint, RunningArena>();
    for (const entry of frozen.arenas) {
      const spec = this.#specs.get(entry.arena);
      if (spec !== undefined) arenas.set(entry.arena, { frozen: entry, spec });
    }
    this.#known = { epoch, arenas };
    return arenas;
  }
}
