/** Whether a record says what the model answers. Pure. */
import { answerOf, tagOf, KIND, type Format } from "@assay/client/protocol/rows";
import type { RowItem } from "../../../../wire/poi-epochs.ts";
import type { Task } from "../../../../wire/poi-models.ts";

/** What a model answered here, beside what is recorded. */
export interface Verdict {
  /** Of the model, run here. */
  answer: { value: number; text: string };
  /** Hex. */
  tag: string;
  answerRight: boolean;
  tagRight: boolean;
  /** Both: only then is the record right. */
  right: boolean;
}

/**
 * Compares the logits of one item with its record.
 *
 * Throws RangeError when the number of logits is not the arena's.
 */
export function judge(
  task: Task,
  recorded: Pick<RowItem, "answer" | "tag">,
  logits: ArrayLike<number>,
): Verdict {
  const bytes = answerOf(formatOf(task), logits);
  const value = task.answer.kind === "class" ? (bytes[0] ?? 0) : new DataView(bytes.buffer).getInt32(0, true);
  const text = task.answer.kind === "class" ? (task.answer.labels[value] ?? String(value)) : String(value);
  const tag = Array.from(tagOf(logits), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const answerRight = value === recorded.answer.value;
  const tagRight = tag === recorded.tag;
  return { answer: { value, text }, tag, answerRight, tagRight, right: answerRight && tagRight };
}

function formatOf({ answer }: Task): Format {
  return answer.kind === "scalar"
    ? { kind: KIND.scalar, classes: 0, tolerance: BigInt(answer.tolerance) }
    : { kind: KIND.class, classes: answer.labels.length, tolerance: 0n };
}

/** The bytes of base64. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The numbers of one item, little-endian. */
export function numbersOf(item: Uint8Array, type: string): number[] {
  const view = new DataView(item.buffer, item.byteOffset, item.byteLength);
  if (type === "int16") return Array.from({ length: item.length >> 1 }, (_, i) => view.getInt16(2 * i, true));
  return Array.from(item, (byte, i) => (type === "int8" ? view.getInt8(i) : byte));
}

/** Sides of an item that is a grey picture; null when it is something else. */
export function pictureOf(task: Task): { width: number; height: number } | null {
  const [channels, height, width] = task.input.shape;
  if (task.input.type !== "uint8" || channels !== 1 || height === undefined || width === undefined)
    return null;
  return task.input.shape.length === 3 ? { width, height } : null;
}
