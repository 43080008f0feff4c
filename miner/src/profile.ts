import { check, IntOnnxError, MAX_FILE_BYTES } from "@assay/client/intonnx/check";
import { ModelFileError } from "./errors.ts";

export { MAX_FILE_BYTES };

/** What the profile IntONNX-24 says of a model; the same as `assayd intonnx check` prints. */
export interface ModelInfo {
  /** Id of the model, in hex. */
  readonly sha256: string;
  readonly macs: number;
  readonly elements: number;
  /** MACs and output elements: what a run is charged. */
  readonly cost: number;
  /** Bits of the largest partial sum, at most 24. */
  readonly boundBits: number;
  /** Of one item. */
  readonly input: { readonly type: string; readonly shape: readonly number[] };
  /** Shape of one item's output. */
  readonly outputs: readonly number[];
}

/**
 * Checks a file against the profile, by the same rules as the chain.
 *
 * @param path only for the message.
 * Throws {@link ModelFileError} with the profile's code and the node.
 */
export function inspect(path: string, bytes: Uint8Array): ModelInfo {
  try {
    const { info } = check(bytes);
    return { ...info, cost: info.macs + info.elements };
  } catch (error) {
    if (!(error instanceof IntOnnxError)) throw error;
    const { code, node, message } = error;
    throw new ModelFileError(`${path} is no model of the profile IntONNX-24: ${message} (${code})`, {
      code,
      node,
      cause: error,
    });
  }
}
