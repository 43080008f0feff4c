import { charNgrams128 } from "./char-ngrams-128.ts";
import { UnknownPreprocessingError } from "./errors.ts";
import { gray28x28 } from "./gray-28x28.ts";
import type { RawItem } from "./items.ts";
import { wordCounts512 } from "./word-counts-512.ts";

/** A pure function from a raw item to the bytes of one tensor: row-major, little-endian, without the batch dimension. */
export type Preprocessing = (item: RawItem) => Uint8Array;

/** A name is a promise: once an arena uses it, its function never changes; a better one gets a new name. */
const PREPROCESSINGS: ReadonlyMap<string, Preprocessing> = new Map([
  ["gray-28x28", gray28x28],
  ["char-ngrams-128", charNgrams128],
  ["word-counts-512", wordCounts512],
]);

/** Names of all preprocessings this client has. */
export function preprocessingNames(): string[] {
  return [...PREPROCESSINGS.keys()];
}

/**
 * Turns a raw item into the tensor bytes an arena takes.
 *
 * @param name the arena's preprocessing, e.g. `gray-28x28`.
 * @param item an image or a text.
 * @returns the tensor's bytes, row-major, little-endian, without the batch dimension.
 * @throws UnknownPreprocessingError when this version has no such name.
 * @throws PreprocessingError when the item does not fit.
 */
export function preprocess(name: string, item: RawItem): Uint8Array {
  const preprocessing = PREPROCESSINGS.get(name);
  if (!preprocessing) throw new UnknownPreprocessingError(name, preprocessingNames());
  return preprocessing(item);
}
