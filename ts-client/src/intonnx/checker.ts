import { Constant } from "./constant.ts";
import { type Code, IntOnnxError, quote } from "./errors.ts";
import {
  BOUND,
  equal,
  type Intervals,
  layout,
  type Operation,
  size,
  type Step,
  type Tensor,
} from "./graph.ts";
import { operators } from "./operators.ts";
import {
  type Attribute,
  ATTRIBUTE_INT,
  ATTRIBUTE_INTS,
  elements,
  FLOAT,
  INT16,
  INT32,
  INT8,
  label,
  type Model,
  type Node,
  UINT8,
  type ValueInfo,
} from "./parse.ts";

export const MAX_MACS = 16_000_000;
export const MAX_ELEMENTS = 2_000_000;

const MAX_NAME_BYTES = 256;

/** Input types of the profile, with the values they hold. */
const INPUT_TYPES = new Map([
  [UINT8, { name: "uint8", lo: 0, hi: 255 } as const],
  [INT8, { name: "int8", lo: -128, hi: 127 } as const],
  [INT16, { name: "int16", lo: -32768, hi: 32767 } as const],
]);

export type InputType = "uint8" | "int8" | "int16";

/** Whatever a name stands for: exactly one of constant and tensor. */
export interface Value {
  constant?: Constant;
  /** Number of a tensor. */
  tensor?: number;
  used?: boolean;
}

/** A checked model. */
export interface Graph {
  /** The first is the raw input. */
  readonly tensors: readonly Tensor[];
  readonly steps: readonly Step[];
  /** Number of the tensor that is the output. */
  readonly output: number;
  readonly inputType: InputType;
  readonly macs: number;
  readonly elements: number;
  /** Largest magnitude that any partial sum can reach. */
  readonly reach: number;
}

/** Checks a parsed model; throws IntOnnxError. */
export function checkGraph(model: Model, maxCost: number): Graph {
  return new Checker(model.opset, maxCost).run(model);
}

/** Goes through a graph in the order of the file; the operators' rules are in operators.ts. */
export class Checker {
  readonly opset: number;
  readonly tensors: Tensor[] = [];
  /** Operands of the node under check, undefined where an optional one is left out. */
  inputs: (Value | undefined)[] = [];
  readonly #steps: Step[] = [];
  readonly #maxCost: number;
  readonly #values = new Map<string, Value>();
  #macs = 0;
  #elements = 0;
  /** Elements of constants made from constants. */
  #derived = 0;
  #reach = 0;
  #node: Node = { name: "", operator: "", inputs: [], outputs: [], attributes: [] };
  /** Attributes of the node that its operator has not taken. */
  #attributes: Attribute[] = [];

  constructor(opset: number, maxCost: number) {
    this.opset = opset;
    this.#maxCost = maxCost;
  }

  run({ inputs, outputs, initializers, nodes }: Model): Graph {
    const [input] = inputs;
    const [output] = outputs;
    if (input === undefined || output === undefined)
      throw new IntOnnxError("graph", undefined, "the graph needs exactly one input and one output");
    const inputType = this.#input(input);
    for (const initializer of initializers)
      this.#define(initializer.name, { constant: new Constant(initializer) });
    const names = new Set<string>();
    for (const node of nodes) {
      if (node.name !== "") {
        validName(node.name);
        if (names.has(node.name)) throw new IntOnnxError("name", node.name, "two nodes have this name");
        names.add(node.name);
      }
      this.#check(node);
    }
    const made = this.#finish(output);
    const { tensors } = this;
    return {
      tensors,
      steps: this.#steps,
      output: made,
      inputType,
      macs: this.#macs,
      elements: this.#elements,
      reach: this.#reach,
    };
  }

  #define(name: string, value: Value): void {
    validName(name);
    if (this.#values.has(name)) throw new IntOnnxError("name", name, "two values have this name");
    this.#values.set(name, value);
  }

  /** Takes the graph input as tensor 0. */
  #input({ name, type, dims }: ValueInfo): InputType {
    const input = INPUT_TYPES.get(type);
    if (input === undefined)
      throw new IntOnnxError("type", name, `input of element type ${type}, expected uint8, int8 or int16`);
    if (dims.length < 2 || dims.length > 4)
      throw new IntOnnxError(
        "shape",
        name,
        `input of rank ${dims.length}, expected the batch and 1 to 3 dimensions`,
      );
    const shape = dims.slice(1);
    // Its Cast will be charged as much; refused here, before intervals are kept for it.
    const most = Math.min(MAX_ELEMENTS, this.#maxCost);
    const n = elements(shape);
    if (n === undefined || n > most)
      throw new IntOnnxError("cost", name, `the input has more than ${most} elements`);
    const { channels } = layout(shape);
    const ranges: Intervals = {
      lo: new Int32Array(channels).fill(input.lo),
      hi: new Int32Array(channels).fill(input.hi),
    };
    this.tensors.push({ type, shape, ranges, hulls: ranges });
    this.#define(name, { tensor: 0 });
    return input.name;
  }

