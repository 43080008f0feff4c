import type { Network } from "../../../wire/network.ts";

interface Currency {
  coinDenom: string;
  coinMinimalDenom: string;
  coinDecimals: number;
}

/** A chain as `experimentalSuggestChain` wants it. */
export interface ChainInfo {
  chainId: string;
  chainName: string;
  /** Addresses that the wallet itself talks to. */
  rpc: string;
  rest: string;
  bip44: { coinType: number };
  bech32Config: Record<
    | "bech32PrefixAccAddr"
    | "bech32PrefixAccPub"
    | "bech32PrefixValAddr"
    | "bech32PrefixValPub"
    | "bech32PrefixConsAddr"
    | "bech32PrefixConsPub",
    string
  >;
  currencies: Currency[];
  feeCurrencies: (Currency & { gasPriceStep: { low: number; average: number; high: number } })[];
  stakeCurrency: Currency;
  features: string[];
}

/** Where accounts of Cosmos chains live below a seed (SLIP-44). */
const COIN_TYPE = 118;

/**
 * Describes the chain to a wallet. Where its operator has named no public addresses the wallet gets this explorer's own.
 *
 * @param origin of this page, e.g. `https://explorer.example`.
 */
export function chainInfo(network: Network, origin: string): ChainInfo {
  const { chainId, bech32Prefix: prefix, denom, rpcPath, publicRpc, publicRest } = network;
  const currency = {
    coinDenom: denom.display,
    coinMinimalDenom: denom.base,
    coinDecimals: denom.exponent,
  };
  return {
    chainId,
    chainName: `Assay (${chainId})`,
    rpc: publicRpc ?? `${origin}${rpcPath}`,
    rest: publicRest ?? origin,
    bip44: { coinType: COIN_TYPE },
    bech32Config: {
      bech32PrefixAccAddr: prefix,
      bech32PrefixAccPub: `${prefix}pub`,
      bech32PrefixValAddr: `${prefix}valoper`,
      bech32PrefixValPub: `${prefix}valoperpub`,
      bech32PrefixConsAddr: `${prefix}valcons`,
      bech32PrefixConsPub: `${prefix}valconspub`,
    },
    currencies: [currency],
    // The page sets fees itself, from what the node asks; these steps only show in the wallet's own dialogs.
    feeCurrencies: [{ ...currency, gasPriceStep: { low: 0, average: 0.005, high: 0.01 } }],
    stakeCurrency: currency,
    features: [],
  };
}
