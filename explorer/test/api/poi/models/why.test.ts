import { expect } from "chai";
import type { Kysely } from "kysely";
import type { Why, WhyLine } from "../../../../wire/poi-models.ts";
import type { Database } from "../../../../api/db/schema.ts";
import { hex } from "../../../../api/hex.ts";
import { poiArea } from "../../../../api/poi/area.ts";
import { forEachDatabase } from "../../databases.ts";
import { apiOf, type Api } from "../../support.ts";
import { CONV12, fill, MLP, nodeOf, REFERENCE } from "./fixture.ts";

forEachDatabase((open) => {
  describe("why a model was paid", () => {
    let db: Kysely<Database>;
    let api: Api;

    beforeEach(async () => {
      db = await open([poiArea]);
      await fill(db);
      api = apiOf(db, { node: nodeOf(), areas: [poiArea] });
    });

    const ask = async (model: Uint8Array, epoch: number): Promise<Why> => {
      const { status, body } = await api(`/api/models/${hex(model)}/epochs/${epoch}`);
      expect(status, JSON.stringify(body)).to.equal(200);
      return body as Why;
    };
    const line = ({ lines }: Why, label: string): WhyLine => {
      const found = lines.find((one) => one.label === label);
      if (found === undefined)
        throw new Error(`no line "${label}" in ${lines.map((one) => one.label).join()}`);
      return found;
    };
    const wrong = ({ lines, checks }: Why): string[] => [
      ...lines.filter(({ agrees }) => agrees === false).map(({ label }) => label),
      ...checks.filter(({ agrees }) => !agrees).map(({ what }) => what),
    ];

    it("goes from the epoch's emission to the pay, and adds up", async () => {
      const why = await ask(MLP, 43);
      expect(why.lines.map(({ label, value, agrees }) => [label, value, agrees])).to.deep.equal([
        ["Emission of the epoch", "220000000", true],
        ["Share of all authors", "110000000", true],
        ["The arena's pot from emission", "110000000", true],
        ["The arena's pot from funders", "0", null],
        ["Height of step 1", "74844", true],
        ["Its strength in this epoch", "74844", true],
        ["Divisor", "524288", true],
        ["Pay from emission", "15702896", true],
        ["Paid", "15702896", true],
      ]);
      expect(line(why, "Pay from emission").formula).to.equal("floor(110000000 × 74844 / 524288)");
      expect((110_000_000n * 74_844n) / 524_288n).to.equal(15_702_896n);
      expect(line(why, "Emission of the epoch").formula).to.include("22 blocks");
      expect(why.paid).to.equal("15702896");
      expect(wrong(why)).to.deep.equal([]);
      expect(why.checks).to.have.length.above(15);
      expect(why.stepTaken).to.deep.equal({ index: 1, gain: 74_844 });
    });

    it("shows every step, which with what was not paid makes the pot", async () => {
      const { steps, pots } = await ask(MLP, 43);
      const paid = steps.reduce((sum, { emission }) => sum + BigInt(emission), 0n);
      expect(paid + BigInt(pots.unpaidEmission)).to.equal(BigInt(pots.emission));
      expect(steps.map(({ own }) => own)).to.deep.equal([true]);
    });

    it("adds a funded pot", async () => {
      await db.updateTable("arena_epoch").set({ funded_pot: "1000" }).where("epoch", "=", 43).execute();
      await db.updateTable("step_pay").set({ funded: "142" }).where("epoch", "=", 43).execute();
      const why = await ask(MLP, 43);
      expect(line(why, "Pay from the funded pot")).to.include({
        value: "142",
        formula: "floor(1000 × 74844 / 524288)",
        agrees: true,
      });
      expect(why).to.include({ paid: "15703038", emission: "15702896", funded: "142" });
      expect(line(why, "Paid")).to.include({ value: "15703038", formula: "15702896 + 142", agrees: true });
      expect(why.pots.unpaidFunded).to.equal("858");
    });

    it("names the sponsors' scores and the median", async () => {
      const { score } = await ask(MLP, 43);
      expect(score).to.include({
        accuracy: 792_968,
        items: 1280,
        smoothed: 784_765,
        smoothedBefore: 781_250,
      });
      expect(score?.sponsors.filter(({ median }) => median).map(({ correct }) => correct)).to.deep.equal([
        203,
      ]);
    });

    it("takes the order of calls from the node", async () => {
      const why = await ask(CONV12, 44);
      expect(why.calledNext?.id).to.equal(hex(CONV12));
      expect(why.checks.map(({ what }) => what)).to.include("called for the next epoch");
      expect(wrong(why)).to.deep.equal([]);
    });

    it("pays nothing to who holds no step", async () => {
      const why = await ask(CONV12, 44);
      expect(why.paid).to.equal("0");
      expect(line(why, "Paid").formula).to.equal("it holds no step that still has strength");
    });

    for (const [what, change, lines] of [
      [
        "one base unit too much",
        (at: Kysely<Database>) => at.updateTable("step_pay").set({ emission: "15702897" }).execute(),
        ["Pay from emission"],
      ],
      [
        "a pot that is not the arena's share",
        (at: Kysely<Database>) => at.updateTable("arena_epoch").set({ authors_pot: "110000001" }).execute(),
        ["The arena's pot from emission"],
      ],
      [
        "a strength that did not fade as it must",
        (at: Kysely<Database>) => at.updateTable("step_pay").set({ decayed: 74_845 }).execute(),
        ["Its strength in this epoch"],
      ],
      [
        "a wrong divisor",
        (at: Kysely<Database>) => at.updateTable("arena_epoch").set({ divisor: 524_287 }).execute(),
        ["Divisor"],
      ],
      [
        "a height that its trial does not give",
        (at: Kysely<Database>) => at.updateTable("step_pay").set({ gain: 74_843, decayed: 74_843 }).execute(),
        ["Height of step 1"],
      ],
      [
        "an emission that the blocks do not make",
        (at: Kysely<Database>) => at.updateTable("epoch").set({ budget: "220000001" }).execute(),
        ["Emission of the epoch"],
      ],
    ] as const) {
      it(`notices ${what}`, async () => {
        await change(db);
        expect(wrong(await ask(MLP, 43))).to.include.members([...lines]);
      });
    }

    it("does not say what an epoch before the index could be", async () => {
      await db.deleteFrom("epoch").where("epoch", "in", [1, 42]).execute();
      await db.deleteFrom("model_epoch").where("epoch", "=", 42).execute();
      const why = await ask(MLP, 43);
      expect(line(why, "Emission of the epoch").agrees).to.equal(null);
      expect(why.unchecked).to.deep.equal(["the smoothed accuracy: the epoch before is no longer kept"]);
      expect(wrong(why)).to.deep.equal([]);
    });

    it("says when an arena did not settle", async () => {
      await db
        .updateTable("arena_epoch")
        .set({
          settled: 0,
          reason: "2 of 5 sponsors count",
          authors_pot: "0",
          scorers_pot: "0",
          sponsors_pot: "0",
        })
        .where("epoch", "=", 43)
        .execute();
      await db.deleteFrom("step_pay").execute();
      const why = await ask(MLP, 43);
      expect(why).to.include({ settled: false, reason: "2 of 5 sponsors count", paid: "0" });
      expect(why.lines).to.deep.equal([]);
    });

    for (const [what, path, message] of [
      ["an epoch to come", `${hex(MLP)}/epochs/99`, "There is no epoch 99 yet."],
      ["the running epoch", `${hex(MLP)}/epochs/45`, "Epoch 45 is not settled yet."],
      ["a void epoch", `${hex(MLP)}/epochs/41`, "Epoch 41 was void: 1 of 4 scorers revealed"],
      [
        "an epoch without the arena",
        `${hex(REFERENCE)}/epochs/42`,
        "The model's arena has no results in epoch 42.",
      ],
      ["an unknown model", `${"0f".repeat(32)}/epochs/43`, "There is no model 0f0f0f0f0f0f…."],
    ] as const) {
      it(`has no answer for ${what}`, async () => {
        const { status, body } = await api(`/api/models/${path}`);
        expect(status).to.equal(404);
        expect((body as { error: { message: string } }).error.message).to.include(message);
      });
    }
  });
});
