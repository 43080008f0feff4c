import { Channel } from "@assay/client/generated/assay/marketplace/v1/channel";
import * as marketEvents from "@assay/client/generated/assay/marketplace/v1/events";
import { Service } from "@assay/client/generated/assay/marketplace/v1/service";
import * as poiEvents from "@assay/client/generated/assay/poi/v1/events";
import { createRegistry, marketplaceTypes, poiTypes } from "@assay/client/registry";
import { expect } from "chai";
import { Shortener } from "../../../api/chain/shown.ts";
import type { Json as Decoded } from "../../../api/index/decode.ts";
import { sentenceOf, spokenTypes, type Piece } from "../../../web/src/pages/chain/sentences.ts";
import type { ChainEvent, Json } from "../../../wire/chain.ts";

const registry = createRegistry();
const A = "assay1aaa";
const B = "assay1bbb";
const MODEL = new Uint8Array(32).fill(0xab);
const CHANNEL = new Uint8Array(32).fill(0xcd);
const ASSAY = { denom: "uassay", amount: "5000000" };

/** Values of a generated codec as the api sends them: proto names, 64-bit numbers as text, bytes as hex. */
function sent(value: unknown): Json {
  return new Shortener(10_000).shorten(decoded(value));
}

function decoded(value: unknown): Decoded {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [
        key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        decoded(entry),
      ]),
    );
  }
  return value === undefined ? null : (value as Decoded);
}

function message(typeUrl: string, value: object): Json {
  const type = registry.lookupType(typeUrl) as { fromPartial(value: object): object };
  return sent(type.fromPartial(value));
}

function eventOf(name: string, value: object): ChainEvent {
  const codecs: Readonly<Record<string, unknown>> = { ...poiEvents, ...marketEvents };
  const codec = codecs[name] as { fromPartial(value: object): object };
  const fields = sent(codec.fromPartial(value)) as { [key: string]: Json };
  return {
    type: `assay.module.v1.${name}`,
    attributes: Object.entries(fields).map(([key, entry]) => ({ key, value: entry })),
  };
}

/** A sentence as it reads, with what is linked in brackets. */
function textOf(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => {
      if (typeof piece === "string") return piece;
      switch (piece.kind) {
        case "address":
          return `[${piece.address}]`;
        case "coins":
          return piece.coins.map(({ denom, amount }) => `[${amount} ${denom || "own"}]`).join(" and ");
        case "arena":
        case "service":
          return `[${piece.kind} ${piece.id}: ${piece.name}]`;
        case "model":
          return `[model ${piece.id.slice(0, 4)}: ${piece.name}]`;
        case "channel":
          return `[channel ${piece.id.slice(0, 4)}]`;
        case "epoch":
          return `[epoch ${piece.epoch}]`;
        case "slot":
          return `[slot ${piece.slot} of epoch ${piece.epoch}]`;
        case "proposal":
          return `[proposal ${piece.id}]`;
        case "name":
          return `"${piece.name}"`;
      }
    })
    .join("");
}

interface Case {
  type: string;
  value: object;
  events?: ChainEvent[];
  says: string;
}

const poi = (name: string, value: object, says: string, events?: ChainEvent[]): Case => ({
  type: `/assay.poi.v1.${name}`,
  value,
  says,
  events,
});
const market = (name: string, value: object, says: string, events?: ChainEvent[]): Case => ({
  type: `/assay.marketplace.v1.${name}`,
  value,
  says,
  events,
});
const cosmos = (name: string, value: object, says: string): Case => ({ type: `/cosmos.${name}`, value, says });

