import { quote } from "../intonnx/errors.ts";
import { OipError } from "./errors.ts";
import type { OipLimits } from "./limits.ts";

/** Datatypes that models of the profile take and return; the protocol has more, which no exact model uses. */
export const DATATYPES = {
  UINT8: { width: 1, lowest: 0, highest: 2 ** 8 - 1 },
  INT8: { width: 1, lowest: -(2 ** 7), highest: 2 ** 7 - 1 },
  INT16: { width: 2, lowest: -(2 ** 15), highest: 2 ** 15 - 1 },
  INT32: { width: 4, lowest: -(2 ** 31), highest: 2 ** 31 - 1 },
} as const;

export type Datatype = keyof typeof DATATYPES;

/** A tensor of a message. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** All dimensions, at least one, each at least 1. */
  readonly shape: readonly number[];
  /** The elements, row-major, little-endian. A view of the message it came in. */
  readonly data: Uint8Array;
}

/** What a model takes or returns. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  /** Of one item: without the first dimension of the tensor, which counts items. */
  readonly itemShape: readonly number[];
}

export function datatypeOf(value: unknown, what: string): Datatype {
  if (typeof value === "string" && Object.hasOwn(DATATYPES, value)) return value as Datatype;
  const given = typeof value === "string" ? quote(value) : "missing";
  throw new OipError(
    "bad_datatype",
    `the datatype of ${what} is ${given}, known are ${Object.keys(DATATYPES).join(", ")}`,
  );
}

/** Checks a shape without ever multiplying beyond the limit. */
export function shapeOf(value: unknown, what: string, { rank, elements }: OipLimits): number[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > rank)
    throw new OipError("bad_shape", `the shape of ${what} is not an array of 1 to ${rank} dimensions`);
  let product = 1;
  for (const dimension of value as unknown[]) {
    if (typeof dimension !== "number" || !Number.isSafeInteger(dimension) || dimension < 1)
      throw new OipError("bad_shape", `a dimension of ${what} is not an integer of at least 1`);
    product *= dimension;
    if (product > elements)
      throw new OipError("too_large", `${what} has more than ${elements} elements, split the call`);
  }
  return value as number[];
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Bytes of one item. */
export function itemBytes({ datatype, itemShape }: TensorSpec): number {
  return elementsOf(itemShape) * DATATYPES[datatype].width;
}

/**
 * The bytes of elements that came as JSON: one flat array, or arrays nested as the shape says. Every element must be
 * an integer of the datatype's range: no fractions, texts, booleans or null.
 */
export function encodeData(
  data: unknown,
  name: string,
  datatype: Datatype,
  shape: readonly number[],
): Uint8Array {
  const { width, lowest, highest } = DATATYPES[datatype];
  const count = elementsOf(shape);
  if (!Array.isArray(data))
    throw new OipError(
      "bad_data",
      `tensor ${quote(name)} has neither an array "data" nor a "binary_data_size"`,
    );
  const nested = Array.isArray(data[0]) && shape.length > 1;
  const dimensions = nested ? shape : [count];
  const bytes = new Uint8Array(count * width);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (value: unknown): void => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < lowest || value > highest)
      throw new OipError(
        "bad_data",
        `element ${at / width} of tensor ${quote(name)} is not an integer of ${lowest} to ${highest}`,
      );
    if (width === 1) bytes[at] = value;
    else if (width === 2) view.setInt16(at, value, true);
    else view.setInt32(at, value, true);
    at += width;
  };
  const walk = (value: unknown, axis: number): void => {
    if (!Array.isArray(value) || value.length !== dimensions[axis]) {
      const got = Array.isArray(value) ? `${value.length} entries` : "no array";
      throw new OipError(
        "bad_data",
        `tensor ${quote(name)} has ${got} where its shape asks for ${dimensions[axis]}`,
      );
    }
    if (axis === dimensions.length - 1) value.forEach(put);
    else for (const part of value) walk(part, axis + 1);
  };
  walk(data, 0);
  return bytes;
}

