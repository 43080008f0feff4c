import type { AnswerOf } from "../../../../wire/route.ts";
import type { getSupply } from "../../../../wire/staking.ts";

/** Who earns what an epoch mints, in the order of the protocol. */
export const SHARES = [
  { key: "authors", name: "Authors" },
  { key: "scorers", name: "Scorers" },
  { key: "sponsors", name: "Sponsors" },
  { key: "validators", name: "Stakers" },
  { key: "pool", name: "Community pool" },
] as const;

export interface Holding {
  name: string;
  about: string;
  amount: string;
}

/** Where all coins are; what is nowhere else is in accounts. */
export function holdings(supply: AnswerOf<typeof getSupply>["value"]): Holding[] {
  const { total, bonded, unbonding, communityPool, poi, market, stakingRewards } = supply;
  const elsewhere = [bonded, unbonding, communityPool, poi, market, stakingRewards].reduce(
    (sum, amount) => sum + BigInt(amount),
    0n,
  );
  return [
    { name: "In accounts", about: "Free to be spent", amount: (BigInt(total) - elsewhere).toString() },
    { name: "Staked", about: "Behind active validators", amount: bonded },
    { name: "Leaving stake", about: "On the way back, or behind inactive validators", amount: unbonding },
    { name: "Measuring", about: "Bonds, pots of arenas, rewards not claimed yet", amount: poi },
    { name: "Market", about: "Deposits of channels, credits and bonds of providers", amount: market },
    { name: "Community pool", about: "Spent by governance", amount: communityPool },
    { name: "Staking rewards", about: "Earned and not withdrawn yet", amount: stakingRewards },
  ];
}
