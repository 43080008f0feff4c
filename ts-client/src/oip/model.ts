import { check, MAX_FILE_BYTES, MAX_NODES, type Info } from "../intonnx/check.ts";
import { parse } from "../intonnx/parse.ts";
import type { Datatype, TensorSpec } from "./tensors.ts";

/** The one input and the one output of a model. */
export interface ModelTensors {
  readonly input: TensorSpec;
  readonly output: TensorSpec;
}

const DATATYPE_OF = { uint8: "UINT8", int8: "INT8", int16: "INT16" } as const satisfies Record<
  string,
  Datatype
>;

/**
 * Names, datatypes and shapes as the model's file has them; `info` is what the check of this file found, for who has
 * checked it already. Throws IntOnnxError for a file outside the profile.
 */
export function modelTensors(file: Uint8Array, info: Info = check(file).info): ModelTensors {
  const { inputs, outputs } = parse(file, { fileBytes: MAX_FILE_BYTES, nodes: MAX_NODES });
  const { type, shape } = info.input;
  return {
    input: { name: inputs[0]!.name, datatype: DATATYPE_OF[type], itemShape: shape },
    output: { name: outputs[0]!.name, datatype: "INT32", itemShape: info.outputs },
  };
}
