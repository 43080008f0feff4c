import type { InputType } from "@assay/client/intonnx/check";

/** What the page asks its worker. The first request opens the model, each later one runs it. */
export type WorkerRequest =
  | { id: number; kind: "open"; file: Uint8Array<ArrayBuffer> }
  | {
      id: number;
      kind: "run";
      type: InputType;
      /** With the batch first. */
      shape: number[];
      /** Raw, row-major, little-endian. */
      items: Uint8Array<ArrayBuffer>;
    };

export type WorkerAnswer =
  { id: number; error: string } | { id: number; error?: undefined; outputs?: Int32Array<ArrayBuffer> };
