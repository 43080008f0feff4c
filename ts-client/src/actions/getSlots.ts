import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Slot } from "../generated/assay/poi/v1/epoch.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetSlotsParameters extends ListParameters {
  epoch: bigint;
}

export type GetSlotsReturnType = Slot[];

export type GetSlotsErrorType = ReadErrorType;

/** Slots of an epoch, running or kept, in id order; empty before the draw. */
export function getSlots(client: AssayClient, parameters: GetSlotsParameters): Promise<GetSlotsReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Slots({ epoch: parameters.epoch, pagination });
    return { items: response.slots, pagination: response.pagination };
  });
}
