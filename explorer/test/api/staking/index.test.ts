import { expect } from "chai";
import { QuerySupplyOfResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { MsgVoteWeighted as OldMsgVoteWeighted } from "cosmjs-types/cosmos/gov/v1beta1/tx";
import { Emission, EpochRecord } from "@assay/client/generated/assay/poi/v1/epoch";
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { Kysely } from "kysely";
import { stakingArea } from "../../../api/staking/area.ts";
import type { Database } from "../../../api/db/schema.ts";
import type { ChainEvent } from "../../../api/index/block.ts";
import { readUptime } from "../../../api/staking/uptime.ts";
import { forEachDatabase } from "../databases.ts";
import { apiOf, blockOf, indexBlocks, type BlockSpec, type EventSpec } from "../support.ts";

const AREAS = [stakingArea];
const SUPPLY = "/cosmos.bank.v1beta1.Query/SupplyOf";
const supplyOf = (amount: string): Uint8Array =>
  QuerySupplyOfResponse.encode(
    QuerySupplyOfResponse.fromPartial({ amount: { denom: "uassay", amount } }),
  ).finish();

const signed = (...addresses: string[]) => addresses.map((address) => ({ address, signed: true }));
const absent = (...addresses: string[]) => addresses.map((address) => ({ address, signed: false }));

const bankEvent = (type: "burn" | "coinbase", account: string, amount: string): ChainEvent => ({
  type,
  attributes: [
    { key: type === "burn" ? "burner" : "minter", value: account },
    { key: "amount", value: amount },
  ],
});

const epochEnded = (epoch: bigint, shares: Partial<Emission>): EventSpec => ({
  name: "EventEpochEnded",
  value: { record: EpochRecord.fromPartial({ epoch, emission: Emission.fromPartial(shares) }) },
});

describe("the staking area", () => {
  it("asks for the supply after the first block and after epochs, and for nothing else", () => {
    const questions = (spec: BlockSpec) => stakingArea.questions?.(blockOf(spec)) ?? [];
    expect(questions({ height: 7, first: true }).map(({ path, pinned }) => [path, pinned])).to.deep.equal([
      [SUPPLY, true],
    ]);
    expect(questions({ height: 8, events: [epochEnded(1n, {})] })).to.have.length(1);
    expect(questions({ height: 9, first: false })).to.deep.equal([]);
  });

  forEachDatabase((open) => {
    let db: Kysely<Database>;
    const index = (...specs: BlockSpec[]) => indexBlocks(db, AREAS, specs.map(blockOf));
    const first: BlockSpec = { height: 1, answers: { [SUPPLY]: supplyOf("1000") } };

    beforeEach(async () => {
      db = await open(AREAS);
    });

    /** The index follows so far: what the writer of blocks notes beside the areas. */
    const at = (height: number) =>
      db
        .insertInto("cursor")
        .values({ id: 1, chain_id: "assay-local-1", height, format: 1, epoch: 0, phase: "" })
        .execute();

    describe("uptime", () => {
      it("tells who signed, who missed, and who was no validator then", async () => {
        await index(
          first,
          { height: 2, signatures: signed("A", "B") },
          { height: 3, signatures: [...signed("A"), ...absent("B")] },
          { height: 4, signatures: signed("B", "A") },
          { height: 5, signatures: [...signed("A", "C"), ...absent("B")] },
          { height: 6, signatures: signed("A", "C") },
        );
        await at(6);
        const uptime = await readUptime(db, 100);
        expect(uptime("A")).to.deep.equal({ to: 5, marks: "sssss" });
        expect(uptime("B")).to.deep.equal({ to: 5, marks: "smsm-" });
        expect(uptime("C")).to.deep.equal({ to: 5, marks: "---ss" });
        expect(uptime("D")).to.deep.equal({ to: 5, marks: "-----" });
        expect((await readUptime(db, 2))("B")).to.deep.equal({ to: 5, marks: "m-" });
      });

      it("keeps one row for validators that stay the same", async () => {
        await index(
          first,
          ...[2, 3, 4, 5].map((height) => ({ height, signatures: signed(...(height % 2 ? "AB" : "BA")) })),
        );
        expect(await db.selectFrom("signer_set").selectAll().execute()).to.deep.equal([
          { height: 1, validators: "A,B" },
        ]);
        expect(await db.selectFrom("missed_block").selectAll().execute()).to.deep.equal([]);
      });

      it("is not known before two blocks", async () => {
        expect((await readUptime(db, 100))("A")).to.deep.equal({ to: 0, marks: "" });
        await index(first);
        await at(1);
        expect((await readUptime(db, 100))("A")).to.deep.equal({ to: 0, marks: "" });
      });
    });

    describe("supply", () => {
      const epochs = () => db.selectFrom("supply_epoch").selectAll().orderBy("epoch").execute();

      it("is what it was, with what was minted and without what was burned", async () => {
        await index(
          // The answer is of the state after this block, which has its own events in it already.
          { ...first, events: [bankEvent("coinbase", "poi", "5uassay")] },
          {
            height: 2,
            txs: [
              { events: [bankEvent("burn", "market", "30uassay")] },
              { code: 5, events: [bankEvent("burn", "market", "500uassay")] },
            ],
            events: [bankEvent("coinbase", "poi", "100other,7uassay")],
          },
          {
            height: 3,
            events: [
              bankEvent("coinbase", "poi", "90uassay"),
              bankEvent("burn", "poi", "2uassay"),
              bankEvent("burn", "poi", ""),
              epochEnded(1n, { budget: "200", authors: "50", scorers: "40", minted: "90" }),
            ],
          },
          { height: 4, txs: [{ events: [bankEvent("burn", "market", "1uassay")] }] },
          { height: 5, events: [epochEnded(2n, {})] },
        );
        const [one, two] = await epochs();
        expect(one).to.deep.include({ epoch: 1, height: 3, minted: "97", burned: "32", supply: "1065" });
        expect(one).to.deep.include({ budget: "200", authors: "50", scorers: "40", sponsors: "0" });
        expect(two).to.deep.include({ epoch: 2, height: 5, minted: "0", burned: "1", supply: "1064" });
        expect(await db.selectFrom("burn_total").selectAll().orderBy("account").execute()).to.deep.equal([
          { account: "market", amount: "31" },
          { account: "poi", amount: "2" },
        ]);
      });

      it("is not made up when the node has forgotten it, and follows once it is known", async () => {
        const supplies = async () => (await epochs()).map(({ supply }) => supply);
        await index(
          { height: 50, first: true, answers: { [SUPPLY]: null } },
          { height: 51, events: [bankEvent("coinbase", "poi", "9uassay"), epochEnded(3n, {})] },
          {
            height: 52,
            events: [
              bankEvent("coinbase", "poi", "30uassay"),
              bankEvent("burn", "poi", "1uassay"),
              epochEnded(4n, {}),
            ],
          },
        );
        expect(await supplies()).to.deep.equal([null, null]);
        await index(
          {
            height: 53,
            events: [bankEvent("burn", "poi", "5uassay"), epochEnded(5n, {})],
            answers: { [SUPPLY]: supplyOf("700") },
          },
          { height: 54, events: [bankEvent("coinbase", "poi", "9uassay"), epochEnded(6n, {})] },
        );
        expect(await supplies()).to.deep.equal(["676", "705", "700", "709"]);
      });

      it("is listed by epoch, newest first", async () => {
        await index(
          first,
          ...[2, 3, 4].map((height) => ({ height, events: [epochEnded(BigInt(height - 1), {})] })),
        );
        const api = apiOf(db, { areas: AREAS });
        const page = async (path: string) =>
          (await api(path)).body as { items: { epoch: number }[]; next: string };
        const newest = await page("/api/supply/epochs?limit=2");
        expect(newest.items.map(({ epoch }) => epoch)).to.deep.equal([3, 2]);
        const rest = await page(`/api/supply/epochs?limit=2&cursor=${newest.next}`);
        expect(rest.items.map(({ epoch }) => epoch)).to.deep.equal([1]);
        expect(rest.next).to.equal(null);
      });
    });

    describe("governance", () => {
      const vote = (voter: string, option: number): EncodeObject => ({
        typeUrl: "/cosmos.gov.v1.MsgVote",
        value: { proposalId: 1n, voter, option, metadata: "" },
      });

      it("keeps each voter's last vote, of either kind of message", async () => {
        await index(
          first,
          { height: 2, txs: [{ messages: [vote("a", 1)] }, { messages: [vote("b", 3)] }] },
          {
            height: 3,
            txs: [{ messages: [vote("a", 2), vote("a", 4)] }, { code: 3, messages: [vote("b", 1)] }],
          },
          {
            height: 4,
            txs: [
              {
                messages: [
                  {
                    typeUrl: "/cosmos.gov.v1.MsgVoteWeighted",
                    value: {
                      proposalId: 1n,
                      voter: "c",
                      options: [
                        { option: 1, weight: "0.25" },
                        { option: 9, weight: "0.75" },
                      ],
                      metadata: "",
                    },
                  },
                  {
                    path: "1",
                    typeUrl: "/cosmos.gov.v1beta1.MsgVoteWeighted",
                    value: OldMsgVoteWeighted.encode({
                      proposalId: 2n,
                      voter: "c",
                      options: [{ option: 1, weight: "1000000000000000000" }],
                    }).finish(),
                  },
                ],
              },
            ],
          },
        );
        const api = apiOf(db, { areas: AREAS });
        const votes = async (path: string) => (await api(path)).body as { items: unknown[]; next: string };
        const newest = await votes("/api/governance/proposals/1/votes?limit=2");
        const hashOf = async (voter: string) =>
          (
            await db
              .selectFrom("gov_vote")
              .select("tx_hash")
              .where("voter", "=", voter)
              .where("proposal", "=", 1)
              .executeTakeFirstOrThrow()
          ).tx_hash;
        expect(newest.items).to.deep.equal([
          {
            voter: "c",
            options: [
              { option: "yes", weightPpm: 250_000 },
              { option: "unknown", weightPpm: 750_000 },
            ],
            height: 4,
            txHash: await hashOf("c"),
          },
          {
            voter: "a",
            options: [{ option: "veto", weightPpm: 1_000_000 }],
            height: 3,
            txHash: await hashOf("a"),
          },
        ]);
        const rest = await votes(`/api/governance/proposals/1/votes?limit=2&cursor=${newest.next}`);
        expect(rest.items).to.deep.equal([
          {
            voter: "b",
            options: [{ option: "no", weightPpm: 1_000_000 }],
            height: 2,
            txHash: await hashOf("b"),
          },
        ]);
        const other = await votes("/api/governance/proposals/2/votes");
        expect(other.items).to.deep.include({
          voter: "c",
          options: [{ option: "yes", weightPpm: 1_000_000 }],
          height: 4,
          txHash: await hashOf("c"),
        });
      });

      it("keeps deposits, and takes the start of voting for none", async () => {
        const deposit = (attributes: Record<string, string>): ChainEvent => ({
          type: "proposal_deposit",
          attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
        });
        await index(first, {
          height: 2,
          txs: [
            {
              events: [
                deposit({ depositor: "a", amount: "5uassay", proposal_id: "1" }),
                deposit({ voting_period_start: "1" }),
                deposit({ depositor: "b", amount: "7uassay,1other", proposal_id: "1" }),
              ],
            },
            { code: 1, events: [deposit({ depositor: "c", amount: "9uassay", proposal_id: "1" })] },
          ],
        });
        const rows = await db.selectFrom("gov_deposit").selectAll().orderBy("place").execute();
        expect(rows.map(({ depositor, coins, place }) => [depositor, coins, place])).to.deep.equal([
          ["a", "5uassay", 0],
          ["b", "7uassay,1other", 1],
        ]);
      });
    });
  });
});
