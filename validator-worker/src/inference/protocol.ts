import type { TensorType } from "@assay/client/generated/assay/poi/v1/arena";

/** What the pool tells a thread. */
export type Request =
  | {
      kind: "run";
      task: number;
      modelHex: string;
      /** Present when the thread does not have the model. */
      file: Uint8Array | undefined;
      /** A model the thread must forget to make room. */
      evict: string | undefined;
      inputType: TensorType;
      /** Dimensions with the batch first. */
      shape: number[];
      /** Raw items, row-major, little-endian. */
      inputs: Uint8Array;
    }
  | { kind: "close" };

/** What a thread answers to each `run`. */
export type Response =
  | { task: number; ok: true; logits: Int32Array }
  | { task: number; ok: false; message: string };
