import { headerLength, open, parseTensors, writeMessage, type Message } from "./body.ts";
import { optionalText, parseObject, textOf } from "./json.ts";
import { DEFAULT_LIMITS, MAX_TEXT, type OipLimits } from "./limits.ts";
import type { Tensor } from "./tensors.ts";

/** The answer to an inference request. */
export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion?: string | undefined;
  /** As in the request. */
  readonly id?: string | undefined;
  readonly outputs: readonly Tensor[];
}

/** Parses a response's body; `header` is the value of Inference-Header-Content-Length. Throws {@link OipError}. */
export function parseResponse(
  body: Uint8Array,
  header: string | null | undefined,
  limits: OipLimits = DEFAULT_LIMITS,
): InferResponse {
  const { json, binary } = open(body, headerLength(header, body.length), limits);
  return {
    modelName: textOf(json.model_name, "model_name"),
    modelVersion: optionalText(json.model_version, "model_version"),
    id: optionalText(json.id, "the id"),
    outputs: parseTensors(json.outputs, "outputs", binary, limits),
  };
}

/** Writes a response whose outputs travel as binary data, or as JSON. */
export function writeResponse(
  { modelName, modelVersion, id, outputs }: InferResponse,
  { binary }: { binary: boolean },
): Message {
  const json = { model_name: modelName, model_version: modelVersion, id };
  return writeMessage(json, "outputs", outputs, () => binary);
}

/** What a server says of a refused request. */
export interface ServerError {
  readonly error: string;
  /** Of servers of this project; snake_case. */
  readonly code?: string | undefined;
}

const MAX_ERROR_BYTES = 64 * 1024;

/** Parses the body of a response that is no success. Throws {@link OipError} if it is no error of the protocol. */
export function parseError(body: Uint8Array): ServerError {
  const { error, code } = parseObject(body, MAX_ERROR_BYTES, DEFAULT_LIMITS.depth);
  return {
    // Long texts of other servers are cut rather than refused.
    error: textOf(typeof error === "string" ? error.slice(0, MAX_TEXT) : error, "error"),
    code: optionalText(code, "code"),
  };
}
