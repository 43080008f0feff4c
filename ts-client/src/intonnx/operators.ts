import type { Checker } from "./checker.ts";
import { shiftFromBits } from "./constant.ts";
import {
  BOUND,
  equal,
  type Intervals,
  layout,
  type Operation,
  size,
  type Tensor,
  type Window,
} from "./graph.ts";
import { ATTRIBUTE_FLOAT, ATTRIBUTE_INT, FLOAT, INT32, INT64, MAX_DIM, MAX_OPERANDS } from "./parse.ts";

/** Limit of kernel sides, strides, dilations and pads. */
const MAX_SIDE = 4096;

/** One row of the profile's table. Inputs from minInputs on are optional and may be left out with an empty name. */
interface Operator {
  readonly minInputs: number;
  readonly maxInputs: number;
  readonly check: (c: Checker) => void;
}

function row(minInputs: number, maxInputs: number, check: (c: Checker) => void): Operator {
  return { minInputs, maxInputs, check };
}

export const operators: ReadonlyMap<string, Operator> = new Map([
  ["Add", row(2, 2, add)],
  ["Cast", row(1, 1, cast)],
  ["Clip", row(1, 3, clip)],
  ["Concat", row(1, MAX_OPERANDS, concat)],
  ["Conv", row(2, 3, conv)],
  ["Flatten", row(1, 1, flatten)],
  ["Floor", row(1, 1, floor)],
  ["Gather", row(2, 2, gather)],
  ["Gemm", row(2, 3, gemm)],
  ["Identity", row(1, 1, identity)],
  ["MatMul", row(2, 2, (c) => dense(c, false))],
  ["MaxPool", row(1, 1, maxPool)],
  ["Mul", row(2, 2, mul)],
  ["ReduceSum", row(2, 2, reduceSum)],
  ["Relu", row(1, 1, (c) => clamp(c, 0, BOUND - 1))],
  ["Reshape", row(2, 2, reshape)],
  ["Sub", row(2, 2, (c) => sum(c, -1))],
  ["Transpose", row(1, 1, transpose)],
]);

function float(shape: readonly number[], ranges: Intervals, hulls: Intervals): Tensor {
  return { type: FLOAT, shape, ranges, hulls };
}

function blank(channels: number): Intervals {
  return { lo: new Int32Array(channels), hi: new Int32Array(channels) };
}

function cast(c: Checker): void {
  const to = c.attribute("to", ATTRIBUTE_INT)?.int;
  if (to === undefined) throw c.refuse("attribute", 'attribute "to" is missing');
  c.noMoreAttributes();
  const constant = c.inputs[0]?.constant;
  if (constant !== undefined) {
    const { type, dims } = constant;
    if (to !== FLOAT || type === FLOAT || type === INT64)
      throw c.refuse(
        "type",
        `a constant is cast from int8, int16 or int32 to float, not from type ${type} to ${to}`,
      );
    c.derive(dims, () => constant.toFloat());
    return;
  }
  const x = c.computed(0)!;
  const fromInput = c.inputs[0]?.tensor === 0;
  const allowed =
    (to === FLOAT && fromInput) ||
    (to === INT64 && (fromInput || x.type === FLOAT)) || // indices of a Gather
    (to === INT32 && x.type === FLOAT); // the graph output
  if (!allowed) throw c.refuse("type", `a cast from element type ${x.type} to ${to} is not in the profile`);
  c.charge(x.shape, 0);
  // The same for every channel of the input.
  if (to === FLOAT) c.reachable(x.ranges.lo[0]!, x.ranges.hi[0]!);
  c.emit({ op: "copy" }, { ...x, type: to });
}

function identity(c: Checker): void {
  c.noMoreAttributes();
  const constant = c.inputs[0]?.constant;
  if (constant !== undefined) {
    c.derive(constant.dims, () => constant);
    return;
  }
  const x = c.tensor(0);
  c.charge(x.shape, 0);
  c.emit({ op: "copy" }, x);
}

