import { formatBytes, formatCount, formatPercent, plural } from "../../components/format.ts";
import type { ChainEvent, Json } from "../../../../wire/chain.ts";
import { Fields } from "./fields.ts";
import { nameOfType } from "./names.ts";

/** A sentence in pieces: words, and things that a page links or formats. */
export type Piece =
  | string
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "coins"; readonly coins: readonly Coin[] }
  | { readonly kind: "arena" | "service"; readonly id: number; readonly name: string }
  | { readonly kind: "model"; readonly id: string; readonly name: string }
  | { readonly kind: "channel"; readonly id: string }
  | { readonly kind: "epoch"; readonly epoch: number }
  | { readonly kind: "slot"; readonly epoch: number; readonly slot: number }
  | { readonly kind: "proposal"; readonly id: string }
  | { readonly kind: "name"; readonly name: string };

export type Coin = Readonly<{ denom: string; amount: string }>;

/** What a sentence is made of: the message's fields, and the events it caused, none if it failed. */
export class Said {
  readonly message: Fields;
  readonly #events: readonly ChainEvent[];

  constructor(message: Fields, events: readonly ChainEvent[]) {
    this.message = message;
    this.#events = events;
  }

  /** The events of a name that the message caused. */
  events(name: string): Fields[] {
    return this.#events
      .filter(({ type }) => type.endsWith(`.${name}`))
      .map(({ attributes }) => new Fields(Object.fromEntries(attributes.map(({ key, value }) => [key, value]))));
  }

  event(name: string): Fields | undefined {
    return this.events(name)[0];
  }

  who(field: string): Piece {
    const address = this.message.text(field);
    return address === "" ? "nobody" : { kind: "address", address };
  }

  /** An amount of the chain's own coin. */
  own(field: string): Piece {
    return own(this.message.amount(field));
  }

  coin(field: string): Piece {
    return { kind: "coins", coins: [this.message.coin(field)] };
  }

  coins(field: string): Piece {
    return { kind: "coins", coins: this.message.coins(field) };
  }

  arena(): Piece {
    const id = this.message.count("arena");
    return { kind: "arena", id, name: `arena ${id}` };
  }

  epoch(): Piece {
    return { kind: "epoch", epoch: this.message.count("epoch") };
  }

  slot(): Piece {
    return { kind: "slot", epoch: this.message.count("epoch"), slot: this.message.count("slot") };
  }

  model(): Piece {
    return { kind: "model", id: this.message.hex("model"), name: "model" };
  }

  service(name = ""): Piece {
    const id = this.message.count("service");
    return { kind: "service", id, name: name === "" ? `service ${id}` : name };
  }

  channel(): Piece {
    return { kind: "channel", id: this.message.hex("channel") };
  }

  proposal(): Piece {
    return { kind: "proposal", id: this.message.text("proposal_id") };
  }
}

type Sentence = (said: Said) => Piece[];

