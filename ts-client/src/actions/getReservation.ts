import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Reservation } from "../generated/assay/poi/v1/model.ts";
import { required } from "../rpc.ts";

export interface GetReservationParameters {
  /** Hash of the reservation in lower-case hex. */
  hashHex: string;
}

export type GetReservationReturnType = Reservation;

export type GetReservationErrorType = NotFoundError | ReadErrorType;

/** One reservation of a place among the contenders. */
export async function getReservation(
  client: AssayClient,
  parameters: GetReservationParameters,
): Promise<GetReservationReturnType> {
  const response = await client.poi.Reservation(parameters);
  return required(response.reservation, "Reservation.reservation");
}
