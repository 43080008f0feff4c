import { NotFoundError } from "@assay/client/errors";
import type { EncodeObject } from "@cosmjs/proto-signing";
import { QueryClientImpl as DistributionQuery } from "cosmjs-types/cosmos/distribution/v1beta1/query";
import type { MsgWithdrawDelegatorReward } from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { z } from "zod";
import { cleanText } from "../../../../api/text.ts";
import { addressWith, amountIn, chosen } from "../checks.ts";
import { defineForm, FieldError, type Choice, type Fact, type Field, type FormContext } from "../form.ts";
import { formatIn, unitOf } from "../units.ts";

const NAME_LENGTH = 40;
/** The active set of the largest chains fits. */
const MAX_VALIDATORS = 300n;
const DAY_S = 86_400;

async function validators({ chain }: FormContext): Promise<Choice[]> {
  const { validators: all } = await chain.client.staking.Validators({
    status: "",
    pagination: {
      key: new Uint8Array(),
      offset: 0n,
      limit: MAX_VALIDATORS,
      countTotal: false,
      reverse: false,
    },
  });
  return all
    .sort((a, b) => (BigInt(b.tokens) > BigInt(a.tokens) ? 1 : -1))
    .map(({ operatorAddress, description, status, jailed }) => {
      const name = cleanText(description.moniker, NAME_LENGTH) || operatorAddress;
      const state = jailed ? " (jailed)" : status === BondStatus.BOND_STATUS_BONDED ? "" : " (not active)";
      return { value: operatorAddress, label: name + state };
    });
}

/** What people call a validator. */
async function nameOf({ chain }: FormContext, validatorAddr: string): Promise<string> {
  try {
    const { validator } = await chain.client.staking.Validator({ validatorAddr });
    return cleanText(validator?.description?.moniker ?? "", NAME_LENGTH) || validatorAddr;
  } catch (error) {
    if (error instanceof NotFoundError)
      throw new FieldError("validator", "The chain has no validator with this address.");
    throw error;
  }
}

interface Delegated {
  readonly validator: string;
  readonly amount: bigint;
}

async function delegations({ chain, address }: FormContext): Promise<Delegated[]> {
  const { delegationResponses } = await chain.client.staking.DelegatorDelegations({ delegatorAddr: address });
  return delegationResponses.flatMap(({ delegation, balance }) =>
    delegation && balance ? [{ validator: delegation.validatorAddress, amount: BigInt(balance.amount) }] : [],
  );
}

/** What an account has delegated to a validator, in base units. */
async function delegatedTo({ chain, address }: FormContext, validator: string): Promise<bigint> {
  try {
    const { delegationResponse } = await chain.client.staking.Delegation({
      delegatorAddr: address,
      validatorAddr: validator,
    });
    return BigInt(delegationResponse?.balance?.amount ?? 0);
  } catch (error) {
    if (error instanceof NotFoundError) return 0n;
    throw error;
  }
}

async function ownValidators(context: FormContext): Promise<Choice[]> {
  const unit = unitOf(context.network.denom.base, context.network);
  const [own, names] = await Promise.all([delegations(context), validators(context)]);
  return own.map(({ validator, amount }) => ({
    value: validator,
    label: `${names.find(({ value }) => value === validator)?.label ?? validator}: ${formatIn(amount, unit)}`,
  }));
}

async function unbondingDays({ chain }: FormContext): Promise<string> {
  const { params } = await chain.client.staking.Params({});
  const days = Number(params?.unbondingTime?.seconds ?? 0) / DAY_S;
  return `${days.toLocaleString("en", { maximumFractionDigits: 2 })} days`;
}

async function staked(context: FormContext, validator: string): Promise<Fact[]> {
  const unit = unitOf(context.network.denom.base, context.network);
  const amount = await delegatedTo(context, validator);
  return [{ label: "You have staked there", value: formatIn(amount, unit), to: `/validators/${validator}` }];
}

const stakeFields = (
  label: string,
  choices: (context: FormContext) => Promise<Choice[]>,
  none: string,
): Field[] => [
  { name: "validator", label, input: { kind: "choice", choices, none } },
  { name: "amount", label: "Amount", input: { kind: "amount" } },
];

const stakeSchema = ({ network }: FormContext) =>
  z.object({
    validator: addressWith(`${network.bech32Prefix}valoper`),
    amount: amountIn(unitOf(network.denom.base, network)),
  });

export const delegate = defineForm({
  id: "delegate",
  group: "Staking and voting",
  title: "Stake with a validator",
  lead: "Lends weight to a validator: you earn a share of what it earns, and you vote in its place if you like.",
  action: "Review",
  fields: stakeFields("Validator", validators, "The chain lists no validators."),
  schema: stakeSchema,
  async plan({ validator, amount }, context) {
    const { network, address } = context;
    const denom = network.denom.base;
    const value: MsgDelegate = {
      delegatorAddress: address,
      validatorAddress: validator,
      amount: { denom, amount: amount.toString() },
    };
    return {
      messages: [{ typeUrl: "/cosmos.staking.v1beta1.MsgDelegate", value }],
      effect: [
        `You lock ${formatIn(amount, unitOf(denom, network))} with ${await nameOf(context, validator)}.`,
        "If the validator breaks the rules, a part of it is lost.",
        `To get it back, unstake; that takes ${await unbondingDays(context)}.`,
      ],
      spends: [{ denom, amount }],
      outcome: () => staked(context, validator),
    };
  },
});

