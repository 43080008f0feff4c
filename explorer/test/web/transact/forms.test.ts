import { readFileSync } from "node:fs";
import { createAminoConverters } from "@assay/client/amino";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { generateSigningKey } from "@assay/client/market/ed25519";
import { createRegistry } from "@assay/client/registry";
import { AminoTypes } from "@cosmjs/stargate";
import { toHex } from "@cosmjs/encoding";
import { expect } from "chai";
import { QueryDelegationTotalRewardsResponse } from "cosmjs-types/cosmos/distribution/v1beta1/query";
import { ProposalStatus } from "cosmjs-types/cosmos/gov/v1/gov";
import { QueryProposalResponse } from "cosmjs-types/cosmos/gov/v1/query";
import { FieldError, type FormContext, type Plan, type RawValues } from "../../../web/src/transact/form.ts";
import { FORMS } from "../../../web/src/transact/forms.ts";
import { ALICE, BOB, contextOf, NETWORK, VALIDATOR } from "./support.ts";

const CHANNEL = "ab".repeat(32);
const MODEL = "cd".repeat(32);

const service = {
  id: 3n,
  provider: BOB,
  name: "digits",
  denom: "uassay",
  price: 200n,
  promise: 900_000,
  status: ServiceStatus.ACTIVE,
  bond: "100000000",
  servingKey: new Uint8Array(32),
};
const channel = {
  id: Buffer.from(CHANNEL, "hex"),
  payer: ALICE,
  funder: ALICE,
  service: 3n,
  denom: "uassay",
  avail: "400000",
  graceBlocks: 20,
  closeHeight: 90n,
  status: ChannelStatus.OPEN,
  split: { provider: BOB },
};

const market = {
  Service: () => ({ entry: { service, modelName: "conv" } }),
  Params: () => ({
    params: {
      denoms: [{ denom: "uassay", minDeposit: "1000" }],
      graceBlocks: 20,
      serviceBond: "100000000",
      unbondingBlocks: 60,
    },
  }),
  PayerCounter: () => ({ next: 5n }),
  Channels: () => ({ channels: [], pagination: undefined }),
  Channel: () => ({ channel }),
  Credits: () => ({ credits: [{ denom: "uassay", amount: "250000" }] }),
};
const staking = {
  Validator: () => ({ validator: { description: { moniker: "north\u202e" } } }),
  Params: () => ({ params: { unbondingTime: { seconds: 1_814_400n } } }),
  Delegation: () => ({ delegationResponse: { balance: { amount: "5000000" } } }),
  DelegatorDelegations: () => ({ delegationResponses: [] }),
};
const clock = { epoch: 9n, phase: Phase.CHALLENGE, phaseEnd: 120n };
const poi = {
  Rewards: () => ({ amount: "7000000" }),
  Clock: () => ({
    clock,
    height: 110n,
    params: { batchItems: 256, challengeBond: "10000000", scorerSlashBps: 500 },
  }),
  Model: () => ({ model: { arena: 1n, name: "conv", terms: { inferFee: "1500" } } }),
  Arena: () => ({
    arena: { id: 1n, spec: { inputType: TensorType.UINT8, inputShape: [1, 2, 2], labels: ["no", "yes"] } },
    pot: "0",
  }),
};
const rpc = {
  "cosmos.gov.v1.Query/Proposal": QueryProposalResponse.encode(
    QueryProposalResponse.fromPartial({
      proposal: {
        id: 4n,
        title: "More \u202eemission",
        status: ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD,
      },
    }),
  ).finish(),
  "cosmos.distribution.v1beta1.Query/DelegationTotalRewards": QueryDelegationTotalRewardsResponse.encode(
    QueryDelegationTotalRewardsResponse.fromPartial({
      rewards: [
        { validatorAddress: VALIDATOR, reward: [{ denom: "uassay", amount: `1500000${"0".repeat(18)}` }] },
      ],
    }),
  ).finish(),
};

const world = (): FormContext => contextOf({ marketplace: market, staking, poi, rpc });

