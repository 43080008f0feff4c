import { check, type Info, IntOnnxError, MAX_FILE_BYTES } from "@assay/client/intonnx/check";
import { ModelFileError } from "./errors.ts";

export { MAX_FILE_BYTES };

/** What the profile says of a model, as `assayd intonnx check` prints it. */
export interface ModelInfo extends Info {
  /** MACs and output elements: what a run is charged. */
  readonly cost: number;
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