  /** Checks the graph output and that nothing in the file is left over; returns the output's number. */
  #finish({ name, type, dims }: ValueInfo): number {
    const value = this.#values.get(name);
    if (value === undefined) throw new IntOnnxError("graph", name, "no node makes the graph output");
    if (value.tensor === undefined || this.tensors[value.tensor]!.type !== INT32 || type !== INT32)
      throw new IntOnnxError("type", name, "the graph output must be an int32 tensor made by Cast");
    const { shape } = this.tensors[value.tensor]!;
    if (dims.length === 0 || !equal(dims.slice(1), shape))
      throw new IntOnnxError(
        "shape",
        name,
        `the graph output is declared as [${dims.join()}], inferred as [batch ${shape.join()}]`,
      );
    value.used = true;
    for (const [name, { used }] of this.#values)
      if (!used) throw new IntOnnxError("graph", name, "the value is never used");
    return value.tensor;
  }

  /** An error about the node under check. */
  refuse(code: Code, reason: string): IntOnnxError {
    return new IntOnnxError(code, label(this.#node), reason);
  }

  /** Takes one node: its inputs, then its operator, then what is left over. */
  #check(node: Node): void {
    this.#node = node;
    const { inputs, outputs, attributes } = node;
    if (outputs.length !== 1) throw this.refuse("graph", `${outputs.length} outputs, expected 1`);
    const operator = operators.get(node.operator);
    if (operator === undefined)
      throw this.refuse("operator", `operator ${quote(node.operator)} is not in the profile`);
    const { minInputs, maxInputs } = operator;
    if (inputs.length < minInputs || inputs.length > maxInputs)
      throw this.refuse("graph", `${inputs.length} inputs, expected ${minInputs} to ${maxInputs}`);
    this.inputs = inputs.map((name, i) => {
      if (name === "" && i >= minInputs) return undefined;
      const value = this.#values.get(name);
      if (value === undefined)
        throw this.refuse("graph", `input ${quote(name)} is not defined before this node`);
      value.used = true;
      if (value.tensor !== undefined && this.tensors[value.tensor]!.shift && node.operator !== "Floor")
        throw this.refuse("shift", "a product with 2^-k may be consumed only by Floor");
      return value;
    });
    const names = new Set<string>();
    for (const { name } of attributes) {
      if (names.has(name)) throw this.refuse("attribute", `attribute ${quote(name)} is given twice`);
      names.add(name);
    }
    // Taken out of a copy, so that leftovers are unknown ones.
    this.#attributes = [...attributes];
    operator.check(this);
  }

  /** Takes an attribute of the node; undefined when it is absent. */
  attribute(name: string, type: number): Attribute | undefined {
    const at = this.#attributes.findIndex((attribute) => attribute.name === name);
    if (at < 0) return undefined;
    const [taken] = this.#attributes.splice(at, 1);
    if (taken!.type !== type)
      throw this.refuse("attribute", `attribute "${name}" has type ${taken!.type}, expected ${type}`);
    return taken;
  }

  /** Takes an integer attribute that must lie between low and high. */
  integer(name: string, absent: number, low: number, high: number): number {
    const value = this.attribute(name, ATTRIBUTE_INT)?.int;
    if (value === undefined) return absent;
    if (value < low || value > high)
      throw this.refuse("attribute", `attribute "${name}" is ${value}, expected ${low} to ${high}`);
    return value;
  }

  /** Takes a list attribute of n entries between low and high; undefined when it is absent. */
  integers(name: string, n: number, low: number, high: number): readonly number[] | undefined {
    const values = this.attribute(name, ATTRIBUTE_INTS)?.ints;
    if (values === undefined) return undefined;
    if (values.length !== n)
      throw this.refuse("attribute", `attribute "${name}" has ${values.length} entries, expected ${n}`);
    for (const value of values)
      if (value < low || value > high)
        throw this.refuse("attribute", `attribute "${name}" holds ${value}, expected ${low} to ${high}`);
    return values;
  }

  /** Refuses the attributes that the operator did not take. */
  noMoreAttributes(): void {
    const [left] = this.#attributes;
    if (left !== undefined)
      throw this.refuse("attribute", `attribute ${quote(left.name)} is not allowed here`);
  }

  /** The tensor that input i is, of whatever type; undefined for a constant. */
  computed(i: number): Tensor | undefined {
    const number = this.inputs[i]?.tensor;
    return number === undefined ? undefined : this.tensors[number];
  }

  /** Input i, which must be a computed tensor of type float. */
  tensor(i: number): Tensor {
    const tensor = this.computed(i);
    if (tensor === undefined)
      throw this.refuse("type", `input ${i} is a constant, expected a computed tensor`);
    if (tensor.type !== FLOAT)
      throw this.refuse(
        "type",
        `input ${i} has element type ${tensor.type}, expected float: put a Cast before it`,
      );
    return tensor;
  }

  /** Input i, which must be a constant of the given type. */
  constant(i: number, type: number): Constant {
    const constant = this.inputs[i]?.constant;
    if (constant === undefined) throw this.refuse("type", `input ${i} is computed, expected a constant`);
    if (constant.type !== type)
      throw this.refuse("type", `input ${i} has element type ${constant.type}, expected ${type}`);
    return constant;
  }

  /** Input i, which must be a float constant of integers strictly inside ±2^24, and its values. */
  integerConstant(i: number): { constant: Constant; values: Int32Array } {
    const constant = this.constant(i, FLOAT);
    const values = constant.integers();
    if (values === undefined)
      throw this.refuse("constant", `input ${i} must hold integers strictly inside ±2^24`);
    return { constant, values };
  }

  /**
   * Spreads a constant that is scalar or has one entry per channel of shape; refuses one with which broadcasting
   * would do anything else.
   */
  perChannel(values: Int32Array, dims: readonly number[], shape: readonly number[]): Int32Array {
    const { channels } = layout(shape);
    const axis = shape.length === 3 ? 2 : 0; // of the channels, counted from the last dimension
    const fits =
      dims.length <= shape.length + 1 &&
      dims.every((d, i) => d === 1 || (dims.length - 1 - i === axis && d === channels));
    if (!fits)
      throw this.refuse(
        "shape",
        `a constant of shape [${dims.join()}] is neither scalar nor one value per channel of [batch ${shape.join()}]`,
      );
    return values.length === 1 ? new Int32Array(channels).fill(values[0]!) : values;
  }

  /** Refuses partial sums that can reach 2^24, and remembers the largest. */
  reachable(lo: number, hi: number): void {
    if (lo <= -BOUND || hi >= BOUND)
      throw this.refuse(
        "bound",
        `a partial sum may reach ${lo} or ${hi}, it must stay strictly inside ±2^24`,
      );
    this.#reach = Math.max(this.#reach, hi, -lo);
  }

  /**
   * Adds the cost of a node with an output of the given shape and so many MACs per element of it, before anything of
   * that size is allocated.
   */
  charge(shape: readonly number[], macs: number): void {
    const n = elements(shape);
    if (n === undefined) throw this.refuse("cost", `the output has more than ${MAX_ELEMENTS} elements`);
    this.#elements += n;
    this.#macs += n * macs;
    if (this.#macs > MAX_MACS || this.#elements > MAX_ELEMENTS || this.#macs + this.#elements > this.#maxCost)
      throw this.refuse(
        "cost",
        `${this.#macs} MACs and ${this.#elements} elements up to here, at most ${MAX_MACS} and ${MAX_ELEMENTS}, ` +
          `together ${this.#maxCost}, are allowed`,
      );
  }

  /** Defines the node's output as a new tensor. */
  emit(operation: Operation, tensor: Tensor): void {
    const inputs = this.inputs.flatMap((value) => value?.tensor ?? []);
    const output = this.tensors.push(tensor) - 1;
    this.#steps.push({ operation, inputs, output });
    this.#define(this.#node.outputs[0]!, { tensor: output });
  }

  /** Defines the node's output as a constant made from one of these dimensions. */
  derive(dims: readonly number[], make: () => Constant): void {
    this.#derived += size(dims);
    if (this.#derived > MAX_ELEMENTS)
      throw this.refuse("cost", `constants made from constants have more than ${MAX_ELEMENTS} elements`);
    this.#define(this.#node.outputs[0]!, { constant: make() });
  }
}

function validName(name: string): void {
  // A name that is not ASCII has more bytes than this counts, and is refused either way.
  if (name.length === 0 || name.length > MAX_NAME_BYTES)
    throw new IntOnnxError(
      "name",
      undefined,
      `a name has ${name.length} bytes, expected 1 to ${MAX_NAME_BYTES}`,
    );
  if (!/^[\x20-\x7e]*$/.test(name))
    throw new IntOnnxError("name", undefined, `the name ${quote(name)} is not printable ASCII`);
}
