import { Fragment, type ReactNode } from "react";
import { TextLink } from "../../components/button.tsx";
import { formatBytes, formatCount, formatPercent, plural } from "../../components/format.ts";
import {
  Address,
  Amount,
  ArenaLink,
  Code,
  EpochLink,
  ModelLink,
  ServiceLink,
} from "../../components/values.tsx";
import type { ChainEvent, Json } from "../../../../wire/chain.ts";
import { Fields } from "./fields.ts";
import { nameOfType } from "./names.ts";

/** What a sentence is made of: the message's fields, and the events it caused, none if it failed. */
export interface Said {
  message: Fields;
  events: readonly ChainEvent[];
}

type Sentences = Readonly<Record<string, (said: Said) => ReactNode>>;

const byType: Sentences = {
    "/assay.poi.v1.MsgUpdateParams": () => <>Governance replaced the rules of the arenas from the next epoch on.</>,
    "/assay.poi.v1.MsgCreateArena": (said) => {
      const spec = said.message.fields("spec");
      const arena = event(said, "EventArenaCreated");
      return (
        <>
          <Who said={said} field="creator" /> opened the arena{" "}
          {arena ? <ArenaLink id={arena.count("arena")} name={spec.text("name")} /> : <b>{spec.text("name")}</b>} with the
          reference model {said.message.text("reference_name")}.
        </>
      );
    },
    "/assay.poi.v1.MsgUpdateArena": (said) => (
      <>
        Governance gave <Arena said={said} /> the weight {formatCount(said.message.count("weight"))}
        {said.message.text("curator") === "" ? null : (
          <>
            {" "}
            and the curator <Who said={said} field="curator" />
          </>
        )}
        .
      </>
    ),
    "/assay.poi.v1.MsgFundArena": (said) => (
      <>
        <Who said={said} field="funder" /> added <Uassay said={said} field="amount" /> to the pot of <Arena said={said} />
        {said.message.amount("per_epoch") === "0" ? null : (
          <>
            , which pays <Uassay said={said} field="per_epoch" /> per settled epoch from now on
          </>
        )}
        .
      </>
    ),
    "/assay.poi.v1.MsgApproveSponsor": (said) => (
      <>
        <Who said={said} field="curator" /> {said.message.flag("approved") ? "let" : "no longer lets"}{" "}
        <Who said={said} field="sponsor" /> bring labelled data to <Arena said={said} />.
      </>
    ),
    "/assay.poi.v1.MsgBondSponsor": (said) => (
      <>
        <Who said={said} field="sponsor" /> locked the bond of a sponsor of <Arena said={said} />.
      </>
    ),
    "/assay.poi.v1.MsgUnbondSponsor": (said) => (
      <>
        <Who said={said} field="sponsor" /> leaves <Arena said={said} /> as a sponsor from the next epoch on.
      </>
    ),
    "/assay.poi.v1.MsgCommitBatches": (said) => (
      <>
        <Who said={said} field="sponsor" /> committed {plural(said.message.count("count"), "batch", "batches")} of hidden
        labelled data to <Arena said={said} />.
      </>
    ),
    "/assay.poi.v1.MsgPostInputs": (said) => (
      <>
        <Who said={said} field="sponsor" /> opened the inputs of <Slot said={said} /> (
        {formatBytes(said.message.size("inputs"))}).
      </>
    ),
    "/assay.poi.v1.MsgOpenLabels": (said) => (
      <>
        <Who said={said} field="sponsor" /> opened the labels of <Slot said={said} />.
      </>
    ),
    "/assay.poi.v1.MsgBondScorer": (said) => (
      <>
        <Who said={said} field="operator" /> locked the bond of a scorer
        {said.message.text("hot_key") === "" ? null : (
          <>
            {" "}
            that acts with the key of <Who said={said} field="hot_key" />
          </>
        )}
        .
      </>
    ),
    "/assay.poi.v1.MsgUpdateScorer": (said) => (
      <>
        The scorer of <Who said={said} field="operator" /> acts with the key of <Who said={said} field="hot_key" /> from now
        on.
      </>
    ),
    "/assay.poi.v1.MsgUnbondScorer": (said) => (
      <>
        The scorer of <Who said={said} field="operator" /> leaves from the next epoch on.
      </>
    ),
    "/assay.poi.v1.MsgSetTip": (said) => (
      <>
        Scorer <Who said={said} field="hot_key" /> starts a new chain of random links with the next epoch.
      </>
    ),
    "/assay.poi.v1.MsgRevealLink": (said) => (
      <>
        Scorer <Who said={said} field="hot_key" /> revealed its random link for epoch <Epoch said={said} />.
      </>
    ),
    "/assay.poi.v1.MsgPostRows": (said) => (
      <>
        Scorer <Who said={said} field="hot_key" /> posted what {plural(said.message.length("rows"), "model")} answered on{" "}
        <Slot said={said} />.
      </>
    ),
    "/assay.poi.v1.MsgReserveModel": (said) => (
      <>
        <Who said={said} field="owner" /> reserved a place for a model that it shows later.
      </>
    ),
    "/assay.poi.v1.MsgRegisterModel": (said) => {
      const registered = event(said, "EventModelRegistered");
      const name = said.message.text("name");
      return (
        <>
          <Who said={said} field="owner" /> registered the model{" "}
          {registered ? <ModelLink id={registered.hex("model")} name={name} /> : <b>{name}</b>} in <Arena said={said} /> (
          {formatBytes(said.message.size("file"))}).
        </>
      );
    },
    "/assay.poi.v1.MsgRenewReservation": (said) => (
      <>
        <Who said={said} field="owner" /> let <Model said={said} /> compete again, at the end of the queue.
      </>
    ),
    "/assay.poi.v1.MsgWithdrawModel": (said) => (
      <>
        <Who said={said} field="owner" /> withdrew <Model said={said} /> from its arena.
      </>
    ),
    "/assay.poi.v1.MsgChallenge": (said) => (
      <>
        <Who said={said} field="challenger" /> asked the chain to run <Model said={said} /> on item{" "}
        {formatCount(said.message.count("item"))} of <Slot said={said} /> itself.
      </>
    ),
    "/assay.poi.v1.MsgClaimRewards": (said) => {
      const claimed = event(said, "EventRewardsClaimed");
      return (
        <>
          <Who said={said} field="owner" /> claimed{" "}
          {claimed ? <Amount amount={claimed.amount("amount")} /> : "its rewards"} earned in the arenas.
        </>
      );
    },
    "/assay.poi.v1.MsgInfer": (said) => {
      const inferred = event(said, "EventInferred");
      return (
        <>
          <Who said={said} field="sender" /> let the chain run <Model said={said} />
          {inferred ? (
            <>
              {" "}
              for <Amount amount={inferred.amount("fee")} />
            </>
          ) : null}
          .
        </>
      );
    },

    "/assay.marketplace.v1.MsgUpdateParams": () => <>Governance replaced the rules of the market.</>,
    "/assay.marketplace.v1.MsgListService": (said) => {
      const listed = event(said, "EventServiceListed");
      const name = said.message.text("name");
      return (
        <>
          <Who said={said} field="provider" /> offered the service{" "}
          {listed ? <ServiceLink id={listed.fields("service").count("id")} name={name} /> : <b>{name}</b>} at{" "}
          <Amount amount={said.message.amount("price")} denom={said.message.text("denom")} digits={6} /> per item
          {said.message.hex("model") === "" ? null : (
            <>
              {" "}
              with <Model said={said} />
            </>
          )}
          .
        </>
      );
    },
    "/assay.marketplace.v1.MsgUpdateService": (said) => (
      <>
        <Who said={said} field="provider" /> changed <Service said={said} name={said.message.text("name")} />, which costs{" "}
        <Amount amount={said.message.amount("price")} digits={6} /> per item now
        {said.message.count("promise") === 0
          ? null
          : ` and promises an accuracy of ${formatPercent(said.message.count("promise") / 1_000_000)}`}
        .
      </>
    ),
    "/assay.marketplace.v1.MsgCloseService": (said) => (
      <>
        <Who said={said} field="provider" /> took <Service said={said} /> off the market.
      </>
    ),
    "/assay.marketplace.v1.MsgReleaseBond": (said) => (
      <>
        <Who said={said} field="provider" /> got back the bond of <Service said={said} />.
      </>
    ),
    "/assay.marketplace.v1.MsgOpenChannel": (said) => {
      const opened = event(said, "EventChannelOpened")?.fields("channel").hex("id") ?? "";
      return (
        <>
          Buyer <Who said={said} field="payer" /> opened {opened === "" ? "a channel" : <ChannelLink id={opened} />} with{" "}
          <Service said={said} />, deposit <Coin said={said} field="deposit" />
          <Funder said={said} />.
        </>
      );
    },
    "/assay.marketplace.v1.MsgTopUp": (said) => (
      <>
        <Who said={said} field="sender" /> added <Coin said={said} field="amount" /> to <Channel said={said} />
        <Funder said={said} />.
      </>
    ),
    "/assay.marketplace.v1.MsgClaim": (said) => {
      const released = said.events
        .filter(({ type }) => type.endsWith(".EventVoucherClaimed"))
        .map((claimed) => fieldsOf(claimed).coin("released"));
      return (
        <>
          Provider <Who said={said} field="provider" /> claimed {plural(said.message.length("vouchers"), "voucher")} for
          answers it gave
          {released.length === 0 ? null : (
            <>
              , worth <Coins coins={summed(released)} />
            </>
          )}
          .
        </>
      );
    },
    "/assay.marketplace.v1.MsgCloseChannel": (said) => {
      const closing = event(said, "EventChannelClosing");
      return (
        <>
          <Who said={said} field="sender" /> {closing ? "began to close" : "closed"} <Channel said={said} />
          {said.message.length("vouchers") === 0
            ? null
            : ` with ${plural(said.message.length("vouchers"), "last voucher")}`}
          {closing ? `; it can be finalised from block ${formatCount(closing.count("close_height"))} on` : null}.
        </>
      );
    },
    "/assay.marketplace.v1.MsgFinaliseChannel": (said) => (
      <>
        <Who said={said} field="sender" /> finalised <Channel said={said} />: what was left went back.
      </>
    ),
    "/assay.marketplace.v1.MsgApproveSpender": (said) => (
      <>
        <Who said={said} field="owner" /> lets <Who said={said} field="spender" /> put up to{" "}
        <Coin said={said} field="max_total" /> of its coins into channels.
      </>
    ),
    "/assay.marketplace.v1.MsgRevokeSpender": (said) => (
      <>
        <Who said={said} field="owner" /> no longer lets <Who said={said} field="spender" /> use its coins for channels.
      </>
    ),
    "/assay.marketplace.v1.MsgWithdraw": (said) => {
      const withdrawn = event(said, "EventWithdrawn")?.coins("amount") ?? [];
      return (
        <>
          <Who said={said} field="owner" /> withdrew {withdrawn.length === 0 ? "its credits" : <Coins coins={withdrawn} />}{" "}
          from the market.
        </>
      );
    },
    "/assay.marketplace.v1.MsgChallengeAnswer": (said) => {
      const receipt = said.message.fields("receipt");
      const convicted = event(said, "EventServiceConvicted") !== undefined;
      return (
        <>
          <Who said={said} field="sender" /> let the chain check an answer of{" "}
          <ServiceLink id={receipt.count("service")} />
          {convicted ? ": it was wrong, and the service lost its bond" : null}.
        </>
      );
    },
    "/assay.marketplace.v1.MsgReportProbes": (said) => (
      <>
        Scorer <Who said={said} field="hot_key" /> reported how {plural(said.message.length("probes"), "service")} answered
        it as a customer in epoch <Epoch said={said} />.
      </>
    ),

    "/cosmos.bank.v1beta1.MsgSend": (said) => (
      <>
        <Who said={said} field="from_address" /> sent <Coins coins={said.message.coins("amount")} /> to{" "}
        <Who said={said} field="to_address" />.
      </>
    ),
    "/cosmos.bank.v1beta1.MsgMultiSend": (said) => (
      <>
        Coins went from {plural(said.message.length("inputs"), "account")} to{" "}
        {plural(said.message.length("outputs"), "account")}.
      </>
    ),
    "/cosmos.staking.v1beta1.MsgDelegate": (said) => (
      <>
        <Who said={said} field="delegator_address" /> delegated <Coin said={said} field="amount" /> to validator{" "}
        <Who said={said} field="validator_address" />.
      </>
    ),
    "/cosmos.staking.v1beta1.MsgUndelegate": (said) => (
      <>
        <Who said={said} field="delegator_address" /> takes back <Coin said={said} field="amount" /> from validator{" "}
        <Who said={said} field="validator_address" />.
      </>
    ),
    "/cosmos.staking.v1beta1.MsgBeginRedelegate": (said) => (
      <>
        <Who said={said} field="delegator_address" /> moved <Coin said={said} field="amount" /> from validator{" "}
        <Who said={said} field="validator_src_address" /> to <Who said={said} field="validator_dst_address" />.
      </>
    ),
    "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation": (said) => (
      <>
        <Who said={said} field="delegator_address" /> left <Coin said={said} field="amount" /> with validator{" "}
        <Who said={said} field="validator_address" /> after all.
      </>
    ),
    "/cosmos.staking.v1beta1.MsgCreateValidator": (said) => (
      <>
        <Who said={said} field="validator_address" /> became a validator called{" "}
        {said.message.fields("description").text("moniker")} with <Coin said={said} field="value" /> of its own.
      </>
    ),
    "/cosmos.staking.v1beta1.MsgEditValidator": (said) => (
      <>
        Validator <Who said={said} field="validator_address" /> changed its description or commission.
      </>
    ),
    "/cosmos.slashing.v1beta1.MsgUnjail": (said) => (
      <>
        Validator <Who said={said} field="validator_addr" /> came back from jail.
      </>
    ),
    "/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward": (said) => (
      <>
        <Who said={said} field="delegator_address" /> took its staking rewards from validator{" "}
        <Who said={said} field="validator_address" />.
      </>
    ),
    "/cosmos.distribution.v1beta1.MsgWithdrawValidatorCommission": (said) => (
      <>
        Validator <Who said={said} field="validator_address" /> took its commission.
      </>
    ),
    "/cosmos.distribution.v1beta1.MsgSetWithdrawAddress": (said) => (
      <>
        <Who said={said} field="delegator_address" /> has its staking rewards paid to{" "}
        <Who said={said} field="withdraw_address" /> from now on.
      </>
    ),
    "/cosmos.distribution.v1beta1.MsgFundCommunityPool": (said) => (
      <>
        <Who said={said} field="depositor" /> gave <Coins coins={said.message.coins("amount")} /> to the community pool.
      </>
    ),
    "/cosmos.gov.v1.MsgSubmitProposal": (said) => (
      <>
        <Who said={said} field="proposer" /> proposed{" "}
        <b>{said.message.text("title") === "" ? "a change" : said.message.text("title")}</b> with a deposit of{" "}
        <Coins coins={said.message.coins("initial_deposit")} />.
      </>
    ),
    "/cosmos.gov.v1.MsgVote": vote,
    "/cosmos.gov.v1beta1.MsgVote": vote,
    "/cosmos.gov.v1.MsgVoteWeighted": splitVote,
    "/cosmos.gov.v1beta1.MsgVoteWeighted": splitVote,
    "/cosmos.gov.v1.MsgDeposit": deposit,
    "/cosmos.gov.v1beta1.MsgDeposit": deposit,
    "/cosmos.gov.v1.MsgCancelProposal": (said) => (
      <>
        <Who said={said} field="proposer" /> cancelled <Proposal said={said} />.
      </>
    ),
    "/cosmos.authz.v1beta1.MsgGrant": (said) => (
      <>
        <Who said={said} field="granter" /> lets <Who said={said} field="grantee" /> act for it (
        {authorizationOf(said.message)}).
      </>
    ),
    "/cosmos.authz.v1beta1.MsgRevoke": (said) => (
      <>
        <Who said={said} field="granter" /> no longer lets <Who said={said} field="grantee" /> act for it (
        {nameOfType(said.message.text("msg_type_url"))}).
      </>
    ),
    "/cosmos.authz.v1beta1.MsgExec": (said) => (
      <>
        <Who said={said} field="grantee" /> acted for others: {plural(said.message.length("msgs"), "message")}, shown below.
      </>
    ),
    "/cosmos.feegrant.v1beta1.MsgGrantAllowance": (said) => (
      <>
        <Who said={said} field="granter" /> pays the fees of <Who said={said} field="grantee" /> from now on.
      </>
    ),
    "/cosmos.feegrant.v1beta1.MsgRevokeAllowance": (said) => (
      <>
        <Who said={said} field="granter" /> no longer pays the fees of <Who said={said} field="grantee" />.
      </>
    ),
    "/cosmos.vesting.v1beta1.MsgCreateVestingAccount": (said) => (
      <>
        <Who said={said} field="from_address" /> gave <Who said={said} field="to_address" />{" "}
        <Coins coins={said.message.coins("amount")} />, which become free over time.
      </>
    ),
};

