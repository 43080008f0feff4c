import { TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { InferenceSession, Tensor } from "onnxruntime-node";

export type { InferenceSession };

/** Items of a batch as they are on the wire. */
export interface RawBatch {
  inputType: TensorType;
  /** Dimensions with the batch first. */
  shape: number[];
  /** Raw items, row-major, little-endian. */
  inputs: Uint8Array;
}

/** A session on one thread: how many cores are used is for its caller to decide. */
export function loadSession(file: Uint8Array): Promise<InferenceSession> {
  return InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
}

/** Logits of all items, concatenated, in a buffer of their own. Blocks its thread while it runs. */
export async function runSession(
  session: InferenceSession,
  batch: RawBatch,
): Promise<Int32Array<ArrayBuffer>> {
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  if (input === undefined || output === undefined) throw new Error("the model has no input or no output");
  const result = (await session.run({ [input]: tensorOf(batch) }, [output]))[output];
  if (!(result?.data instanceof Int32Array))
    throw new Error(`the model returns ${result?.type}, expected int32`);
  return result.data.slice();
}

function tensorOf({ inputType, shape, inputs: given }: RawBatch): Tensor {
  // Items of two bytes may lie at an odd place in what came over the network.
  const inputs = inputType === TensorType.INT16 && given.byteOffset % 2 === 1 ? new Uint8Array(given) : given;
  const { buffer, byteOffset, length } = inputs;
  switch (inputType) {
    case TensorType.UINT8:
      return new Tensor("uint8", inputs, shape);
    case TensorType.INT8:
      return new Tensor("int8", new Int8Array(buffer, byteOffset, length), shape);
    case TensorType.INT16:
      return new Tensor("int16", new Int16Array(buffer, byteOffset, length / 2), shape);
    default:
      throw new Error(`unknown tensor type ${inputType}`);
  }
}
