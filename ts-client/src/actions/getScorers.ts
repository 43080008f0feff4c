import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Scorer } from "../generated/assay/poi/v1/participant.ts";
import { listAll, type ListParameters } from "../pages.ts";

export type GetScorersParameters = ListParameters;

export type GetScorersReturnType = Scorer[];

export type GetScorersErrorType = ReadErrorType;

/** All scorers. */
export function getScorers(
  client: AssayClient,
  parameters: GetScorersParameters = {},
): Promise<GetScorersReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Scorers({ pagination });
    return { items: response.scorers, pagination: response.pagination };
  });
}
