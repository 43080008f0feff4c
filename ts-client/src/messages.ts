/**
 * Constructors of messages, one per transaction message. Ids, roots, links and salts are raw bytes; amounts are
 * bigint, in uassay where no denom stands beside them. See proto/assay/{poi,marketplace}/v1/tx.proto for what each
 * message does.
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { toCoin, type Amount } from "./coins.ts";
import type { Receipt } from "./generated/assay/marketplace/v1/channel.ts";
import type { Params as MarketParams } from "./generated/assay/marketplace/v1/params.ts";
import type { Probe } from "./generated/assay/marketplace/v1/service.ts";
import type * as market from "./generated/assay/marketplace/v1/tx.ts";
import type { ArenaSpec } from "./generated/assay/poi/v1/arena.ts";
import type { Row } from "./generated/assay/poi/v1/epoch.ts";
import type { ModelTerms } from "./generated/assay/poi/v1/model.ts";
import type { Params } from "./generated/assay/poi/v1/params.ts";
import type * as tx from "./generated/assay/poi/v1/tx.ts";

/** The smallest unit of the native token; 1 ASSAY = 1,000,000 uassay. */
export const BASE_DENOM = "uassay";

/** A message with the type of its value kept. */
export interface Message<T> extends EncodeObject {
  readonly value: T;
}

function poi<T>(name: string, value: T): Message<T> {
  return { typeUrl: `/assay.poi.v1.${name}`, value };
}

function marketplace<T>(name: string, value: T): Message<T> {
  return { typeUrl: `/assay.marketplace.v1.${name}`, value };
}

/** Only by governance: `authority` is its module account. */
export function updateParams(value: { authority: string; params: Params }): Message<tx.MsgUpdateParams> {
  return poi("MsgUpdateParams", value);
}

export function createArena(value: {
  creator: string;
  spec: ArenaSpec;
  referenceFile: Uint8Array;
  referenceName: string;
  referenceCard: string;
  referenceLicence: string;
}): Message<tx.MsgCreateArena> {
  return poi("MsgCreateArena", value);
}

/** Only by governance. An empty curator keeps the present one. */
export function updateArena(value: tx.MsgUpdateArena): Message<tx.MsgUpdateArena> {
  return poi("MsgUpdateArena", value);
}

/** `perEpoch` (only by the creator) replaces what a settled epoch pays; 0n keeps it. */
export function fundArena(value: {
  funder: string;
  arena: bigint;
  amount: bigint;
  perEpoch?: bigint;
}): Message<tx.MsgFundArena> {
  const { funder, arena, amount, perEpoch = 0n } = value;
  return poi("MsgFundArena", { funder, arena, amount: amount.toString(), perEpoch: perEpoch.toString() });
}

export function approveSponsor(value: tx.MsgApproveSponsor): Message<tx.MsgApproveSponsor> {
  return poi("MsgApproveSponsor", value);
}

export function bondSponsor(value: tx.MsgBondSponsor): Message<tx.MsgBondSponsor> {
  return poi("MsgBondSponsor", value);
}

export function unbondSponsor(value: tx.MsgUnbondSponsor): Message<tx.MsgUnbondSponsor> {
  return poi("MsgUnbondSponsor", value);
}

export function commitBatches(value: tx.MsgCommitBatches): Message<tx.MsgCommitBatches> {
  return poi("MsgCommitBatches", value);
}

export function postInputs(value: tx.MsgPostInputs): Message<tx.MsgPostInputs> {
  return poi("MsgPostInputs", value);
}

export function openLabels(value: tx.MsgOpenLabels): Message<tx.MsgOpenLabels> {
  return poi("MsgOpenLabels", value);
}

/** To top up a slashed bond, hotKey and tip may stay empty. */
export function bondScorer(value: tx.MsgBondScorer): Message<tx.MsgBondScorer> {
  return poi("MsgBondScorer", value);
}

export function updateScorer(value: tx.MsgUpdateScorer): Message<tx.MsgUpdateScorer> {
  return poi("MsgUpdateScorer", value);
}

export function unbondScorer(value: tx.MsgUnbondScorer): Message<tx.MsgUnbondScorer> {
  return poi("MsgUnbondScorer", value);
}

export function setTip(value: tx.MsgSetTip): Message<tx.MsgSetTip> {
  return poi("MsgSetTip", value);
}

export function revealLink(value: tx.MsgRevealLink): Message<tx.MsgRevealLink> {
  return poi("MsgRevealLink", value);
}

/** One row for every frozen model of the slot's arena, in id order. */
export function postRows(value: {
  hotKey: string;
  epoch: bigint;
  slot: bigint;
  rows: Row[];
}): Message<tx.MsgPostRows> {
  return poi("MsgPostRows", value);
}

/** `hash` is `reservationHash` of `protocol/hash.ts`. */
export function reserveModel(value: tx.MsgReserveModel): Message<tx.MsgReserveModel> {
  return poi("MsgReserveModel", value);
}

/** Terms of a model with the fee as bigint; other modules' records carry it as a decimal string. */
export type TermsInput = Omit<ModelTerms, "inferFee"> & { inferFee: bigint };

export function registerModel(value: {
  owner: string;
  arena: bigint;
  salt: Uint8Array;
  file: Uint8Array;
  name: string;
  card: string;
  terms: TermsInput;
  /** Largest registration fee the owner accepts to burn. */
  maxFee: bigint;
}): Message<tx.MsgRegisterModel> {
  return poi("MsgRegisterModel", {
    ...value,
    terms: { ...value.terms, inferFee: value.terms.inferFee.toString() },
    maxFee: value.maxFee.toString(),
  });
}