async function planOf(id: string, values: RawValues, context = world()): Promise<Plan> {
  const form = FORMS.find((candidate) => candidate.id === id);
  if (!form) throw new Error(`no form ${id}`);
  const all = {
    ...Object.fromEntries(form.fields.map(({ name, initial = "" }) => [name, initial])),
    ...values,
  };
  return form.plan(form.schema(context).parse(all), context);
}

/** What is filled in, what is sent for it, and what is said and taken. */
const cases: Record<
  string,
  { values: RawValues; sends: readonly object[]; says: string; spends?: bigint; typeUrl: string }
> = {
  send: {
    values: { to: BOB, amount: "1.5" },
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    sends: [{ fromAddress: ALICE, toAddress: BOB, amount: [{ denom: "uassay", amount: "1500000" }] }],
    says: `1.5 ASSAY go to ${BOB}.`,
    spends: 1_500_000n,
  },
  delegate: {
    values: { validator: VALIDATOR, amount: "2" },
    typeUrl: "/cosmos.staking.v1beta1.MsgDelegate",
    sends: [
      {
        delegatorAddress: ALICE,
        validatorAddress: VALIDATOR,
        amount: { denom: "uassay", amount: "2000000" },
      },
    ],
    says: "To get it back, unstake; that takes 21 days.",
    spends: 2_000_000n,
  },
  undelegate: {
    values: { validator: VALIDATOR, amount: "5" },
    typeUrl: "/cosmos.staking.v1beta1.MsgUndelegate",
    sends: [
      {
        delegatorAddress: ALICE,
        validatorAddress: VALIDATOR,
        amount: { denom: "uassay", amount: "5000000" },
      },
    ],
    says: "5 ASSAY leave north and come to your account in 21 days.",
  },
  "claim-staking": {
    values: {},
    typeUrl: "/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward",
    sends: [{ delegatorAddress: ALICE, validatorAddress: VALIDATOR }],
    says: "About 1.5 ASSAY come to your account. Your stake is not touched.",
  },
  vote: {
    values: { proposal: "4", answer: "no" },
    typeUrl: "/cosmos.gov.v1beta1.MsgVote",
    sends: [{ proposalId: 4n, voter: ALICE, option: 3 }],
    says: 'You vote "No" on proposal 4: More emission.',
  },
  "top-up": {
    values: { channel: CHANNEL, amount: "0.25" },
    typeUrl: "/assay.marketplace.v1.MsgTopUp",
    sends: [
      { sender: ALICE, channel: channel.id, amount: { denom: "uassay", amount: "250000" }, funder: "" },
    ],
    says: "You lock 0.25 ASSAY more in the channel. What is not spent comes back when it closes.",
    spends: 250_000n,
  },
  "close-channel": {
    values: { channel: CHANNEL },
    typeUrl: "/assay.marketplace.v1.MsgCloseChannel",
    sends: [{ sender: ALICE, channel: channel.id, vouchers: [] }],
    says: "In 20 blocks, finalise it to get back what is left.",
  },
  withdraw: {
    values: {},
    typeUrl: "/assay.marketplace.v1.MsgWithdraw",
    sends: [{ owner: ALICE }],
    says: "0.25 ASSAY comes to your account.",
  },
  "claim-rewards": {
    values: {},
    typeUrl: "/assay.poi.v1.MsgClaimRewards",
    sends: [{ owner: ALICE }],
    says: "7 ASSAY come to your account.",
  },
  infer: {
    values: { model: MODEL, input: "00017fff" },
    typeUrl: "/assay.poi.v1.MsgInfer",
    sends: [
      {
        sender: ALICE,
        model: Buffer.from(MODEL, "hex"),
        input: Buffer.from("00017fff", "hex"),
        maxFee: "1500",
      },
    ],
    says: "Its author gets 0.0015 ASSAY.",
    spends: 1_500n,
  },
  challenge: {
    values: { epoch: "9", slot: "12", model: MODEL, item: "255" },
    typeUrl: "/assay.poi.v1.MsgChallenge",
    sends: [{ challenger: ALICE, epoch: 9n, slot: 12n, model: Buffer.from(MODEL, "hex"), item: 255 }],
    says: "If the record is right, your bond is burned. Run the item in your browser first.",
    spends: 10_000_000n,
  },
};

