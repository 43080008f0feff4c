import type { Coin } from "./generated/cosmos/base/v1beta1/coin.ts";

/** An amount of one coin, in its smallest unit. Generated records carry it as `Coin`, with a decimal string. */
export interface Amount {
  readonly denom: string;
  readonly amount: bigint;
}

export function toCoin({ denom, amount }: Amount): Coin {
  return { denom, amount: amount.toString() };
}

export function fromCoin({ denom, amount }: Coin): Amount {
  return { denom, amount: BigInt(amount) };
}
