import { addressBytes } from "@assay/client/address";
import type { SeatId } from "./secret.ts";

/** One sponsor in one arena, with the names people read. */
export interface Seat extends SeatId {
  readonly arenaName: string;
  /** `assay1…` of the sponsor. */
  readonly address: string;
}

export function makeSeat(chainId: string, arena: bigint, arenaName: string, address: string): Seat {
  return { chainId, arena, arenaName, address, sponsor: addressBytes(address) };
}

/** Key of a seat in maps; slots carry both parts. */
export function seatKey(arena: bigint, address: string): string {
  return `${arena}/${address}`;
}

/** How messages and logs name a seat. */
export function seatName({ arenaName, address }: Seat): string {
  return `${address} in arena ${arenaName}`;
}
