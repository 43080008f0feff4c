import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import { Approval, Channel, ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { Service, ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { Arena } from "@assay/client/generated/assay/poi/v1/arena";
import { Model, ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { Scorer, Sponsor, Unbonding } from "@assay/client/generated/assay/poi/v1/participant";
import { expect } from "chai";
import { BaseAccount, ModuleAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import {
  QueryDelegationTotalRewardsResponse,
  QueryValidatorCommissionResponse,
} from "cosmjs-types/cosmos/distribution/v1beta1/query";
import { BondStatus, Validator } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { readAccount } from "../../../api/chain/account.ts";
import { account } from "../../../wire/chain.ts";

const A = "assay1mqql2mdkzwgeza0zajjf897jsrc58e6vxwfzg3";
const B = "assay14mrdc3wamtsruxfuymwjj7ftvwpdwcpeplug25";
const OPERATOR = "assayvaloper1mqql2mdkzwgeza0zajjf897jsrc58e6v26t3mg";
const ID = new Uint8Array(32).fill(0xab);
const ID_HEX = "ab".repeat(32);

const notFound = () => Promise.reject(new NotFoundError("Query", 22, "sdk", ""));

/** A node that knows nothing of anybody, except for what a test says. */
function clientWith(known: {
  [Module in "auth" | "bank" | "staking" | "poi" | "marketplace"]?: Record<string, unknown>;
} & { answers?: Record<string, Uint8Array> }): AssayClient {
  const answers: Record<string, Uint8Array> = {
    "/cosmos.distribution.v1beta1.Query/DelegationTotalRewards":
      QueryDelegationTotalRewardsResponse.encode(QueryDelegationTotalRewardsResponse.fromPartial({})).finish(),
    ...known.answers,
  };
  const answering = (module: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(module).map(([name, answer]) => [
        name,
        typeof answer === "function" ? answer : () => Promise.resolve(answer),
      ]),
    );
  return {
    auth: answering({ Account: notFound, ...known.auth }),
    bank: answering({ AllBalances: { balances: [] }, ...known.bank }),
    staking: answering({
      DelegatorDelegations: { delegationResponses: [] },
      DelegatorUnbondingDelegations: { unbondingResponses: [] },
      Validator: notFound,
      ...known.staking,
    }),
    poi: answering({
      Arenas: { arenas: [] },
      Rewards: { amount: "0" },
      Unbondings: { unbondings: [], amounts: [] },
      Scorer: notFound,
      Sponsor: notFound,
      Models: { models: [] },
      ...known.poi,
    }),
    marketplace: answering({
      Credits: { credits: [] },
      Services: { services: [] },
      Channels: { channels: [] },
      Approvals: { approvals: [] },
      ...known.marketplace,
    }),
    comet: {
      abciQuery: ({ path }: { path: string }) => Promise.resolve({ code: 0, value: answers[path] ?? new Uint8Array() }),
    },
  } as unknown as AssayClient;
}

async function read(known: Parameters<typeof clientWith>[0]) {
  const value = await readAccount(clientWith(known), A);
  // What goes into the node's cache must be JSON, and what goes out must be as the route says.
  expect(JSON.parse(JSON.stringify(value))).to.deep.equal(value);
  return account.parse(value);
}

describe("reading an account", () => {
  it("finds nothing about an address nobody used", async () => {
    const value = await read({});
    expect(value).to.include({ known: false, kind: "account", accountNumber: null, rewards: "0", validator: null });
    expect(value.cut).to.deep.equal([]);
  });

  it("tells accounts of people and of modules apart", async () => {
    const base = BaseAccount.fromPartial({ address: A, accountNumber: 7n, sequence: 9n });
    const person = { typeUrl: "/cosmos.auth.v1beta1.BaseAccount", value: BaseAccount.encode(base).finish() };
    expect(await read({ auth: { Account: { account: person } } })).to.include({
      known: true,
      kind: "account",
      accountNumber: "7",
      sequence: "9",
    });
    const pool = ModuleAccount.fromPartial({ baseAccount: base, name: "gov" });
    const module = { typeUrl: "/cosmos.auth.v1beta1.ModuleAccount", value: ModuleAccount.encode(pool).finish() };
    expect(await read({ auth: { Account: { account: module } } })).to.include({ kind: "module", name: "gov" });
  });

  it("finds a validator who scores, with stakes, rewards and commission in whole units", async () => {
    const validator = Validator.fromPartial({
      operatorAddress: OPERATOR,
      status: BondStatus.BOND_STATUS_BONDED,
      tokens: "500",
      description: { moniker: "\u202enode\u0000 0" },
    });
    const dec = [{ denom: "uassay", amount: "12500000000000000000" }];
    const value = await read({
      staking: {
        Validator: ({ validatorAddr }: { validatorAddr: string }) =>
          validatorAddr === OPERATOR ? Promise.resolve({ validator }) : notFound(),
        DelegatorDelegations: {
          delegationResponses: [
            { delegation: { validatorAddress: OPERATOR }, balance: { denom: "uassay", amount: "500" } },
          ],
        },
        DelegatorUnbondingDelegations: {
          unbondingResponses: [
            { validatorAddress: OPERATOR, entries: [{ balance: "3", completionTime: { seconds: 1_800_000_000n } }] },
          ],
        },
      },
      poi: {
        Scorer: {
          scorer: Scorer.fromPartial({ operator: A, hotKey: B }),
          bond: "3000",
          eligible: false,
          reason: "missed twice",
        },
      },
      answers: {
        "/cosmos.distribution.v1beta1.Query/DelegationTotalRewards": QueryDelegationTotalRewardsResponse.encode(
          QueryDelegationTotalRewardsResponse.fromPartial({ rewards: [{ validatorAddress: OPERATOR, reward: dec }] }),
        ).finish(),
        "/cosmos.distribution.v1beta1.Query/ValidatorCommission": QueryValidatorCommissionResponse.encode(
          QueryValidatorCommissionResponse.fromPartial({ commission: { commission: dec } }),
        ).finish(),
      },
    });
    expect(value.validator).to.deep.equal({
      operator: OPERATOR,
      moniker: "node 0",
      status: "bonded",
      jailed: false,
      tokens: "500",
      commission: [{ denom: "uassay", amount: "12" }],
    });
    expect(value.scorer).to.deep.equal({
      operator: A,
      hotKey: B,
      as: "operator",
      bond: "3000",
      eligible: false,
      reason: "missed twice",
    });
    expect(value.delegations).to.deep.equal([
      { operator: OPERATOR, moniker: "", amount: "500", rewards: [{ denom: "uassay", amount: "12" }] },
    ]);
    expect(value.stakingUnbondings).to.deep.equal([
      { operator: OPERATOR, moniker: "", amount: "3", completion: "2027-01-15T08:00:00.000Z" },
    ]);
  });

  it("finds sponsors, curators, authors, providers and buyers", async () => {
    const arena = (id: bigint, name: string, curator: string) =>
      Arena.fromPartial({ id, creator: B, curator, spec: { name } });
    const value = await read({
      poi: {
        Arenas: { arenas: [arena(1n, "digits", A), arena(2n, "spam", B)] },
        Sponsor: ({ arena }: { arena: bigint }) =>
          arena === 2n
            ? Promise.resolve({
                sponsor: Sponsor.fromPartial({ arena, approved: true, bonded: true, batchesCounted: 12n }),
                bond: "100",
                commitments: [],
              })
            : notFound(),
        Models: {
          models: [
            Model.fromPartial({ id: ID, arena: 1n, name: "<b>cnn", status: ModelStatus.TOP, smoothed: 971_000, scoredItems: 640n }),
          ],
        },
        Unbondings: { unbondings: [Unbonding.fromPartial({ matures: 90n, origin: "bond/model/ab" })], amounts: ["5"] },
        Rewards: { amount: "8" },
      },
      marketplace: {
        Credits: { credits: [{ denom: "uassay", amount: "6" }] },
        Services: {
          services: [
            ServiceEntry.fromPartial({
              service: Service.fromPartial({ id: 4n, name: "s", status: ServiceStatus.ACTIVE, price: 200n, denom: "uassay", bond: "1" }),
            }),
          ],
        },
        Channels: {
          channels: [1n, 3n, 2n].map((openedHeight) =>
            Channel.fromPartial({
              id: ID,
              service: openedHeight,
              status: ChannelStatus.OPEN,
              openedHeight,
              denom: "uassay",
              deposited: "9",
              avail: "4",
            }),
          ),
        },
        Approvals: {
          approvals: [Approval.fromPartial({ spender: B, maxTotal: { denom: "uassay", amount: "50" }, spent: "7", expiry: 99n })],
        },
      },
    });
    expect(value.rewards).to.equal("8");
    expect(value.credits).to.deep.equal([{ denom: "uassay", amount: "6" }]);
    expect(value.unbondings).to.deep.equal([{ amount: "5", matures: 90, origin: "bond/model/ab" }]);
    expect(value.arenas).to.deep.equal([{ arena: 1, name: "digits", creator: false, curator: true }]);
    expect(value.sponsors).to.deep.equal([
      { arena: 2, arenaName: "spam", approved: true, bonded: true, bond: "100", batchesCounted: 12 },
    ]);
    expect(value.models).to.deep.equal([
      { model: ID_HEX, name: "<b>cnn", arena: 1, arenaName: "digits", status: "top", smoothed: 971_000, scoredItems: 640 },
    ]);
    expect(value.services).to.deep.equal([
      { service: 4, name: "s", status: "active", price: "200", denom: "uassay", bond: "1" },
    ]);
    expect(value.channels.map(({ service }) => service)).to.deep.equal([3, 2, 1]);
    expect(value.channels[0]).to.include({ channel: ID_HEX, status: "open", deposited: "9", avail: "4" });
    expect(value.approvals).to.deep.equal([
      { spender: B, denom: "uassay", maxTotal: "50", spent: "7", expiry: 99 },
    ]);
  });

  it("ends long lists and says which", async () => {
    const models = Array.from({ length: 51 }, () => Model.fromPartial({ id: ID, arena: 1n }));
    const value = await read({ poi: { Models: { models } } });
    expect(value.models).to.have.lengthOf(50);
    expect(value.cut).to.deep.equal(["models"]);
  });
});
