import { checkUnique, headerLength, open, parseTensors, writeMessage, type Message } from "./body.ts";
import { OipError } from "./errors.ts";
import { listOf, objectOf, optionalFlag, optionalObject, optionalText, textOf } from "./json.ts";
import { DEFAULT_LIMITS, type OipLimits } from "./limits.ts";
import { itemBytes, type Tensor, type TensorSpec } from "./tensors.ts";

/** An output the client asks for. */
export interface RequestedOutput {
  readonly name: string;
  /** Whether it wants it as binary data. */
  readonly binary: boolean;
}

/** `POST /v2/models/{id}/infer`. */
export interface InferRequest {
  /** Chosen by the client; comes back in the response. */
  readonly id?: string | undefined;
  readonly inputs: readonly Tensor[];
  /** undefined: all outputs, as `binaryOutput` says. */
  readonly outputs?: readonly RequestedOutput[] | undefined;
  readonly binaryOutput: boolean;
}

/**
 * Parses a request's body. `header` is the value of Inference-Header-Content-Length, null or undefined when the
 * request has none. Throws {@link OipError}; takes nothing on trust.
 *
 * With `raw`, the input of the model, a header length of 0 means that the body is nothing but that input's items back
 * to back (Triton's raw binary request); the outputs then go back as binary data.
 */
export function parseRequest(
  body: Uint8Array,
  header: string | null | undefined,
  { limits = DEFAULT_LIMITS, raw }: { limits?: OipLimits; raw?: TensorSpec } = {},
): InferRequest {
  const length = headerLength(header, body.length);
  if (length === 0 && raw !== undefined)
    return { inputs: [rawTensor(body, raw, limits)], binaryOutput: true };
  const { json, binary } = open(body, length, limits);
  const { binary_data_output: flag } = optionalObject(json.parameters, "parameters");
  const binaryOutput = optionalFlag(flag, "binary_data_output") ?? false;
  return {
    id: optionalText(json.id, "the id"),
    inputs: parseTensors(json.inputs, "inputs", binary, limits),
    // Clients of other makers write an empty list for "all".
    outputs:
      json.outputs === undefined || (Array.isArray(json.outputs) && json.outputs.length === 0)
        ? undefined
        : parseOutputs(json.outputs, binaryOutput, limits),
    binaryOutput,
  };
}

function parseOutputs(value: unknown, byDefault: boolean, limits: OipLimits): RequestedOutput[] {
  const outputs = listOf(value, "outputs", limits.tensors).map((entry): RequestedOutput => {
    const { name, parameters } = objectOf(entry, "an entry of outputs");
    const { binary_data: flag } = optionalObject(parameters, "the parameters of an output");
    return {
      name: textOf(name, "a name in outputs"),
      binary: optionalFlag(flag, "binary_data") ?? byDefault,
    };
  });
  checkUnique(outputs, "outputs");
  return outputs;
}

function rawTensor(body: Uint8Array, spec: TensorSpec, limits: OipLimits): Tensor {
  const bytes = itemBytes(spec);
  if (body.length === 0 || body.length % bytes !== 0)
    throw new OipError("bad_data", `the raw body has ${body.length} bytes, an item has ${bytes}`);
  if (body.length > limits.elements)
    throw new OipError("too_large", `the raw body has more than ${limits.elements} bytes, split the call`);
  const { name, datatype, itemShape } = spec;
  return { name, datatype, shape: [body.length / bytes, ...itemShape], data: body };
}

/** Whether the client wants `output` as binary data. Throws {@link OipError} if it asks for other outputs than this one. */
export function wantsBinary({ outputs, binaryOutput }: InferRequest, output: TensorSpec): boolean {
  if (outputs === undefined) return binaryOutput;
  const [only] = outputs;
  if (outputs.length !== 1 || only?.name !== output.name)
    throw new OipError("unknown_tensor", `the model has the one output ${JSON.stringify(output.name)}`);
  return only.binary;
}

/** Writes a request whose inputs travel as binary data, or with `binary: false` as JSON. */
export function writeRequest(
  { id, inputs, outputs, binaryOutput }: InferRequest,
  { binary = true }: { binary?: boolean } = {},
): Message {
  const json = {
    id,
    outputs: outputs?.map(({ name, binary }) => ({ name, parameters: { binary_data: binary } })),
    parameters: binaryOutput ? { binary_data_output: true } : undefined,
  };
  return writeMessage(json, "inputs", inputs, () => binary);
}
