import type { Program } from "./check.ts";
import { BOUND, layout, size, type Step, type Tensor, type Window } from "./graph.ts";

/**
 * Runs a model on one item, exactly.
 *
 * @param input the item's raw bytes, row-major, int16 little-endian.
 * @returns the int32 outputs, row-major, in the shape `program.info.outputs`.
 * Throws RangeError when the input does not have the size that the model asks for.
 */
export function run({ info, graph }: Program, input: Uint8Array): Int32Array {
  const expected = itemBytes(info.input);
  if (input.length !== expected)
    throw new RangeError(`the input has ${input.length} bytes, the model takes ${expected}`);
  const values: Int32Array[] = [load(input, info.input.type)];
  // Every partial sum is proven to fit, so that int32 holds whatever is added up, in any order.
  for (const step of graph.steps) values[step.output] = apply(step, graph.tensors, values);
  return values[graph.output]!;
}

/**
 * Runs a model on items that stand back to back in `inputs`; otherwise as {@link run}.
 *
 * @returns the outputs of each item.
 */
export function runBatch(program: Program, inputs: Uint8Array): Int32Array[] {
  const bytes = itemBytes(program.info.input);
  if (inputs.length % bytes !== 0)
    throw new RangeError(`the inputs have ${inputs.length} bytes, not a multiple of the ${bytes} of an item`);
  return Array.from({ length: inputs.length / bytes }, (_, i) =>
    run(program, inputs.subarray(i * bytes, (i + 1) * bytes)),
  );
}

/** Size of one raw item. */
export function itemBytes({ type, shape }: Program["info"]["input"]): number {
  return size(shape) * (type === "int16" ? 2 : 1);
}

/** Spreads raw bytes to one int32 per element. */
function load(raw: Uint8Array, type: Program["info"]["input"]["type"]): Int32Array {
  if (type === "uint8") return Int32Array.from(raw);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (type === "int8") return new Int32Array(raw.length).map((_, i) => view.getInt8(i));
  return new Int32Array(raw.length / 2).map((_, i) => view.getInt16(2 * i, true));
}

function apply(
  { operation, inputs, output }: Step,
  tensors: readonly Tensor[],
  values: readonly Int32Array[],
): Int32Array {
  const first = inputs[0]!;
  const x = values[first]!;
  const { outer, channels, inner } = layout(tensors[first]!.shape);
  const channel = (i: number): number => Math.floor(i / inner) % channels;
  const out = operation.op === "copy" ? x : new Int32Array(size(tensors[output]!.shape));
  switch (operation.op) {
    case "copy":
      break;
    case "conv": {
      const { window, weights, bias } = operation;
      if (window.inH * window.inW * window.kernH * window.kernW === 1) dense(out, x, window, weights, bias);
      else convolve(out, x, window, weights, bias);
      break;
    }
    case "maxPool":
      maxPool(out, x, operation.window);
      break;
    case "addConstant":
      for (let i = 0; i < out.length; i++) out[i] = x[i]! + operation.values[channel(i)]!;
      break;
    case "mulConstant":
      for (let i = 0; i < out.length; i++) out[i] = x[i]! * operation.values[channel(i)]!;
      break;
    case "shift":
      for (let i = 0; i < out.length; i++) out[i] = x[i]! >> operation.shift[channel(i)]!;
      break;
    case "clip":
      for (let i = 0; i < out.length; i++) out[i] = Math.min(Math.max(x[i]!, operation.lo), operation.hi);
      break;
    case "add":
    case "sub": {
      const sign = operation.op === "add" ? 1 : -1;
      const y = values[inputs[1]!]!;
      for (let i = 0; i < out.length; i++) out[i] = x[i]! + sign * y[i]!;
      break;
    }
    case "sum":
      for (let i = 0; i < x.length; i++) out[channel(i)]! += x[i]!;
      break;
    case "gather": {
      const width = out.length / x.length; // of a row
      for (let i = 0; i < x.length; i++)
        out.set(operation.table.subarray(x[i]! * width, (x[i]! + 1) * width), i * width);
      break;
    }
    case "concat": {
      let at = 0;
      for (let o = 0; o < outer; o++)
        for (const input of inputs) {
          const block = values[input]!.length / outer;
          out.set(values[input]!.subarray(o * block, (o + 1) * block), at);
          at += block;
        }
      break;
    }
  }
  return out;
}

/** Number of input channels of a group, and the first of those that output channel o sums up. */
function groups({ inC, outC, group }: Window): { channels: number; first: (o: number) => number } {
  const channels = inC / group;
  return { channels, first: (o) => Math.floor(o / (outC / group)) * channels };
}

/** A convolution of one tap over one position, such as Gemm: every output is a sum over channels. */
function dense(out: Int32Array, x: Int32Array, w: Window, weights: Int32Array, bias: Int32Array): void {
  const { channels, first } = groups(w);
  for (let o = 0; o < w.outC; o++) {
    const from = first(o);
    let sum = bias[o]!;
    for (let i = 0; i < channels; i++) sum += weights[o * channels + i]! * x[from + i]!;
    out[o] = sum;
  }
}

function convolve(out: Int32Array, x: Int32Array, w: Window, weights: Int32Array, bias: Int32Array): void {
  const { channels, first } = groups(w);
  const taps = w.kernH * w.kernW;
  const area = w.outH * w.outW;
  for (let o = 0; o < w.outC; o++) {
    out.fill(bias[o]!, o * area, (o + 1) * area);
    for (let i = 0; i < channels; i++) {
      const plane = (first(o) + i) * w.inH * w.inW;
      const kernel = (o * channels + i) * taps;
      eachRow(w, (tap, to, from, n) => {
        const weight = weights[kernel + tap]!;
        const target = o * area + to;
        const source = plane + from;
        for (let j = 0; j < n; j++) out[target + j]! += weight * x[source + j * w.strideW]!;
      });
    }
  }
}

function maxPool(out: Int32Array, x: Int32Array, w: Window): void {
  out.fill(-BOUND); // padding never wins, and every window holds a value
  for (let c = 0; c < w.outC; c++) {
    eachRow(w, (_, to, from, n) => {
      const target = c * w.outH * w.outW + to;
      const source = c * w.inH * w.inW + from;
      for (let j = 0; j < n; j++) out[target + j] = Math.max(out[target + j]!, x[source + j * w.strideW]!);
    });
  }
}

/**
 * Calls f for every tap of the kernel and every row of a plane of outputs: output `to + j` meets input
 * `from + j * strideW` there, for j from 0 to n-1; the row's other outputs meet padding.
 */
function eachRow(w: Window, f: (tap: number, to: number, from: number, n: number) => void): void {
  for (let ky = 0; ky < w.kernH; ky++) {
    for (let kx = 0; kx < w.kernW; kx++) {
      const left = kx * w.dilateW - w.padLeft; // input column that output column 0 meets
      const begin = Math.max(0, Math.ceil(-left / w.strideW));
      const end = Math.min(w.outW, Math.floor((w.inW - 1 - left) / w.strideW) + 1);
      if (begin >= end) continue;
      for (let oy = 0; oy < w.outH; oy++) {
        const row = oy * w.strideH - w.padTop + ky * w.dilateH;
        if (row < 0 || row >= w.inH) continue;
        f(ky * w.kernW + kx, oy * w.outW + begin, row * w.inW + left + begin * w.strideW, end - begin);
      }
    }
  }
}
