import type { ModelTensors } from "@assay/client/oip/model";

/**
 * What runs a service's model. A failure is a Refusal of gate.ts that says what went wrong where; a run that
 * failed has answered nothing.
 */
export interface Backend {
  /** Known once the backend is ready for the first time, and the same from then on. */
  readonly tensors: ModelTensors | undefined;
  /** The engine, for the model's metadata. */
  readonly platform: string;
  /** Whether calls would be answered now. Cheap: strangers ask. */
  ready(): Promise<boolean>;
  /**
   * The outputs of every item.
   *
   * @param items raw and row-major, at least one, each of the size that `tensors.input` makes.
   */
  run(items: readonly Uint8Array[], signal: AbortSignal): Promise<Int32Array[]>;
}
