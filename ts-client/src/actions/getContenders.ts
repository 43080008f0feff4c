import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Contender } from "../generated/assay/poi/v1/arena.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetContendersParameters extends ListParameters {
  arena: bigint;
}

export type GetContendersReturnType = Contender[];

export type GetContendersErrorType = ReadErrorType;

/** Contenders of an arena. */
export function getContenders(
  client: AssayClient,
  parameters: GetContendersParameters,
): Promise<GetContendersReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Contenders({ arena: parameters.arena, pagination });
    return { items: response.contenders, pagination: response.pagination };
  });
}
