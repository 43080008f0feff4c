import type { AssayClient } from "@assay/client/client";
import { Clock, Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { expect } from "chai";
import { chainArea } from "../../../api/chain/area.ts";
import { homeArea } from "../../../api/home/area.ts";
import type { NodeState } from "../../../api/node/state.ts";
import { poiArea } from "../../../api/poi/area.ts";
import { forEachDatabase } from "../databases.ts";
import { apiOf, blockOf, indexBlocks } from "../support.ts";

const areas = [chainArea, poiArea, homeArea];
const SCORER = "assay14mrdc3wamtsruxfuymwjj7ftvwpdwcpeplug25";

const nodeAt = (clock: Partial<Clock>): NodeState => ({
  async ask(_key, read) {
    const params = Params.fromPartial({
      beaconBlocks: 3,
      inputBlocks: 4,
      rowsBlocks: 5,
      labelBlocks: 3,
      challengeBlocks: 6,
    });
    const client = {
      poi: { Clock: async () => ({ clock: Clock.fromPartial(clock), params, height: 9n }) },
    };
    return { value: await read(client as unknown as AssayClient), height: 9, stale: false };
  },
});

forEachDatabase((open) => {
  describe("GET /api/home", () => {
    it("says where the epoch stands and how fast blocks come", async () => {
      const db = await open(areas);
      const at = (height: number, second: number) =>
        blockOf({ height, time: `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z` });
      await indexBlocks(db, areas, [at(1, 0), at(2, 1), at(3, 5)]);
      const node = nodeAt({
        epoch: 4n,
        phase: Phase.ROWS,
        epochStart: 2n,
        phaseStart: 3n,
        phaseEnd: 7n,
        settledEpochs: 3n,
      });
      const { status, body } = await apiOf(db, { node, areas })("/api/home");
      expect(status).to.equal(200);
      expect(body).to.deep.equal({
        value: {
          height: 9,
          epoch: 4,
          phase: "ROWS",
          epochStart: 2,
          phaseStart: 3,
          phaseEnd: 7,
          settledEpochs: 3,
          phases: [
            { phase: "BEACON", blocks: 3 },
            { phase: "INPUT", blocks: 4 },
            { phase: "ROWS", blocks: 5 },
            { phase: "LABEL", blocks: 3 },
            { phase: "CHALLENGE", blocks: 6 },
          ],
        },
        height: 9,
        stale: false,
        secondsPerBlock: 2.5,
        convictions: { total: 0, newest: [] },
      });
    });

    it("does not know an end of settling, nor a pace from one block", async () => {
      const db = await open(areas);
      await indexBlocks(db, areas, [blockOf({ height: 1 })]);
      const { body } = await apiOf(db, { node: nodeAt({ phase: Phase.SETTLE }), areas })("/api/home");
      expect(body).to.have.nested.property("value.phaseEnd", null);
      expect(body).to.have.property("secondsPerBlock", null);
    });

    it("gives the newest convictions and their number", async () => {
      const db = await open(areas);
      const convicted = (height: number, epoch: bigint) =>
        blockOf({
          height,
          events: [
            {
              name: "EventScorerConvicted",
              value: {
                conviction: {
                  epoch,
                  scorer: SCORER,
                  slot: 2n,
                  model: new Uint8Array(32).fill(0xab),
                  item: 5,
                  expectedAnswer: Uint8Array.of(1),
                  expectedTag: new Uint8Array(4),
                  recordedAnswer: Uint8Array.of(2),
                  recordedTag: new Uint8Array(4),
                  slashed: "10",
                  challenger: "",
                  reward: "0",
                  height: BigInt(height),
                  jailed: false,
                },
              },
            },
          ],
        });
      await indexBlocks(
        db,
        areas,
        [1, 2, 3, 4].map((height) => convicted(height, BigInt(height))),
      );
      const { body } = await apiOf(db, { node: nodeAt({ phase: Phase.ROWS }), areas })("/api/home");
      const { total, newest } = (body as { convictions: { total: number; newest: { height: number }[] } })
        .convictions;
      expect(total).to.equal(4);
      expect(newest.map(({ height }) => height)).to.deep.equal([4, 3, 2]);
      expect(newest[0]).to.include({ epoch: 4, slot: 2, scorer: SCORER, model: "ab".repeat(32) });
    });
  });
});
