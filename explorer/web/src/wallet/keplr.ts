import type { OfflineAminoSigner } from "@cosmjs/amino";
import type { OfflineDirectSigner } from "@cosmjs/proto-signing";
import type { ChainInfo } from "./chain-info.ts";

/** What we use of a key as Keplr and compatible wallets describe it. */
export interface KeplrKey {
  /** The user's name for it. */
  readonly name: string;
  /** Compressed secp256k1. */
  readonly pubKey: Uint8Array;
  readonly bech32Address: string;
  /** A Ledger device: it signs amino JSON only. */
  readonly isNanoLedger: boolean;
}

/** What we use of `window.keplr`. */
export interface Keplr {
  defaultOptions?: { sign?: { preferNoSetFee?: boolean; preferNoSetMemo?: boolean } };
  /** Asks the user once to let this page see the account. Throws when the wallet does not know the chain. */
  enable(chainId: string): Promise<void>;
  getKey(chainId: string): Promise<KeplrKey>;
  getOfflineSigner(chainId: string): OfflineAminoSigner & OfflineDirectSigner;
  getOfflineSignerOnlyAmino(chainId: string): OfflineAminoSigner;
  /** Asks the user to add a chain that the wallet does not know. */
  experimentalSuggestChain(info: ChainInfo): Promise<void>;
}

/** Sent to the window when the user picks another account in the wallet. */
export const KEY_CHANGE_EVENT = "keplr_keystorechange";

/** The wallet of this browser, if there is one. */
export function keplrOf(window: object): Keplr | undefined {
  return (window as { keplr?: Keplr }).keplr;
}