const byType: Readonly<Record<string, Sentence>> = {
  "/assay.poi.v1.MsgUpdateParams": () => say`Governance replaced the rules of the arenas from the next epoch on.`,
  "/assay.poi.v1.MsgCreateArena": (said) => {
    const name = said.message.fields("spec").text("name");
    const created = said.event("EventArenaCreated");
    const arena: Piece = created ? { kind: "arena", id: created.count("arena"), name } : { kind: "name", name };
    return say`${said.who("creator")} opened the arena ${arena} with the reference model ${nameIn(said, "reference_name")}.`;
  },
  "/assay.poi.v1.MsgUpdateArena": (said) => {
    const curator = said.message.text("curator") === "" ? [] : say` and the curator ${said.who("curator")}`;
    return say`Governance gave ${said.arena()} the weight ${formatCount(said.message.count("weight"))}${curator}.`;
  },
  "/assay.poi.v1.MsgFundArena": (said) => {
    const rate =
      said.message.amount("per_epoch") === "0"
        ? []
        : say`, which pays ${said.own("per_epoch")} per settled epoch from now on`;
    return say`${said.who("funder")} added ${said.own("amount")} to the pot of ${said.arena()}${rate}.`;
  },
  "/assay.poi.v1.MsgApproveSponsor": (said) => {
    const lets = said.message.flag("approved") ? "lets" : "no longer lets";
    return say`${said.who("curator")} ${lets} ${said.who("sponsor")} bring labelled data to ${said.arena()}.`;
  },
  "/assay.poi.v1.MsgBondSponsor": (said) => say`${said.who("sponsor")} locked the bond of a sponsor of ${said.arena()}.`,
  "/assay.poi.v1.MsgUnbondSponsor": (said) =>
    say`${said.who("sponsor")} leaves ${said.arena()} as a sponsor from the next epoch on.`,
  "/assay.poi.v1.MsgCommitBatches": (said) => {
    const batches = plural(said.message.count("count"), "batch", "batches");
    return say`${said.who("sponsor")} committed ${batches} of hidden labelled data to ${said.arena()}.`;
  },
  "/assay.poi.v1.MsgPostInputs": (said) =>
    say`${said.who("sponsor")} opened the inputs of ${said.slot()} (${formatBytes(said.message.size("inputs"))}).`,
  "/assay.poi.v1.MsgOpenLabels": (said) => say`${said.who("sponsor")} opened the labels of ${said.slot()}.`,
  "/assay.poi.v1.MsgBondScorer": (said) => {
    const key = said.message.text("hot_key") === "" ? [] : say` that acts with the key of ${said.who("hot_key")}`;
    return say`${said.who("operator")} locked the bond of a scorer${key}.`;
  },
  "/assay.poi.v1.MsgUpdateScorer": (said) =>
    say`The scorer of ${said.who("operator")} acts with the key of ${said.who("hot_key")} from now on.`,
  "/assay.poi.v1.MsgUnbondScorer": (said) => say`The scorer of ${said.who("operator")} leaves from the next epoch on.`,
  "/assay.poi.v1.MsgSetTip": (said) =>
    say`Scorer ${said.who("hot_key")} starts a new chain of random links with the next epoch.`,
  "/assay.poi.v1.MsgRevealLink": (said) =>
    say`Scorer ${said.who("hot_key")} revealed its random link for epoch ${said.epoch()}.`,
  "/assay.poi.v1.MsgPostRows": (said) => {
    const models = plural(said.message.length("rows"), "model");
    return say`Scorer ${said.who("hot_key")} posted what ${models} answered on ${said.slot()}.`;
  },
  "/assay.poi.v1.MsgReserveModel": (said) =>
    say`${said.who("owner")} reserved a place for a model that it will show later.`,
  "/assay.poi.v1.MsgRegisterModel": (said) => {
    const name = said.message.text("name");
    const registered = said.event("EventModelRegistered");
    const model: Piece = registered ? { kind: "model", id: registered.hex("model"), name } : { kind: "name", name };
    const size = formatBytes(said.message.size("file"));
    return say`${said.who("owner")} registered the model ${model} in ${said.arena()} (${size}).`;
  },
  "/assay.poi.v1.MsgRenewReservation": (said) =>
    say`${said.who("owner")} let ${said.model()} compete again, at the end of the queue.`,
  "/assay.poi.v1.MsgWithdrawModel": (said) => say`${said.who("owner")} withdrew ${said.model()} from its arena.`,
  "/assay.poi.v1.MsgChallenge": (said) => {
    const item = formatCount(said.message.count("item"));
    return say`${said.who("challenger")} asked the chain to run ${said.model()} on item ${item} of ${said.slot()} itself.`;
  },
  "/assay.poi.v1.MsgClaimRewards": (said) => {
    const claimed = said.event("EventRewardsClaimed");
    return say`${said.who("owner")} claimed ${claimed ? own(claimed.amount("amount")) : "its rewards"} earned in the arenas.`;
  },
  "/assay.poi.v1.MsgInfer": (said) => {
    const fee = said.event("EventInferred")?.amount("fee") ?? "0";
    return say`${said.who("sender")} let the chain run ${said.model()}${fee === "0" ? [] : say` for ${own(fee)}`}.`;
  },

  "/assay.marketplace.v1.MsgUpdateParams": () => say`Governance replaced the rules of the market.`,
  "/assay.marketplace.v1.MsgListService": (said) => {
    const name = said.message.text("name");
    const listed = said.event("EventServiceListed");
    const service: Piece = listed
      ? { kind: "service", id: listed.fields("service").count("id"), name }
      : { kind: "name", name };
    const model = said.message.hex("model") === "" ? [] : say`, answered by ${said.model()}`;
    const price: Coin = { denom: said.message.text("denom"), amount: said.message.amount("price") };
    return say`${said.who("provider")} offered the service ${service} ${costs(price)}${model}.`;
  },
  "/assay.marketplace.v1.MsgUpdateService": (said) => {
    const promise = said.message.count("promise");
    const promised = promise === 0 ? "" : ` and promises an accuracy of ${formatPercent(promise / 1_000_000)}`;
    const service = said.service(said.message.text("name"));
    // The message has the price without its denomination, which never changes.
    const denom = said.event("EventServiceUpdated")?.fields("service").text("denom") ?? OWN;
    const price = costs({ denom, amount: said.message.amount("price") });
    return say`${said.who("provider")} changed ${service}, now ${price}${promised}.`;
  },
  "/assay.marketplace.v1.MsgCloseService": (said) => say`${said.who("provider")} took ${said.service()} off the market.`,
  "/assay.marketplace.v1.MsgReleaseBond": (said) => say`${said.who("provider")} got back the bond of ${said.service()}.`,
  "/assay.marketplace.v1.MsgOpenChannel": (said) => {
    const id = said.event("EventChannelOpened")?.fields("channel").hex("id") ?? "";
    const channel: Piece = id === "" ? "a channel" : { kind: "channel", id };
    return say`Buyer ${said.who("payer")} opened ${channel} with ${said.service()}, deposit ${said.coin("deposit")}${funder(said)}.`;
  },
  "/assay.marketplace.v1.MsgTopUp": (said) =>
    say`${said.who("sender")} added ${said.coin("amount")} to ${said.channel()}${funder(said)}.`,
  "/assay.marketplace.v1.MsgClaim": (said) => {
    const vouchers = plural(said.message.length("vouchers"), "voucher");
    const released = said.events("EventVoucherClaimed").map((claimed) => claimed.coin("released"));
    const worth = released.length === 0 ? [] : say`, worth ${{ kind: "coins", coins: summed(released) }}`;
    return say`Provider ${said.who("provider")} claimed ${vouchers} for answers it gave${worth}.`;
  },
  "/assay.marketplace.v1.MsgCloseChannel": (said) => {
    const closing = said.event("EventChannelClosing");
    const vouchers = said.message.length("vouchers");
    const last = vouchers === 0 ? "" : ` with ${plural(vouchers, "last voucher")}`;
    const until = closing ? `; it can be finalised from block ${formatCount(closing.count("close_height"))} on` : "";
    return say`${said.who("sender")} ${closing ? "began to close" : "closed"} ${said.channel()}${last}${until}.`;
  },
  "/assay.marketplace.v1.MsgFinaliseChannel": (said) =>
    say`${said.who("sender")} finalised ${said.channel()}: what was left went back.`,
  "/assay.marketplace.v1.MsgApproveSpender": (said) =>
    say`${said.who("owner")} lets ${said.who("spender")} put up to ${said.coin("max_total")} of its coins into channels.`,
  "/assay.marketplace.v1.MsgRevokeSpender": (said) =>
    say`${said.who("owner")} no longer lets ${said.who("spender")} use its coins for channels.`,
  "/assay.marketplace.v1.MsgWithdraw": (said) => {
    const coins = said.event("EventWithdrawn")?.coins("amount") ?? [];
    const amount: Piece = coins.length === 0 ? "its credits" : { kind: "coins", coins };
    return say`${said.who("owner")} withdrew ${amount} from the market.`;
  },
  "/assay.marketplace.v1.MsgChallengeAnswer": (said) => {
    const id = said.message.fields("receipt").count("service");
    const service: Piece = { kind: "service", id, name: `service ${id}` };
    const convicted = said.event("EventServiceConvicted") ? ": it was wrong, and the service lost its bond" : "";
    return say`${said.who("sender")} let the chain check an answer of ${service}${convicted}.`;
  },
  "/assay.marketplace.v1.MsgReportProbes": (said) => {
    const services = plural(said.message.length("probes"), "service");
    return say`Scorer ${said.who("hot_key")} reported how ${services} answered it as a customer in epoch ${said.epoch()}.`;
  },

  "/cosmos.bank.v1beta1.MsgSend": (said) =>
    say`${said.who("from_address")} sent ${said.coins("amount")} to ${said.who("to_address")}.`,
  "/cosmos.bank.v1beta1.MsgMultiSend": (said) => {
    const [from, to] = [said.message.length("inputs"), said.message.length("outputs")];
    return say`Coins went from ${plural(from, "account")} to ${plural(to, "account")}.`;
  },
  "/cosmos.staking.v1beta1.MsgDelegate": (said) =>
    say`${said.who("delegator_address")} delegated ${said.coin("amount")} to validator ${said.who("validator_address")}.`,
  "/cosmos.staking.v1beta1.MsgUndelegate": (said) =>
    say`${said.who("delegator_address")} takes back ${said.coin("amount")} from validator ${said.who("validator_address")}.`,
  "/cosmos.staking.v1beta1.MsgBeginRedelegate": (said) =>
    say`${said.who("delegator_address")} moved ${said.coin("amount")} from validator ${said.who("validator_src_address")} to ${said.who("validator_dst_address")}.`,
  "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation": (said) =>
    say`${said.who("delegator_address")} left ${said.coin("amount")} with validator ${said.who("validator_address")} after all.`,
  "/cosmos.staking.v1beta1.MsgCreateValidator": (said) => {
    const name: Piece = { kind: "name", name: said.message.fields("description").text("moniker") };
    return say`${said.who("validator_address")} became a validator called ${name} with ${said.coin("value")} of its own.`;
  },
  "/cosmos.staking.v1beta1.MsgEditValidator": (said) =>
    say`Validator ${said.who("validator_address")} changed its description or commission.`,
  "/cosmos.slashing.v1beta1.MsgUnjail": (said) => say`Validator ${said.who("validator_addr")} came back from jail.`,
  "/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward": (said) =>
    say`${said.who("delegator_address")} took its staking rewards from validator ${said.who("validator_address")}.`,
  "/cosmos.distribution.v1beta1.MsgWithdrawValidatorCommission": (said) =>
    say`Validator ${said.who("validator_address")} took its commission.`,
  "/cosmos.distribution.v1beta1.MsgSetWithdrawAddress": (said) =>
    say`${said.who("delegator_address")} has its staking rewards paid to ${said.who("withdraw_address")} from now on.`,
  "/cosmos.distribution.v1beta1.MsgFundCommunityPool": (said) =>
    say`${said.who("depositor")} gave ${said.coins("amount")} to the community pool.`,
  "/cosmos.gov.v1.MsgSubmitProposal": (said) => {
    const title = said.message.text("title");
    const proposal: Piece = title === "" ? "a change" : { kind: "name", name: title };
    return say`${said.who("proposer")} proposed ${proposal} with a deposit of ${said.coins("initial_deposit")}.`;
  },
  "/cosmos.gov.v1.MsgVote": vote,
  "/cosmos.gov.v1beta1.MsgVote": vote,
  "/cosmos.gov.v1.MsgVoteWeighted": splitVote,
  "/cosmos.gov.v1beta1.MsgVoteWeighted": splitVote,
  "/cosmos.gov.v1.MsgDeposit": deposit,
  "/cosmos.gov.v1beta1.MsgDeposit": deposit,
  "/cosmos.gov.v1.MsgCancelProposal": (said) => say`${said.who("proposer")} cancelled ${said.proposal()}.`,
  "/cosmos.authz.v1beta1.MsgGrant": (said) => {
    const authorization = said.message.fields("grant").fields("authorization");
    const generic = authorization.text("msg");
    const what = nameOfType(generic === "" ? authorization.text("@type") : generic);
    return say`${said.who("granter")} lets ${said.who("grantee")} act for it (${what}).`;
  },
  "/cosmos.authz.v1beta1.MsgRevoke": (said) => {
    const what = nameOfType(said.message.text("msg_type_url"));
    return say`${said.who("granter")} no longer lets ${said.who("grantee")} act for it (${what}).`;
  },
  "/cosmos.authz.v1beta1.MsgExec": (said) =>
    say`${said.who("grantee")} acted for others: ${plural(said.message.length("msgs"), "message")}, shown below.`,
  "/cosmos.feegrant.v1beta1.MsgGrantAllowance": (said) =>
    say`${said.who("granter")} pays the fees of ${said.who("grantee")} from now on.`,
  "/cosmos.feegrant.v1beta1.MsgRevokeAllowance": (said) =>
    say`${said.who("granter")} no longer pays the fees of ${said.who("grantee")}.`,
  "/cosmos.vesting.v1beta1.MsgCreateVestingAccount": (said) =>
    say`${said.who("from_address")} gave ${said.who("to_address")} ${said.coins("amount")}, which become free over time.`,
};

