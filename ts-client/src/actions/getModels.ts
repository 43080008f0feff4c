import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Model } from "../generated/assay/poi/v1/model.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetModelsParameters extends ListParameters {
  /** All arenas when left out. */
  arena?: bigint;
  /** All authors when left out. */
  author?: string;
}

export type GetModelsReturnType = Model[];

export type GetModelsErrorType = ReadErrorType;

/** Models without their files, optionally of one arena or one author. */
export function getModels(
  client: AssayClient,
  parameters: GetModelsParameters = {},
): Promise<GetModelsReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Models({
      arena: parameters.arena ?? 0n,
      author: parameters.author ?? "",
      pagination,
    });
    return { items: response.models, pagination: response.pagination };
  });
}