/** One plain sentence for every type of message that users meet, by type URL. */
export const sentences: ReadonlyMap<string, Sentences[string]> = new Map(Object.entries(byType));

/** Says a message in one sentence; for a type nobody foresaw, who sent which kind of message. */
export function Sentence({
  typeUrl,
  value,
  events,
  signer,
}: {
  typeUrl: string;
  value: Json | null;
  events: readonly ChainEvent[];
  /** Who signed the transaction first. */
  signer: string | undefined;
}): ReactNode {
  const sentence = value === null ? undefined : sentences.get(typeUrl);
  if (sentence) return sentence({ message: new Fields(value), events });
  return (
    <>
      {signer === undefined ? "Somebody" : <Address address={signer} />} sent a message of the type <Code text={typeUrl} full />.
    </>
  );
}

function vote(said: Said): ReactNode {
  const option = said.message.text("option").replace(/^VOTE_OPTION_/, "");
  return (
    <>
      <Who said={said} field="voter" /> voted <b>{option.toLowerCase().replaceAll("_", " ")}</b> on <Proposal said={said} />.
    </>
  );
}

function splitVote(said: Said): ReactNode {
  return (
    <>
      <Who said={said} field="voter" /> split its vote on <Proposal said={said} />.
    </>
  );
}

function deposit(said: Said): ReactNode {
  return (
    <>
      <Who said={said} field="depositor" /> added <Coins coins={said.message.coins("amount")} /> to the deposit of{" "}
      <Proposal said={said} />.
    </>
  );
}

