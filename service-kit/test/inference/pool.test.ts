import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { InferenceError, InferencePool } from "../../src/inference/pool.ts";
import { TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { noise, trainedModels, type ModelFile } from "../../src/testing/models.ts";
import { errorOf } from "../../src/testing/support.ts";

const never = new AbortController().signal;
const ITEMS = 64;
const digits = { inputType: TensorType.UINT8, inputShape: [1, 28, 28] };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("inference pool", function () {
  this.timeout(30_000);
  let models: ModelFile[];
  let small: ModelFile;
  let large: ModelFile;
  before(async () => {
    models = await trainedModels("digits");
    small = models[0]!;
    large = models.at(-1)!;
  });

  const pools: InferencePool[] = [];
  const open = (threads: number, sessionsPerThread = 8) => {
    const pool = new InferencePool({ threads, sessionsPerThread });
    pools.push(pool);
    return pool;
  };
  afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

  const inputs = noise(784 * ITEMS, 7);
  const task = (model: ModelFile, signal = never) => ({
    models: [hex(model.id)],
    file: () => Promise.resolve(model.file),
    spec: digits,
    inputs,
    items: ITEMS,
    signal,
  });

  /** The same with a plain session in this thread, item by item. */
  async function direct(file: Uint8Array): Promise<number[]> {
    const session = await InferenceSession.create(file);
    const logits: number[] = [];
    for (let item = 0; item < ITEMS; item++) {
      const tensor = new Tensor("uint8", inputs.slice(item * 784, (item + 1) * 784), [1, 1, 28, 28]);
      const results = await session.run({ [session.inputNames[0]!]: tensor });
      logits.push(...(results[session.outputNames[0]!]!.data as Int32Array));
    }
    await session.release();
    return logits;
  }

  it("gives a batch the integers that single items get in this thread", async () => {
    const pool = open(2);
    const files = new Map(models.map(({ id, file }) => [hex(id), file]));
    const all = await pool.run({
      ...task(small),
      models: [...files.keys()],
      file: async (id) => files.get(id)!,
    });
    for (const [i, { file }] of models.entries()) expect([...all[i]!]).to.deep.equal(await direct(file));
  });

  it("asks for a file once per thread, and again after it made room", async () => {
    const pool = open(1, 1);
    const [a, b] = [small, large];
    let loads = 0;
    const counted = (model: ModelFile) => ({
      ...task(model),
      file: async () => {
        loads++;
        return model.file;
      },
    });
    const first = await pool.run(counted(a));
    await Promise.all([pool.run(counted(a)), pool.run(counted(a))]);
    expect(loads).to.equal(1);
    await pool.run(counted(b));
    expect(await pool.run(counted(a))).to.deep.equal(first);
    expect(loads).to.equal(3);
  });

  it("takes inputs that are a view at an odd offset", async () => {
    const model = small;
    const shifted = new Uint8Array(inputs.length + 1);
    shifted.set(inputs, 1);
    const pool = open(1);
    expect(await pool.run({ ...task(model), inputs: shifted.subarray(1) })).to.deep.equal(
      await pool.run(task(model)),
    );
  });

  it("drops what waits when it is late, and goes on", async () => {
    const pool = open(1);
    const model = large;
    const late = new AbortController();
    const tasks = Array.from({ length: 50 }, () => pool.run(task(model, late.signal)));
    late.abort(new DOMException("ROWS is over", "AbortError"));
    const ended = await Promise.allSettled(tasks);
    expect(ended.every(({ status }) => status === "rejected")).to.equal(true);
    expect(await errorOf(async () => pool.run(task(model, late.signal)))).to.have.property(
      "message",
      "ROWS is over",
    );
    expect((await pool.run(task(model)))[0]).to.have.length(ITEMS * 10);
  });

  it("reports a model that onnxruntime does not take, and goes on", async () => {
    const pool = open(1);
    const broken = { id: Uint8Array.of(1), file: new Uint8Array(await readFile(new URL(import.meta.url))) };
    const error = await errorOf(() => pool.run(task(broken)));
    expect(error).to.be.instanceOf(InferenceError);
    expect(error.message).to.match(/onnxruntime failed: /);
    expect((await pool.run(task(small)))[0]).to.have.length(ITEMS * 10);
  });

  it("refuses inputs of another size before a thread sees them", async () => {
    const pool = open(1);
    const model = small;
    const error = await errorOf(async () => pool.run({ ...task(model), inputs: inputs.subarray(1) }));
    expect(error.message).to.match(/50175 bytes of inputs for 64 items, expected 50176/);
  });

  it("refuses work after it was closed", async () => {
    const pool = open(1);
    await pool.close();
    const error = await errorOf(async () => pool.run(task(small)));
    expect(error.message).to.equal("the inference pool is closed");
  });
});
