import { createHash } from "node:crypto";
import type { Arena, ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { AssayError } from "@assay/client/errors";
import { makeBatches, type Dataset } from "@assay/models/datasets/dataset";
import { load } from "@assay/models/datasets/load";
import type { Random } from "@assay/models/datasets/random";
import type { ScorerChain } from "../chain.ts";
import type { DataSource } from "./settings.ts";
import { itemBytes, vary } from "./vary.ts";

/** The data of the settings is not that of the arena. */
export class ProbeDataError extends AssayError {}

/** Digests of items that must not come again; the oldest are forgotten. */
const REMEMBERED = 20_000;
/** How often a new item is tried before an arena is found to have too few. */
const TRIES = 100;

export interface FreshInputsOptions {
  chain: Pick<ScorerChain, "arenas" | "slots" | "slotInputs">;
  /** Sources by name of arena. */
  data: Readonly<Record<string, DataSource>>;
  random: Random;
  /** Loads a source for an arena; from @assay/models if not given. */
  load?: (source: DataSource, spec: ArenaSpec) => Promise<Dataset>;
}

/** Items of an arena which the chain has published. */
interface PublicItems {
  epoch: bigint;
  items: Uint8Array[];
}

/**
 * Makes inputs that nobody has seen: from public data where the settings name some, else by changing what the chain
 * has published of the epoch. None is made twice, and none is an item of the chain.
 */
export class FreshInputs {
  readonly #with: Required<FreshInputsOptions>;
  #arenas = new Map<bigint, ArenaSpec>();
  readonly #makers = new Map<bigint, () => Uint8Array>();
  readonly #published = new Map<bigint, PublicItems>();
  readonly #seen = new Set<string>();

  constructor(options: FreshInputsOptions) {
    this.#with = { load: loadSource, ...options };
  }

  /**
   * Raw items for an arena; undefined if there is nothing yet to make them of (before an epoch's first inputs).
   * `batchItems` is the number of items in a slot of the running `epoch`. Throws {@link ProbeDataError}, `DatasetError`,
   * and what reads throw.
   */
  async make(
    arena: bigint,
    count: number,
    { epoch, batchItems }: { epoch: bigint; batchItems: number },
  ): Promise<Uint8Array[] | undefined> {
    const spec = await this.#spec(arena);
    const source = this.#with.data[spec.name];
    const maker =
      source === undefined
        ? await this.#fromChain(arena, spec, epoch, batchItems)
        : await this.#fromData(arena, spec, source);
    return maker && Array.from({ length: count }, () => this.#unseen(maker));
  }

  async #spec(arena: bigint): Promise<ArenaSpec> {
    // A spec never changes; only new arenas have to be read.
    if (!this.#arenas.has(arena)) {
      const arenas: Arena[] = await this.#with.chain.arenas();
      this.#arenas = new Map(arenas.flatMap(({ id, spec }) => (spec === undefined ? [] : [[id, spec]])));
    }
    const spec = this.#arenas.get(arena);
    if (spec === undefined) throw new AssayError(`the chain has no arena ${arena}`);
    return spec;
  }

  async #fromChain(
    arena: bigint,
    spec: ArenaSpec,
    epoch: bigint,
    batchItems: number,
  ): Promise<(() => Uint8Array) | undefined> {
    const { chain, random } = this.#with;
    if (this.#published.get(arena)?.epoch !== epoch) {
      const posted = (await chain.slots(epoch)).filter(
        (slot) => slot.arena === arena && slot.inputsRoot.length > 0,
      );
      const slot = posted[posted.length === 0 ? 0 : random.uniform(posted.length)];
      if (slot !== undefined) {
        const items = divide((await chain.slotInputs(slot.id)).inputs, itemBytes(spec), batchItems);
        for (const item of items) this.#remember(item);
        this.#published.set(arena, { epoch, items });
      }
    }
    const known = this.#published.get(arena);
    return known && (() => vary(spec, known.items, random));
  }

  async #fromData(arena: bigint, spec: ArenaSpec, source: DataSource): Promise<() => Uint8Array> {
    const known = this.#makers.get(arena);
    if (known !== undefined) return known;
    const dataset = await this.#with.load(source, spec);
    if (dataset.preprocessing !== spec.preprocessing) {
      throw new ProbeDataError(
        `the data for arena ${spec.name} is prepared by ${dataset.preprocessing}, the arena needs ${spec.preprocessing}`,
      );
    }
    const { random } = this.#with;
    const seed = Buffer.from(Uint32Array.from({ length: 8 }, () => random.word()).buffer);
    // What is hidden is sponsors' to use.
    const batches = makeBatches(dataset, { part: "train", seed, size: 1 });
    let next = 0;
    const maker = (): Uint8Array => {
      const input = batches.batch(next++)[0]?.input;
      if (input?.length !== itemBytes(spec))
        throw new ProbeDataError(
          `the data for arena ${spec.name} makes items of ${input?.length} bytes, expected ${itemBytes(spec)}`,
        );
      return input;
    };
    this.#makers.set(arena, maker);
    return maker;
  }

  #unseen(maker: () => Uint8Array): Uint8Array {
    for (let i = 0; i < TRIES; i++) {
      const item = maker();
      if (this.#remember(item)) return item;
    }
    throw new ProbeDataError("there are no new items left to make; name data for the arena");
  }

  /** Whether the item is new. */
  #remember(item: Uint8Array): boolean {
    const digest = createHash("sha256").update(item).digest("base64");
    if (this.#seen.has(digest)) return false;
    this.#seen.add(digest);
    const [oldest] = this.#seen;
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}

function divide(inputs: Uint8Array, size: number, items: number): Uint8Array[] {
  if (inputs.length !== size * items)
    throw new AssayError(`a slot has ${inputs.length} bytes of inputs, expected ${items} items of ${size}`);
  return Array.from({ length: items }, (_, i) => inputs.slice(i * size, (i + 1) * size));
}

function loadSource(source: DataSource, { labels, preprocessing }: ArenaSpec): Promise<Dataset> {
  if (typeof source === "string") return load(source);
  const directory = source.folder;
  return load("folder", { directory, labels, preprocessing, augment: true, hiddenPercent: 0 });
}
