import { expect } from "chai";
import type { Kysely } from "kysely";
import type { AnswerOf } from "../../../../wire/route.ts";
import type {
  getArena,
  getArenaExamples,
  getArenaHistory,
  getArenas,
  getCompare,
  getModel,
  getModelEpochs,
  getModels,
} from "../../../../wire/poi-models.ts";
import { insertMany } from "../../../../api/db/insert.ts";
import type { Database } from "../../../../api/db/schema.ts";
import { hex } from "../../../../api/hex.ts";
import { poiArea } from "../../../../api/poi/area.ts";
import { interval } from "@assay/client/protocol/score";
import { strength } from "@assay/client/protocol/pay";
import { forEachDatabase } from "../../databases.ts";
import { apiOf, type Api } from "../../support.ts";
import {
  arena,
  AUTHORS,
  CONV12,
  CONV32,
  fill,
  HOSTILE,
  MLP,
  modelOf,
  models,
  nodeOf,
  PROVIDER,
  REFERENCE,
  SPONSORS,
  TX,
  type ChainParts,
} from "./fixture.ts";

forEachDatabase((open) => {
  describe("arenas and models", () => {
    let db: Kysely<Database>;
    let api: Api;

    const serve = (parts: ChainParts = {}): void => {
      api = apiOf(db, { node: nodeOf(parts), areas: [poiArea] });
    };
    beforeEach(async () => {
      db = await open([poiArea]);
      await fill(db);
      serve();
    });
    const ask = async <Answer>(path: string): Promise<Answer> => {
      const { status, body } = await api(path);
      expect(status, JSON.stringify(body)).to.equal(200);
      return body as Answer;
    };
    const refused = async (path: string): Promise<[number, string]> => {
      const { status, body } = await api(path);
      return [status, (body as { error: { message: string } }).error.message];
    };

    it("lists arenas with the model that leads and the stairs of its error", async () => {
      const { value, height, stale } = await ask<AnswerOf<typeof getArenas>>("/api/arenas");
      expect([height, stale]).to.deep.equal([900, false]);
      expect(value).to.have.length(1);
      expect(value[0]).to.deep.include({
        id: 1,
        name: "digits",
        description: "Handwritten digits",
        weight: 100,
        weightSum: 100,
        models: 4,
        sponsors: 5,
        pot: "50",
        potPerEpoch: "5",
        called: { id: hex(CONV12), name: "model-3" },
      });
      const { low, high } = interval(0.792968, 2560);
      expect(value[0]?.top).to.deep.equal({
        id: hex(MLP),
        name: "model-2",
        mean: {
          accuracy: 792_968,
          low: Math.round(low * 1e6),
          high: Math.round(high * 1e6),
          items: 2560,
        },
      });
      expect(value[0]?.stairs.map(({ epoch, error }) => [epoch, error])).to.deep.equal([
        [0, 500_000],
        [43, 207_032],
      ]);
    });

    it("shows an arena's ladder with what is left of each step and what it last earned", async () => {
      const { value, epochs } = await ask<AnswerOf<typeof getArena>>("/api/arenas/1");
      expect(value.ladder[1]).to.deep.include({
        index: 1,
        model: { id: hex(MLP), name: "model-2" },
        author: AUTHORS[0],
        gain: 74_844,
        age: 1,
        strength: Number(strength(74_844n, 1n, 1000n)),
        lastPay: { epoch: 44, emission: "15702896", funded: "0" },
      });
      expect(value.ladder[0]).to.include({ index: 0, strength: 0, lastPay: null });
      expect(epochs.map(({ epoch, paid, step }) => [epoch, paid, step])).to.deep.equal([
        [44, "15702896", 0],
        [43, "15702896", 1],
      ]);
      expect(value.rules).to.deep.equal({
        minItems: 256,
        z2: 12,
        fullGain: 524_288,
        halfLife: 1000,
        maxModels: 64,
      });
    });

    it("shows contenders in the order of their reservations, and which sponsors their sums keep", async () => {
      const { value } = await ask<AnswerOf<typeof getArena>>("/api/arenas/1");
      expect(value.contenders.map(({ reservation, called }) => [reservation.seq, called])).to.deep.equal([
        [2, true],
        [3, false],
      ]);
      expect(value.contenders[0]?.bySponsor.map(({ sponsor, kept }) => [sponsor, kept])).to.deep.equal(
        SPONSORS.map((sponsor, i) => [sponsor, i === 1 || i === 2]),
      );
      expect(value.contenders[1]?.bySponsor).to.deep.equal([]);
    });

    it("draws accuracies over epochs, with gaps where a model was not measured", async () => {
      const { epochs, series, steps } = await ask<AnswerOf<typeof getArenaHistory>>("/api/arenas/1/history");
      expect(epochs).to.deep.equal([42, 43, 44]);
      const of = (id: Uint8Array) => series.find(({ model }) => model.id === hex(id))?.accuracy;
      expect(of(MLP)).to.deep.equal([792_968, 792_968, null]);
      expect(of(CONV12)).to.deep.equal([null, null, 910_156]);
      expect(steps.map(({ index, error }) => [index, error])).to.deep.equal([
        [0, 500_000],
        [1, 207_032],
      ]);
      const last = await ask<AnswerOf<typeof getArenaHistory>>("/api/arenas/1/history?epochs=1");
      expect(last.epochs).to.deep.equal([44]);
    });

    it("shows items of the newest slot whose labels are open", async () => {
      expect(await ask<AnswerOf<typeof getArenaExamples>>("/api/arenas/1/examples")).to.deep.include({
        source: null,
        items: [],
      });
      const inputs = Uint8Array.from({ length: 16 }, (_, i) => i);
      await db.transaction().execute(async (trx) => {
        await insertMany(trx, "slot", [slotRow(43, 0), slotRow(44, 7)]);
        await insertMany(trx, "slot_inputs", [
          { epoch: 43, slot: 0, inputs, labels_hash: "" },
          { epoch: 44, slot: 7, inputs, labels_hash: "" },
        ]);
        await insertMany(trx, "slot_labels", [{ epoch: 43, slot: 0, labels: Uint8Array.of(1, 0), salt: "" }]);
      });
      const { source, items } = await ask<AnswerOf<typeof getArenaExamples>>("/api/arenas/1/examples");
      expect(source).to.deep.equal({ epoch: 43, slot: 0, sponsor: SPONSORS[0] });
      // Four int16 each.
      expect(items).to.deep.equal([
        { input: "0001020304050607", label: 1 },
        { input: "08090a0b0c0d0e0f", label: 0 },
      ]);
    });

    it("lists models by arena, author and state", async () => {
      const list = async (query: string): Promise<string[]> =>
        (await ask<AnswerOf<typeof getModels>>(`/api/models?${query}`)).items.map(({ id }) => id);
      expect(await list("")).to.deep.equal([CONV32, CONV12, MLP, REFERENCE].map(hex));
      expect(await list("order=score")).to.deep.equal([CONV12, MLP, REFERENCE, CONV32].map(hex));
      expect(await list("state=called")).to.deep.equal([hex(CONV12)]);
      expect(await list("state=contender")).to.deep.equal([hex(CONV32)]);
      expect(await list(`author=${AUTHORS[1]}`)).to.deep.equal([hex(CONV12)]);
      expect(await list("arena=2")).to.deep.equal([]);
    });

    it("lists every model once, page by page, in either order", async () => {
      const many = Array.from({ length: 30 }, (_, i) =>
        modelOf(new Uint8Array(32).fill(i + 1), {
          registeredHeight: BigInt(i >> 2),
          smoothed: 1_000 * (i % 3),
        }),
      );
      serve({ models: many });
      for (const order of ["newest", "score"]) {
        const seen: string[] = [];
        let cursor: string | null = "";
        while (cursor !== null) {
          const next: AnswerOf<typeof getModels> = await ask(
            `/api/models?limit=7&order=${order}${cursor === "" ? "" : `&cursor=${cursor}`}`,
          );
          expect(next.total).to.equal(30);
          seen.push(...next.items.map(({ id }) => id));
          cursor = next.next;
        }
        expect(seen).to.have.length(30);
        expect(new Set(seen)).to.have.length(30);
      }
      expect(await refused("/api/models?cursor=bm9uc2Vuc2U")).to.deep.equal([
        400,
        "cursor: this is no `next` of this list; leave it out to start at its beginning",
      ]);
    });

    it("tells everything of a model", async () => {
      const answer = await ask<AnswerOf<typeof getModel>>(`/api/models/${hex(MLP)}`);
      expect(answer.earned).to.deep.equal({ emission: "31405792", funded: "0" });
      expect(answer.registration).to.deep.equal({ height: 22, time: "2026-01-01T00:00:00.000Z", tx: TX });
      expect(answer.lastEpoch).to.equal(44);
      const { value } = answer;
      expect(value.parents).to.deep.equal([{ id: hex(REFERENCE), name: "model-1" }]);
      expect(value.children.map(({ id }) => id)).to.deep.equal([CONV12, CONV32].map(hex));
      expect(value).to.include({ state: "top", step: 1, cost: 1024, contention: null, royaltyBps: 1000 });
      expect(value.ladderStep).to.include({ index: 1, gain: 74_844 });
      expect(value.services).to.deep.equal([
        {
          id: 9,
          name: "<img src=x onerror=alert(1)>",
          provider: PROVIDER,
          status: "active",
          price: "200",
          denom: "uassay",
          promise: null,
          probes: { epoch: 43, reporters: 4, calls: 12, answeredBps: 9_800, p50Ms: 3, p95Ms: 9 },
        },
      ]);
      const contender = await ask<AnswerOf<typeof getModel>>(`/api/models/${hex(CONV12).toUpperCase()}`);
      expect(contender.value).to.include({ state: "called", step: null, ladderStep: null });
      expect(contender.value.contention).to.deep.include({ usableSponsors: 5, calls: 1 });
      expect(contender.registration).to.equal(null);
      const unmeasured = await ask<AnswerOf<typeof getModel>>(`/api/models/${hex(CONV32)}`);
      expect(unmeasured.value).to.include({ accuracy: null, smoothed: null, mean: null });
    });

    it("lists what each epoch measured and paid, newest first", async () => {
      const path = `/api/models/${hex(MLP)}/epochs?limit=1`;
      const first = await ask<AnswerOf<typeof getModelEpochs>>(path);
      const { low, high } = interval(0.792968, 1280);
      expect(first.items).to.deep.equal([
        {
          epoch: 43,
          accuracy: 792_968,
          low: Math.round(low * 1e6),
          high: Math.round(high * 1e6),
          smoothed: 784_765,
          items: 1280,
          called: true,
          step: 1,
          sponsors: [196, 190, 207, 212, 203]
            .map((correct, i) => ({ sponsor: SPONSORS[i], correct, items: 256 }))
            .sort((a, b) => ((a.sponsor ?? "") < (b.sponsor ?? "") ? -1 : 1)),
          emission: "15702896",
          funded: "0",
        },
      ]);
      const second = await ask<AnswerOf<typeof getModelEpochs>>(`${path}&cursor=${first.next}`);
      expect(second.items.map(({ epoch, emission }) => [epoch, emission])).to.deep.equal([[42, "0"]]);
      expect(second.next).to.equal(null);
    });

    it("compares models, with what the chain counted between them", async () => {
      const ids = [MLP, CONV12, REFERENCE].map(hex);
      const { value } = await ask<AnswerOf<typeof getCompare>>(
        `/api/compare?models=${[...ids, ids[0]].join()}`,
      );
      expect(value.models.map(({ id }) => id)).to.deep.equal(ids);
      expect(value.models.map(({ gain }) => gain)).to.deep.equal([74_844, null, null]);
      expect(value.models[0]?.history.map(({ epoch }) => epoch)).to.deep.equal([42, 43]);
      expect(value.headToHead).to.deep.equal([
        { kind: "step", contender: hex(MLP), opponent: hex(REFERENCE), epoch: 43, b: 159, c: 19, n: 512 },
        { kind: "screening", contender: hex(CONV12), opponent: hex(MLP), epoch: null, b: 80, c: 14, n: 512 },
      ]);
    });

    it("refuses what is not there or too much", async () => {
      expect(await refused("/api/arenas/7")).to.deep.equal([404, "There is no arena 7."]);
      expect(await refused(`/api/models/${"0f".repeat(32)}`)).to.deep.equal([
        404,
        "There is no model 0f0f0f0f0f0f….",
      ]);
      const five = [1, 2, 3, 4, 5].map((n) => hex(new Uint8Array(32).fill(n)));
      expect((await refused(`/api/compare?models=${five.join()}`))[0]).to.equal(400);
      expect((await refused("/api/models/nonsense"))[0]).to.equal(400);
    });

    it("cleans every text that a stranger wrote", async () => {
      const card = `${HOSTILE}\r\n\r\n\r\n\r\n\u2066second\u2069 \u0007line${"\u0301".repeat(40)}`;
      const [reference, ...rest] = models;
      serve({
        arenas: [
          {
            ...arena,
            spec: arena.spec && { ...arena.spec, description: HOSTILE, labels: [HOSTILE, "\u202eone"] },
          },
        ],
        models: [
          modelOf(REFERENCE, {
            ...reference,
            name: HOSTILE.repeat(9),
            card,
            terms: { licence: "javascript:alert(1)\u202e", royaltyBps: 0, parents: [], inferFee: "0" },
          }),
          ...rest,
        ],
      });
      const answer = await ask<AnswerOf<typeof getModel>>(`/api/models/${hex(REFERENCE)}`);
      expect(answer.value.card).to.match(/^<img src=x onerror=alert\(1\)>\n\nsecond line/);
      expect(answer.value.name.length).to.be.at.most(64);
      const all = [
        JSON.stringify(answer),
        JSON.stringify(await ask("/api/arenas/1")),
        JSON.stringify(await ask("/api/models")),
        JSON.stringify(await ask(`/api/models/${hex(MLP)}/lineage`)),
        JSON.stringify(await ask(`/api/compare?models=${hex(REFERENCE)}`)),
      ].join();
      // The line feeds of cards are the only control characters; JSON writes them as two other characters.
      expect(all).to.not.match(/[\p{Cc}\p{Cf}]|\\u00|\u0301{4}/u);
      expect(all).to.include("<img src=x");
    });
  });
});

function slotRow(epoch: number, slot: number): Database["slot"] {
  return {
    epoch,
    slot,
    arena: 1,
    sponsor: SPONSORS[0],
    commitment: 0,
    batch: 0,
    scorer: PROVIDER,
    inputs_height: 1,
    rows_height: null,
    labels_height: 2,
    inputs_tx: null,
    rows_tx: null,
    labels_tx: null,
    counted: 1,
    void_reason: "",
  };
}
