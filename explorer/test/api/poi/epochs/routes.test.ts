import { expect } from "chai";
import type { Kysely } from "kysely";
import type { Database } from "../../../../api/db/schema.ts";
import { hex } from "../../../../api/hex.ts";
import type {
  Challenge,
  Conviction,
  EpochDetail,
  EpochSummary,
  Payouts,
  Row,
  ScorerDetail,
  ScorerEpoch,
  ScorerSummary,
  SlotDetail,
  SlotInputs,
  SlotSummary,
  SponsorDetail,
  SponsorEpoch,
} from "../../../../wire/poi-epochs.ts";
import { forEachDatabase } from "../../databases.ts";
import { apiOf, indexBlocks, type Answer, type Api } from "../../support.ts";
import {
  AREAS,
  begun,
  CHALLENGER,
  ended,
  fakeNode,
  FORGED,
  GOOD,
  HONEST,
  INPUTS,
  LIAR,
  SPONSORS,
} from "./fixture.ts";

// JSON writes a control character as an escape.
const HIDDEN = /\\u0000|\u202e/;

describe("api of epochs", () => {
  forEachDatabase((open) => {
    let db: Kysely<Database>;
    let api: Api;

    async function get<T>(path: string): Promise<T> {
      const { status, body }: Answer = await api(path);
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(JSON.stringify(body)).not.to.match(HIDDEN);
      return body as T;
    }

    const start = async (blocks = ended()) => {
      db = await open(AREAS);
      await indexBlocks(db, AREAS, blocks);
      api = apiOf(db, { node: fakeNode(), areas: AREAS });
    };

    it("lists epochs in pages, newest first", async () => {
      await start();
      await db
        .insertInto("epoch")
        .values([5, 6].map((epoch) => ({ epoch, start_height: epoch, arenas: 1, scorers_frozen: 1 })))
        .execute();
      const first = await get<{ items: EpochSummary[]; next: string }>("/api/epochs?limit=2");
      expect(first.items.map(({ epoch }) => epoch)).to.deep.equal([7, 6]);
      expect(first.items[0]).to.include({ state: "settled", slotsCounted: 2, minted: "461", convictions: 1 });
      const rest = await get<typeof first>(`/api/epochs?limit=2&cursor=${first.next}`);
      expect(rest.items.map(({ epoch }) => epoch)).to.deep.equal([5]);
      expect(rest.next).to.equal(null);
    });

    it("shows the running epoch: phases behind, now and ahead, and what it froze", async () => {
      await start(begun());
      const epoch = await get<EpochDetail>("/api/epochs/7");
      expect(epoch).to.include({ state: "running", slots: 3, minted: null, challenges: 1, convictions: 0 });
      expect(
        epoch.phases.map(({ phase, state, startHeight, endHeight }) => [
          phase,
          state,
          startHeight,
          endHeight,
        ]),
      ).to.deep.equal([
        ["BEACON", "past", 100, 101],
        ["INPUT", "past", 102, 102],
        ["ROWS", "past", 103, 103],
        ["LABEL", "past", 104, 104],
        ["CHALLENGE", "now", 105, 106],
        ["SETTLE", "ahead", 107, null],
      ]);
      expect(epoch.arenas[0]).to.deep.include({ settled: null, sponsorsFrozen: 3 });
      expect(epoch.arenas[0]?.models).to.have.length(2);
      expect(epoch.emission).to.equal(null);
    });

    it("shows an ended epoch with its scorers and faults", async () => {
      await start();
      const epoch = await get<EpochDetail>("/api/epochs/7");
      expect(epoch.phases.at(-1)).to.deep.equal({
        phase: "SETTLE",
        state: "past",
        startHeight: 107,
        endHeight: 108,
      });
      expect(epoch.arenas[0]).to.deep.include({ settled: true, sponsorsCounted: 2 });
      const liar = epoch.scorers.find(({ scorer }) => scorer.address === LIAR);
      expect(liar).to.deep.include({
        slots: 1,
        rowsPosted: 1,
        counted: 0,
        convicted: true,
        missed: true,
        pay: "0",
      });
      expect(liar?.scorer.moniker).to.equal("liar<script>x");
      expect(epoch.convictionList).to.have.length(1);
      expect(epoch.misses.map(({ role }) => role)).to.deep.equal(["scorer", "sponsor"]);
    });

    it("adds up what was paid", async () => {
      await start();
      const payouts = await get<Payouts>("/api/epochs/7/payouts");
      expect(payouts.sums).to.deep.equal({ authors: "62", funded: "0", scorers: "133", sponsors: "66" });
      expect(payouts.addsUp).to.equal(true);
      await db.updateTable("step_pay").set({ emission: "60" }).where("step", "=", 1).execute();
      expect((await get<Payouts>("/api/epochs/7/payouts")).addsUp).to.equal(false);
    });

    it("has no payouts before the end, and nothing at all of epochs and slots that are not there", async () => {
      await start(begun());
      for (const path of [
        "/api/epochs/7/payouts",
        "/api/epochs/8",
        "/api/epochs/8/slots",
        "/api/epochs/7/slots/9",
        "/api/epochs/7/slots/9/inputs",
        `/api/epochs/7/slots/0/rows/${"00".repeat(32)}`,
      ]) {
        const { status, body } = await api(path);
        expect(status, path).to.equal(404);
        expect(body).to.have.nested.property("error.message");
      }
    });

    it("lists slots in order, of one scorer too", async () => {
      await start();
      const all = await get<{ items: SlotSummary[]; next: string }>("/api/epochs/7/slots?limit=2");
      expect(all.items.map(({ slot, state }) => [slot, state])).to.deep.equal([
        [0, "counted"],
        [1, "counted"],
      ]);
      const rest = await get<typeof all>(`/api/epochs/7/slots?limit=2&cursor=${all.next}`);
      expect(rest.items[0]).to.deep.include({ slot: 2, state: "void", voidReason: "scorer convicted" });
      const own = await get<typeof all>(`/api/epochs/7/slots?scorer=${LIAR}`);
      expect(own.items.map(({ slot }) => slot)).to.deep.equal([2]);
    });

    it("shows how every model did on a slot", async () => {
      await start();
      const slot = await get<SlotDetail>("/api/epochs/7/slots/0");
      const good = slot.models.find(({ model }) => model.id === hex(GOOD));
      // Labels 1 0 2 1, answers 1 0 2 0. One model is on trial: the chain runs every item of both.
      expect(good).to.deep.include({ correct: 3, audited: 4, compared: true, convictedItem: null });
      expect(slot.inputs).to.include({ height: 102, bytes: INPUTS.length });
      expect(slot).to.include({ items: 4, phase: null, epochState: "settled" });
    });

    it("shows a row item by item, and where it was wrong", async () => {
      await start();
      const path = `/api/epochs/7/slots/2/rows/${hex(FORGED).toUpperCase()}`;
      const row = await get<Row>(path);
      expect(row).to.include({ total: 4, correct: 2, phase: null });
      expect(
        row.items.map(({ answer, label, correct }) => [answer.value, label?.value, correct]),
      ).to.deep.equal([
        [1, 1, true],
        [1, 0, false],
        [1, 2, false],
        [1, 1, true],
      ]);
      expect(row.items[1]?.label?.text).to.equal("zero");
      expect(row.items[2]?.tag).to.equal("08090a0b");
      expect(row.items[2]?.expected).to.equal(null);
      expect(row.items[3]?.expected).to.deep.equal({ answer: { value: 0, text: "zero" }, tag: "09090909" });
      expect(row.items[3]?.challenge).to.include({ seq: 4, outcome: "convicted" });

      const page = await get<Row>(`${path}?limit=3`);
      expect(page.items.map(({ item }) => item)).to.deep.equal([0, 1, 2]);
      const last = await get<Row>(`${path}?limit=3&cursor=${page.next}`);
      expect(last.items.map(({ item }) => item)).to.deep.equal([3]);
      expect(last.next).to.equal(null);
    });

    it("says which items the chain runs again only when their draw is over", async () => {
      const early = begun().filter(({ height }) => height < 104);
      await start(early);
      const before = await get<Row>(`/api/epochs/7/slots/0/rows/${hex(GOOD)}`);
      expect(before.items.map(({ audited, label, correct }) => [audited, label, correct])).to.deep.equal(
        [0, 1, 2, 3].map(() => [null, null, null]),
      );
      await indexBlocks(db, AREAS, begun().slice(early.length));
      await db.updateTable("arena_epoch").set({ called: "" }).execute();
      const after = await get<Row>(`/api/epochs/7/slots/0/rows/${hex(GOOD)}`);
      expect(after.items.every(({ audited }) => audited)).to.equal(true);
      expect(after).to.include({ phase: "CHALLENGE", challengeBond: "10000000" });
    });

    it("draws the share of audited items where nobody is on trial", async () => {
      await start();
      await db.updateTable("arena_epoch").set({ called: "", opponents: "[]" }).execute();
      const row = await get<Row>(`/api/epochs/7/slots/0/rows/${hex(GOOD)}`);
      expect(row.items.filter(({ audited }) => audited)).to.have.length(1);
      const slot = await get<SlotDetail>("/api/epochs/7/slots/0");
      expect(slot.models.map(({ audited }) => audited)).to.deep.equal([1, 1]);
    });

    it("gives the items of a slot as they were posted", async () => {
      await start();
      const inputs = await get<SlotInputs>("/api/epochs/7/slots/1/inputs");
      expect(inputs).to.deep.include({ items: 4, itemBytes: 2, type: "uint8", shape: [1, 1, 2] });
      expect([...Buffer.from(inputs.data, "base64")]).to.deep.equal([...INPUTS]);
    });

    it("lists convictions and challenges", async () => {
      await start();
      const convictions = await get<{ items: Conviction[] }>("/api/convictions");
      expect(convictions.items[0]).to.deep.include({
        epoch: 7,
        slot: 2,
        item: 3,
        challenger: CHALLENGER,
        slashed: "150",
        recorded: { answer: { value: 1, text: "one" }, tag: "0c0d0e0f" },
      });
      expect(convictions.items[0]?.model.name).to.equal("forged<script>x");
      expect((await get<{ items: Conviction[] }>(`/api/convictions?scorer=${HONEST}`)).items).to.deep.equal(
        [],
      );
      const challenges = await get<{ items: Challenge[] }>(
        `/api/challenges?challenger=${CHALLENGER}&epoch=7`,
      );
      expect(challenges.items[0]).to.include({ seq: 4, outcome: "convicted", resolvedHeight: 107 });
      expect((await get<{ items: Challenge[] }>("/api/challenges?epoch=6")).items).to.deep.equal([]);
    });

    it("shows scorers with their totals, state and epochs", async () => {
      await start();
      const { value } = await get<{ value: ScorerSummary[] }>("/api/scorers");
      expect(value.map(({ address, state }) => [address, state])).to.deep.equal([
        [HONEST, "active"],
        [LIAR, "jailed"],
      ]);
      expect(value[0]?.totals).to.include({ slots: 2, rows: 4, auditsPassed: 16, pay: "133" });
      const liar = await get<{ value: ScorerDetail; convictions: Conviction[] }>(`/api/scorers/${LIAR}`);
      expect(liar.value).to.include({ bond: "2850", eligible: false, reason: "jailed<script>x", until: 9 });
      expect(liar.value.totals).to.include({ convictions: 1, misses: 1, pay: "0" });
      expect(liar.convictions).to.have.length(1);
      const epochs = await get<{ items: ScorerEpoch[] }>(`/api/scorers/${LIAR}/epochs`);
      expect(epochs.items).to.deep.equal([
        {
          epoch: 7,
          slots: 1,
          slotsCounted: 0,
          rows: 2,
          auditsPassed: 0,
          missed: true,
          convicted: true,
          pay: "0",
        },
      ]);
    });

    it("shows sponsors with their commitments and how models did on their data", async () => {
      await start();
      const { value } = await get<{ value: SponsorDetail }>(`/api/sponsors/1/${SPONSORS[0]}`);
      expect(value).to.deep.include({ bond: "1000", state: "active", batches: 256 });
      expect(value.commitments[0]).to.deep.include({ index: 0, remaining: 255, tx: null });
      const epochs = await get<{ items: SponsorEpoch[] }>(`/api/sponsors/1/${SPONSORS[1]}/epochs`);
      // 3 and 2 of 4 on its own items; 3, 3, 3 and 2 of 4 in the arena.
      expect(epochs.items[0]).to.deep.include({ pay: "33", accuracy: 625_000, arenaAccuracy: 687_500 });
      const missed = await get<{ items: SponsorEpoch[] }>(`/api/sponsors/1/${SPONSORS[2]}/epochs`);
      expect(missed.items[0]).to.deep.include({ slotsCounted: 0, missed: true, accuracy: null });
    });
  });
});
