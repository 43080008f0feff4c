/**
 * Amino JSON, the form in which Ledger devices and some wallets show and sign messages. The chain's encoder
 * (x/tx aminojson) derives it from the proto files; here the same rules run over the table of fields below, and
 * `testdata/vectors/amino.json`, written by the chain, shows that both agree.
 */
import { fromBase64, toBase64 } from "@cosmjs/encoding";
import {
  createAuthzAminoConverters,
  createBankAminoConverters,
  createDistributionAminoConverters,
  createFeegrantAminoConverters,
  createGovAminoConverters,
  createStakingAminoConverters,
  type AminoConverter,
  type AminoConverters,
} from "@cosmjs/stargate";

/** How a field is written: by its proto type, or as cosmos.Int ("int"), which is written even when zero. */
type Kind = "string" | "bool" | "u32" | "u64" | "enum" | "bytes" | "int" | ListKind | MessageKind;
type ListKind = { list: Kind; nullWhenEmpty?: boolean };
type MessageKind = { message: Fields };
/** By proto name. */
type Fields = Readonly<Record<string, Kind>>;

type Scalar = string | boolean | number | bigint | Uint8Array;
type ProtoValue = Scalar | undefined | readonly ProtoValue[] | ProtoMessage;
interface ProtoMessage {
  readonly [field: string]: ProtoValue;
}
type AminoValue = string | boolean | number | null | readonly AminoValue[] | AminoMessage;
interface AminoMessage {
  readonly [field: string]: AminoValue;
}

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

const params: Fields = {
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
export const messageFields: Readonly<Record<string, Fields>> = {
  MsgUpdateParams: { authority: "string", params: { message: params } },
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

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function isList(kind: Kind): kind is ListKind {
  return typeof kind === "object" && "list" in kind;
}

function isMessage(kind: Kind): kind is MessageKind {
  return typeof kind === "object" && "message" in kind;
}

/** Proto3 does not put defaults on the wire, and amino leaves out what is not there. */
function isAbsent(kind: Kind, value: ProtoValue): boolean {
  if (kind === "int") return false;
  if (isList(kind)) return !kind.nullWhenEmpty && (value as readonly ProtoValue[]).length === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  return value === undefined || value === "" || value === 0 || value === 0n || value === false;
}

function toAmino(kind: Kind, value: ProtoValue): AminoValue {
  if (isList(kind)) {
    const list = value as readonly ProtoValue[];
    return kind.nullWhenEmpty && list.length === 0 ? null : list.map((entry) => toAmino(kind.list, entry));
  }
  if (isMessage(kind)) return messageToAmino(kind.message, value as ProtoMessage);
  if (kind === "bytes") return toBase64(value as Uint8Array);
  if (kind === "u64") return (value as bigint).toString();
  if (kind === "int") return (value as string) || "0";
  return value as string | boolean | number;
}

function messageToAmino(fields: Fields, message: ProtoMessage): AminoMessage {
  const entries = Object.entries(fields).flatMap(([name, kind]) => {
    const value = message[camelCase(name)];
    return isAbsent(kind, value) ? [] : [[name, toAmino(kind, value)] as const];
  });
  return Object.fromEntries(entries);
}

function defaultOf(kind: Kind): ProtoValue {
  if (isList(kind)) return [];
  if (isMessage(kind)) return messageFromAmino(kind.message, {});
  const defaults = { string: "", bool: false, u32: 0, u64: 0n, enum: 0, bytes: new Uint8Array(), int: "0" };
  return defaults[kind];
}

function fromAmino(kind: Kind, value: AminoValue): ProtoValue {
  if (isList(kind)) return (value as readonly AminoValue[]).map((entry) => fromAmino(kind.list, entry));
  if (isMessage(kind)) return messageFromAmino(kind.message, value as AminoMessage);
  if (kind === "bytes") return fromBase64(value as string);
  if (kind === "u64") return BigInt(value as string);
  return value as string | boolean | number;
}

function messageFromAmino(fields: Fields, message: AminoMessage): ProtoMessage {
  const entries = Object.entries(fields).map(([name, kind]) => {
    const value = message[name];
    return [
      camelCase(name),
      value === undefined || value === null ? defaultOf(kind) : fromAmino(kind, value),
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** Converters of every message of x/poi and of the standard modules a wallet meets. */
export function createAminoConverters(): AminoConverters {
  const poi = Object.entries(messageFields).map(([name, fields]): [string, AminoConverter] => [
    `/assay.poi.v1.${name}`,
    {
      aminoType: `assay/${name}`,
      toAmino: (value: ProtoMessage) => messageToAmino(fields, value),
      fromAmino: (value: AminoMessage) => messageFromAmino(fields, value),
    },
  ]);
  return {
    ...createAuthzAminoConverters(),
    ...createBankAminoConverters(),
    ...createDistributionAminoConverters(),
    ...createFeegrantAminoConverters(),
    ...createGovAminoConverters(),
    ...createStakingAminoConverters(),
    ...Object.fromEntries(poi),
  };
}
