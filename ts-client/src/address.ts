import { fromBech32, toBech32 } from "@cosmjs/encoding";

/** Longest bech32 text there is (BIP-173); the decoder wants a limit. */
const BECH32_LIMIT = 90;

/** The raw bytes of an account or operator address. Throws when it is no bech32 text. */
export function addressBytes(address: string): Uint8Array {
  return fromBech32(address, BECH32_LIMIT).data;
}

/** The account behind a validator's `…valoper1` address. */
export function accountOf(operatorAddress: string): string {
  const { prefix, data } = fromBech32(operatorAddress, BECH32_LIMIT);
  return toBech32(prefix.replace(/valoper$/, ""), data);
}