function transpose(c: Checker): void {
  const constant = c.inputs[0]?.constant;
  if (constant === undefined || constant.type === INT64)
    throw c.refuse("type", "only constants can be transposed");
  const { dims } = constant;
  const rank = dims.length;
  const perm = c.integers("perm", rank, 0, rank - 1) ?? dims.map((_, i) => rank - 1 - i);
  c.noMoreAttributes();
  if (new Set(perm).size !== rank) throw c.refuse("attribute", 'attribute "perm" is not a permutation');
  c.derive(dims, () => constant.transpose(perm));
}

function conv(c: Checker): void {
  const x = c.tensor(0);
  const { constant, values: weights } = c.integerConstant(1);
  const { dims } = constant;
  if (x.shape.length !== 3 || dims.length !== 4)
    throw c.refuse(
      "shape",
      `only 2-D convolutions: input [batch ${x.shape.join()}], weights [${dims.join()}]`,
    );
  const [outC, perGroup, kernH, kernW] = dims as [number, number, number, number];
  const group = c.integer("group", 1, 1, MAX_DIM);
  const kernel = c.integers("kernel_shape", 2, 1, MAX_DIM);
  if (kernel !== undefined && (kernel[0] !== kernH || kernel[1] !== kernW))
    throw c.refuse(
      "attribute",
      `attribute "kernel_shape" is [${kernel.join()}], the weights have [${kernH},${kernW}]`,
    );
  const window = takeWindow(c, x.shape, [kernH, kernW], outC, group);
  if (window.inC % group !== 0 || outC % group !== 0 || perGroup !== window.inC / group)
    throw c.refuse(
      "shape",
      `weights [${dims.join()}] with ${group} groups do not fit ${window.inC} input channels`,
    );
  const bias = takeBias(c, outC, false);
  products(c, x, { op: "conv", window, weights, bias }, [outC, window.outH, window.outW]);
}

/** Takes strides, pads and dilations, and no other attribute. */
function takeWindow(
  c: Checker,
  shape: readonly number[],
  kernel: readonly [number, number],
  outC: number,
  group: number,
): Window {
  const strides = c.integers("strides", 2, 1, MAX_SIDE) ?? [1, 1];
  const dilations = c.integers("dilations", 2, 1, MAX_SIDE) ?? [1, 1];
  const pads = c.integers("pads", 4, 0, MAX_SIDE) ?? [0, 0, 0, 0]; // top, left, bottom, right
  c.noMoreAttributes();
  const output = kernel.map((side, i) => {
    const reach = (side - 1) * dilations[i]! + 1;
    const [before, after] = [pads[i]!, pads[2 + i]!];
    if (before >= reach || after >= reach)
      throw c.refuse("attribute", `pads [${pads.join()}] must be smaller than the dilated kernel`);
    const room = shape[1 + i]! + before + after - reach;
    if (room < 0)
      throw c.refuse("shape", `a kernel of [${kernel.join()}] does not fit into [batch ${shape.join()}]`);
    return Math.floor(room / strides[i]!) + 1;
  });
  return {
    inC: shape[0]!,
    inH: shape[1]!,
    inW: shape[2]!,
    outC,
    outH: output[0]!,
    outW: output[1]!,
    kernH: kernel[0],
    kernW: kernel[1],
    strideH: strides[0]!,
    strideW: strides[1]!,
    padTop: pads[0]!,
    padLeft: pads[1]!,
    dilateH: dilations[0]!,
    dilateW: dilations[1]!,
    group,
    padded: pads.some((pad) => pad > 0),
  };
}

/**
 * Input 2 as one value per output channel; an absent one is zero. Conv takes it as [channels] only, Gemm also as a
 * scalar or a row.
 */
function takeBias(c: Checker, channels: number, broadcast: boolean): Int32Array {
  if (c.inputs[2] === undefined) return new Int32Array(channels);
  const { constant, values } = c.integerConstant(2);
  const { dims } = constant;
  if (!broadcast && (dims.length !== 1 || dims[0] !== channels))
    throw c.refuse("shape", `the bias has shape [${dims.join()}], expected [${channels}]`);
  return c.perChannel(values, dims, [channels]);
}

