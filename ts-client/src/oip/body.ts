import { quote } from "../intonnx/errors.ts";
import { OipError } from "./errors.ts";
import { listOf, objectOf, optionalObject, parseObject, textOf, type JsonObject } from "./json.ts";
import type { OipLimits } from "./limits.ts";
import { datatypeOf, DATATYPES, elementsOf, encodeData, shapeOf, valuesOf, type Tensor } from "./tensors.ts";

/** Where the JSON ends and binary data begins; absent when the body is JSON only. */
export const HEADER_LENGTH = "inference-header-content-length";

/** A request's or a response's body with the headers that go with it. */
export interface Message {
  readonly body: Uint8Array<ArrayBuffer>;
  /** `content-type`, and {@link HEADER_LENGTH} when binary data is in the body. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Length of the JSON part; undefined when all of the body is JSON. */
export function headerLength(header: string | null | undefined, bodyBytes: number): number | undefined {
  if (header === null || header === undefined) return undefined;
  const length = /^(0|[1-9][0-9]{0,9})$/.test(header) ? Number(header) : NaN;
  if (!(length <= bodyBytes))
    throw new OipError(
      "bad_header_length",
      `${HEADER_LENGTH} is ${quote(header)}, expected a number of at most the body's ${bodyBytes} bytes`,
    );
  return length;
}

/** Splits a body and parses its JSON. */
export function open(
  body: Uint8Array,
  length: number | undefined,
  limits: OipLimits,
): { json: JsonObject; binary: Uint8Array | undefined } {
  if (length === undefined)
    return { json: parseObject(body, limits.jsonBytes, limits.depth), binary: undefined };
  const json = parseObject(body.subarray(0, length), limits.headerBytes, limits.depth);
  return { json, binary: body.subarray(length) };
}

/** The tensors of a message; those with a `binary_data_size` take their data from `binary`, in order. */
export function parseTensors(
  value: unknown,
  what: string,
  binary: Uint8Array | undefined,
  limits: OipLimits,
): Tensor[] {
  let at = 0;
  const take = (size: unknown, tensor: Omit<Tensor, "data">): Uint8Array => {
    const expected = elementsOf(tensor.shape) * DATATYPES[tensor.datatype].width;
    if (size !== expected)
      throw new OipError(
        "bad_binary_size",
        `the binary_data_size of tensor ${quote(tensor.name)} does not say ${expected}, the size that shape and datatype make`,
      );
    if (binary === undefined)
      throw new OipError("bad_header_length", `binary data needs the header ${HEADER_LENGTH}`);
    if (at + expected > binary.length)
      throw new OipError(
        "truncated",
        `the body ends within tensor ${quote(tensor.name)}: ${binary.length - at} of its ${expected} bytes are there`,
      );
    at += expected;
    return binary.subarray(at - expected, at);
  };
  const tensors = listOf(value, what, limits.tensors).map((entry): Tensor => {
    const fields = objectOf(entry, `an entry of ${what}`);
    const name = textOf(fields.name, `a name in ${what}`);
    const label = `tensor ${quote(name)}`;
    const datatype = datatypeOf(fields.datatype, label);
    const shape = shapeOf(fields.shape, label, limits);
    const { binary_data_size: size } = optionalObject(fields.parameters, `the parameters of ${label}`);
    if (size === undefined)
      return { name, datatype, shape, data: encodeData(fields.data, name, datatype, shape) };
    if (fields.data !== undefined)
      throw new OipError("malformed", `${label} has both "data" and a "binary_data_size"`);
    return { name, datatype, shape, data: take(size, { name, datatype, shape }) };
  });
  checkUnique(tensors, what);
  if (binary !== undefined && at !== binary.length)
    throw new OipError("trailing_bytes", `the body has ${binary.length - at} bytes after its last tensor`);
  return tensors;
}

export function checkUnique(entries: readonly { name: string }[], what: string): void {
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw new OipError("duplicate_name", `${what} has ${quote(name)} twice`);
    names.add(name);
  }
}

const encoder = new TextEncoder();

/**
 * Writes a message: the fields of `json`, then the tensors under `key`; those that `isBinary` names follow the JSON
 * as they are, the others become flat arrays in it.
 */
export function writeMessage(
  json: JsonObject,
  key: "inputs" | "outputs",
  tensors: readonly Tensor[],
  isBinary: (name: string) => boolean,
): Message {
  const parts: Uint8Array[] = [];
  const entries = tensors.map(({ name, datatype, shape, data }) => {
    if (!isBinary(name)) return { name, datatype, shape, data: [...valuesOf({ datatype, data })] };
    parts.push(data);
    return { name, datatype, shape, parameters: { binary_data_size: data.length } };
  });
  const header = encoder.encode(JSON.stringify({ ...json, [key]: entries }));
  if (parts.length === 0) return { body: header, headers: { "content-type": "application/json" } };
  const body = new Uint8Array(parts.reduce((size, { length }) => size + length, header.length));
  body.set(header);
  let at = header.length;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return {
    body,
    headers: { "content-type": "application/octet-stream", [HEADER_LENGTH]: String(header.length) },
  };
}
