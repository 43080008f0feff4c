import type { Unit } from "../../wire/staking.ts";

/** What parameters mean: by name, the unit and one sentence. Names within groups have a dot. */
export type Meanings = Readonly<Record<string, readonly [unit: Unit, meaning: string]>>;

/** One module's parameters. */
export interface ModuleMeaning {
  module: string;
  title: string;
  about: string;
  /** Service whose method `Params` answers `{params}`. */
  query: string;
  changedBy: string;
  params: Meanings;
}

const POI: Meanings = {
  beacon_blocks: [
    "blocks",
    "How long scorers may reveal their links, from which the epoch's randomness is made.",
  ],
  input_blocks: ["blocks", "How long sponsors may post the inputs of the batches that were drawn."],
  rows_blocks: ["blocks", "How long scorers may run the models on the inputs and post what they answered."],
  label_blocks: [
    "blocks",
    "How long sponsors may open the labels, which nobody could know before the answers.",
  ],
  challenge_blocks: [
    "blocks",
    "How long anybody may challenge a recorded answer before the epoch is settled.",
  ],
  batch_items: ["items", "Items in a batch, the piece in which sponsors commit data and the chain draws it."],
  batches_per_sponsor: ["none", "Batches drawn of each sponsor in each epoch."],
  min_commit_batches: ["none", "Least batches a sponsor must commit at once."],
  max_sponsors: ["none", "Most sponsors an arena has."],
  max_arenas: ["none", "Most arenas there are."],
  max_models: ["none", "Most contenders an arena holds at a time."],
  audit_ratio_bps: ["bps", "Share of the recorded answers that the chain itself runs again."],
  audit_macs_per_block: [
    "macs",
    "Computation per block for audits and challenges, which share it in halves.",
  ],
  infer_macs_per_block: ["macs", "Computation per block for models that are called by transactions."],
  max_model_macs: ["macs", "Most that one run of a model may cost."],
  max_file_bytes: ["bytes", "Largest file of a model."],
  arena_macs: ["macs", "Most that all models of an arena together may cost over the items of an epoch."],
  min_items: ["items", "Least items on which two models are compared before the ladder decides."],
  z2: ["none", "How sure a win must be for a step: with b wins and c losses, (b − c)² ≥ this × (b + c)."],
  full_gain: [
    "q16",
    "Height of the ladder, in bits of error removed, at which an arena's authors earn the whole pot.",
  ],
  half_life: ["epochs", "After so many settled epochs a step earns half of what it earned when it was new."],
  scorer_bond: ["uassay", "What a scorer locks and may lose for a wrong record."],
  sponsor_bond: ["uassay", "What a sponsor locks in each arena and may lose for withholding data."],
  model_bond: ["uassay", "What an author locks with a model and gets back when it leaves."],
  arena_bond: ["uassay", "What the creator of an arena locks."],
  challenge_bond: ["uassay", "What a challenger puts down and loses when the record was right."],
  unbonding_blocks: ["blocks", "How long a bond is still answerable after it was asked back."],
  scorer_slash_bps: ["bps", "Share of a scorer's bond that a wrong record costs."],
  sponsor_slash_bps: [
    "bps",
    "Share of a sponsor's bond that a further miss within the time below costs; the first costs its pay.",
  ],
  offence_window: ["epochs", "For so long misses and convictions count."],
  max_misses: ["none", "Misses within that time after which a scorer is made inactive."],
  inactive_epochs: ["epochs", "How long such a scorer stays inactive."],
  jail_epochs: ["epochs", "How long a scorer stays out after a second conviction within that time."],
  retain_epochs: ["epochs", "How long the chain keeps settled results; this explorer keeps them for good."],
  settle_budget: ["none", "Arenas that are settled per block at the end of an epoch."],
  registration_fee: ["uassay", "Least fee for registering a model; it is burned."],
  registration_target: ["none", "Models per epoch above which the registration fee doubles."],
  reservation_blocks: ["blocks", "Time in which a reserved model must be registered."],
  registration_fee_cap: ["uassay", "Most that the registration fee grows to."],
  emission_per_block: ["uassay", "Most that is minted per block before the first halving."],
  blocks_per_halving: ["blocks", "After so many blocks each, half as much is minted."],
  emission_cap: ["uassay", "Most that all epochs together will ever mint."],
  infer_gas_base: ["gas", "Gas of calling a model by a transaction, whatever the model."],
  infer_macs_per_gas: ["macs", "Computation of such a call that costs one gas."],
  infer_gas_per_byte: ["gas", "Gas of such a call for each byte of input and of the model's file."],
};

