/**
 * The profile IntONNX-24: ONNX files that are exact integer functions, because every constant is an integer and every
 * partial sum is proven to stay strictly inside ±2^24, where float32 arithmetic does not round.
 * docs/protocol/intonnx-24.md is the normative text; the chain's own checker is chain/intonnx, and testdata/intonnx
 * holds the corpus that both must pass.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { checkGraph, type Graph, type InputType, MAX_ELEMENTS, MAX_MACS } from "./checker.ts";
import { parse } from "./parse.ts";

export { type Code, IntOnnxError } from "./errors.ts";
export { type InputType, MAX_ELEMENTS, MAX_MACS };

/** Ceilings of the profile; {@link Limits} may lower these three, never raise them. */
export const MAX_FILE_BYTES = 2 ** 20;
export const MAX_NODES = 256;
export const MAX_COST = MAX_MACS + MAX_ELEMENTS;

/** What a chain accepts below the ceilings of the profile; zero, or above the ceiling, means the ceiling. */
export interface Limits {
  fileBytes: number;
  nodes: number;
  /** MACs and output elements of one run. */
  cost: number;
}

/** What the checker proved about a model. */
export interface Info {
  /** Id of the model, in lower-case hex. */
  readonly sha256: string;
  /** Multiply-accumulates and pooling comparisons of one run. */
  readonly macs: number;
  /** Output elements of one run, summed over nodes. */
  readonly elements: number;
  /** Bits of the largest magnitude that any partial sum can reach, at most 24. */
  readonly boundBits: number;
  /** Of one item, without the batch dimension, row-major. */
  readonly input: { readonly type: InputType; readonly shape: readonly number[] };
  /** Shape of one item's int32 output, row-major. */
  readonly outputs: readonly number[];
}

/** A checked model, ready to run with `run` of run.ts. */
export interface Program {
  readonly info: Info;
  readonly graph: Graph;
}

/** Parses and checks an ONNX file; throws IntOnnxError when it is not a model of the profile. */
export function check(file: Uint8Array, limits: Partial<Limits> = {}): Program {
  const model = parse(file, {
    fileBytes: below(limits.fileBytes, MAX_FILE_BYTES),
    nodes: below(limits.nodes, MAX_NODES),
  });
  const graph = checkGraph(model, below(limits.cost, MAX_COST));
  const { tensors, output, inputType, macs, elements, reach } = graph;
  const info = {
    sha256: bytesToHex(sha256(file)),
    macs,
    elements,
    boundBits: 32 - Math.clz32(reach),
    input: { type: inputType, shape: tensors[0]!.shape },
    outputs: tensors[output]!.shape,
  };
  return { info, graph };
}

function below(limit: number | undefined, ceiling: number): number {
  return limit === undefined || limit <= 0 ? ceiling : Math.min(limit, ceiling);
}
