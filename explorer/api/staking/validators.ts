import { accountOf, addressBytes } from "@assay/client/address";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import { BASE_DENOM } from "@assay/client/messages";
import { fromHex, toBech32, toHex } from "@cosmjs/encoding";
import { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import { BondStatus, type Validator as ChainValidator } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { z } from "zod";
import {
  getValidator,
  listDelegations,
  listValidators,
  type Validator,
  type validatorDetail,
  type validatorList,
  type validatorStatus,
} from "../../wire/staking.ts";
import { consensusAddress } from "../chain/validators.ts";
import { notFound } from "../http/errors.ts";
import { decodeCursor, encodeCursor } from "../http/page.ts";
import { serve, type Route } from "../http/route.ts";
import type { NodeState, Stated } from "../node/state.ts";
import { cleanText } from "../text.ts";
import { bytesPpm, fixedPpm, plainCoins, queriesOf, timeOf, wholeCoins } from "./queries.ts";
import { readUptime } from "./uptime.ts";

/** Blocks of an uptime grid. */
const UPTIME_BLOCKS = 100;
const UPTIME_BLOCKS_OF_ONE = 500;
/** More than may be active; those with the least stake come last. */
const MOST = 500n;
const NAME_LENGTH = 70;
const TEXT_LENGTH = 280;
const DETAILS_LENGTH = 1_000;

type Listed = Omit<z.output<typeof validatorList>, "validators"> & { validators: Validator[] };
type Detail = z.output<typeof validatorDetail>;

export const validatorRoutes: readonly Route[] = [
  serve(listValidators, async ({ node, db }) => {
    const { value, ...stated } = await readList(node);
    const uptime = await readUptime(db, UPTIME_BLOCKS);
    const validators = value.validators.map((one) => ({ ...one, uptime: uptime(one.consensus) }));
    return { value: { ...value, validators }, ...stated };
  }),

  serve(getValidator, async ({ node, db }, { params }) => {
    const { value: list } = await readList(node);
    const asked = params.operator;
    const found = list.validators.find(
      ({ operator, account, consensus }) =>
        operator === asked || account === asked || consensus === asked.toUpperCase(),
    );
    if (found === undefined) throw notFound("There is no validator with this address.");
    const stated = await node.ask(`staking/validator/${found.operator}`, (client) =>
      readDetail(client, found, list),
    );
    const uptime = await readUptime(db, UPTIME_BLOCKS_OF_ONE);
    return { ...stated, uptime: uptime(found.consensus) };
  }),

  serve(listDelegations, async ({ node }, { params: { operator }, query: { limit, cursor } }) => {
    const [key] = decodeCursor(cursor, z.tuple([z.string().regex(/^(?:[0-9a-f]{2}){1,80}$/)])) ?? [""];
    const { value } = await node.ask(`staking/delegations/${operator}/${limit}/${key}`, async (client) => {
      const { delegationResponses, pagination } = await client.staking.ValidatorDelegations({
        validatorAddr: operator,
        pagination: PageRequest.fromPartial({ key: fromHex(key), limit: BigInt(limit) }),
      });
      const next = pagination?.nextKey ?? new Uint8Array();
      return {
        items: delegationResponses.map(({ delegation, balance }) => ({
          delegator: delegation.delegatorAddress,
          amount: balance.amount,
        })),
        next: next.length === 0 ? null : encodeCursor([toHex(next)]),
      };
    });
    return value;
  }),
];

const STATUS: Readonly<Partial<Record<BondStatus, z.output<typeof validatorStatus>>>> = {
  [BondStatus.BOND_STATUS_BONDED]: "bonded",
  [BondStatus.BOND_STATUS_UNBONDING]: "unbonding",
};

/** All validators: those that make blocks first, by stake. */
function readList(node: NodeState): Promise<Stated<Listed>> {
  return node.ask("staking/validators", async (client) => {
    const pagination = PageRequest.fromPartial({ limit: MOST });
    const { slashing } = queriesOf(client);
    const [{ validators }, { info }, { params }, { pool }] = await Promise.all([
      client.staking.Validators({ status: "", pagination }),
      slashing.SigningInfos({ pagination }),
      slashing.Params({}),
      client.staking.Pool({}),
    ]);
    const signing = new Map(info.map((entry) => [consensusHex(entry.address), entry]));
    const bonded = BigInt(pool.bondedTokens);
    return {
      validators: validators
        .map((one) => {
          const consensus = consensusAddress(one.consensusPubkey);
          const { tombstoned = false, missedBlocksCounter = 0n } = signing.get(consensus) ?? {};
          return listed(one, { consensus, tombstoned, missed: Number(missedBlocksCounter), bonded });
        })
        .sort(byStake),
      bonded: pool.bondedTokens,
      window: Number(params.signedBlocksWindow),
    };
  });
}

function listed(
  one: ChainValidator,
  known: { consensus: string; tombstoned: boolean; missed: number; bonded: bigint },
): Validator {
  const { consensus, tombstoned, missed, bonded } = known;
  const status = STATUS[one.status] ?? "unbonded";
  const power = status === "bonded" && bonded > 0n ? Number((BigInt(one.tokens) * 1_000_000n) / bonded) : 0;
  return {
    operator: one.operatorAddress,
    account: accountOf(one.operatorAddress),
    consensus,
    moniker: cleanText(one.description.moniker, NAME_LENGTH),
    status,
    jailed: one.jailed,
    tombstoned,
    tokens: one.tokens,
    powerPpm: power,
    commissionPpm: fixedPpm(one.commission.commissionRates.rate),
    missed,
  };
}

const ORDER = { bonded: 0, unbonding: 1, unbonded: 2 };

function byStake(a: Validator, b: Validator): number {
  if (a.status !== b.status) return ORDER[a.status] - ORDER[b.status];
  const difference = BigInt(b.tokens) - BigInt(a.tokens);
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return a.operator < b.operator ? -1 : 1;
}

function consensusHex(address: string): string {
  return toHex(addressBytes(address)).toUpperCase();
}

async function readDetail(client: AssayClient, summary: Validator, list: Listed): Promise<Detail> {
  const { operator, account, consensus } = summary;
  const { distribution, slashing } = queriesOf(client);
  const [{ validator }, selfBond, { pagination }, { rewards }, { commission }, { params }, jailedUntil] =
    await Promise.all([
      client.staking.Validator({ validatorAddr: operator }),
      readSelfBond(client, operator, account),
      client.staking.ValidatorDelegations({
        validatorAddr: operator,
        pagination: PageRequest.fromPartial({ limit: 1n, countTotal: true }),
      }),
      distribution.ValidatorOutstandingRewards({ validatorAddress: operator }),
      distribution.ValidatorCommission({ validatorAddress: operator }),
      slashing.Params({}),
      readJailedUntil(client, consensus),
    ]);
  const { description, commission: rates, status, unbondingTime, minSelfDelegation } = validator;
  const window = Number(params.signedBlocksWindow);
  return {
    ...listed(validator, { ...summary, bonded: BigInt(list.bonded) }),
    website: cleanText(description.website, TEXT_LENGTH),
    identity: cleanText(description.identity, TEXT_LENGTH),
    securityContact: cleanText(description.securityContact, TEXT_LENGTH),
    details: cleanText(description.details, DETAILS_LENGTH),
    maxCommissionPpm: fixedPpm(rates.commissionRates.maxRate),
    maxCommissionChangePpm: fixedPpm(rates.commissionRates.maxChangeRate),
    minSelfBond: minSelfDelegation,
    selfBond,
    delegators: Number(pagination?.total ?? 0n),
    outstandingRewards: wholeCoins(rewards.rewards),
    commission: wholeCoins(commission.commission),
    jailedUntil: validator.jailed ? jailedUntil : null,
    unbondsAt: status === BondStatus.BOND_STATUS_UNBONDING ? timeOf(unbondingTime) : null,
    window,
    minSigned: Math.round((window * bytesPpm(params.minSignedPerWindow)) / 1_000_000),
  };
}

async function readSelfBond(client: AssayClient, operator: string, account: string): Promise<string> {
  try {
    const { delegationResponse } = await client.staking.Delegation({
      delegatorAddr: account,
      validatorAddr: operator,
    });
    const [coin] = plainCoins([delegationResponse?.balance ?? { denom: BASE_DENOM, amount: "0" }]);
    return coin?.amount ?? "0";
  } catch (error) {
    if (error instanceof NotFoundError) return "0";
    throw error;
  }
}

/** A validator that never was active has no record of signing. */
async function readJailedUntil(client: AssayClient, consensus: string): Promise<string | null> {
  if (consensus === "") return null;
  try {
    const { slashing } = queriesOf(client);
    const { valSigningInfo } = await slashing.SigningInfo({
      consAddress: toBech32("assayvalcons", fromHex(consensus)),
    });
    return timeOf(valSigningInfo.jailedUntil);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