/** The types of messages that have a sentence of their own. */
export const spokenTypes: ReadonlySet<string> = new Set(Object.keys(byType));

/**
 * Says a message in one plain sentence; for a type nobody foresaw, who sent which kind of message.
 *
 * @param events those the message caused; none if it failed.
 * @param signer who signed the transaction first.
 */
export function sentenceOf(
  typeUrl: string,
  value: Json | null,
  events: readonly ChainEvent[],
  signer: string | undefined,
): Piece[] {
  const sentence = value !== null && Object.hasOwn(byType, typeUrl) ? byType[typeUrl] : undefined;
  if (sentence) return sentence(new Said(new Fields(value), events));
  const who: Piece = signer === undefined ? "Somebody" : { kind: "address", address: signer };
  return say`${who} sent a message of the type ${{ kind: "name", name: typeUrl }}.`;
}

/** Puts words and pieces together. */
function say(words: readonly string[], ...pieces: readonly (Piece | Piece[])[]): Piece[] {
  const all = words.flatMap((word, index) => {
    const piece = pieces[index];
    return piece === undefined ? [word] : [word, ...(Array.isArray(piece) ? piece : [piece])];
  });
  return all.filter((piece) => piece !== "");
}

function vote(said: Said): Piece[] {
  const option = said.message.text("option").replace(/^VOTE_OPTION_/, "").toLowerCase().replaceAll("_", " ");
  return say`${said.who("voter")} voted ${{ kind: "name", name: option }} on ${said.proposal()}.`;
}

function splitVote(said: Said): Piece[] {
  return say`${said.who("voter")} split its vote on ${said.proposal()}.`;
}

function deposit(said: Said): Piece[] {
  return say`${said.who("depositor")} added ${said.coins("amount")} to the deposit of ${said.proposal()}.`;
}

/** Whose coins a deposit uses, if they are somebody else's. */
function funder(said: Said): Piece[] {
  return said.message.text("funder") === "" ? [] : say` with coins of ${said.who("funder")}`;
}

function costs(price: Coin): Piece[] {
  return price.amount === "0" ? say`for free` : say`at ${{ kind: "coins", coins: [price] }} per item`;
}

function nameIn(said: Said, field: string): Piece {
  return { kind: "name", name: said.message.text(field) };
}

/** Empty for the chain's own coin. */
const OWN = "";

function own(amount: string): Piece {
  return { kind: "coins", coins: [{ denom: OWN, amount }] };
}

function summed(coins: readonly Coin[]): Coin[] {
  const sums = new Map<string, bigint>();
  for (const { denom, amount } of coins) sums.set(denom, (sums.get(denom) ?? 0n) + BigInt(amount));
  return [...sums].map(([denom, amount]) => ({ denom, amount: amount.toString() }));
}