function gemm(c: Checker): void {
  c.integer("transA", 0, 0, 0);
  const transposed = c.integer("transB", 0, 0, 1) === 1;
  for (const name of ["alpha", "beta"]) {
    const factor = c.attribute(name, ATTRIBUTE_FLOAT);
    if (factor !== undefined && shiftFromBits(factor.bits) !== 0)
      throw c.refuse("attribute", `attribute "${name}" must be 1`);
  }
  dense(c, transposed);
}

/** A product of [batch, K] and a constant [K, M] or, transposed, [M, K]. */
function dense(c: Checker, transposed: boolean): void {
  c.noMoreAttributes();
  const x = c.tensor(0);
  const { constant, values } = c.integerConstant(1);
  const { dims } = constant;
  if (x.shape.length !== 1 || dims.length !== 2)
    throw c.refuse(
      "shape",
      `only products of rank 2: input [batch ${x.shape.join()}], weights [${dims.join()}]`,
    );
  const [rows, columns] = dims as [number, number];
  const [inC, outC] = transposed ? [columns, rows] : [rows, columns];
  if (inC !== x.shape[0])
    throw c.refuse("shape", `weights [${dims.join()}] do not fit ${x.shape[0]!} inputs`);
  const bias = takeBias(c, outC, true);
  const weights = transposed ? values : constant.swapped(values);
  const one = { inH: 1, inW: 1, outH: 1, outW: 1, kernH: 1, kernW: 1, strideH: 1, strideW: 1 };
  const window = {
    ...one,
    inC,
    outC,
    padTop: 0,
    padLeft: 0,
    dilateH: 1,
    dilateW: 1,
    group: 1,
    padded: false,
  };
  products(c, x, { op: "conv", window, weights, bias }, [outC]);
}

/**
 * Bounds the sums of a convolution. The hull [negative, positive] holds every partial sum in any order: positive adds
 * all that can be positive, negative the rest.
 */
function products(
  c: Checker,
  x: Tensor,
  operation: Extract<Operation, { op: "conv" }>,
  shape: readonly number[],
): void {
  const { window, weights, bias } = operation;
  const { inC, outC, group, kernH, kernW, padded } = window;
  const taps = kernH * kernW;
  const channels = inC / group;
  c.charge(shape, channels * taps);
  const ranges = blank(outC);
  const hulls = blank(outC);
  let at = 0; // in the weights
  for (let o = 0; o < outC; o++) {
    const b = bias[o]!;
    let low = b;
    let high = b;
    let negative = Math.min(b, 0);
    let positive = Math.max(b, 0);
    const first = Math.floor(o / (outC / group)) * channels;
    for (let i = first; i < first + channels; i++) {
      let lo = x.ranges.lo[i]!;
      let hi = x.ranges.hi[i]!;
      if (padded) {
        lo = Math.min(lo, 0);
        hi = Math.max(hi, 0);
      }
      const dead = isDead(lo, hi);
      if (dead) hi = 1;
      for (const end = at + taps; at < end; at++) {
        const v = weights[at]!;
        const p = Math.min(v * lo, v * hi);
        const q = Math.max(v * lo, v * hi);
        if (!dead) {
          low += p;
          high += q;
        }
        negative += Math.min(p, 0);
        positive += Math.max(q, 0);
      }
      if (negative <= -BOUND || positive >= BOUND) break; // refused below, for neither comes back
    }
    c.reachable(negative, positive);
    ranges.lo[o] = low;
    ranges.hi[o] = high;
    hulls.lo[o] = negative;
    hulls.hi[o] = positive;
  }
  c.emit(operation, float(shape, ranges, hulls));
}

/**
 * Where a hull is multiplied, an interval that holds only 0 counts as [0, 1]. The products are 0 all the same, but an
 * optimiser that merges constants does not know that, and multiplies what it merges until it is infinite.
 */
function isDead(lo: number, hi: number): boolean {
  return lo === 0 && hi === 0;
}

/** Puts the constant, if there is one, second. */
function constantSecond(c: Checker): void {
  if (c.inputs[0]?.constant !== undefined) c.inputs.reverse();
}

function add(c: Checker): void {
  constantSecond(c);
  sum(c, 1);
}