const cases: readonly Case[] = [
  poi("MsgUpdateParams", { authority: A }, "Governance replaced the rules of the arenas from the next epoch on."),
  poi(
    "MsgCreateArena",
    { creator: A, spec: { name: "digits" }, referenceName: "mean" },
    `[${A}] opened the arena [arena 3: digits] with the reference model "mean".`,
    [eventOf("EventArenaCreated", { arena: 3n })],
  ),
  poi(
    "MsgUpdateArena",
    { arena: 3n, weight: 40, curator: B },
    `Governance gave [arena 3: arena 3] the weight 40 and the curator [${B}].`,
  ),
  poi(
    "MsgFundArena",
    { funder: A, arena: 3n, amount: "700", perEpoch: "7" },
    `[${A}] added [700 own] to the pot of [arena 3: arena 3], which pays [7 own] per settled epoch from now on.`,
  ),
  poi(
    "MsgApproveSponsor",
    { curator: A, arena: 3n, sponsor: B, approved: true },
    `[${A}] lets [${B}] bring labelled data to [arena 3: arena 3].`,
  ),
  poi("MsgBondSponsor", { sponsor: A, arena: 3n }, `[${A}] locked the bond of a sponsor of [arena 3: arena 3].`),
  poi(
    "MsgUnbondSponsor",
    { sponsor: A, arena: 3n },
    `[${A}] leaves [arena 3: arena 3] as a sponsor from the next epoch on.`,
  ),
  poi(
    "MsgCommitBatches",
    { sponsor: A, arena: 3n, count: 256 },
    `[${A}] committed 256 batches of hidden labelled data to [arena 3: arena 3].`,
  ),
  poi(
    "MsgPostInputs",
    { sponsor: A, epoch: 5n, slot: 0n, inputs: new Uint8Array(50_176) },
    `[${A}] opened the inputs of [slot 0 of epoch 5] (50.2 kB).`,
  ),
  poi("MsgOpenLabels", { sponsor: A, epoch: 5n, slot: 2n }, `[${A}] opened the labels of [slot 2 of epoch 5].`),
  poi(
    "MsgBondScorer",
    { operator: A, hotKey: B },
    `[${A}] locked the bond of a scorer that acts with the key of [${B}].`,
  ),
  poi("MsgUpdateScorer", { operator: A, hotKey: B }, `The scorer of [${A}] acts with the key of [${B}] from now on.`),
  poi("MsgUnbondScorer", { operator: A }, `The scorer of [${A}] leaves from the next epoch on.`),
  poi("MsgSetTip", { hotKey: A }, `Scorer [${A}] starts a new chain of random links with the next epoch.`),
  poi("MsgRevealLink", { hotKey: A, epoch: 5n }, `Scorer [${A}] revealed its random link for epoch [epoch 5].`),
  poi(
    "MsgPostRows",
    { hotKey: A, epoch: 5n, slot: 2n, rows: Array.from({ length: 120 }, () => ({ model: MODEL })) },
    `Scorer [${A}] posted what 120 models answered on [slot 2 of epoch 5].`,
  ),
  poi("MsgReserveModel", { owner: A }, `[${A}] reserved a place for a model that it will show later.`),
  poi(
    "MsgRegisterModel",
    { owner: A, arena: 3n, name: "cnn", file: new Uint8Array(2_000) },
    `[${A}] registered the model [model abab: cnn] in [arena 3: arena 3] (2.0 kB).`,
    [eventOf("EventModelRegistered", { model: MODEL })],
  ),
  poi(
    "MsgRenewReservation",
    { owner: A, model: MODEL },
    `[${A}] let [model abab: model] compete again, at the end of the queue.`,
  ),
  poi("MsgWithdrawModel", { owner: A, model: MODEL }, `[${A}] withdrew [model abab: model] from its arena.`),
  poi(
    "MsgChallenge",
    { challenger: A, epoch: 5n, slot: 2n, model: MODEL, item: 7 },
    `[${A}] asked the chain to run [model abab: model] on item 7 of [slot 2 of epoch 5] itself.`,
  ),
  poi("MsgClaimRewards", { owner: A }, `[${A}] claimed [12 own] earned in the arenas.`, [
    eventOf("EventRewardsClaimed", { owner: A, amount: "12" }),
  ]),
  poi("MsgInfer", { sender: A, model: MODEL }, `[${A}] let the chain run [model abab: model] for [3 own].`, [
    eventOf("EventInferred", { model: MODEL, fee: "3" }),
  ]),

  market("MsgUpdateParams", { authority: A }, "Governance replaced the rules of the market."),
  market(
    "MsgListService",
    { provider: A, name: "digits", price: 200n, denom: "uassay", model: MODEL },
    `[${A}] offered the service [service 4: digits] at [200 uassay] per item, answered by [model abab: model].`,
    [eventOf("EventServiceListed", { service: Service.fromPartial({ id: 4n }) })],
  ),
  market(
    "MsgUpdateService",
    { provider: A, service: 4n, name: "digits", price: 0n, promise: 971_000 },
    `[${A}] changed [service 4: digits], now for free and promises an accuracy of 97.10\u00a0%.`,
  ),
  market("MsgCloseService", { provider: A, service: 4n }, `[${A}] took [service 4: service 4] off the market.`),
  market("MsgReleaseBond", { provider: A, service: 4n }, `[${A}] got back the bond of [service 4: service 4].`),
  market(
    "MsgOpenChannel",
    { payer: A, service: 3n, deposit: ASSAY, funder: B },
    `Buyer [${A}] opened [channel cdcd] with [service 3: service 3], deposit [5000000 uassay] with coins of [${B}].`,
    [eventOf("EventChannelOpened", { channel: Channel.fromPartial({ id: CHANNEL }) })],
  ),
  market("MsgTopUp", { sender: A, channel: CHANNEL, amount: ASSAY }, `[${A}] added [5000000 uassay] to [channel cdcd].`),
  market(
    "MsgClaim",
    { provider: A, vouchers: [{ channel: CHANNEL }, { channel: CHANNEL }] },
    `Provider [${A}] claimed 2 vouchers for answers it gave, worth [7 uassay].`,
    [
      eventOf("EventVoucherClaimed", { released: { denom: "uassay", amount: "3" } }),
      eventOf("EventVoucherClaimed", { released: { denom: "uassay", amount: "4" } }),
    ],
  ),
  market(
    "MsgCloseChannel",
    { sender: A, channel: CHANNEL },
    `[${A}] began to close [channel cdcd]; it can be finalised from block 1,200 on.`,
    [eventOf("EventChannelClosing", { channel: CHANNEL, closeHeight: 1_200n })],
  ),
  market(
    "MsgFinaliseChannel",
    { sender: A, channel: CHANNEL },
    `[${A}] finalised [channel cdcd]: what was left went back.`,
  ),
  market(
    "MsgApproveSpender",
    { owner: A, spender: B, maxTotal: ASSAY },
    `[${A}] lets [${B}] put up to [5000000 uassay] of its coins into channels.`,
  ),
  market("MsgRevokeSpender", { owner: A, spender: B }, `[${A}] no longer lets [${B}] use its coins for channels.`),
  market("MsgWithdraw", { owner: A }, `[${A}] withdrew [5000000 uassay] from the market.`, [
    eventOf("EventWithdrawn", { owner: A, amount: [ASSAY] }),
  ]),
  market(
    "MsgChallengeAnswer",
    { sender: A, receipt: { service: 4n } },
    `[${A}] let the chain check an answer of [service 4: service 4]: it was wrong, and the service lost its bond.`,
    [eventOf("EventServiceConvicted", { service: 4n })],
  ),
  market(
    "MsgReportProbes",
    { hotKey: A, epoch: 5n, probes: [{ service: 1n }] },
    `Scorer [${A}] reported how 1 service answered it as a customer in epoch [epoch 5].`,
  ),

  cosmos(
    "bank.v1beta1.MsgSend",
    { fromAddress: A, toAddress: B, amount: [ASSAY] },
    `[${A}] sent [5000000 uassay] to [${B}].`,
  ),
  cosmos(
    "staking.v1beta1.MsgDelegate",
    { delegatorAddress: A, validatorAddress: B, amount: ASSAY },
    `[${A}] delegated [5000000 uassay] to validator [${B}].`,
  ),
  cosmos(
    "staking.v1beta1.MsgBeginRedelegate",
    { delegatorAddress: A, validatorSrcAddress: B, validatorDstAddress: A, amount: ASSAY },
    `[${A}] moved [5000000 uassay] from validator [${B}] to [${A}].`,
  ),
  cosmos(
    "staking.v1beta1.MsgCreateValidator",
    { description: { moniker: "me" }, validatorAddress: B, value: ASSAY },
    `[${B}] became a validator called "me" with [5000000 uassay] of its own.`,
  ),
  cosmos(
    "distribution.v1beta1.MsgWithdrawDelegatorReward",
    { delegatorAddress: A, validatorAddress: B },
    `[${A}] took its staking rewards from validator [${B}].`,
  ),
  cosmos(
    "gov.v1.MsgSubmitProposal",
    { proposer: A, title: "More arenas", initialDeposit: [ASSAY] },
    `[${A}] proposed "More arenas" with a deposit of [5000000 uassay].`,
  ),
  cosmos(
    "authz.v1beta1.MsgRevoke",
    { granter: A, grantee: B, msgTypeUrl: "/cosmos.bank.v1beta1.MsgSend" },
    `[${A}] no longer lets [${B}] act for it (Send).`,
  ),
  cosmos("authz.v1beta1.MsgExec", { grantee: A, msgs: [{}, {}] }, `[${A}] acted for others: 2 messages, shown below.`),
  cosmos(
    "feegrant.v1beta1.MsgGrantAllowance",
    { granter: A, grantee: B },
    `[${A}] pays the fees of [${B}] from now on.`,
  ),
];

