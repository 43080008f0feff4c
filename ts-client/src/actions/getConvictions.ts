import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Conviction } from "../generated/assay/poi/v1/epoch.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetConvictionsParameters extends ListParameters {
  /** All epochs when left out. */
  epoch?: bigint;
}

export type GetConvictionsReturnType = Conviction[];

export type GetConvictionsErrorType = ReadErrorType;

/** Convictions that are kept, of one epoch or of all. */
export function getConvictions(
  client: AssayClient,
  parameters: GetConvictionsParameters = {},
): Promise<GetConvictionsReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Convictions({ epoch: parameters.epoch ?? 0n, pagination });
    return { items: response.convictions, pagination: response.pagination };
  });
}
