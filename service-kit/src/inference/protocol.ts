import type { RawBatch } from "./session.ts";

/** Several models on the same items: what is the same for all of them crosses to the thread once. */
export interface RunRequest extends RawBatch {
  kind: "run";
  task: number;
  /** With the file where the thread does not have the model. */
  models: { modelHex: string; file: Uint8Array | undefined }[];
  /** Models the thread must forget first, to make room. */
  evict: string[];
}

/** What the pool tells a thread. */
export type Request = RunRequest | { kind: "close" };

/** What a thread answers to each `run`: logits of all items, concatenated, for each model. */
export type Response =
  { task: number; ok: true; logits: Int32Array[] } | { task: number; ok: false; message: string };
