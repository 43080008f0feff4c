import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { ModelEpoch } from "../generated/assay/poi/v1/epoch.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetModelEpochsParameters extends ListParameters {
  /** Model id (sha256 of the file) in lower-case hex. */
  modelHex: string;
}

export type GetModelEpochsReturnType = ModelEpoch[];

export type GetModelEpochsErrorType = ReadErrorType;

/** Scores of a model over the epochs kept, oldest first. */
export function getModelEpochs(
  client: AssayClient,
  parameters: GetModelEpochsParameters,
): Promise<GetModelEpochsReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.ModelEpochs({ modelHex: parameters.modelHex, pagination });
    return { items: response.results, pagination: response.pagination };
  });
}
