import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { FrozenArena, FrozenScorer } from "../generated/assay/poi/v1/epoch.ts";

export interface GetFrozenReturnType {
  epoch: bigint;
  arenas: FrozenArena[];
  scorers: FrozenScorer[];
}

export type GetFrozenErrorType = ReadErrorType;

/** What the running epoch froze: models, sponsors and scorers that take part in it. */
export async function getFrozen(client: AssayClient): Promise<GetFrozenReturnType> {
  const response = await client.poi.Frozen({});
  return response;
}
