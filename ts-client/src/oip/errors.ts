import { AssayError } from "../errors.ts";

/** What is wrong with a message of the Open Inference Protocol. The list is closed. */
export const OIP_CODES = [
  /** Not JSON, or not the object that the protocol asks for. */
  "malformed",
  /** JSON nested deeper than any message of the protocol. */
  "too_deep",
  /** More bytes, elements or tensors than are read. */
  "too_large",
  /** Inference-Header-Content-Length is no number, or beyond the body. */
  "bad_header_length",
  "bad_shape",
  /** A datatype that is not of {@link DATATYPES}, or not the one the model has. */
  "bad_datatype",
  /** An element that is no integer of the datatype's range, or too few or many of them. */
  "bad_data",
  /** binary_data_size is not what shape and datatype ask for. */
  "bad_binary_size",
  /** The body ends before the tensors it announces. */
  "truncated",
  /** The body goes on after its last tensor. */
  "trailing_bytes",
  "duplicate_name",
  /** A tensor the model does not have, or one missing that it has. */
  "unknown_tensor",
] as const;

export type OipCode = (typeof OIP_CODES)[number];

/** A message is not what the Open Inference Protocol, or the model, asks for. */
export class OipError extends AssayError {
  readonly code: OipCode;

  constructor(code: OipCode, message: string, cause?: unknown) {
    super(message, { cause, details: { code } });
    this.code = code;
  }
}
