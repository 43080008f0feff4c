import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Challenge } from "../generated/assay/poi/v1/epoch.ts";
import { listAll, type ListParameters } from "../pages.ts";

export type GetChallengesParameters = ListParameters;

export type GetChallengesReturnType = Challenge[];

export type GetChallengesErrorType = ReadErrorType;

/** Challenges waiting to be run, in the order in which they will be. */
export function getChallenges(
  client: AssayClient,
  parameters: GetChallengesParameters = {},
): Promise<GetChallengesReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Challenges({ pagination });
    return { items: response.challenges, pagination: response.pagination };
  });
}
