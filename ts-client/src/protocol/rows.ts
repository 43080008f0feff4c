import { sha256 } from "@noble/hashes/sha2.js";
import type { Trial } from "./ladder.ts";

/** What an arena's answers are; the numbers are those of the proto enum. */
export const KIND = {
  /** The index of the largest logit, one byte. */
  class: 1,
  /** The single int32 output, 4 bytes little-endian. */
  scalar: 2,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/** Length of the tag of one item. */
export const TAG_SIZE = 4;

/** The largest number of classes that one byte can name. */
export const MAX_CLASSES = 256;

/** What an arena fixes about answers and labels. Both have the same encoding. */
export interface Format {
  kind: Kind;
  /** Number of logits in class arenas, 2 to {@link MAX_CLASSES}; 0 in scalar ones. */
  classes: number;
  /** How far a correct scalar answer may be from its label; 0 in class arenas. */
  tolerance: bigint;
}

/** The number of bytes of one answer or label. */
export function answerWidth(format: Format): number {
  return format.kind === KIND.scalar ? 4 : 1;
}

/** The number of logits a model of the arena returns for one item. */
export function outputCount(format: Format): number {
  return format.kind === KIND.scalar ? 1 : format.classes;
}

function int32LittleEndian(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setInt32(4 * i, values[i] as number, true);
  return bytes;
}

/** Encodes labels, one number per item, as the sponsor commits to them. */
export function encodeLabels(format: Format, labels: ArrayLike<number>): Uint8Array {
  const [low, high] = format.kind === KIND.scalar ? [-(2 ** 31), 2 ** 31 - 1] : [0, format.classes - 1];
  const item = Array.from(labels).findIndex(
    (label) => !Number.isInteger(label) || label < low || label > high,
  );
  if (item >= 0) throw new RangeError(`label ${labels[item]} of item ${item}, expected ${low} to ${high}`);
  return format.kind === KIND.scalar ? int32LittleEndian(labels) : Uint8Array.from(labels);
}

function decodeAt(format: Format, bytes: Uint8Array, item: number): number {
  if (format.kind === KIND.class) return bytes[item] as number;
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(4 * item, true);
}

/** The answer that the logits of one item give. Of equal largest logits the lowest index wins. */
export function answerOf(format: Format, logits: ArrayLike<number>): Uint8Array {
  if (logits.length !== outputCount(format)) {
    throw new RangeError(`${logits.length} logits, expected ${outputCount(format)}`);
  }
  if (format.kind === KIND.scalar) return int32LittleEndian(logits);
  let best = 0;
  for (let i = 1; i < logits.length; i++) {
    if ((logits[i] as number) > (logits[best] as number)) best = i;
  }
  return Uint8Array.of(best);
}

/** The first {@link TAG_SIZE} bytes of SHA-256 over the logits as little-endian int32. */
export function tagOf(logits: ArrayLike<number>): Uint8Array {
  return sha256(int32LittleEndian(logits)).slice(0, TAG_SIZE);
}

/** Throws unless a row has one answer in range and one tag for each of the items. */
export function checkRow(format: Format, items: number, answers: Uint8Array, tags: Uint8Array): void {
  checkValues("answers", format, items, answers);
  if (tags.length !== items * TAG_SIZE) {
    throw new RangeError(`tags of ${tags.length} bytes, expected ${items * TAG_SIZE}`);
  }
}

/** Throws unless a batch has one label in range for each of the items. */
export function checkLabels(format: Format, items: number, labels: Uint8Array): void {
  checkValues("labels", format, items, labels);
}

function checkValues(what: string, format: Format, items: number, values: Uint8Array): void {
  const expected = items * answerWidth(format);
  if (values.length !== expected)
    throw new RangeError(`${what} of ${values.length} bytes, expected ${expected}`);
  if (format.kind === KIND.scalar) return;
  const item = values.findIndex((value) => value >= format.classes);
  if (item >= 0) {
    throw new RangeError(`${what}: item ${item} has class ${values[item]}, expected below ${format.classes}`);
  }
}

/** For each item, whether the answer is correct: the same class, or within the tolerance. */
export function correctItems(format: Format, labels: Uint8Array, answers: Uint8Array): boolean[] {
  const width = answerWidth(format);
  if (labels.length !== answers.length || labels.length % width !== 0) {
    throw new RangeError(
      `${answers.length} bytes of answers for ${labels.length} bytes of labels of width ${width}`,
    );
  }
  return Array.from({ length: labels.length / width }, (_, i) => {
    const distance = Math.abs(decodeAt(format, answers, i) - decodeAt(format, labels, i));
    return BigInt(distance) <= format.tolerance;
  });
}

/** How many of the answers are correct. */
export function countCorrect(format: Format, labels: Uint8Array, answers: Uint8Array): bigint {
  return BigInt(correctItems(format, labels, answers).filter(Boolean).length);
}

/**
 * Counts the items of one batch on which the answers of a contender and of an older model (a
 * step's) differ in being correct.
 */
export function compareAnswers(
  format: Format,
  labels: Uint8Array,
  contender: Uint8Array,
  older: Uint8Array,
): Trial {
  const byNew = correctItems(format, labels, contender);
  const byOld = correctItems(format, labels, older);
  const count = (matches: (contenderRight: boolean, olderRight: boolean) => boolean): bigint =>
    BigInt(byNew.filter((right, i) => matches(right, byOld[i] as boolean)).length);
  return {
    b: count((contenderRight, olderRight) => contenderRight && !olderRight),
    c: count((contenderRight, olderRight) => !contenderRight && olderRight),
    n: BigInt(byNew.length),
    wrongOld: count((_, olderRight) => !olderRight),
    wrongNew: count((contenderRight) => !contenderRight),
  };
}