/** x + sign*y for a tensor x and a constant or tensor y. */
function sum(c: Checker, sign: 1 | -1): void {
  c.noMoreAttributes();
  const x = c.tensor(0);
  const constant = c.inputs[1]?.constant !== undefined;
  let operation: Operation;
  let other: { ranges: Intervals; hulls: Intervals };
  if (constant) {
    const { constant, values: given } = c.integerConstant(1);
    const spread = c.perChannel(given, constant.dims, x.shape);
    const values = sign > 0 ? spread : spread.map((v) => -v);
    operation = { op: "addConstant", values };
    const points = { lo: values, hi: values };
    other = { ranges: points, hulls: points };
  } else {
    const y = c.tensor(1);
    if (!equal(x.shape, y.shape))
      throw c.refuse("shape", `the shapes [batch ${x.shape.join()}] and [batch ${y.shape.join()}] differ`);
    operation = { op: sign > 0 ? "add" : "sub" };
    other = sign > 0 ? y : { ranges: negated(y.ranges), hulls: negated(y.hulls) };
  }
  c.charge(x.shape, 0);
  const channels = x.ranges.lo.length;
  const ranges = blank(channels);
  const hulls = blank(channels);
  for (let i = 0; i < channels; i++) {
    const lo = x.hulls.lo[i]! + other.hulls.lo[i]!;
    const hi = x.hulls.hi[i]! + other.hulls.hi[i]!;
    c.reachable(lo, hi);
    // A fusion into the bias may add a constant before or after the rest.
    hulls.lo[i] = constant ? Math.min(lo, x.hulls.lo[i]!) : lo;
    hulls.hi[i] = constant ? Math.max(hi, x.hulls.hi[i]!) : hi;
    ranges.lo[i] = x.ranges.lo[i]! + other.ranges.lo[i]!;
    ranges.hi[i] = x.ranges.hi[i]! + other.ranges.hi[i]!;
  }
  c.emit(operation, float(x.shape, ranges, hulls));
}

function negated({ lo, hi }: Intervals): Intervals {
  return { lo: hi.map((v) => -v), hi: lo.map((v) => -v) };
}

/** A product with a constant: 2^-k, pending until Floor, when every value is such a power (1 is 2^-0), else integers. */
function mul(c: Checker): void {
  constantSecond(c);
  c.noMoreAttributes();
  const x = c.tensor(0);
  const constant = c.constant(1, FLOAT);
  const shifts = constant.shifts();
  if (shifts !== undefined) {
    const shift = c.perChannel(shifts, constant.dims, x.shape);
    c.charge(x.shape, 0);
    c.emit({ op: "copy" }, { ...x, shift });
    return;
  }
  const integers = constant.integers();
  if (integers === undefined)
    throw c.refuse(
      "constant",
      "the factors must all be 2^-k (0 <= k <= 24) or all integers strictly inside ±2^24",
    );
  const values = c.perChannel(integers, constant.dims, x.shape);
  c.charge(x.shape, 0);
  const ranges = blank(values.length);
  const hulls = blank(values.length);
  for (const [i, v] of values.entries()) {
    const lo = x.hulls.lo[i]!;
    const hi = isDead(lo, x.hulls.hi[i]!) ? 1 : x.hulls.hi[i]!;
    hulls.lo[i] = Math.min(v * lo, v * hi);
    hulls.hi[i] = Math.max(v * lo, v * hi);
    c.reachable(Math.min(v * lo, v * hi), Math.max(v * lo, v * hi));
    const [a, b] = [v * x.ranges.lo[i]!, v * x.ranges.hi[i]!]; // inside the hull
    ranges.lo[i] = Math.min(a, b);
    ranges.hi[i] = Math.max(a, b);
  }
  c.emit({ op: "mulConstant", values }, float(x.shape, ranges, hulls));
}

function floor(c: Checker): void {
  c.noMoreAttributes();
  const x = c.tensor(0);
  const { shift } = x;
  if (shift === undefined) throw c.refuse("shift", "Floor is allowed only after a product with 2^-k");
  c.charge(x.shape, 0);
  const ranges = {
    lo: x.ranges.lo.map((v, i) => v >> shift[i]!),
    hi: x.ranges.hi.map((v, i) => v >> shift[i]!),
  };
  c.emit({ op: "shift", shift }, float(x.shape, ranges, ranges));
}