interface Vector {
  typeUrl: string;
  amino: { type: string; value: Record<string, unknown> };
}

const vectors = JSON.parse(
  readFileSync(new URL("../../../../testdata/vectors/amino.json", import.meta.url), "utf8"),
) as Vector[];
const registry = createRegistry();
const amino = new AminoTypes(createAminoConverters());

/** Both ways to sign a message stand for the same bytes, and amino names what the chain's own encoder names. */
function checkEncodings(plan: Plan): void {
  for (const message of plan.messages) {
    const direct = registry.encode(message);
    const asAmino = amino.toAmino(message);
    expect(toHex(registry.encode(amino.fromAmino(asAmino)))).to.equal(toHex(direct));
    const known = vectors.find(({ typeUrl }) => typeUrl === message.typeUrl);
    if (!message.typeUrl.startsWith("/assay.")) continue;
    expect(asAmino.type).to.equal(known?.amino.type);
    expect(known?.amino.value).to.include.keys(Object.keys(asAmino.value as object));
  }
}

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, entry: unknown) => (typeof entry === "bigint" ? `${entry}n` : entry)));

describe("forms", () => {
  for (const [id, { values, sends, says, spends = 0n, typeUrl }] of Object.entries(cases))
    it(`${id} sends what it says`, async () => {
      const plan = await planOf(id, values);
      expect(plan.messages.map((message) => message.typeUrl)).to.deep.equal(sends.map(() => typeUrl));
      const bytes = (value: object): unknown =>
        registry.decode({ typeUrl, value: registry.encode({ typeUrl, value }) });
      expect(plan.messages.map(({ value }) => plain(bytes(value as object)))).to.deep.equal(
        sends.map((value) => plain(bytes(value))),
      );
      expect(plan.effect).to.include(says);
      expect(plan.spends.reduce((sum, { amount }) => sum + amount, 0n)).to.equal(spends);
      checkEncodings(plan);
    });

  it("have addresses of their own", () => {
    expect(new Set(FORMS.map(({ id }) => id)).size).to.equal(FORMS.length);
  });

  describe("open-channel", () => {
    it("makes a key that the playground's buyer finds, and forgets it when nothing was opened", async () => {
      const context = world();
      const plan = await planOf("open-channel", { service: "3", amount: "0.5" }, context);
      const store = await context.openStore();
      expect(await store.keys(""), "nothing before it is signed").to.deep.equal([]);
      await plan.before?.();
      const [key = ""] = await store.keys(`${NETWORK.chainId}/${ALICE}/channel/`);
      const record = JSON.parse((await store.get(key)) ?? "") as Record<string, unknown>;
      expect(record).to.include({
        service: "3",
        n: "5",
        deposited: "500000",
        price: "200",
        state: "opening",
        lanes: 16,
      });
      expect(plan.messages[0]?.value).to.deep.include({
        payer: ALICE,
        service: 3n,
        n: 5n,
        lanes: 16,
        deposit: { denom: "uassay", amount: "500000" },
        minPromise: 900_000,
        funder: "",
      });
      checkEncodings(plan);
      await plan.undo?.();
      expect(await store.keys("")).to.deep.equal([]);
    });

    it("never writes over the key of a channel that is being opened", async () => {
      const context = world();
      await (await planOf("open-channel", { service: "3", amount: "0.5" }, context)).before?.();
      const second = await planOf("open-channel", { service: "3", amount: "0.5" }, context);
      await second.before?.().then(
        () => expect.fail("wrote over a key"),
        (error: Error) => expect(error.message).to.include("is being opened already"),
      );
    });

    it("takes the key of another program, if it is one", async () => {
      const { publicKey } = await generateSigningKey();
      const values = { service: "3", amount: "1", keeper: "other", voucherKey: toHex(publicKey) };
      const plan = await planOf("open-channel", values);
      expect(plan.messages[0]?.value).to.deep.include({ voucherKey: publicKey });
      expect(plan.before).to.equal(undefined);
      for (const voucherKey of ["", "00".repeat(32), "zz"]) {
        const form = FORMS.find(({ id }) => id === "open-channel");
        const read = form?.schema(world()).safeParse({ ...values, lanes: "16", voucherKey });
        expect(read?.success, voucherKey).to.equal(false);
        expect(read?.error?.issues[0]?.path).to.deep.equal(["voucherKey"]);
      }
    });

    it("refuses less than the chain takes", () =>
      refusesField(
        planOf("open-channel", { service: "3", amount: "0.0009" }),
        "amount",
        "At least 0.001 ASSAY.",
      ));

    it("refuses a free service", () =>
      refusesField(
        planOf(
          "open-channel",
          { service: "3", amount: "1" },
          contextOf({
            marketplace: { ...market, Service: () => ({ entry: { service: { ...service, price: 0n } } }) },
          }),
        ),
        "service",
        "This service is free: call it without a channel.",
      ));
  });

  describe("list-service", () => {
    const values = {
      name: "digits",
      description: "",
      endpoint: "https://models.example",
      price: "0.0002",
      promise: "97.5",
      servingKey: "",
    };

    it("locks the bond of a service with a model, and none without", async () => {
      const servingKey = toHex((await generateSigningKey()).publicKey);
      const exact = await planOf("list-service", { ...values, servingKey, model: MODEL });
      expect(exact.messages[0]?.value).to.deep.include({ price: 200n, promise: 975_000, bond: "100000000" });
      expect(exact.spends).to.deep.equal([{ denom: "uassay", amount: 100_000_000n }]);
      checkEncodings(exact);
      const inexact = await planOf("list-service", { ...values, servingKey, model: "none" });
      expect(inexact.messages[0]?.value).to.deep.include({ model: new Uint8Array(), bond: "0" });
      expect(inexact.effect).to.include("It needs no bond, and every page will call its answers unverified.");
      checkEncodings(inexact);
    });
  });

  describe("finalise-channel", () => {
    const closing = { ...channel, status: ChannelStatus.CLOSING };
    const at = (height: number): FormContext =>
      contextOf({ marketplace: { ...market, Channel: () => ({ channel: closing }) }, height });

    it("sends once the grace is over", async () => {
      const plan = await planOf("finalise-channel", { channel: CHANNEL }, at(90));
      expect(plan.effect).to.deep.equal([`0.4 ASSAY are credited to ${ALICE}, who can withdraw them.`]);
      checkEncodings(plan);
    });

    it("says how long to wait before", () =>
      refusesField(
        planOf("finalise-channel", { channel: CHANNEL }, at(80)),
        "channel",
        "Its provider may claim up to height 90: 10 blocks more.",
      ));
  });

  for (const [what, id, values, field, message] of [
    [
      "another epoch",
      "challenge",
      { epoch: "8", slot: "1", model: MODEL, item: "0" },
      "epoch",
      "Epoch 9 is running; only its rows can be challenged.",
    ],
    [
      "an item that is not there",
      "challenge",
      { epoch: "9", slot: "1", model: MODEL, item: "256" },
      "item",
      "A batch has 256 items: write a number below that.",
    ],
    [
      "a question of another size",
      "infer",
      { model: MODEL, input: "0001" },
      "input",
      "This model takes 4 bytes; these are 2.",
    ],
    [
      "more than is staked",
      "undelegate",
      { validator: VALIDATOR, amount: "5.000001" },
      "amount",
      "You have staked 5 ASSAY with this validator.",
    ],
  ] as const)
    it(`${id} refuses ${what}`, () => refusesField(planOf(id, values), field, message));
});

async function refusesField(plan: Promise<Plan>, field: string, message: string): Promise<void> {
  const error = await plan.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(FieldError);
  expect(error).to.include({ field, message });
}