function authorizationOf(message: Fields): string {
  const authorization = message.fields("grant").fields("authorization");
  const generic = authorization.text("msg");
  return nameOfType(generic === "" ? authorization.text("@type") : generic);
}

/** The first event of a name among those the message caused. */
function event({ events }: Said, name: string): Fields | undefined {
  const found = events.find(({ type }) => type.endsWith(`.${name}`));
  return found && fieldsOf(found);
}

function fieldsOf({ attributes }: ChainEvent): Fields {
  return new Fields(Object.fromEntries(attributes.map(({ key, value }) => [key, value])));
}

interface FieldOf {
  said: Said;
  field: string;
}

function Who({ said, field }: FieldOf): ReactNode {
  const address = said.message.text(field);
  return address === "" ? "nobody" : <Address address={address} />;
}

/** An amount of the chain's own coin. */
function Uassay({ said, field }: FieldOf): ReactNode {
  return <Amount amount={said.message.amount(field)} />;
}

function Coin({ said, field }: FieldOf): ReactNode {
  return <Coins coins={[said.message.coin(field)]} />;
}

function summed(coins: readonly { denom: string; amount: string }[]): { denom: string; amount: string }[] {
  const sums = new Map<string, bigint>();
  for (const { denom, amount } of coins) sums.set(denom, (sums.get(denom) ?? 0n) + BigInt(amount));
  return [...sums].map(([denom, amount]) => ({ denom, amount: amount.toString() }));
}

