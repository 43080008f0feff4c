/** The exclusive limit of |value| for every constant, value and partial sum: float32 holds every integer up to 2^24. */
export const BOUND = 2 ** 24;

/** Per channel every value it can take, both ends included. */
export interface Intervals {
  readonly lo: Int32Array;
  readonly hi: Int32Array;
}

/**
 * A value that depends on the input. Intervals are kept per channel: axis 1 of [N, F] and [N, C, H, W], the last
 * axis of [N, L, D].
 */
export interface Tensor {
  readonly type: number;
  /** Without the batch dimension; rank 1 to 3. */
  readonly shape: readonly number[];
  /** The values the tensor takes. */
  readonly ranges: Intervals;
  /** What any partial sum, or any variant after an optimiser's fusion, can reach on the way. */
  readonly hulls: Intervals;
  /** Set for a product with 2^-k that waits for its Floor: k per channel. */
  readonly shift?: Int32Array;
}

/** A shape as [outer][channels][inner]. */
export interface Layout {
  outer: number;
  channels: number;
  inner: number;
}

export function layout(shape: readonly number[]): Layout {
  const [a = 1, b = 1, c = 1] = shape;
  return shape.length === 2 ? { outer: a, channels: b, inner: 1 } : { outer: 1, channels: a, inner: b * c };
}

export function size(shape: readonly number[]): number {
  return shape.reduce((product, d) => product * d, 1);
}

/** Whether two shapes are the same. */
export function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((v, i) => v === b[i]);
}

/** Geometry of Conv and MaxPool. */
export interface Window {
  inC: number;
  inH: number;
  inW: number;
  outC: number;
  outH: number;
  outW: number;
  kernH: number;
  kernW: number;
  strideH: number;
  strideW: number;
  padTop: number;
  padLeft: number;
  dilateH: number;
  dilateW: number;
  group: number;
  /** On any side. */
  padded: boolean;
}

/** What a checked node does. */
export type Operation =
  /** The same values, perhaps of another shape or type. */
  | { op: "copy" }
  /** Conv, and Gemm and MatMul as a 1x1 Conv; weights [outC][inC/group][kernH][kernW], bias [outC]. */
  | { op: "conv"; window: Window; weights: Int32Array; bias: Int32Array }
  /** One value per channel. */
  | { op: "addConstant" | "mulConstant"; values: Int32Array }
  /** Arithmetic shift to the right by one k per channel. */
  | { op: "shift"; shift: Int32Array }
  | { op: "clip"; lo: number; hi: number }
  | { op: "maxPool"; window: Window }
  | { op: "add" | "sub" | "sum" | "concat" }
  | { op: "gather"; table: Int32Array };

/** One checked node that runs. */
export interface Step {
  readonly operation: Operation;
  /** Numbers of tensors. */
  readonly inputs: readonly number[];
  readonly output: number;
}
