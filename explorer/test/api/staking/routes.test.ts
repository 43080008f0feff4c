import { expect } from "chai";
import type { Kysely } from "kysely";
import type { z } from "zod";
import type { Database } from "../../../api/db/schema.ts";
import { stakingArea } from "../../../api/staking/area.ts";
import { moduleAddress } from "../../../api/staking/queries.ts";
import type { RouteSpec } from "../../../wire/route.ts";
import type {
  getParams,
  getProposal,
  getSupply,
  getValidator,
  listDelegations,
  listProposals,
  listValidators,
} from "../../../wire/staking.ts";
import { recordedDecoder } from "../index/history.ts";
import { apiOf, blockOf, indexBlocks, openMemory, type Api } from "../support.ts";
import { recordedNode } from "./recorded.ts";

const AREAS = [stakingArea];
const OPERATOR = "assayvaloper17a4nf6gluf0h73gmgppcrsqq60kvrph4ar8gjs";
const ACCOUNT = "assay17a4nf6gluf0h73gmgppcrsqq60kvrph43h9mpf";
const CONSENSUS = "A0577251574BEEC06AF728C7D2E5AA5F50FA5644";

describe("the staking routes", () => {
  let db: Kysely<Database>;
  let api: Api;

  beforeEach(async () => {
    db = await openMemory(AREAS);
    api = apiOf(db, { areas: AREAS, node: recordedNode(), decoder: recordedDecoder() });
  });
  afterEach(() => db.destroy());

  async function get<Spec extends RouteSpec>(path: string): Promise<z.output<Spec["answer"]>> {
    const { status, body } = await api(path);
    expect(status, `${path}: ${JSON.stringify(body)}`).to.equal(200);
    return body as z.output<Spec["answer"]>;
  }

  it("list validators by stake, with what the index knows of their blocks", async () => {
    await indexBlocks(
      db,
      AREAS,
      [2, 3].map((height) => blockOf({ height, signatures: [{ address: CONSENSUS, signed: height === 2 }] })),
    );
    const cursor = { id: 1, chain_id: "", height: 3, format: 1, epoch: 0, phase: "" };
    await db.insertInto("cursor").values(cursor).execute();
    const { value } = await get<typeof listValidators>("/api/validators");
    expect(value.window).to.equal(1_000);
    expect(value.validators.map(({ moniker }) => moniker)).to.have.members([
      "node0",
      "node1",
      "node2",
      "node3",
    ]);
    const stakes = value.validators.map(({ tokens }) => BigInt(tokens));
    expect(stakes).to.deep.equal(stakes.toSorted((a, b) => (a < b ? 1 : -1)));
    expect(stakes.reduce((sum, tokens) => sum + tokens)).to.equal(BigInt(value.bonded));
    expect(value.validators[0]).to.deep.include({
      operator: OPERATOR,
      account: ACCOUNT,
      consensus: CONSENSUS,
      status: "bonded",
      commissionPpm: 50_000,
      uptime: { to: 2, marks: "sm" },
    });
    expect(value.validators[1]?.uptime).to.deep.equal({ to: 2, marks: "--" });
  });

  it("find a validator by each of its addresses", async () => {
    for (const address of [OPERATOR, ACCOUNT, CONSENSUS, CONSENSUS.toLowerCase()]) {
      const { value } = await get<typeof getValidator>(`/api/validators/${address}`);
      expect(value).to.deep.include({
        operator: OPERATOR,
        selfBond: "500000000000",
        delegators: 2,
        maxCommissionPpm: 200_000,
        minSigned: 500,
        jailedUntil: null,
      });
      expect(BigInt(value.outstandingRewards[0]?.amount ?? "0") > 0n).to.equal(true);
    }
    const other = await api(`/api/validators/${moduleAddress("gov")}`);
    expect(other.status).to.equal(404);
    expect((await api("/api/validators/nobody")).status).to.equal(400);
  });

  it("list delegations page by page, by the chain's own keys", async () => {
    const path = `/api/validators/${OPERATOR}/delegations?limit=1`;
    const first = await get<typeof listDelegations>(path);
    expect(first.items).to.have.length(1);
    const second = await get<typeof listDelegations>(`${path}&cursor=${first.next}`);
    expect(second).to.deep.equal({ items: [{ delegator: ACCOUNT, amount: "500000000000" }], next: null });
    expect((await api(`${path}&cursor=WyIkIl0`)).status).to.equal(400);
  });

  it("show a proposal, cleaned, with its decoded messages and who paid for it", async () => {
    await db
      .insertInto("gov_deposit")
      .values({ proposal: 1, height: 9, place: 0, depositor: ACCOUNT, coins: "6uassay,1x/y", tx_hash: "AB" })
      .execute();
    const list = await get<typeof listProposals>("/api/governance/proposals?limit=1");
    expect(list.items.map(({ id, status }) => [id, status])).to.deep.equal([[1, "passed"]]);
    const { value, deposits } = await get<typeof getProposal>("/api/governance/proposals/1");
    expect(value).to.deep.include({
      // A mark that turns the direction of text was in it.
      title: "Keep the market's parameters as they are",
      tally: { yes: "1250000000000", no: "500000000000", abstain: "250000000000", veto: "0" },
      quorumPpm: 334_000,
      thresholdPpm: 500_000,
    });
    expect(value.messages[0]?.typeUrl).to.equal("/assay.marketplace.v1.MsgUpdateParams");
    expect(value.messages[0]?.value).to.deep.include({ authority: moduleAddress("gov") });
    expect(deposits[0]?.coins).to.deep.equal([
      { denom: "uassay", amount: "6" },
      { denom: "x/y", amount: "1" },
    ]);
    expect((await api("/api/governance/proposals/999")).body).to.deep.equal({
      error: { status: 404, message: "There is no proposal 999." },
    });
  });

  it("give every parameter of every module a meaning", async () => {
    const { value } = await get<typeof getParams>("/api/params");
    const named = value.flatMap(({ module, params }) => params.map((param) => ({ module, ...param })));
    expect(
      named.filter(({ meaning }) => meaning === "").map(({ module, name }) => `${module}.${name}`),
    ).to.deep.equal([]);
    const valueOf = (module: string, name: string) =>
      named.find((param) => param.module === module && param.name === name)?.value;
    expect(valueOf("poi", "batch_items")).to.equal(64);
    expect(valueOf("marketplace", "denoms")).to.deep.equal([{ denom: "uassay", min_deposit: "1000" }]);
    expect(valueOf("slashing", "min_signed_per_window")).to.equal("0.5");
    expect(valueOf("staking", "unbonding_time")).to.equal("1814400s");
    expect(valueOf("consensus", "block.max_gas")).to.equal("-1");
  });

  it("say where all coins are, and who burned how many", async () => {
    const burn = (burner: string, amount: string) => ({
      type: "burn",
      attributes: [
        { key: "burner", value: burner },
        { key: "amount", value: amount },
      ],
    });
    await indexBlocks(db, AREAS, [
      blockOf({ height: 7, first: true }),
      blockOf({ height: 8, events: [burn(ACCOUNT, "5uassay"), burn(moduleAddress("poi"), "9uassay")] }),
    ]);
    const { value, burned, since } = await get<typeof getSupply>("/api/supply");
    expect(since).to.equal(7);
    expect(burned).to.deep.equal([
      { account: moduleAddress("poi"), module: "poi", amount: "9" },
      { account: ACCOUNT, module: null, amount: "5" },
    ]);
    const { total, bonded, unbonding, communityPool, poi, market, stakingRewards } = value;
    const held = [bonded, unbonding, communityPool, poi, market, stakingRewards].map(BigInt);
    expect(held.every((amount) => amount >= 0n)).to.equal(true);
    expect(held.reduce((sum, amount) => sum + amount) < BigInt(total)).to.equal(true);
    expect(value.nextHalving).to.equal(50_000_001);
  });
});
