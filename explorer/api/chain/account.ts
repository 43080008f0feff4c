import { getApprovals } from "@assay/client/actions/getApprovals";
import { getArenas } from "@assay/client/actions/getArenas";
import { getChannels } from "@assay/client/actions/getChannels";
import { getCredits } from "@assay/client/actions/getCredits";
import { getModels } from "@assay/client/actions/getModels";
import { getRewards } from "@assay/client/actions/getRewards";
import { getScorer } from "@assay/client/actions/getScorer";
import { getServices } from "@assay/client/actions/getServices";
import { getSponsor } from "@assay/client/actions/getSponsor";
import { getUnbondings } from "@assay/client/actions/getUnbondings";
import { addressBytes } from "@assay/client/address";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import type { Arena } from "@assay/client/generated/assay/poi/v1/arena";
import { ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { BASE_DENOM } from "@assay/client/messages";
import { createQueryRpc } from "@assay/client/rpc";
import { toBech32 } from "@cosmjs/encoding";
import { accountFromAny } from "@cosmjs/stargate";
import { ModuleAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import type { DecCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import { QueryClientImpl as DistributionQuery } from "cosmjs-types/cosmos/distribution/v1beta1/query";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { Account } from "../../wire/chain.ts";
import type { Coin } from "../../wire/common.ts";
import { hex } from "../hex.ts";
import { cleanText } from "../text.ts";

/** Entries of each list that are given at most. */
const MOST = 50;
/** Arenas that are asked whether the account sponsors them. */
const MOST_ARENAS = 100;
const NAME_LENGTH = 70;
const OPERATOR_PREFIX = "assayvaloper";

/**
 * Asks the node everything an address is in the system. Names of validators are left empty: they are the same for
 * all accounts and known elsewhere.
 */
export async function readAccount(client: AssayClient, address: string): Promise<Account> {
  const arenas = await getArenas(client, { limit: MOST_ARENAS + 1 });
  const names = new Map(arenas.map(({ id, spec }) => [id, cleanText(spec?.name ?? "", NAME_LENGTH)]));
  const cut = new Set<Account["cut"][number]>();
  const most = <Entry>(list: Account["cut"][number], entries: readonly Entry[]): readonly Entry[] => {
    if (entries.length > MOST) cut.add(list);
    return entries.slice(0, MOST);
  };
  const limit = MOST + 1;
  const [
    base,
    balances,
    rewards,
    credits,
    unbondings,
    staking,
    validator,
    scorer,
    sponsors,
    models,
    services,
    channels,
    approvals,
  ] = await Promise.all([
    readBase(client, address),
    client.bank.AllBalances({ address, pagination: firstOf(limit), resolveDenom: false }),
    getRewards(client, { address }),
    getCredits(client, { owner: address }),
    getUnbondings(client, { owner: address, limit }),
    readStaking(client, address),
    readValidator(client, address),
    readScorer(client, address),
    readSponsors(client, address, arenas.slice(0, MOST_ARENAS)),
    getModels(client, { author: address, limit }),
    getServices(client, { provider: address, all: true, limit }),
    getChannels(client, { payer: address, limit }),
    getApprovals(client, { owner: address, limit }),
  ]);
  if (arenas.length > MOST_ARENAS) cut.add("sponsors");
  if (staking.delegations.length > MOST) cut.add("delegations");
  return {
    ...base,
    balances: balances.balances.slice(0, MOST).map(plainCoin),
    rewards: rewards.toString(),
    credits: credits.map(({ denom, amount }) => ({ denom, amount: amount.toString() })),
    unbondings: most("unbondings", unbondings).map(({ unbonding, amount }) => ({
      amount: amount.toString(),
      matures: Number(unbonding.matures),
      origin: cleanText(unbonding.origin, 200),
    })),
    delegations: staking.delegations.slice(0, MOST),
    stakingUnbondings: staking.unbondings,
    validator,
    scorer,
    sponsors: sponsors.map((sponsor) => ({ ...sponsor, arenaName: names.get(BigInt(sponsor.arena)) ?? "" })),
    arenas: arenas
      .filter(({ creator, curator }) => creator === address || curator === address)
      .map(({ id, creator, curator }) => ({
        arena: Number(id),
        name: names.get(id) ?? "",
        creator: creator === address,
        curator: curator === address,
      })),
    models: most("models", models).map((model) => ({
      model: hex(model.id),
      name: cleanText(model.name, NAME_LENGTH),
      arena: Number(model.arena),
      arenaName: names.get(model.arena) ?? "",
      status: MODEL_STATUS[model.status] ?? "unknown",
      smoothed: model.smoothed,
      scoredItems: Number(model.scoredItems),
    })),
    services: most("services", services).flatMap(({ service }) =>
      service === undefined
        ? []
        : {
            service: Number(service.id),
            name: cleanText(service.name, NAME_LENGTH),
            status: SERVICE_STATUS[service.status] ?? "unknown",
            price: service.price.toString(),
            denom: service.denom,
            bond: service.bond,
          },
    ),
    channels: most("channels", channels)
      .toSorted((a, b) => Number(b.openedHeight - a.openedHeight))
      .map((channel) => ({
        channel: hex(channel.id),
        service: Number(channel.service),
        status: CHANNEL_STATUS[channel.status] ?? "unknown",
        denom: channel.denom,
        deposited: channel.deposited,
        avail: channel.avail,
      })),
    approvals: most("approvals", approvals).map((approval) => ({
      spender: approval.spender,
      denom: approval.maxTotal?.denom ?? BASE_DENOM,
      maxTotal: approval.maxTotal?.amount ?? "0",
      spent: approval.spent,
      expiry: Number(approval.expiry),
    })),
    cut: [...cut],
  };
}

const MODEL_STATUS: Readonly<Record<number, Account["models"][number]["status"]>> = {
  [ModelStatus.CONTENDER]: "contender",
  [ModelStatus.TOP]: "top",
  [ModelStatus.ARCHIVED]: "archived",
  [ModelStatus.EVICTED]: "evicted",
  [ModelStatus.WITHDRAWN]: "withdrawn",
};

const SERVICE_STATUS: Readonly<Record<number, Account["services"][number]["status"]>> = {
  [ServiceStatus.ACTIVE]: "active",
  [ServiceStatus.CLOSED]: "closed",
  [ServiceStatus.CONVICTED]: "convicted",
};

const CHANNEL_STATUS: Readonly<Record<number, Account["channels"][number]["status"]>> = {
  [ChannelStatus.OPEN]: "open",
  [ChannelStatus.CLOSING]: "closing",
  [ChannelStatus.CLOSED]: "closed",
};

const VALIDATOR_STATUS: Readonly<Record<number, NonNullable<Account["validator"]>["status"]>> = {
  [BondStatus.BOND_STATUS_BONDED]: "bonded",
  [BondStatus.BOND_STATUS_UNBONDING]: "unbonding",
};

async function readBase(
  client: AssayClient,
  address: string,
): Promise<Pick<Account, "known" | "kind" | "name" | "accountNumber" | "sequence">> {
  const response = await orNull(client.auth.Account({ address }));
  if (!response?.account) return { known: false, kind: "account", name: null, accountNumber: null, sequence: null };
  const { typeUrl, value } = response.account;
  const { accountNumber, sequence } = accountFromAny(response.account);
  const numbers = { known: true, accountNumber: accountNumber.toString(), sequence: sequence.toString() };
  const type = typeUrl.slice(typeUrl.lastIndexOf(".") + 1);
  if (type === "BaseAccount") return { ...numbers, kind: "account", name: null };
  if (type === "ModuleAccount") {
    return { ...numbers, kind: "module", name: cleanText(ModuleAccount.decode(value).name, NAME_LENGTH) };
  }
  return { ...numbers, kind: typeUrl.startsWith("/cosmos.vesting.") ? "vesting" : "other", name: type };
}

async function readStaking(
  client: AssayClient,
  address: string,
): Promise<{ delegations: Account["delegations"]; unbondings: Account["stakingUnbondings"] }> {
  const distribution = new DistributionQuery(createQueryRpc(client.comet));
  const [delegations, unbondings, rewards] = await Promise.all([
    client.staking.DelegatorDelegations({ delegatorAddr: address, pagination: firstOf(MOST + 1) }),
    client.staking.DelegatorUnbondingDelegations({ delegatorAddr: address, pagination: firstOf(MOST) }),
    distribution.DelegationTotalRewards({ delegatorAddress: address }),
  ]);
  const rewardsOf = new Map(rewards.rewards.map(({ validatorAddress, reward }) => [validatorAddress, reward]));
  return {
    delegations: delegations.delegationResponses.map(({ delegation, balance }) => ({
      operator: delegation?.validatorAddress ?? "",
      moniker: "",
      amount: balance?.amount ?? "0",
      rewards: (rewardsOf.get(delegation?.validatorAddress ?? "") ?? []).map(wholeCoin),
    })),
    unbondings: unbondings.unbondingResponses.flatMap(({ validatorAddress, entries }) =>
      entries.map(({ balance, completionTime }) => ({
        operator: validatorAddress,
        moniker: "",
        amount: balance,
        completion: new Date(Number(completionTime.seconds) * 1_000).toISOString(),
      })),
    ),
  };
}

async function readValidator(client: AssayClient, address: string): Promise<Account["validator"]> {
  const operator = toBech32(OPERATOR_PREFIX, addressBytes(address));
  const validator = (await orNull(client.staking.Validator({ validatorAddr: operator })))?.validator;
  if (!validator) return null;
  const distribution = new DistributionQuery(createQueryRpc(client.comet));
  const { commission } = await distribution.ValidatorCommission({ validatorAddress: operator });
  return {
    operator,
    moniker: cleanText(validator.description?.moniker ?? "", NAME_LENGTH),
    status: VALIDATOR_STATUS[validator.status] ?? "unbonded",
    jailed: validator.jailed,
    tokens: validator.tokens,
    commission: (commission?.commission ?? []).map(wholeCoin),
  };
}

async function readScorer(client: AssayClient, address: string): Promise<Account["scorer"]> {
  const found = await orNull(getScorer(client, { address }));
  if (!found) return null;
  const { scorer, bond, eligible, reason } = found;
  return {
    operator: scorer.operator,
    hotKey: scorer.hotKey,
    as: scorer.operator === address ? "operator" : "hotKey",
    bond: bond.toString(),
    eligible,
    reason: cleanText(reason, 200),
  };
}

async function readSponsors(
  client: AssayClient,
  address: string,
  arenas: readonly Arena[],
): Promise<Account["sponsors"]> {
  const found = await Promise.all(arenas.map(({ id }) => orNull(getSponsor(client, { arena: id, address }))));
  return found.flatMap((answer) =>
    answer === null
      ? []
      : {
          arena: Number(answer.sponsor.arena),
          arenaName: "",
          approved: answer.sponsor.approved,
          bonded: answer.sponsor.bonded,
          bond: answer.bond.toString(),
          batchesCounted: Number(answer.sponsor.batchesCounted),
        },
  );
}

async function orNull<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

function firstOf(limit: number): PageRequest {
  return PageRequest.fromPartial({ limit: BigInt(limit) });
}

function plainCoin({ denom, amount }: Coin): Coin {
  return { denom, amount };
}

/** Distribution counts in 10^-18 of a base unit. */
function wholeCoin({ denom, amount }: DecCoin): Coin {
  return { denom, amount: (BigInt(amount) / 10n ** 18n).toString() };
}
