import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Arena } from "../generated/assay/poi/v1/arena.ts";
import { required } from "../rpc.ts";

export interface GetArenaParameters {
  arena: bigint;
}

export interface GetArenaReturnType {
  arena: Arena;
  /** Balance of the funded pot, in uassay. */
  pot: bigint;
}

export type GetArenaErrorType = NotFoundError | ReadErrorType;

/** One arena and the balance of its funded pot, in uassay. */
export async function getArena(
  client: AssayClient,
  parameters: GetArenaParameters,
): Promise<GetArenaReturnType> {
  const response = await client.poi.Arena(parameters);
  return { arena: required(response.arena, "Arena.arena"), pot: BigInt(response.pot) };
}
