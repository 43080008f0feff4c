/** What amino JSON must know of messages: their fields with the proto types, which generated code does not keep. */

/** How a field is written: by its proto type, or as cosmos.Int ("int"), which is written even when zero. */
export type Kind =
  "string" | "bool" | "u32" | "u64" | "i64" | "enum" | "bytes" | "int" | ListKind | MessageKind;
export type ListKind = { list: Kind; nullWhenEmpty?: boolean };
export type MessageKind = { message: Fields };
/** By proto name. */
export type Fields = Readonly<Record<string, Kind>>;

const arenaSpec: Fields = {
  name: "string",
  description: "string",
  input_type: "enum",
  input_shape: { list: "u32" },
  preprocessing: "string",
  answer: "enum",
  labels: { list: "string" },
  tolerance: "u32",
};

const row: Fields = { model: "bytes", answers: "bytes", tags: "bytes" };

const modelTerms: Fields = {
  licence: "string",
  royalty_bps: "u32",
  parents: { list: "bytes" },
  infer_fee: "int",
};

const poiParams: Fields = {
  beacon_blocks: "u32",
  input_blocks: "u32",
  rows_blocks: "u32",
  label_blocks: "u32",
  challenge_blocks: "u32",
  batch_items: "u32",
  batches_per_sponsor: "u32",
  min_commit_batches: "u32",
  max_sponsors: "u32",
  max_arenas: "u32",
  max_models: "u32",
  audit_ratio_bps: "u32",
  audit_macs_per_block: "u64",
  infer_macs_per_block: "u64",
  max_model_macs: "u64",
  max_file_bytes: "u32",
  arena_macs: "u64",
  min_items: "u32",
  z2: "u32",
  full_gain: "u64",
  half_life: "u32",
  scorer_bond: "int",
  sponsor_bond: "int",
  model_bond: "int",
  arena_bond: "int",
  challenge_bond: "int",
  unbonding_blocks: "u32",
  scorer_slash_bps: "u32",
  sponsor_slash_bps: "u32",
  offence_window: "u32",
  max_misses: "u32",
  inactive_epochs: "u32",
  jail_epochs: "u32",
  retain_epochs: "u32",
  settle_budget: "u32",
  registration_fee: "int",
  registration_target: "u32",
  reservation_blocks: "u32",
  registration_fee_cap: "int",
  emission_per_block: "int",
  blocks_per_halving: "u64",
  emission_cap: "int",
  infer_gas_base: "u64",
  infer_macs_per_gas: "u64",
  infer_gas_per_byte: "u64",
};

/** Fields of every message of x/poi. */
export const poiFields: Readonly<Record<string, Fields>> = {
  MsgUpdateParams: { authority: "string", params: { message: poiParams } },
  MsgCreateArena: {
    creator: "string",
    spec: { message: arenaSpec },
    reference_file: "bytes",
    reference_name: "string",
    reference_card: "string",
    reference_licence: "string",
  },
  MsgUpdateArena: { authority: "string", arena: "u64", weight: "u32", curator: "string" },
  MsgFundArena: { funder: "string", arena: "u64", amount: "int", per_epoch: "int" },
  MsgApproveSponsor: { curator: "string", arena: "u64", sponsor: "string", approved: "bool" },
  MsgBondSponsor: { sponsor: "string", arena: "u64" },
  MsgUnbondSponsor: { sponsor: "string", arena: "u64" },
  MsgCommitBatches: { sponsor: "string", arena: "u64", root: "bytes", count: "u32" },
  MsgPostInputs: {
    sponsor: "string",
    epoch: "u64",
    slot: "u64",
    inputs: "bytes",
    labels_hash: "bytes",
    path: { list: "bytes" },
  },
  MsgOpenLabels: { sponsor: "string", epoch: "u64", slot: "u64", labels: "bytes", salt: "bytes" },
  MsgBondScorer: { operator: "string", hot_key: "string", tip: "bytes" },
  MsgUpdateScorer: { operator: "string", hot_key: "string" },
  MsgUnbondScorer: { operator: "string" },
  MsgSetTip: { hot_key: "string", tip: "bytes" },
  MsgRevealLink: { hot_key: "string", epoch: "u64", link: "bytes" },
  MsgPostRows: {
    hot_key: "string",
    epoch: "u64",
    slot: "u64",
    rows: { list: { message: row }, nullWhenEmpty: true },
  },
  MsgReserveModel: { owner: "string", hash: "bytes" },
  MsgRegisterModel: {
    owner: "string",
    arena: "u64",
    salt: "bytes",
    file: "bytes",
    name: "string",
    card: "string",
    terms: { message: modelTerms },
    max_fee: "int",
  },
  MsgRenewReservation: { owner: "string", model: "bytes" },
  MsgWithdrawModel: { owner: "string", model: "bytes" },
  MsgChallenge: { challenger: "string", epoch: "u64", slot: "u64", model: "bytes", item: "u32" },
  MsgClaimRewards: { owner: "string" },
  MsgInfer: { sender: "string", model: "bytes", input: "bytes", max_fee: "int" },
};

