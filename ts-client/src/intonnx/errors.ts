import { AssayError } from "../errors.ts";

/**
 * Which rule of the profile a file breaks. The list is closed and the same in every implementation;
 * docs/protocol/intonnx-24.md, section 6, says what each means.
 */
export const CODES = [
  "file_size",
  "malformed",
  "version",
  "forbidden",
  "external_data",
  "count",
  "name",
  "graph",
  "operator",
  "attribute",
  "type",
  "shape",
  "constant",
  "shift",
  "bound",
  "cost",
] as const;

export type Code = (typeof CODES)[number];

/** The file is not a model of the profile. */
export class IntOnnxError extends AssayError {
  readonly code: Code;
  /** Name of the node (or its first output) or of the tensor; undefined when it is about neither. */
  readonly node: string | undefined;
  /** The message without the node. */
  readonly reason: string;

  constructor(code: Code, node: string | undefined, reason: string) {
    super(node === undefined ? reason : `${quote(node)}: ${reason}`, { details: { code, node } });
    this.code = code;
    this.node = node;
    this.reason = reason;
  }
}

/** A name out of a file, fit for a message: names can be long and hold anything. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name);
}