describe("sentences about messages", () => {
  it("speak about every message of x/poi and x/marketplace, and are all tried here", () => {
    const ours = [...poiTypes, ...marketplaceTypes].map(([type]) => type);
    expect(ours.filter((type) => !spokenTypes.has(type))).to.deep.equal([]);
    const tried = new Set(cases.map(({ type }) => type));
    expect(ours.filter((type) => !tried.has(type))).to.deep.equal([]);
  });

  for (const { type, value, events = [], says } of cases) {
    it(`say ${type}`, () => {
      expect(textOf(sentenceOf(type, message(type, value), events, A))).to.equal(says);
    });
  }

  it("say votes as the chain's names of options", () => {
    const vote = { proposal_id: "7", voter: A, option: "VOTE_OPTION_NO_WITH_VETO" };
    expect(textOf(sentenceOf("/cosmos.gov.v1.MsgVote", vote, [], A))).to.equal(
      `[${A}] voted "no with veto" on [proposal 7].`,
    );
  });

  it("need no events: those of failed transactions tell nothing", () => {
    const opened = message("/assay.marketplace.v1.MsgOpenChannel", { payer: A, service: 3n, deposit: ASSAY });
    expect(textOf(sentenceOf("/assay.marketplace.v1.MsgOpenChannel", opened, [], A))).to.equal(
      `Buyer [${A}] opened a channel with [service 3: service 3], deposit [5000000 uassay].`,
    );
  });

  it("name the type of what nobody foresaw or cannot be read", () => {
    expect(textOf(sentenceOf("/ibc.applications.MsgTransfer", { sender: A }, [], A))).to.equal(
      `[${A}] sent a message of the type "/ibc.applications.MsgTransfer".`,
    );
    expect(textOf(sentenceOf("/cosmos.bank.v1beta1.MsgSend", null, [], undefined))).to.equal(
      `Somebody sent a message of the type "/cosmos.bank.v1beta1.MsgSend".`,
    );
    expect(textOf(sentenceOf("constructor", {}, [], undefined))).to.contain('"constructor"');
  });

  it("survive fields of other kinds than they should be", () => {
    for (const type of spokenTypes) {
      for (const value of [{}, [], "text", { amount: 3, receipt: [], rows: {}, vouchers: "x", spec: null }]) {
        expect(sentenceOf(type, value as Json, [], A), type).to.be.an("array").that.is.not.empty;
      }
    }
  });
});
