import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { AssayClient } from "../client.ts";
import { FileHashError, type NotFoundError, type ReadErrorType } from "../errors.ts";

export interface GetModelFileParameters {
  /** Model id (sha256 of the file) in lower-case hex. */
  modelHex: string;
}

/** The ONNX file. */
export type GetModelFileReturnType = Uint8Array;

export type GetModelFileErrorType = FileHashError | NotFoundError | ReadErrorType;

/**
 * The ONNX file of a model, checked against its id: whatever the node says, the bytes returned are the model's.
 *
 * Not found when the file has been deleted.
 */
export async function getModelFile(
  client: AssayClient,
  parameters: GetModelFileParameters,
): Promise<GetModelFileReturnType> {
  const { file } = await client.poi.ModelFile(parameters);
  const hash = bytesToHex(sha256(file));
  if (hash !== parameters.modelHex) throw new FileHashError(parameters.modelHex, hash);
  return file;
}
