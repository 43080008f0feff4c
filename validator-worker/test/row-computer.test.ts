import { expect } from "chai";
import { answerOf, tagOf } from "@assay/client/protocol/rows";
import { InferenceError, InferencePool } from "@assay/service-kit/inference/pool";
import { noise, trainedModels } from "@assay/service-kit/testing/models";
import { formatOf, OnnxRowComputer, rowOf } from "../src/row-computer.ts";
import { digits, hex } from "./support.ts";

const ITEMS = 64;

describe("row computer", function () {
  this.timeout(30_000);

  it("fills rows with answers and tags of the logits", async () => {
    const models = await trainedModels("digits");
    const files = new Map(models.map(({ id, file }) => [hex(id), file]));
    const file = async (modelHex: string) => files.get(modelHex)!;
    const pool = new InferencePool({ threads: 1, sessionsPerThread: 8 });
    const job = {
      spec: digits,
      inputs: noise(784 * ITEMS, 7),
      items: ITEMS,
      signal: new AbortController().signal,
    };
    const rows = await new OnnxRowComputer(pool, file).compute({
      ...job,
      models: models.map(({ id }) => id),
    });
    for (const [i, { id }] of models.entries()) {
      const [logits] = await pool.run({ ...job, models: [hex(id)], file });
      const { model: rowModel, answers, tags } = rows[i]!;
      expect(rowModel).to.deep.equal(id);
      for (let item = 0; item < ITEMS; item++) {
        const own = [...logits!.subarray(item * 10, item * 10 + 10)];
        expect(answers[item]).to.equal(answerOf(formatOf(digits), own)[0]);
        expect([...tags.subarray(item * 4, item * 4 + 4)]).to.deep.equal([...tagOf(own)]);
      }
    }
    await pool.close();
  });

  it("refuses logits that do not fit the arena", () => {
    const logits = new Int32Array(ITEMS * 9);
    expect(() => rowOf(new Uint8Array(32), formatOf(digits), ITEMS, logits)).to.throw(
      InferenceError,
      /expected 640/,
    );
  });
});
