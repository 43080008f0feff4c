import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Step } from "../generated/assay/poi/v1/arena.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetLadderParameters extends ListParameters {
  arena: bigint;
}

export type GetLadderReturnType = Step[];

export type GetLadderErrorType = ReadErrorType;

/** The steps of an arena, the reference (index 0) first. */
export function getLadder(
  client: AssayClient,
  parameters: GetLadderParameters,
): Promise<GetLadderReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Ladder({ arena: parameters.arena, pagination });
    return { items: response.steps, pagination: response.pagination };
  });
}
