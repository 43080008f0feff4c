import { IntOnnxError, quote } from "./errors.ts";
import { Reader } from "./wire.ts";

/** Element types of ONNX TensorProto that the profile knows. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT16 = 5;
export const INT32 = 6;
export const INT64 = 7;

/** Attribute types of ONNX AttributeProto that the profile knows. */
export const ATTRIBUTE_FLOAT = 1;
export const ATTRIBUTE_INT = 2;
export const ATTRIBUTE_INTS = 7;

const MIN_IR = 8;
const MAX_IR = 13;
const MIN_OPSET = 13;
const MAX_OPSET = 21;

const MAX_INITIALIZERS = 1024;
/** Inputs of one node. */
export const MAX_OPERANDS = 64;
const MAX_ATTRIBUTES = 16;
/** Entries of a list attribute, and dimensions of a tensor. */
const MAX_INTS = 8;
/** Also the limit of an initializer's elements. */
export const MAX_DIM = 2 ** 21;

/**
 * An ONNX file as parsed: well-formed, bounded in size, without the parts of ONNX that the profile forbids, but not
 * yet checked as a graph.
 */
export interface Model {
  opset: number;
  nodes: Node[];
  initializers: Initializer[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

export interface Node {
  name: string;
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes: Attribute[];
}

export interface Attribute {
  name: string;
  type: number;
  /** IEEE-754 bits of a float. */
  bits: number;
  int: number;
  ints: number[];
}

export interface Initializer {
  name: string;
  type: number;
  dims: number[];
  /** Values; of type FLOAT the IEEE-754 bits. Empty for INT64. */
  ints: Int32Array;
  /** Values of type INT64. */
  longs: number[];
}

export interface ValueInfo {
  name: string;
  type: number;
  /** The batch dimension is 0. */
  dims: number[];
}

/** Names the node in errors. */
export function label(node: Node): string | undefined {
  return node.name || node.outputs[0];
}

/** Product of the dimensions, or undefined when it is above {@link MAX_DIM}. */
export function elements(dims: readonly number[]): number | undefined {
  let n = 1;
  for (const d of dims) {
    n *= d;
    if (n > MAX_DIM) return undefined;
  }
  return n;
}

/** Parses a file; throws IntOnnxError. */
export function parse(file: Uint8Array, limits: { fileBytes: number; nodes: number }): Model {
  if (file.length > limits.fileBytes)
    throw new IntOnnxError("file_size", undefined, `the file is larger than ${limits.fileBytes} bytes`);
  const opsets: number[] = [];
  let ir = 0;
  let graph: Uint8Array | undefined;
  const r = new Reader("ModelProto", file);
  for (const f of r) {
    switch (f.id) {
      case 1:
        ir = r.integer(f);
        break;
      case 2: // producer name and version, domain, doc_string
      case 3:
      case 4:
      case 6:
        r.text(f);
        break;
      case 5: // model_version
        r.integer(f);
        break;
      case 7:
        graph = r.bytes(f);
        break;
      case 8: {
        const opset = r.entry(f);
        if (opsets.length === 1) throw new IntOnnxError("forbidden", undefined, "more than one operator set");
        opsets.push(parseOpset(opset));
        break;
      }
      case 14:
        r.metadata(f);
        break;
      default:
        throw r.unknown(f);
    }
  }
  if (ir < MIN_IR || ir > MAX_IR)
    throw new IntOnnxError("version", undefined, `IR version ${ir}, expected ${MIN_IR} to ${MAX_IR}`);
  const opset = opsets[0] ?? 0;
  if (opset < MIN_OPSET || opset > MAX_OPSET)
    throw new IntOnnxError(
      "version",
      undefined,
      `operator set ${opset}, expected ${MIN_OPSET} to ${MAX_OPSET}`,
    );
  if (graph === undefined) throw new IntOnnxError("malformed", undefined, "the model has no graph");
  return parseGraph(graph, opset, limits.nodes);
}

function parseOpset(data: Uint8Array): number {
  let version = 0;
  const r = new Reader("OperatorSetIdProto", data);
  for (const f of r) {
    if (f.id === 1) defaultDomain(r.text(f));
    else if (f.id === 2) version = r.integer(f);
    else throw r.unknown(f);
  }
  return version;
}

function defaultDomain(domain: string): void {
  if (domain !== "" && domain !== "ai.onnx")
    throw new IntOnnxError(
      "forbidden",
      undefined,
      `operator domain ${quote(domain)}, only the default one is allowed`,
    );
}

function parseGraph(data: Uint8Array, opset: number, maxNodes: number): Model {
  const model: Model = { opset, nodes: [], initializers: [], inputs: [], outputs: [] };
  const r = new Reader("GraphProto", data);
  for (const f of r) {
    switch (f.id) {
      case 1:
        if (model.nodes.length === maxNodes)
          throw new IntOnnxError("count", undefined, `more than ${maxNodes} nodes`);
        model.nodes.push(parseNode(r.entry(f)));
        break;
      case 2: // name, doc_string
      case 10:
        r.text(f);
        break;
      case 5:
        if (model.initializers.length === MAX_INITIALIZERS)
          throw new IntOnnxError("count", undefined, `more than ${MAX_INITIALIZERS} initializers`);
        model.initializers.push(parseTensor(r.entry(f)));
        break;
      case 11:
      case 12: {
        const side = f.id === 11 ? model.inputs : model.outputs;
        const info = r.entry(f);
        if (side.length === 1)
          throw new IntOnnxError("graph", undefined, "the graph needs exactly one input and one output");
        side.push(parseValueInfo(info));
        break;
      }
      case 13:
        throw new IntOnnxError(
          "forbidden",
          undefined,
          "value_info is not allowed, shapes are inferred: remove it",
        );
      case 16:
        r.metadata(f);
        break;
      default: // among others quantization_annotation and sparse_initializer
        throw r.unknown(f);
    }
  }
  return model;
}

function parseNode(data: Uint8Array): Node {
  const node: Node = { name: "", operator: "", inputs: [], outputs: [], attributes: [] };
  try {
    readNode(node, data);
  } catch (error) {
    if (error instanceof IntOnnxError && error.node === undefined)
      throw new IntOnnxError(error.code, label(node), error.reason);
    throw error;
  }
  return node;
}

function readNode(node: Node, data: Uint8Array): void {
  const r = new Reader("NodeProto", data);
  for (const f of r) {
    switch (f.id) {
      case 1:
      case 2: {
        const side = f.id === 1 ? node.inputs : node.outputs;
        if (side.length === MAX_OPERANDS)
          throw new IntOnnxError("count", undefined, `more than ${MAX_OPERANDS} inputs or outputs`);
        side.push(r.textEntry(f));
        break;
      }
      case 3:
        node.name = r.text(f);
        break;
      case 4:
        node.operator = r.text(f);
        break;
      case 5:
        if (node.attributes.length === MAX_ATTRIBUTES)
          throw new IntOnnxError("count", undefined, `more than ${MAX_ATTRIBUTES} attributes`);
        node.attributes.push(parseAttribute(r.entry(f)));
        break;
      case 6: // doc_string
        r.text(f);
        break;
      case 7:
        defaultDomain(r.text(f));
        break;
      case 9:
        r.metadata(f);
        break;
      default:
        throw r.unknown(f);
    }
  }
}

function parseAttribute(data: Uint8Array): Attribute {
  const attribute: Attribute = { name: "", type: 0, bits: 0, int: 0, ints: [] };
  /** Types whose value field is there. */
  const given = new Set<number>();
  const r = new Reader("AttributeProto", data);
  for (const f of r) {
    switch (f.id) {
      case 1:
        attribute.name = r.text(f);
        break;
      case 2:
        given.add(ATTRIBUTE_FLOAT);
        attribute.bits = r.float(f);
        break;
      case 3:
        given.add(ATTRIBUTE_INT);
        attribute.int = r.integer(f);
        break;
      case 8:
        given.add(ATTRIBUTE_INTS);
        for (const value of r.integers(f)) {
          if (attribute.ints.length === MAX_INTS)
            throw new IntOnnxError(
              "count",
              undefined,
              `attribute ${quote(attribute.name)} has more than ${MAX_INTS} entries`,
            );
          attribute.ints.push(value);
        }
        break;
      case 13: // doc_string
        r.text(f);
        break;
      case 20:
        attribute.type = r.integer(f);
        break;
      default:
        throw new IntOnnxError(
          "forbidden",
          undefined,
          `attribute ${quote(attribute.name)} holds a string, a tensor, a graph or a reference`,
        );
    }
  }
  const { name, type } = attribute;
  const known = type === ATTRIBUTE_FLOAT || type === ATTRIBUTE_INT || type === ATTRIBUTE_INTS;
  given.delete(type);
  if (!known || given.size > 0)
    throw new IntOnnxError(
      "attribute",
      undefined,
      `attribute ${quote(name)}: its type is ${type} and does not match its value`,
    );
  return attribute;
}

/** The ways in which a TensorProto may carry values. */
interface TensorData {
  /** raw_data, little-endian. */
  raw?: Uint8Array;
  /** float_data, packed. */
  floats?: Uint8Array;
  /** int32_data. */
  ints: number[];
  /** int64_data. */
  longs: number[];
}

function parseTensor(data: Uint8Array): Initializer {
  const tensor: Initializer = { name: "", type: 0, dims: [], ints: new Int32Array(), longs: [] };
  const carried: TensorData = { ints: [], longs: [] };
  let location = 0;
  const r = new Reader("TensorProto", data);
  for (const f of r) {
    switch (f.id) {
      case 1:
        for (const dim of r.integers(f)) {
          if (tensor.dims.length === MAX_INTS)
            throw new IntOnnxError("count", tensor.name, `more than ${MAX_INTS} dimensions`);
          tensor.dims.push(dimension(tensor.name, dim));
        }
        break;
      case 2:
        tensor.type = r.integer(f);
        break;
      case 4:
        carried.floats = r.bytes(f);
        break;
      case 5:
        for (const value of r.integers(f)) carried.ints.push(value);
        break;
      case 7:
        for (const value of r.integers(f)) carried.longs.push(value);
        break;
      case 8:
        tensor.name = r.text(f);
        break;
      case 9:
        carried.raw = r.bytes(f);
        break;
      case 12: // doc_string
        r.text(f);
        break;
      case 13:
        throw externalData(tensor.name);
      case 14:
        location = r.integer(f);
        break;
      case 16:
        r.metadata(f);
        break;
      default: // segments, strings, double and uint64 data
        throw r.unknown(f);
    }
  }
  if (location !== 0) throw externalData(tensor.name);
  decode(tensor, carried);
  return tensor;
}

function externalData(tensor: string): IntOnnxError {
  return new IntOnnxError("external_data", tensor, "tensor data outside of the file is not allowed");
}

function dimension(tensor: string, value: number): number {
  if (value < 1 || value > MAX_DIM)
    throw new IntOnnxError("shape", tensor, `dimension ${value}, expected 1 to ${MAX_DIM}`);
  return value;
}

/** Bytes of an element in raw_data. */
const ELEMENT_BYTES = new Map([
  [FLOAT, 4],
  [INT8, 1],
  [INT16, 2],
  [INT32, 4],
  [INT64, 8],
]);

/** Turns the carried data into values and checks their number and range. */
function decode(tensor: Initializer, { raw, floats, ints, longs }: TensorData): void {
  const { name, type, dims } = tensor;
  const n = elements(dims);
  if (n === undefined) throw new IntOnnxError("shape", name, `more than ${MAX_DIM} elements`);
  const size = ELEMENT_BYTES.get(type);
  if (size === undefined)
    throw new IntOnnxError(
      "type",
      name,
      `initializer of element type ${type}, expected float, int8, int16, int32 or int64`,
    );
  if (type === INT64 && n > MAX_INTS)
    throw new IntOnnxError("type", name, `int64 is for shapes and axes, at most ${MAX_INTS} entries`);

  const carriers = [raw !== undefined, floats !== undefined, ints.length > 0, longs.length > 0];
  let fits = carriers.filter(Boolean).length === 1;
  let at: (i: number) => number;
  if (ints.length > 0) {
    fits &&= type !== FLOAT && type !== INT64 && ints.length === n;
    at = (i) => ints[i]!;
  } else if (longs.length > 0) {
    fits &&= type === INT64 && longs.length === n;
    at = (i) => longs[i]!;
  } else {
    const bytes = floats ?? raw ?? new Uint8Array();
    fits &&= bytes.length === n * size && (floats === undefined || type === FLOAT);
    at = little(bytes, size);
  }
  if (!fits)
    throw new IntOnnxError(
      "constant",
      name,
      `expected the data of ${n} values, in one field that fits the element type`,
    );

  if (type === INT64) {
    tensor.longs = Array.from({ length: n }, (_, i) => at(i));
    return;
  }
  const limit = 2 ** (8 * size - 1); // of the magnitude; the bits of a float are an int32
  tensor.ints = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const value = at(i);
    if (value < -limit || value >= limit)
      throw new IntOnnxError("constant", name, `value ${value} does not fit the element type`);
    tensor.ints[i] = value;
  }
}

/** Reads signed little-endian integers of 1, 2, 4 or 8 bytes; those of 8 rounded beyond ±2^53. */
function little(bytes: Uint8Array, size: number): (i: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (size) {
    case 1:
      return (i) => view.getInt8(i);
    case 2:
      return (i) => view.getInt16(2 * i, true);
    case 4:
      return (i) => view.getInt32(4 * i, true);
    default:
      return (i) => view.getInt32(8 * i + 4, true) * 2 ** 32 + view.getUint32(8 * i, true);
  }
}

function parseValueInfo(data: Uint8Array): ValueInfo {
  const info: ValueInfo = { name: "", type: 0, dims: [] };
  let type: Uint8Array = new Uint8Array();
  const r = new Reader("ValueInfoProto", data);
  for (const f of r) {
    if (f.id === 1) info.name = r.text(f);
    else if (f.id === 2) type = r.bytes(f);
    else if (f.id === 3)
      r.text(f); // doc_string
    else if (f.id === 4) r.metadata(f);
    else throw r.unknown(f);
  }
  let tensor: Uint8Array = new Uint8Array();
  const t = new Reader("TypeProto", type);
  for (const f of t) {
    if (f.id === 1) tensor = t.bytes(f);
    else if (f.id === 6)
      t.text(f); // denotation
    else throw t.unknown(f); // sequences, maps, optionals, sparse tensors
  }
  let shape: Uint8Array = new Uint8Array();
  const e = new Reader("TypeProto.Tensor", tensor);
  for (const f of e) {
    if (f.id === 1) info.type = e.integer(f);
    else if (f.id === 2) shape = e.bytes(f);
    else throw e.unknown(f);
  }
  const s = new Reader("TensorShapeProto", shape);
  for (const f of s) {
    if (f.id !== 1) throw s.unknown(f);
    const dim = s.entry(f);
    if (info.dims.length === MAX_INTS)
      throw new IntOnnxError("count", info.name, `more than ${MAX_INTS} dimensions`);
    const d = parseDim(info.name, dim);
    if ((d === 0) !== (info.dims.length === 0))
      throw new IntOnnxError(
        "shape",
        info.name,
        "the first dimension, and no other, must be the symbolic batch",
      );
    info.dims.push(d);
  }
  return info;
}

/** A static dimension, or 0 for a symbolic one. */
function parseDim(tensor: string, data: Uint8Array): number {
  let value: number | undefined;
  let symbolic = false;
  const r = new Reader("TensorShapeProto.Dimension", data);
  for (const f of r) {
    if (f.id === 1) value = r.integer(f);
    else if (f.id === 2) {
      symbolic = true;
      r.text(f);
    } else if (f.id === 3)
      r.text(f); // denotation
    else throw r.unknown(f);
  }
  if (value === undefined) return 0;
  if (symbolic) throw new IntOnnxError("malformed", tensor, "a dimension is both static and symbolic");
  return dimension(tensor, value);
}
