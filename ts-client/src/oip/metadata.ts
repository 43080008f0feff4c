import { quote } from "../intonnx/errors.ts";
import { checkUnique } from "./body.ts";
import { OipError } from "./errors.ts";
import { listOf, objectOf, optionalText, parseObject, textOf } from "./json.ts";
import { DEFAULT_LIMITS, type OipLimits } from "./limits.ts";
import { datatypeOf, shapeOf, type TensorSpec } from "./tensors.ts";

/** `GET /v2/models/{id}`. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  /** The engine behind it, e.g. `onnxruntime_onnx`. */
  readonly platform: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** The JSON of model metadata; the first dimension of tensors counts items and is -1. */
export function writeMetadata({ name, versions, platform, inputs, outputs }: ModelMetadata): object {
  const tensors = (specs: readonly TensorSpec[]): object[] =>
    specs.map(({ name, datatype, itemShape }) => ({ name, datatype, shape: [-1, ...itemShape] }));
  return { name, versions, platform, inputs: tensors(inputs), outputs: tensors(outputs) };
}

/** Parses model metadata. Throws {@link OipError}, also for tensors that are not batches of a known datatype. */
export function parseMetadata(body: Uint8Array, limits: OipLimits = DEFAULT_LIMITS): ModelMetadata {
  const json = parseObject(body, limits.headerBytes, limits.depth);
  const tensors = (value: unknown, what: string): TensorSpec[] => {
    const specs = listOf(value, what, limits.tensors).map((entry): TensorSpec => {
      const fields = objectOf(entry, `an entry of ${what}`);
      const name = textOf(fields.name, `a name in ${what}`);
      const label = `tensor ${quote(name)}`;
      const [items, ...rest] = Array.isArray(fields.shape) ? (fields.shape as unknown[]) : [];
      if (items !== -1)
        throw new OipError("bad_shape", `the first dimension of ${label} is not -1, the number of items`);
      // Read as one item of the batch, so that rank and size are checked as of any tensor.
      const [, ...itemShape] = shapeOf([1, ...rest], label, limits);
      return { name, datatype: datatypeOf(fields.datatype, label), itemShape };
    });
    checkUnique(specs, what);
    return specs;
  };
  const versions = json.versions === undefined ? [] : json.versions;
  if (!Array.isArray(versions) || versions.length > limits.tensors)
    throw new OipError("malformed", `versions is not an array of at most ${limits.tensors}`);
  return {
    name: textOf(json.name, "name"),
    versions: versions.map((version) => textOf(version, "a version")),
    platform: optionalText(json.platform, "platform") ?? "",
    inputs: tensors(json.inputs, "inputs"),
    outputs: tensors(json.outputs, "outputs"),
  };
}
