import { fromBech32, toBech32 } from "@cosmjs/encoding";

/** BIP-173's limit. It must be given: the default of cosmjs is refused by the codec below it. */
const BECH32_LIMIT = 90;

/** The bytes of an address. */
export function rawAddress(address: string): Uint8Array {
  return fromBech32(address, BECH32_LIMIT).data;
}

/** The account behind a validator's `…valoper1` address. */
export function accountOf(operatorAddress: string): string {
  const { prefix, data } = fromBech32(operatorAddress, BECH32_LIMIT);
  return toBech32(prefix.replace(/valoper$/, ""), data);
}
