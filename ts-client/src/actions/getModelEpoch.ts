import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { ArenaEpoch, ModelEpoch } from "../generated/assay/poi/v1/epoch.ts";
import { required } from "../rpc.ts";

export interface GetModelEpochParameters {
  /** Model id (sha256 of the file) in lower-case hex. */
  modelHex: string;
  epoch: bigint;
}

export interface GetModelEpochReturnType {
  /** Undefined when the model was not measured in the epoch. */
  result: ModelEpoch | undefined;
  arena: ArenaEpoch;
}

export type GetModelEpochErrorType = NotFoundError | ReadErrorType;

/** All numbers of a model in a settled epoch, and of its arena: why it was paid what it was paid. */
export async function getModelEpoch(
  client: AssayClient,
  parameters: GetModelEpochParameters,
): Promise<GetModelEpochReturnType> {
  const response = await client.poi.ModelEpoch(parameters);
  return { result: response.result, arena: required(response.arena, "ModelEpoch.arena") };
}
