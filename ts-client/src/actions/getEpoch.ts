import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { ArenaEpoch, EpochRecord } from "../generated/assay/poi/v1/epoch.ts";
import { required } from "../rpc.ts";

export interface GetEpochParameters {
  epoch: bigint;
}

export interface GetEpochReturnType {
  epoch: EpochRecord;
  arenas: ArenaEpoch[];
}

export type GetEpochErrorType = NotFoundError | ReadErrorType;

/** Record of one ended epoch with the results of its arenas. */
export async function getEpoch(
  client: AssayClient,
  parameters: GetEpochParameters,
): Promise<GetEpochReturnType> {
  const response = await client.poi.Epoch(parameters);
  return { epoch: required(response.epoch, "Epoch.epoch"), arenas: response.arenas };
}
