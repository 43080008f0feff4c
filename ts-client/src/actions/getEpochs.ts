import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { EpochRecord } from "../generated/assay/poi/v1/epoch.ts";
import { listAll, type ListParameters } from "../pages.ts";

export type GetEpochsParameters = ListParameters;

export type GetEpochsReturnType = EpochRecord[];

export type GetEpochsErrorType = ReadErrorType;

/** Records of ended epochs that are kept, oldest first. */
export function getEpochs(
  client: AssayClient,
  parameters: GetEpochsParameters = {},
): Promise<GetEpochsReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Epochs({ pagination });
    return { items: response.epochs, pagination: response.pagination };
  });
}