const MARKETPLACE: Meanings = {
  denoms: ["none", "Coins that prices may be in, each with the least deposit that opens a channel."],
  protocol_fee_bps: [
    "bps",
    "Share of everything paid that the protocol takes: half is burned and half goes to the community pool.",
  ],
  lineage_bps: ["bps", "Share of a royalty that goes on to the models a model was made from."],
  service_bond: ["uassay", "Least that a provider locks for a service with a model."],
  grace_blocks: ["blocks", "How long a closing channel waits for the provider's last claims."],
  unbonding_blocks: ["blocks", "How long a closed service still answers with its bond for its receipts."],
  min_promise_items: ["items", "Scored items a model must have before its accuracy may be promised."],
  claim_row_gas: ["gas", "Gas of each voucher that is claimed."],
};

const AUTH: Meanings = {
  max_memo_characters: ["none", "Longest memo of a transaction, in characters."],
  tx_sig_limit: ["none", "Most signatures of a transaction."],
  tx_size_cost_per_byte: ["gas", "Gas of each byte of a transaction."],
  sig_verify_cost_ed25519: ["gas", "Gas of checking an Ed25519 signature."],
  sig_verify_cost_secp256k1: ["gas", "Gas of checking a secp256k1 signature, which most wallets make."],
  sig_verify_cost_mldsa65: ["gas", "Gas of checking an ML-DSA-65 signature."],
};

const BANK: Meanings = {
  send_enabled: ["none", "Denominations with a rule of their own; kept for old genesis files only."],
  default_send_enabled: ["none", "Whether coins without a rule of their own may be sent."],
};

const STAKING: Meanings = {
  unbonding_time: [
    "seconds",
    "How long stake that is withdrawn is locked and still answers for its validator.",
  ],
  max_validators: ["none", "So many validators with the most stake make the blocks."],
  max_entries: ["none", "Withdrawals, or moves, from one validator that one account may have under way."],
  historical_entries: [
    "blocks",
    "For how many blocks the chain remembers its validators, for other chains to ask.",
  ],
  bond_denom: ["none", "The coin that is staked."],
  min_commission_rate: ["fraction", "Least commission a validator must take."],
  "key_rotation_fee.denom": ["none", "Coin of the fee below."],
  "key_rotation_fee.amount": ["uassay", "Fee for replacing the key a validator signs blocks with."],
};

const SLASHING: Meanings = {
  signed_blocks_window: ["blocks", "Over so many blocks it is counted how many a validator missed."],
  min_signed_per_window: ["fraction", "Share of them a validator must sign, else it is jailed."],
  downtime_jail_duration: ["seconds", "How long a validator that was away stays jailed at least."],
  slash_fraction_double_sign: [
    "fraction",
    "Share of its stake a validator loses for signing two blocks at one height.",
  ],
  slash_fraction_downtime: ["fraction", "Share of its stake a validator loses for being away."],
};

const DISTRIBUTION: Meanings = {
  community_tax: ["fraction", "Share of fees and block rewards that goes to the community pool."],
  base_proposer_reward: ["fraction", "No longer used."],
  bonus_proposer_reward: ["fraction", "No longer used."],
  withdraw_addr_enabled: ["none", "Whether staking rewards may be paid to another account."],
};

