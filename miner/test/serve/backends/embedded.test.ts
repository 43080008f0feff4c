import { expect } from "chai";
import { check, type Program } from "@assay/client/intonnx/check";
import { run } from "@assay/client/intonnx/run";
import { FileError } from "@assay/service-kit/errors";
import { InferencePool } from "@assay/service-kit/inference/pool";
import { noise, trainedModels } from "@assay/service-kit/testing/models";
import { errorOf } from "@assay/service-kit/testing/support";
import { EmbeddedBackend } from "../../../src/serve/backends/embedded.ts";
import { Refusal } from "../../../src/serve/gate.ts";

const never = new AbortController().signal;
const ITEM_BYTES = 784;

describe("embedded backend", function () {
  this.timeout(30_000);
  let file: Uint8Array;
  let modelHex: string;
  let program: Program;
  let pool: InferencePool;
  let backend: EmbeddedBackend;

  before(async () => {
    // Too large to be run outside of the pool.
    const largest = (await trainedModels("digits")).at(-1)!;
    file = largest.file;
    modelHex = Buffer.from(largest.id).toString("hex");
    program = check(file);
  });
  beforeEach(async () => {
    pool = new InferencePool({ threads: 1, sessionsPerThread: 8 });
    backend = await EmbeddedBackend.load({ pool, threads: 1, modelHex, file });
  });
  afterEach(() => pool.close());

  const itemsOf = (count: number, seed: number): Uint8Array[] =>
    Array.from({ length: count }, (_, i) => noise(ITEM_BYTES, seed + i));

  it("knows the model's tensors and answers with its integers", async () => {
    expect(backend.tensors.input).to.deep.include({ datatype: "UINT8", itemShape: [1, 28, 28] });
    expect(await backend.ready()).to.equal(true);
    for (const count of [1, 3]) {
      const items = itemsOf(count, 1);
      expect(await backend.run(items, never)).to.deep.equal(items.map((item) => run(program, item)));
    }
  });

  it("gives every one of many calls at a time its own answers, in few runs", async () => {
    let runs = 0;
    const inner = pool.run.bind(pool);
    pool.run = (task) => {
      runs++;
      return inner(task);
    };
    const calls = Array.from({ length: 100 }, (_, i) => itemsOf((i % 4) + 1, i * 10));
    const answers = await Promise.all(calls.map((items) => backend.run(items, never)));
    expect(answers).to.deep.equal(calls.map((items) => items.map((item) => run(program, item))));
    // 250 items: two runs start at once, then batches of up to 64.
    expect(runs).to.be.below(10);
  });

  it("runs a call of more items than a batch as one", async () => {
    const items = itemsOf(100, 5);
    const [answers] = await Promise.all([backend.run(items, never), backend.run(itemsOf(1, 3), never)]);
    expect(answers).to.deep.equal(items.map((item) => run(program, item)));
  });

  it("lets a call go that was given up, and answers the others of its batch", async () => {
    const late = new AbortController();
    const calls = Array.from({ length: 20 }, (_, i) =>
      backend.run(itemsOf(1, i), i % 2 === 0 ? late.signal : never),
    );
    const settled = Promise.allSettled(calls);
    late.abort(new Refusal(504, "timeout", "late"));
    const ended = await settled;
    for (const [i, result] of ended.entries()) {
      if (i % 2 === 0) expect(result).to.have.property("status", "rejected");
      else expect(result).to.deep.include({ value: [run(program, noise(ITEM_BYTES, i))] });
    }
    const error = await errorOf(() => backend.run(itemsOf(1, 1), late.signal));
    expect(error).to.have.property("code", "timeout");
  });

  it("fails the calls of a run that fails, and goes on", async () => {
    const inner = pool.run.bind(pool);
    pool.run = () => Promise.reject(new Error("the thread ended"));
    const errors = await Promise.all([1, 2, 3].map((i) => errorOf(() => backend.run(itemsOf(1, i), never))));
    for (const error of errors) {
      expect(error).to.include({ status: 500, code: "model_failed" });
      expect(error.cause).to.have.property("message", "the thread ended");
    }
    pool.run = inner;
    expect(await backend.run(itemsOf(1, 1), never)).to.have.length(1);
  });

  it("runs a tiny model without the pool", async () => {
    const [smallest] = await trainedModels("digits");
    const tiny = check(smallest!.file);
    const options = { pool, threads: 1, modelHex: tiny.info.sha256, file: smallest!.file };
    const here = await EmbeddedBackend.load(options);
    await pool.close();
    const calls = Array.from({ length: 20 }, (_, i) => itemsOf((i % 4) + 1, i * 10));
    const answers = await Promise.all(calls.map((items) => here.run(items, never)));
    expect(answers).to.deep.equal(calls.map((items) => items.map((item) => run(tiny, item))));
  });

  it("runs items of two bytes wherever they lie in a message", async () => {
    const [smallest] = await trainedModels("languages");
    const tiny = check(smallest!.file);
    const options = { pool, threads: 1, modelHex: tiny.info.sha256, file: smallest!.file };
    const here = await EmbeddedBackend.load(options);
    const item = new Uint8Array(256).fill(1);
    const message = Buffer.alloc(1 + item.length);
    message.set(item, 1);
    for (const items of [[message.subarray(1)], [item, message.subarray(1)]])
      expect(await here.run(items, never)).to.deep.equal(items.map((one) => run(tiny, new Uint8Array(one))));
  });

  it("refuses a file that is not the model's, or no model", async () => {
    const damaged = file.slice();
    damaged[damaged.length - 1]! ^= 1;
    const error = await errorOf(() => EmbeddedBackend.load({ pool, threads: 1, modelHex, file: damaged }));
    expect(error).to.be.instanceOf(FileError);
    expect(error.message).to.match(/fetch it again/);
  });
});