/** The elements of a tensor as numbers, row-major. */
export function valuesOf({ datatype, data }: Pick<Tensor, "datatype" | "data">): Int32Array {
  const { width } = DATATYPES[datatype];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Int32Array(data.length / width);
  for (let i = 0; i < values.length; i++) {
    if (datatype === "UINT8") values[i] = data[i]!;
    else if (datatype === "INT8") values[i] = view.getInt8(i);
    else if (datatype === "INT16") values[i] = view.getInt16(2 * i, true);
    else values[i] = view.getInt32(4 * i, true);
  }
  return values;
}

/** The raw items of a tensor: its rows along the first dimension, as views of its data. */
export function itemsOf({ shape, data }: Pick<Tensor, "shape" | "data">): Uint8Array[] {
  const bytes = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) => data.subarray(i * bytes, (i + 1) * bytes));
}

/** The tensor of raw items, each of `itemBytes(spec)` bytes. Throws RangeError for other items, or none. */
export function tensorOf(spec: TensorSpec, items: readonly Uint8Array[]): Tensor {
  const bytes = itemBytes(spec);
  if (items.length === 0) throw new RangeError("a tensor needs at least one item");
  const data = items.length === 1 ? items[0]! : new Uint8Array(items.length * bytes);
  for (const [i, item] of items.entries()) {
    if (item.length !== bytes)
      throw new RangeError(`item ${i} has ${item.length} bytes, the model takes ${bytes}`);
    if (items.length > 1) data.set(item, i * bytes);
  }
  return { name: spec.name, datatype: spec.datatype, shape: [items.length, ...spec.itemShape], data };
}

/** The INT32 tensor of a model's outputs, one entry per item. */
export function tensorOfOutputs(spec: TensorSpec, outputs: readonly Int32Array[]): Tensor {
  const width = elementsOf(spec.itemShape);
  const data = new Uint8Array(outputs.length * width * 4);
  const view = new DataView(data.buffer);
  let at = 0;
  for (const output of outputs) {
    if (output.length !== width)
      throw new RangeError(`an answer has ${output.length} numbers, the model returns ${width}`);
    for (let i = 0; i < width; i++, at += 4) view.setInt32(at, output[i]!, true);
  }
  return { name: spec.name, datatype: "INT32", shape: [outputs.length, ...spec.itemShape], data };
}

/** The outputs of an INT32 tensor, one entry per item: the reverse of {@link tensorOfOutputs}. */
export function outputsOf(tensor: Tensor): Int32Array[] {
  const values = valuesOf(tensor);
  const width = values.length / tensor.shape[0]!;
  return Array.from({ length: tensor.shape[0]! }, (_, i) => values.subarray(i * width, (i + 1) * width));
}

/** Returns the one tensor if it is what `spec` says, of any number of items. Throws {@link OipError}. */
export function onlyTensor(tensors: readonly Tensor[], spec: TensorSpec): Tensor {
  const [tensor] = tensors;
  if (tensors.length !== 1 || tensor?.name !== spec.name) {
    const given = tensors.map(({ name }) => quote(name)).join(", ");
    throw new OipError("unknown_tensor", `expected the one tensor ${quote(spec.name)}, got ${given}`);
  }
  if (tensor.datatype !== spec.datatype)
    throw new OipError(
      "bad_datatype",
      `tensor ${quote(spec.name)} is ${tensor.datatype}, expected ${spec.datatype}`,
    );
  const { shape } = tensor;
  if (
    shape.length !== spec.itemShape.length + 1 ||
    spec.itemShape.some((dimension, i) => dimension !== shape[i + 1])
  ) {
    const expected = ["items", ...spec.itemShape].join(", ");
    throw new OipError(
      "bad_shape",
      `tensor ${quote(spec.name)} has shape [${shape.join(", ")}], expected [${expected}]`,
    );
  }
  return tensor;
}