const GOV: Meanings = {
  min_deposit: ["none", "What depositors must put down together before a proposal is voted on."],
  max_deposit_period: ["seconds", "How long a proposal waits for its deposit."],
  voting_period: ["seconds", "How long a proposal is voted on."],
  quorum: ["fraction", "Share of the bonded stake that must vote, else the proposal is rejected."],
  threshold: ["fraction", "Share of the votes, abstentions aside, that must say yes."],
  veto_threshold: ["fraction", "Share of the votes whose veto rejects a proposal whatever the others say."],
  min_initial_deposit_ratio: ["fraction", "Share of the deposit that must come with the proposal itself."],
  proposal_cancel_ratio: ["fraction", "Share of the deposit that is lost when the proposer cancels."],
  proposal_cancel_dest: ["none", "Account that gets it; without one it is burned."],
  expedited_voting_period: ["seconds", "How long an urgent proposal is voted on."],
  expedited_threshold: ["fraction", "Share of the votes that must say yes to an urgent proposal."],
  expedited_min_deposit: ["none", "Deposit of an urgent proposal."],
  burn_vote_quorum: ["none", "Whether deposits are burned when too few voted."],
  burn_proposal_deposit_prevote: ["none", "Whether deposits are burned when a proposal never got to a vote."],
  burn_vote_veto: ["none", "Whether deposits are burned when a proposal was vetoed."],
  min_deposit_ratio: ["fraction", "Least share of the deposit that one depositor may add."],
};

const CONSENSUS: Meanings = {
  "block.max_bytes": ["bytes", "Largest block."],
  "block.max_gas": ["gas", "Most gas of a block; −1 for no limit."],
  "evidence.max_age_num_blocks": [
    "blocks",
    "So old a validator's offence may be and still be punished, in blocks …",
  ],
  "evidence.max_age_duration": ["seconds", "… and in time; it must be older than both to be forgotten."],
  "evidence.max_bytes": ["bytes", "Most evidence of offences that a block carries."],
  "validator.pub_key_types": ["none", "Kinds of keys that validators may sign blocks with."],
  "version.app": ["none", "Version of the application's protocol."],
  "abci.vote_extensions_enable_height": [
    "none",
    "Block from which votes carry data of the application; 0 for never.",
  ],
  "authority.authority": ["none", "Account that may change these; empty for governance."],
};

/** All modules with parameters, ours first. */
export const MODULES: readonly ModuleMeaning[] = [
  {
    module: "poi",
    title: "Measuring",
    about: "Epochs, arenas, scorers and sponsors, and what they earn. A change acts from the next epoch.",
    query: "assay.poi.v1",
    changedBy: "/assay.poi.v1.MsgUpdateParams",
    params: POI,
  },
  {
    module: "marketplace",
    title: "Market",
    about: "Services and the channels that pay for answers. A channel keeps the rules it was opened with.",
    query: "assay.marketplace.v1",
    changedBy: "/assay.marketplace.v1.MsgUpdateParams",
    params: MARKETPLACE,
  },
  {
    module: "staking",
    title: "Staking",
    about: "Who makes the blocks, and the stake behind them.",
    query: "cosmos.staking.v1beta1",
    changedBy: "/cosmos.staking.v1beta1.MsgUpdateParams",
    params: STAKING,
  },
  {
    module: "slashing",
    title: "Slashing",
    about: "What validators lose for being away or for signing twice.",
    query: "cosmos.slashing.v1beta1",
    changedBy: "/cosmos.slashing.v1beta1.MsgUpdateParams",
    params: SLASHING,
  },
  {
    module: "distribution",
    title: "Distribution",
    about: "How fees and block rewards reach those who stake.",
    query: "cosmos.distribution.v1beta1",
    changedBy: "/cosmos.distribution.v1beta1.MsgUpdateParams",
    params: DISTRIBUTION,
  },
  {
    module: "gov",
    title: "Governance",
    about: "How proposals are made and decided.",
    query: "cosmos.gov.v1",
    changedBy: "/cosmos.gov.v1.MsgUpdateParams",
    params: GOV,
  },
  {
    module: "consensus",
    title: "Blocks",
    about: "Limits of blocks, which all validators keep.",
    query: "cosmos.consensus.v1",
    changedBy: "/cosmos.consensus.v1.MsgUpdateParams",
    params: CONSENSUS,
  },
  {
    module: "auth",
    title: "Accounts",
    about: "Limits and gas of transactions.",
    query: "cosmos.auth.v1beta1",
    changedBy: "/cosmos.auth.v1beta1.MsgUpdateParams",
    params: AUTH,
  },
  {
    module: "bank",
    title: "Coins",
    about: "Which coins may be sent.",
    query: "cosmos.bank.v1beta1",
    changedBy: "/cosmos.bank.v1beta1.MsgUpdateParams",
    params: BANK,
  },
];