export const undelegate = defineForm({
  id: "undelegate",
  group: "Staking and voting",
  title: "Unstake from a validator",
  lead: "Takes back what you have staked; it comes after a waiting time in which it earns nothing.",
  action: "Review",
  fields: stakeFields("Validator", ownValidators, "This account has staked nothing."),
  schema: stakeSchema,
  async plan({ validator, amount }, context) {
    const { network, address } = context;
    const denom = network.denom.base;
    const unit = unitOf(denom, network);
    const there = await delegatedTo(context, validator);
    if (amount > there)
      throw new FieldError("amount", `You have staked ${formatIn(there, unit)} with this validator.`);
    const value: MsgUndelegate = {
      delegatorAddress: address,
      validatorAddress: validator,
      amount: { denom, amount: amount.toString() },
    };
    return {
      messages: [{ typeUrl: "/cosmos.staking.v1beta1.MsgUndelegate", value }],
      effect: [
        `${formatIn(amount, unit)} leave ${await nameOf(context, validator)} and come to your account in ${await unbondingDays(context)}.`,
        "Until then they earn nothing, and can still be lost if the validator broke the rules before.",
      ],
      spends: [],
      outcome: () => staked(context, validator),
    };
  },
});

/** Stands for every validator in the form. */
const ALL = "all";
/** The chain writes decimals with 18 places. */
const DECIMAL = 10n ** 18n;

interface Earned {
  readonly validator: string;
  /** Whole base units. */
  readonly amount: bigint;
}

async function earned({ chain, address, network }: FormContext): Promise<Earned[]> {
  const { rewards } = await new DistributionQuery(chain.rpc).DelegationTotalRewards({
    delegatorAddress: address,
  });
  return rewards.map(({ validatorAddress, reward }) => {
    const own = reward.find(({ denom }) => denom === network.denom.base);
    return { validator: validatorAddress, amount: BigInt(own?.amount ?? 0) / DECIMAL };
  });
}

export const claimStaking = defineForm({
  id: "claim-staking",
  group: "Staking and voting",
  title: "Collect staking rewards",
  lead: "Brings what your stake has earned to your account. The stake stays where it is.",
  action: "Review",
  fields: [
    {
      name: "validator",
      label: "From",
      initial: ALL,
      input: {
        kind: "choice",
        none: "This account has staked nothing, so it earns nothing.",
        async choices(context) {
          const unit = unitOf(context.network.denom.base, context.network);
          const [own, names] = await Promise.all([earned(context), validators(context)]);
          if (own.length === 0) return [];
          const sum = own.reduce((total, { amount }) => total + amount, 0n);
          return [
            { value: ALL, label: `All validators: ${formatIn(sum, unit)}` },
            ...own.map(({ validator, amount }) => ({
              value: validator,
              label: `${names.find(({ value }) => value === validator)?.label ?? validator}: ${formatIn(amount, unit)}`,
            })),
          ];
        },
      },
    },
  ],
  schema: () => z.object({ validator: chosen("a validator") }),
  async plan({ validator }, context) {
    const { network, chain, address } = context;
    const unit = unitOf(network.denom.base, network);
    const all = await earned(context);
    const from = all.filter((entry) => validator === ALL || entry.validator === validator);
    if (from.length === 0) throw new FieldError("validator", "You have staked nothing there.");
    const sum = from.reduce((total, { amount }) => total + amount, 0n);
    return {
      messages: from.map(({ validator: validatorAddress }): EncodeObject => {
        const value: MsgWithdrawDelegatorReward = { delegatorAddress: address, validatorAddress };
        return { typeUrl: "/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward", value };
      }),
      effect: [`About ${formatIn(sum, unit)} come to your account. Your stake is not touched.`],
      spends: [],
      async outcome({ events }) {
        const got = events
          .filter(({ type }) => type === "withdraw_rewards")
          .flatMap(({ attributes }) => attributes.filter(({ key }) => key === "amount"))
          .reduce((total, { value }) => total + baseAmount(value, network.denom.base), 0n);
        const has = await chain.client.bank.Balance({ address, denom: network.denom.base });
        return [
          { label: "Collected", value: formatIn(got, unit) },
          { label: "You have now", value: formatIn(BigInt(has.balance?.amount ?? 0), unit) },
        ];
      },
    };
  },
});

/** Of a list of coins such as "5uassay,3uother". */
function baseAmount(coins: string, denom: string): bigint {
  const entry = coins
    .split(",")
    .find((coin) => coin.endsWith(denom) && /^\d+$/.test(coin.slice(0, -denom.length)));
  return BigInt(entry?.slice(0, -denom.length) ?? 0);
}
