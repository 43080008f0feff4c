import { preprocess } from "@assay/client/preprocessing/preprocess";
import type { RawItem } from "@assay/client/preprocessing/items";
import { Random, digest } from "./random.ts";

/** One raw item of a collection. */
export interface Source {
  readonly raw: RawItem;
  readonly label: number;
  /** Sources with something in common (same mail thread, same writer's image) share a group; a group is never divided. */
  readonly group: string;
}

/** A collection of raw items, split once. */
export interface Dataset {
  readonly name: string;
  /** Name of each label, in order: at most 256. */
  readonly labels: readonly string[];
  /** Name of the preprocessing that turns its raw items into tensors. */
  readonly preprocessing: string;
  /** What models may learn from. */
  readonly train: readonly Source[];
  /** What only sponsors draw from; shares no group with `train`. */
  readonly hidden: readonly Source[];
  /** A seeded variation of a raw item that keeps its label; absent: every source is used at most once. */
  readonly augment?: (raw: RawItem, random: Random) => RawItem;
}

/** A tensor and its label. */
export interface Item {
  /** Row-major bytes in the arena's input type, without the batch dimension. */
  readonly input: Uint8Array;
  readonly label: number;
}

/** Batches that can be made again at any time: batch b depends on nothing but the data and the options. */
export interface Batches {
  /** Number of sources behind the batches. */
  readonly sources: number;
  /**
   * The items of batch b, counted from 0.
   * @throws DatasetError when the collection is not augmented and has no unused sources left for b.
   */
  batch(b: number): Item[];
}

export interface BatchOptions {
  readonly part: "train" | "hidden";
  /** Which of `shares` disjoint shares to draw from, from 0; default the only one. */
  readonly share?: number;
  readonly shares?: number;
  /** At least 16 bytes. Whoever knows it can predict hidden items. */
  readonly seed: Uint8Array;
  /** Items per batch. */
  readonly size?: number;
}

/** A data set cannot do what was asked; the message says what to change. */
export class DatasetError extends Error {
  override readonly name = "DatasetError";
}

/**
 * Endless (when augmented) reproducible batches from one part of a data set.
 *
 * Labels are drawn evenly, then a source with that label, then its variation.
 * Without augmentation sources are dealt once each in a seeded order.
 *
 * @throws DatasetError when the share is empty or the options do not make sense.
 */
export function makeBatches(dataset: Dataset, options: BatchOptions): Batches {
  const { part, seed, share = 0, shares = 1, size = 64 } = options;
  if (!Number.isInteger(shares) || shares < 1 || !Number.isInteger(share) || share < 0 || share >= shares) {
    throw new DatasetError(`share must be 0 .. shares-1, got share ${share} of ${shares}`);
  }
  if (!Number.isInteger(size) || size < 1)
    throw new DatasetError(`batch size must be a positive whole number, got ${size}`);
  if (seed.length < 16) throw new DatasetError(`the seed must have at least 16 bytes, got ${seed.length}`);
  const sources = shareOf(dataset[part], share, shares);
  if (sources.length === 0)
    throw new DatasetError(
      `share ${share} of ${shares} of ${dataset.name}/${part} is empty: use fewer shares or more data`,
    );
  const stream = [dataset.name, part, share, shares, seed] as const;
  const { augment } = dataset;
  const draw = augment
    ? augmentedDraw(sources, augment)
    : singleDraw(sources, new Random("order", ...stream));

  return {
    sources: sources.length,
    batch(b) {
      if (!Number.isSafeInteger(b) || b < 0)
        throw new DatasetError(`batch must be a whole number from 0, got ${b}`);
      const random = new Random("batch", ...stream, b);
      return Array.from({ length: size }, (_, i) => {
        const { raw, label } = draw(random, b * size + i);
        return { input: preprocess(dataset.preprocessing, raw), label };
      });
    },
  };
}

/**
 * The sources of one of several disjoint shares. Groups stay whole and every
 * label is dealt out evenly: groups are ranked by label and hash, rank modulo shares decides.
 */
export function shareOf(sources: readonly Source[], share: number, shares: number): Source[] {
  if (shares === 1) return [...sources];
  const groups = new Map<string, { readonly label: number; readonly hash: string }>();
  for (const { group, label } of sources) {
    if (!groups.has(group)) groups.set(group, { label, hash: digest("share", group).toString("hex") });
  }
  const ranked = [...groups].sort(([, a], [, b]) => a.label - b.label || (a.hash < b.hash ? -1 : 1));
  const mine = new Set(ranked.filter((_, rank) => rank % shares === share).map(([group]) => group));
  return sources.filter(({ group }) => mine.has(group));
}

/** Splits by the hash of each source's group, so that adding sources moves none of the others. */
export function splitByGroup(
  name: string,
  sources: readonly Source[],
  hiddenPercent: number,
): Pick<Dataset, "train" | "hidden"> {
  const train: Source[] = [];
  const hidden: Source[] = [];
  for (const source of sources) {
    const isHidden = digest("split", name, source.group).readUInt32BE(0) % 100 < hiddenPercent;
    (isHidden ? hidden : train).push(source);
  }
  return { train, hidden };
}

/** A group name for sources that have no name of their own: equal content, equal group. */
export function digestGroup(content: Uint8Array): string {
  return digest("content", content).toString("hex");
}

type Draw = (random: Random, index: number) => Pick<Source, "raw" | "label">;

function augmentedDraw(sources: readonly Source[], augment: NonNullable<Dataset["augment"]>): Draw {
  const byLabel = new Map<number, Source[]>();
  for (const source of sources) {
    const list = byLabel.get(source.label);
    if (list) list.push(source);
    else byLabel.set(source.label, [source]);
  }
  const labels = [...byLabel.values()];
  return (random) => {
    const candidates = labels[random.uniform(labels.length)]!;
    const { raw, label } = candidates[random.uniform(candidates.length)]!;
    return { raw: augment(raw, random), label };
  };
}

function singleDraw(sources: readonly Source[], random: Random): Draw {
  const order = [...sources];
  for (let j = order.length - 1; j > 0; j--) {
    const k = random.uniform(j + 1);
    [order[j], order[k]] = [order[k]!, order[j]!];
  }
  return (_, index) => {
    const source = order[index];
    if (!source)
      throw new DatasetError(
        `only ${order.length} items and no augmentation: item ${index} does not exist; add data, make fewer batches or turn augmentation on`,
      );
    return source;
  };
}