export function renewReservation(value: tx.MsgRenewReservation): Message<tx.MsgRenewReservation> {
  return poi("MsgRenewReservation", value);
}

export function withdrawModel(value: tx.MsgWithdrawModel): Message<tx.MsgWithdrawModel> {
  return poi("MsgWithdrawModel", value);
}

export function challenge(value: tx.MsgChallenge): Message<tx.MsgChallenge> {
  return poi("MsgChallenge", value);
}

export function claimRewards(value: tx.MsgClaimRewards): Message<tx.MsgClaimRewards> {
  return poi("MsgClaimRewards", value);
}

/** `input` is one item, raw, row-major. */
export function infer(value: {
  sender: string;
  model: Uint8Array;
  input: Uint8Array;
  /** Largest fee the sender accepts to pay the author. */
  maxFee: bigint;
}): Message<tx.MsgInfer> {
  return poi("MsgInfer", { ...value, maxFee: value.maxFee.toString() });
}

/** Only by governance: `authority` is its module account. */
export function updateMarketParams(value: {
  authority: string;
  params: MarketParams;
}): Message<market.MsgUpdateParams> {
  return marketplace("MsgUpdateParams", value);
}

/** Offers a service. Price per item in base units of `denom`, promise in parts per million. */
export function listService(
  value: Omit<market.MsgListService, "bond"> & { bond: bigint },
): Message<market.MsgListService> {
  return marketplace("MsgListService", { ...value, bond: value.bond.toString() });
}

export function updateService(value: market.MsgUpdateService): Message<market.MsgUpdateService> {
  return marketplace("MsgUpdateService", value);
}

export function closeService(value: market.MsgCloseService): Message<market.MsgCloseService> {
  return marketplace("MsgCloseService", value);
}

export function releaseBond(value: market.MsgReleaseBond): Message<market.MsgReleaseBond> {
  return marketplace("MsgReleaseBond", value);
}

/** `n` is the payer's counter (`getPayerCounter`); with a funder its coins are used, by its approval. */
export function openChannel(value: {
  payer: string;
  service: bigint;
  n: bigint;
  voucherKey: Uint8Array;
  lanes: number;
  deposit: Amount;
  /** Refuses a service that promises less by now, in parts per million. */
  minPromise?: number;
  funder?: string;
}): Message<market.MsgOpenChannel> {
  const { minPromise = 0, funder = "", deposit } = value;
  return marketplace("MsgOpenChannel", { ...value, deposit: toCoin(deposit), minPromise, funder });
}

/** With a funder (the channel's) its coins are used, by its approval. */
export function topUp(value: {
  sender: string;
  channel: Uint8Array;
  amount: Amount;
  funder?: string;
}): Message<market.MsgTopUp> {
  const { amount, funder = "" } = value;
  return marketplace("MsgTopUp", { ...value, amount: toCoin(amount), funder });
}

export function claim(value: market.MsgClaim): Message<market.MsgClaim> {
  return marketplace("MsgClaim", value);
}

/** Vouchers only from the provider. */
export function closeChannel(value: {
  sender: string;
  channel: Uint8Array;
  vouchers?: market.MsgCloseChannel["vouchers"];
}): Message<market.MsgCloseChannel> {
  return marketplace("MsgCloseChannel", { ...value, vouchers: value.vouchers ?? [] });
}

export function finaliseChannel(value: market.MsgFinaliseChannel): Message<market.MsgFinaliseChannel> {
  return marketplace("MsgFinaliseChannel", value);
}

/** `maxPerChannel` is in the denom of `maxTotal`; no services allow all, no expiry is for ever. */
export function approveSpender(value: {
  owner: string;
  spender: string;
  maxTotal: Amount;
  maxPerChannel: bigint;
  services?: bigint[];
  /** Last height at which it can be used. */
  expiry?: bigint;
}): Message<market.MsgApproveSpender> {
  const { maxTotal, maxPerChannel, services = [], expiry = 0n } = value;
  return marketplace("MsgApproveSpender", {
    ...value,
    maxTotal: toCoin(maxTotal),
    maxPerChannel: maxPerChannel.toString(),
    services,
    expiry,
  });
}

export function revokeSpender(value: market.MsgRevokeSpender): Message<market.MsgRevokeSpender> {
  return marketplace("MsgRevokeSpender", value);
}

export function withdraw(value: market.MsgWithdraw): Message<market.MsgWithdraw> {
  return marketplace("MsgWithdraw", value);
}

/** `input` and `output` are of item `index`, raw; the paths are RFC 6962 audit paths, leaf upwards. */
export function challengeAnswer(
  value: market.MsgChallengeAnswer & { receipt: Receipt },
): Message<market.MsgChallengeAnswer> {
  return marketplace("MsgChallengeAnswer", value);
}

/** By ascending service. */
export function reportProbes(value: {
  hotKey: string;
  epoch: bigint;
  probes: Probe[];
}): Message<market.MsgReportProbes> {
  return marketplace("MsgReportProbes", value);
}

/** x/bank: sends `amount` uassay. */
export function sendTokens(value: { from: string; to: string; amount: bigint }): Message<MsgSend> {
  return {
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: {
      fromAddress: value.from,
      toAddress: value.to,
      amount: [{ denom: BASE_DENOM, amount: value.amount.toString() }],
    },
  };
}
