import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";

export interface GetSlotInputsParameters {
  slot: bigint;
}

export interface GetSlotInputsReturnType {
  epoch: bigint;
  inputs: Uint8Array;
}

export type GetSlotInputsErrorType = NotFoundError | ReadErrorType;

/** The raw items of a slot of the running epoch, concatenated. Not found before its sponsor has posted them. */
export async function getSlotInputs(
  client: AssayClient,
  parameters: GetSlotInputsParameters,
): Promise<GetSlotInputsReturnType> {
  const response = await client.poi.SlotInputs(parameters);
  return response;
}