const coin: Fields = { denom: "string", amount: "int" };

const voucher: Fields = {
  channel: "bytes",
  lane: "u32",
  amount: "u64",
  call_hash: "bytes",
  signature: "bytes",
};

const receipt: Fields = {
  service: "u64",
  channel: "bytes",
  lane: "u32",
  amount: "u64",
  call_hash: "bytes",
  items: "u32",
  input_root: "bytes",
  output_root: "bytes",
  signature: "bytes",
};

const probe: Fields = { service: "u64", calls: "u32", answered: "u32", p50_ms: "u32", p95_ms: "u32" };

const marketplaceParams: Fields = {
  denoms: { list: { message: { denom: "string", min_deposit: "int" } }, nullWhenEmpty: true },
  protocol_fee_bps: "u32",
  lineage_bps: "u32",
  service_bond: "int",
  grace_blocks: "u32",
  unbonding_blocks: "u32",
  min_promise_items: "u32",
  claim_row_gas: "u64",
};

/** Fields of every message of x/marketplace. */
export const marketplaceFields: Readonly<Record<string, Fields>> = {
  MsgUpdateParams: { authority: "string", params: { message: marketplaceParams } },
  MsgListService: {
    provider: "string",
    name: "string",
    description: "string",
    endpoint: "string",
    interface: "string",
    model: "bytes",
    price: "u64",
    denom: "string",
    promise: "u32",
    serving_key: "bytes",
    bond: "int",
  },
  MsgUpdateService: {
    provider: "string",
    service: "u64",
    name: "string",
    description: "string",
    endpoint: "string",
    price: "u64",
    promise: "u32",
  },
  MsgCloseService: { provider: "string", service: "u64" },
  MsgReleaseBond: { provider: "string", service: "u64" },
  MsgOpenChannel: {
    payer: "string",
    service: "u64",
    n: "u64",
    voucher_key: "bytes",
    lanes: "u32",
    deposit: { message: coin },
    min_promise: "u32",
    funder: "string",
  },
  MsgTopUp: { sender: "string", channel: "bytes", amount: { message: coin }, funder: "string" },
  MsgClaim: { provider: "string", vouchers: { list: { message: voucher }, nullWhenEmpty: true } },
  MsgCloseChannel: { sender: "string", channel: "bytes", vouchers: { list: { message: voucher } } },
  MsgFinaliseChannel: { sender: "string", channel: "bytes" },
  MsgApproveSpender: {
    owner: "string",
    spender: "string",
    max_total: { message: coin },
    max_per_channel: "int",
    services: { list: "u64" },
    expiry: "i64",
  },
  MsgRevokeSpender: { owner: "string", spender: "string" },
  MsgWithdraw: { owner: "string" },
  MsgChallengeAnswer: {
    sender: "string",
    receipt: { message: receipt },
    index: "u32",
    input: "bytes",
    input_path: { list: "bytes" },
    output: "bytes",
    output_path: { list: "bytes" },
  },
  MsgReportProbes: {
    hot_key: "string",
    epoch: "u64",
    probes: { list: { message: probe }, nullWhenEmpty: true },
  },
};
