import { expect } from "chai";
import { answerOf, tagOf } from "@assay/client/protocol/rows";
import { InferencePool } from "@assay/service-kit/inference/pool";
import { noise, trainedModels } from "@assay/service-kit/testing/models";
import { IntegerReferee } from "../src/referee.ts";
import { formatOf, OnnxRowComputer } from "../src/row-computer.ts";
import { digits, hex } from "./support.ts";

describe("integer referee", function () {
  this.timeout(30_000);

  it("agrees with onnxruntime about every item of every trained model", async () => {
    const models = await trainedModels("digits");
    const files = new Map(models.map(({ id, file }) => [hex(id), file]));
    const load = async (modelHex: string) => files.get(modelHex)!;
    const pool = new InferencePool({ threads: 1, sessionsPerThread: 8 });
    const items = 16;
    const inputs = noise(784 * items, 11);
    const job = {
      models: models.map(({ id }) => id),
      spec: digits,
      inputs,
      items,
      signal: new AbortController().signal,
    };
    const rows = await new OnnxRowComputer(pool, load).compute(job);
    await pool.close();
    const referee = new IntegerReferee(load);
    for (const { model, answers, tags } of rows) {
      for (let item = 0; item < items; item++) {
        const logits = await referee.logits(model, inputs.subarray(item * 784, (item + 1) * 784));
        expect(answers[item]).to.equal(answerOf(formatOf(digits), logits)[0]);
        expect([...tags.subarray(item * 4, item * 4 + 4)]).to.deep.equal([...tagOf(logits)]);
      }
    }
  });
});
