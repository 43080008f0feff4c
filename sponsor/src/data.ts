import type { ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { DatasetError, makeBatches, type Batches, type Dataset } from "@assay/models/datasets/dataset";
import { load } from "@assay/models/datasets/load";
import { checkDataset } from "./arena-format.ts";
import type { BatchSource } from "./book.ts";
import type { SponsorSettings } from "./config.ts";
import { DataError } from "./errors.ts";

/** Loads data sets, each once, however many sponsors draw from it. */
export class DataSets {
  readonly #loaded = new Map<string, Promise<Dataset>>();

  /**
   * The batches of one sponsor's share of the hidden part.
   * Throws {@link DataError} when the data is unusable or not the arena's.
   */
  async source(
    spec: ArenaSpec,
    { loader, share }: Pick<SponsorSettings, "loader" | "share">,
  ): Promise<BatchSource> {
    const dataset = await this.#load(spec, loader).catch((error: unknown) => {
      throw error instanceof DatasetError
        ? new DataError(`arena ${spec.name}: ${error.message}`, { cause: error })
        : error;
    });
    checkDataset(spec, dataset);
    // Choosing the share goes through the whole data set.
    const made = new Map<string, Batches>();
    return (seed, size) => {
      const key = `${Buffer.from(seed).toString("hex")}/${size}`;
      const batches = made.get(key) ?? makeBatches(dataset, { part: "hidden", ...share, seed, size });
      made.set(key, batches);
      return batches;
    };
  }

  #load(spec: ArenaSpec, loader: SponsorSettings["loader"]): Promise<Dataset> {
    const key = typeof loader === "string" ? loader : JSON.stringify([spec.name, loader]);
    const known = this.#loaded.get(key);
    if (known) return known;
    const loading =
      typeof loader === "string"
        ? load(loader)
        : load("folder", { ...loader.folder, labels: spec.labels, preprocessing: spec.preprocessing });
    this.#loaded.set(key, loading);
    return loading;
  }
}
