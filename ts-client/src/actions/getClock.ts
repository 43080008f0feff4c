import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Clock } from "../generated/assay/poi/v1/epoch.ts";
import type { Params } from "../generated/assay/poi/v1/params.ts";
import { required } from "../rpc.ts";

export interface GetClockReturnType {
  clock: Clock;
  /** Parameters of the running epoch. */
  params: Params;
  /** Height of the answer. */
  height: bigint;
}

export type GetClockErrorType = ReadErrorType;

/**
 * Epoch, phase and their heights, with the parameters of the running epoch.
 *
 * Follow this, never compute phases from heights: settlement has no fixed length.
 */
export async function getClock(client: AssayClient): Promise<GetClockReturnType> {
  const response = await client.poi.Clock({});
  return {
    clock: required(response.clock, "Clock.clock"),
    params: required(response.params, "Clock.params"),
    height: response.height,
  };
}
