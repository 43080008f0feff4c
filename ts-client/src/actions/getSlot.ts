import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Slot } from "../generated/assay/poi/v1/epoch.ts";
import { required } from "../rpc.ts";

export interface GetSlotParameters {
  epoch: bigint;
  slot: bigint;
}

export type GetSlotReturnType = Slot;

export type GetSlotErrorType = NotFoundError | ReadErrorType;

/** One slot. */
export async function getSlot(
  client: AssayClient,
  parameters: GetSlotParameters,
): Promise<GetSlotReturnType> {
  const response = await client.poi.Slot(parameters);
  return required(response.slot, "Slot.slot");
}