function clip(c: Checker): void {
  const limits: [number, number] = [-BOUND + 1, BOUND - 1];
  for (const i of [1, 2] as const) {
    if (c.inputs[i] === undefined) continue;
    const { constant, values } = c.integerConstant(i);
    if (constant.dims.length > 1 || values.length !== 1)
      throw c.refuse("shape", `the limits must be scalars, input ${i} has shape [${constant.dims.join()}]`);
    limits[i - 1] = values[0]!;
  }
  const [lo, hi] = limits;
  if (lo > hi) throw c.refuse("constant", `the lower limit ${lo} is above the upper limit ${hi}`);
  clamp(c, lo, hi);
}

function clamp(c: Checker, lo: number, hi: number): void {
  c.noMoreAttributes();
  const x = c.tensor(0);
  c.charge(x.shape, 0);
  const within = (v: number): number => Math.min(Math.max(v, lo), hi);
  const ranges = { lo: x.ranges.lo.map(within), hi: x.ranges.hi.map(within) };
  c.emit({ op: "clip", lo, hi }, float(x.shape, ranges, ranges));
}

function maxPool(c: Checker): void {
  const x = c.tensor(0);
  if (x.shape.length !== 3) throw c.refuse("shape", `only 2-D pooling: input [batch ${x.shape.join()}]`);
  const kernel = c.integers("kernel_shape", 2, 1, MAX_SIDE);
  if (kernel === undefined) throw c.refuse("attribute", 'attribute "kernel_shape" is missing');
  c.integer("ceil_mode", 0, 0, 0);
  c.integer("storage_order", 0, 0, 0);
  const [channels] = x.shape as [number];
  const window = takeWindow(c, x.shape, kernel as [number, number], channels, channels);
  if (window.dilateH !== 1 || window.dilateW !== 1)
    throw c.refuse("attribute", 'attribute "dilations" must be 1 here');
  const shape = [channels, window.outH, window.outW];
  c.charge(shape, window.kernH * window.kernW);
  c.emit({ op: "maxPool", window }, float(shape, x.ranges, x.ranges));
}

/** Sums [N, C, H, W] over H and W, or [N, L, D] over L. */
function reduceSum(c: Checker): void {
  const x = c.tensor(0);
  const { dims, longs } = c.constant(1, INT64);
  const keep = c.integer("keepdims", 1, 0, 1) === 1;
  c.integer("noop_with_empty_axes", 0, 0, 0);
  c.noMoreAttributes();
  const axes = longs.map((axis) => (axis < 0 ? axis + x.shape.length + 1 : axis)).sort((a, b) => a - b);
  const [a = 1, b = 1] = x.shape;
  let shape: number[];
  if (dims.length === 1 && x.shape.length === 3 && axes.join() === "2,3") shape = keep ? [a, 1, 1] : [a];
  else if (dims.length === 1 && x.shape.length === 2 && axes.join() === "1") shape = keep ? [1, b] : [b];
  else
    throw c.refuse(
      "shape",
      `axes [${longs.join()}] of [batch ${x.shape.join()}]: only [2, 3] of rank 4 and [1] of rank 3`,
    );
  c.charge(shape, 0);
  const channels = x.ranges.lo.length;
  const n = size(x.shape) / channels;
  const ranges = blank(channels);
  const hulls = blank(channels);
  for (let i = 0; i < channels; i++) {
    const [low, high] = [n * x.ranges.lo[i]!, n * x.ranges.hi[i]!];
    c.reachable(Math.min(low, 0), Math.max(high, 0));
    hulls.lo[i] = Math.min(low, 0);
    hulls.hi[i] = Math.max(high, 0);
    ranges.lo[i] = low;
    ranges.hi[i] = high;
  }
  c.emit({ op: "sum" }, float(shape, ranges, hulls));
}

