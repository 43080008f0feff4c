import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Sponsor } from "../generated/assay/poi/v1/participant.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetSponsorsParameters extends ListParameters {
  arena: bigint;
}

export type GetSponsorsReturnType = Sponsor[];

export type GetSponsorsErrorType = ReadErrorType;

/** Sponsors of an arena. */
export function getSponsors(
  client: AssayClient,
  parameters: GetSponsorsParameters,
): Promise<GetSponsorsReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Sponsors({ arena: parameters.arena, pagination });
    return { items: response.sponsors, pagination: response.pagination };
  });
}
