import { expect } from "chai";
import type { Kysely } from "kysely";
import { EpochRecord, Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Database } from "../../../api/db/schema.ts";
import { hex } from "../../../api/hex.ts";
import { poiArea } from "../../../api/poi/area.ts";
import { questions } from "../../../api/poi/questions.ts";
import { forEachDatabase } from "../databases.ts";
import { blockOf, indexBlocks } from "../support.ts";
import {
  answers,
  begun,
  CHALLENGER,
  ended,
  event,
  FORGED,
  GOOD,
  HONEST,
  INPUTS,
  LIAR,
  phase,
  post,
  REFERENCE,
  REPLACED,
  RIGHT,
  slot,
  SPONSORS,
} from "./epochs/fixture.ts";

const AREAS = [poiArea];

describe("index of epochs and models", () => {
  forEachDatabase((open) => {
    let db: Kysely<Database>;

    const rowsOf = async (of: number) =>
      (
        await db
          .selectFrom("slot_row")
          .select(["model", "answers"])
          .where("epoch", "=", 7)
          .where("slot", "=", of)
          .execute()
      )
        .map(({ model, answers: bytes }) => [model, [...bytes]] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1));

    it("keeps the rows that were posted last, of transactions that succeeded, nested ones too", async () => {
      db = await open(AREAS);
      await indexBlocks(db, AREAS, begun());
      const right = [
        [hex(GOOD), [1, 0, 2, 0]],
        [hex(FORGED), [1, 0, 0, 1]],
      ].sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
      expect(await rowsOf(0)).to.deep.equal(right);
      expect(await rowsOf(1)).to.deep.equal(right);
    });

    it("replaces rows by those of a later block", async () => {
      db = await open(AREAS);
      const drawn = begun().slice(0, 3);
      const first = blockOf({ height: 103, txs: [post(0, REPLACED)] });
      await indexBlocks(db, AREAS, [...drawn, first]);
      expect((await rowsOf(0))[0]?.[1]).to.deep.equal([0, 0, 0, 0]);
      await indexBlocks(db, AREAS, [blockOf({ height: 104, txs: [post(0, RIGHT)] })]);
      const [good] = (await rowsOf(0)).filter(([model]) => model === hex(GOOD));
      expect(good?.[1]).to.deep.equal([1, 0, 2, 0]);
      expect(await db.selectFrom("slot").select("rows_height").where("slot", "=", 0).execute()).to.deep.equal(
        [{ rows_height: 104 }],
      );
    });

    it("keeps inputs and labels, with the blocks and transactions they came in", async () => {
      db = await open(AREAS);
      await indexBlocks(db, AREAS, begun());
      const inputs = await db.selectFrom("slot_inputs").selectAll().orderBy("slot").execute();
      expect(inputs.map(({ slot: of, inputs: bytes }) => [of, [...bytes]])).to.deep.equal(
        [0, 1, 2].map((of) => [of, [...INPUTS]]),
      );
      const slots = await db.selectFrom("slot").selectAll().orderBy("slot").execute();
      expect(slots.map((row) => [row.inputs_height, row.rows_height, row.labels_height])).to.deep.equal(
        [0, 1, 2].map(() => [102, 103, 104]),
      );
      const [failed, succeeded] = begun()[2]?.txs ?? [];
      expect(slots[0]?.inputs_tx).to.equal(succeeded?.hash).and.not.to.equal(failed?.hash);
      expect(slots[0]).to.include({ sponsor: SPONSORS[0], scorer: HONEST, batch: 5, counted: null });
    });

    it("knows an epoch and its phases from its first block on", async () => {
      db = await open(AREAS);
      await indexBlocks(db, AREAS, begun());
      const epoch = await db.selectFrom("epoch").selectAll().executeTakeFirstOrThrow();
      expect(epoch).to.include({ epoch: 7, start_height: 100, slots: 3, end_height: null, minted: null });
      const phases = await db.selectFrom("phase").selectAll().orderBy("start_height").execute();
      expect(phases.map((row) => [row.phase, row.start_height, row.end_height])).to.deep.equal([
        ["BEACON", 100, 101],
        ["INPUT", 102, 102],
        ["ROWS", 103, 103],
        ["LABEL", 104, 104],
        ["CHALLENGE", 105, 106],
      ]);
    });

    it("writes results, pays and what became of slots with the end of the epoch", async () => {
      db = await open(AREAS);
      await indexBlocks(db, AREAS, ended());
      const epoch = await db.selectFrom("epoch").selectAll().executeTakeFirstOrThrow();
      expect(epoch).to.include({ end_height: 108, void: 0, slots_counted: 2, minted: "461", convictions: 1 });
      const slots = await db.selectFrom("slot").select(["counted", "void_reason"]).orderBy("slot").execute();
      expect(slots).to.deep.equal([
        { counted: 1, void_reason: "" },
        { counted: 1, void_reason: "" },
        { counted: 0, void_reason: "scorer convicted" },
      ]);
      const models = await db.selectFrom("model_epoch").selectAll().execute();
      expect(models).to.have.length(2);
      const sponsors = await db.selectFrom("model_sponsor").selectAll().execute();
      expect(sponsors.reduce((sum, { correct }) => sum + correct, 0)).to.equal(3 + 3 + 3 + 2);
      expect(await db.selectFrom("step_pay").selectAll().execute()).to.have.length(2);
    });

    it("takes a called contender's opponents from the steps there were at the freeze", async () => {
      db = await open(AREAS);
      await indexBlocks(db, AREAS, ended());
      const { called, opponents } = await db.selectFrom("arena_epoch").selectAll().executeTakeFirstOrThrow();
      expect(called).to.equal(hex(FORGED));
      expect(JSON.parse(opponents)).to.deep.equal([hex(GOOD), hex(REFERENCE)]);
    });

    it("counts audits that passed as the chain does, and none of who was convicted", async () => {
      db = await open(AREAS);
      await indexBlocks(db, AREAS, ended());
      const scorers = await db.selectFrom("scorer_epoch").selectAll().execute();
      // Two slots; both models are compared, since one of them is on trial: all 4 items of each.
      expect(scorers.find(({ scorer }) => scorer === HONEST)).to.include({
        slots: 2,
        slots_counted: 2,
        rows: 4,
        audits_passed: 16,
        pay: "133",
        all_pay: "133",
      });
      expect(scorers.find(({ scorer }) => scorer === LIAR)).to.include({
        rows: 2,
        audits_passed: 0,
        pay: "0",
      });
    });

    it("sums up over epochs", async () => {
      db = await open(AREAS);
      await indexBlocks(db, AREAS, ended());
      await db
        .updateTable("scorer_epoch")
        .set({ epoch: 3, all_pay: "90071992547409930000" })
        .where("scorer", "=", HONEST)
        .execute();
      await db.updateTable("sponsor_epoch").set({ epoch: 3 }).execute();
      await db.deleteFrom("epoch").execute();
      for (const table of [
        "arena_epoch",
        "step_pay",
        "participant_pay",
        "model_epoch",
        "model_sponsor",
      ] as const)
        await db.deleteFrom(table).execute();
      for (const table of ["miss", "phase", "scorer_epoch"] as const)
        await db.deleteFrom(table).where("epoch", "=", 7).execute();
      await indexBlocks(db, AREAS, ended().slice(-1));
      const total = await db
        .selectFrom("scorer_epoch")
        .selectAll()
        .where("scorer", "=", HONEST)
        .where("epoch", "=", 7)
        .executeTakeFirstOrThrow();
      expect(total).to.include({ pay: "133", all_pay: "90071992547409930133", all_slots: 4 });
      const sponsor = await db
        .selectFrom("sponsor_epoch")
        .selectAll()
        .where("sponsor", "=", SPONSORS[0])
        .where("epoch", "=", 7)
        .executeTakeFirstOrThrow();
      expect(sponsor).to.include({ slots: 1, all_slots: 2, pay: "33", all_pay: "66" });
    });

    it("keeps challenges with their outcome, convictions and misses", async () => {
      db = await open(AREAS);
      await indexBlocks(db, AREAS, ended());
      expect(await db.selectFrom("challenge").selectAll().executeTakeFirst()).to.include({
        seq: 4,
        challenger: CHALLENGER,
        height: 105,
        outcome: "convicted",
        resolved_height: 107,
      });
      expect(await db.selectFrom("conviction").selectAll().executeTakeFirst()).to.include({
        scorer: LIAR,
        recorded_answer: "01",
        expected_answer: "00",
        slashed: "150",
        reward: "75",
      });
      const misses = await db.selectFrom("miss").selectAll().orderBy("role").execute();
      expect(
        misses.map(({ role, address, inactive_until }) => [role, address, inactive_until]),
      ).to.deep.equal([
        ["scorer", LIAR, 11],
        ["sponsor", SPONSORS[2], 0],
      ]);
    });

    it("keeps void epochs without slots and results", async () => {
      db = await open(AREAS);
      const record = EpochRecord.fromPartial({
        epoch: 7n,
        startHeight: 100n,
        endHeight: 101n,
        void: true,
        scorersFrozen: 2,
        scorersRevealed: 0,
        emission: {
          epoch: 7n,
          budget: "10",
          authors: "0",
          scorers: "0",
          sponsors: "0",
          validators: "1",
          pool: "1",
          minted: "2",
        },
      });
      const [first] = begun();
      if (first === undefined) throw new Error("the fixture is empty");
      const last = blockOf({
        height: 101,
        events: [event("EventEpochEnded", { record }), phase(Phase.BEACON, 103, 8n)],
      });
      expect(questions(last)).to.deep.equal([]);
      await indexBlocks(db, AREAS, [first, last]);
      expect(await db.selectFrom("epoch").selectAll().executeTakeFirst()).to.include({
        void: 1,
        minted: "2",
      });
      expect(await db.selectFrom("arena_epoch").selectAll().execute()).to.deep.equal([]);
      expect(await db.selectFrom("phase").select("epoch").execute()).to.deep.equal([{ epoch: 7 }]);
    });

    it("says why the settlement of an arena failed, in clean text", async () => {
      db = await open(AREAS);
      const failed = event("EventArenaSettlementFailed", {
        epoch: 7n,
        arena: 2n,
        error: "no\u202e row\u0000",
      });
      await indexBlocks(db, AREAS, [...begun(), blockOf({ height: 106, events: [failed] })]);
      expect(await db.selectFrom("arena_epoch").selectAll().executeTakeFirst()).to.include({
        arena: 2,
        settled: 0,
        reason: "settlement failed: no row",
      });
    });

    it("gives the same when it begins in the midst of an epoch or the node was asked late", async () => {
      db = await open(AREAS);
      const draw = blockOf({
        height: 101,
        events: [event("EventSlotsDrawn", { epoch: 7n, randomness: GOOD, slots: 3n })],
        // What the node says long after the draw.
        answers: answers(
          [0, 1, 2].map((of) => slot(of, { counted: true, rowsPosted: true, voidReason: "x" })),
        ),
      });
      const blocks = begun();
      await indexBlocks(db, AREAS, [...blocks.slice(0, 1), draw, ...blocks.slice(2)]);
      const late = await db.selectFrom("slot").selectAll().orderBy("slot").execute();
      const other = await open(AREAS);
      await indexBlocks(other, AREAS, begun());
      expect(late).to.deep.equal(await other.selectFrom("slot").selectAll().orderBy("slot").execute());

      const third = await open(AREAS);
      await indexBlocks(third, AREAS, ended().slice(-1));
      expect(await third.selectFrom("epoch").selectAll().executeTakeFirst()).to.include({
        start_height: 100,
        start_time: null,
        slots: 3,
        minted: "461",
      });
    });
  });

  it("asks for further pages of slots, and for what the answers lead to", () => {
    const drawn = blockOf({
      height: 1,
      events: [event("EventSlotsDrawn", { epoch: 7n, randomness: GOOD, slots: 401n })],
    });
    expect(questions(drawn)).to.have.length(3);
    const last = ended().at(-1);
    if (last === undefined) throw new Error("the fixture is empty");
    const paths = (block: typeof last) => questions(block).map(({ path }) => path.split("/").at(-1));
    expect(paths({ ...last, answer: () => undefined })).to.deep.equal(["Epoch", "Slots"]);
    expect(paths(last)).to.deep.equal(["Epoch", "Slots", "ModelEpoch", "ModelEpoch", "Ladder"]);
    expect(questions(last).some(({ pinned }) => pinned)).to.equal(false);
  });
});
