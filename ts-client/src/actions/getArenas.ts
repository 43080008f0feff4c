import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Arena } from "../generated/assay/poi/v1/arena.ts";
import { listAll, type ListParameters } from "../pages.ts";

export type GetArenasParameters = ListParameters;

export type GetArenasReturnType = Arena[];

export type GetArenasErrorType = ReadErrorType;

/** All arenas, in id order. */
export function getArenas(
  client: AssayClient,
  parameters: GetArenasParameters = {},
): Promise<GetArenasReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Arenas({ pagination });
    return { items: response.arenas, pagination: response.pagination };
  });
}
