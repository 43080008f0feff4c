/** What the chain forgets of blocks' signatures, of coins made and destroyed, and of votes. */
export interface StakingTables {
  /** Who was to sign, from a block on: sorted consensus addresses (upper-case hex) with commas between them. */
  signer_set: { height: number; validators: string };
  /** Who did not sign a block although it was to. */
  missed_block: { height: number; validator: string };
  /** Coins of the chain's own denomination that an account minted or burned in a block. */
  coin_flow: { height: number; account: string; minted: string; burned: string };
  /** One row: the first block that is indexed, and the supply after it; null when the node had forgotten it. */
  supply_start: { height: number; supply: string | null };
  /** Of an epoch that ended, see `supplyEpoch` of `wire/staking.ts`. */
  supply_epoch: {
    epoch: number;
    height: number;
    time: string;
    budget: string;
    authors: string;
    scorers: string;
    sponsors: string;
    validators: string;
    pool: string;
    minted: string;
    burned: string;
    supply: string | null;
  };
  /** Everything an account burned up to the end of the last epoch. */
  burn_total: { account: string; amount: string };
  /** The last vote of a voter. */
  gov_vote: {
    proposal: number;
    voter: string;
    height: number;
    tx: number;
    tx_hash: string;
    /** JSON: [[option, weight in parts per million], …]; options as the chain numbers them. */
    options: string;
  };
  gov_deposit: {
    proposal: number;
    height: number;
    /** Place among the deposits of the block. */
    place: number;
    depositor: string;
    /** As the chain writes coins: "12uassay,3uother". */
    coins: string;
    tx_hash: string;
  };
}