/** Looks up whole rows of a table of rank 1 or 2. */
function gather(c: Checker): void {
  const { constant, values: table } = c.integerConstant(0);
  c.integer("axis", 0, 0, 0);
  c.noMoreAttributes();
  const x = c.computed(1);
  if (x?.type !== INT64) throw c.refuse("type", "the indices must be a computed tensor cast to int64");
  const { dims } = constant;
  const [rows, width] = dims;
  const simple = dims.length === 1;
  if (!simple && (dims.length !== 2 || x.shape.length !== 1))
    throw c.refuse(
      "shape",
      `a table of shape [${dims.join()}] with indices [batch ${x.shape.join()}]: only rank 1, or rank 2 with indices ` +
        "of rank 2",
    );
  const shape = simple ? x.shape : [...x.shape, width!];
  c.charge(shape, 0);
  const { lo, hi } = x.ranges;
  for (let i = 0; i < lo.length; i++)
    if (lo[i]! < 0 || hi[i]! >= rows!)
      throw c.refuse("bound", `indices from ${lo[i]!} to ${hi[i]!} leave the table of ${rows!} rows`);
  const columns = constant.columns(table);
  for (const [i, low] of columns.lo.entries()) c.reachable(low, columns.hi[i]!);
  const ranges = simple
    ? { lo: lo.map(() => columns.lo[0]!), hi: hi.map(() => columns.hi[0]!) } // of every channel the whole table
    : columns;
  c.emit({ op: "gather", table }, float(shape, ranges, ranges));
}

/** Joins along the channel axis. */
function concat(c: Checker): void {
  const first = c.tensor(0);
  const rank = first.shape.length;
  const at = rank === 2 ? 1 : 0; // of the channels, in shape
  const axis = c.attribute("axis", ATTRIBUTE_INT)?.int;
  if (axis === undefined || (axis !== at + 1 && axis !== at - rank))
    throw c.refuse("attribute", `attribute "axis" must name the channels, ${at + 1} here`);
  c.noMoreAttributes();
  const shape = first.shape.map((d, i) => (i === at ? 0 : d));
  const joined: Tensor[] = [];
  for (let i = 0; i < c.inputs.length; i++) {
    if (c.inputs[i] === undefined) throw c.refuse("graph", `input ${i} has no name`);
    const x = c.tensor(i);
    if (x.shape.length !== rank) throw c.refuse("shape", "the ranks of the inputs differ");
    if (x.shape.some((d, j) => j !== at && d !== shape[j]))
      throw c.refuse(
        "shape",
        `[batch ${first.shape.join()}] and [batch ${x.shape.join()}] differ outside of the channels`,
      );
    shape[at]! += x.shape[at]!;
    joined.push(x);
  }
  c.charge(shape, 0);
  const ranges = join(joined.map((x) => x.ranges));
  const hulls = join(joined.map((x) => x.hulls));
  c.emit({ op: "concat" }, float(shape, ranges, hulls));
}

function join(parts: readonly Intervals[]): Intervals {
  const joined = blank(parts.reduce((n, { lo }) => n + lo.length, 0));
  let at = 0;
  for (const { lo, hi } of parts) {
    joined.lo.set(lo, at);
    joined.hi.set(hi, at);
    at += lo.length;
  }
  return joined;
}

function flatten(c: Checker): void {
  c.integer("axis", 1, 1, 1);
  flat(c);
}

function reshape(c: Checker): void {
  if (c.opset >= 14) c.integer("allowzero", 0, 0, 0); // where the attribute began
  const { dims, longs } = c.constant(1, INT64);
  if (dims.length !== 1 || longs.join() !== "0,-1")
    throw c.refuse("shape", `only a reshape to [0,-1] is in the profile, not to [${longs.join()}]`);
  flat(c);
}

/** Turns any shape into [batch, F]. */
function flat(c: Checker): void {
  c.noMoreAttributes();
  const x = c.tensor(0);
  c.charge(x.shape, 0);
  const n = size(x.shape);
  const { channels, inner } = layout(x.shape);
  const spread = (values: Int32Array): Int32Array =>
    n === channels ? values : new Int32Array(n).map((_, i) => values[Math.floor(i / inner) % channels]!);
  const ranges = { lo: spread(x.ranges.lo), hi: spread(x.ranges.hi) };
  const hulls = { lo: spread(x.hulls.lo), hi: spread(x.hulls.hi) };
  c.emit({ op: "copy" }, float([n], ranges, hulls));
}