/** Amounts with "and" between them; "nothing" for none. */
export function Coins({ coins }: { coins: readonly { denom: string; amount: string }[] }): ReactNode {
  if (coins.length === 0) return "nothing";
  return coins.map(({ denom, amount }, index) => (
    <Fragment key={index}>
      {index === 0 ? null : " and "}
      <Amount amount={amount} denom={denom} digits={6} />
    </Fragment>
  ));
}

function Arena({ said }: { said: Said }): ReactNode {
  const arena = said.message.count("arena");
  return <ArenaLink id={arena} name={`arena ${arena}`} />;
}

function Epoch({ said }: { said: Said }): ReactNode {
  return <EpochLink epoch={said.message.count("epoch")} />;
}

function Slot({ said }: { said: Said }): ReactNode {
  const epoch = said.message.count("epoch");
  const slot = said.message.count("slot");
  return (
    <TextLink to={`/epochs/${epoch}/slots/${slot}`}>
      slot {formatCount(slot)} of epoch {formatCount(epoch)}
    </TextLink>
  );
}

function Model({ said }: { said: Said }): ReactNode {
  return <ModelLink id={said.message.hex("model")} name="model" />;
}

function Service({ said, name }: { said: Said; name?: string }): ReactNode {
  const service = said.message.count("service");
  return <ServiceLink id={service} name={name || `service ${service}`} />;
}

function Channel({ said }: { said: Said }): ReactNode {
  return <ChannelLink id={said.message.hex("channel")} />;
}

function ChannelLink({ id }: { id: string }): ReactNode {
  return (
    <TextLink to={`/channels/${id}`} title={id}>
      channel <Code text={id.slice(0, 8)} />
    </TextLink>
  );
}

/** Whose coins a deposit uses, if they are somebody else's. */
function Funder({ said }: { said: Said }): ReactNode {
  if (said.message.text("funder") === "") return null;
  return (
    <>
      {" "}
      with coins of <Who said={said} field="funder" />
    </>
  );
}

function Proposal({ said }: { said: Said }): ReactNode {
  const proposal = said.message.text("proposal_id");
  return <TextLink to={`/governance/${proposal}`}>proposal {proposal}</TextLink>;
}
