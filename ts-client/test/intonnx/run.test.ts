import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { check, type Info } from "../../src/intonnx/check.ts";
import { itemBytes, run, runBatch } from "../../src/intonnx/run.ts";
import { bytesOf, corpus, readCorpusFile, vectorsOf } from "./corpus.ts";

/** Bytes that look random, the same on every run. */
function noise(n: number): Uint8Array<ArrayBuffer> {
  let state = 1;
  return new Uint8Array(n).map(() => {
    state = (state * 48271) % 2147483647;
    return state >> 8;
  });
}

/** A batch of raw items as onnxruntime takes it. */
function batch({ type, shape }: Info["input"], items: number, raw: Uint8Array<ArrayBuffer>): Tensor {
  const dims = [items, ...shape];
  if (type === "uint8") return new Tensor(type, raw, dims);
  if (type === "int8") return new Tensor(type, new Int8Array(raw.buffer), dims);
  return new Tensor(type, new Int16Array(raw.buffer), dims);
}

const folder = new URL("../../../models/", import.meta.url);
const models = ["digits", "languages", "spam"].flatMap((arena) =>
  readdirSync(new URL(arena, folder))
    .filter((name) => name.endsWith(".onnx"))
    .map((name) => `${arena}/${name}`),
);

describe("intonnx/run", () => {
  for (const entry of corpus.filter(({ ok }) => ok)) {
    it(`gives the vectors of ${entry.about}`, () => {
      const program = check(bytesOf(entry));
      const vectors = vectorsOf(entry);
      expect(vectors).not.to.be.empty;
      for (const { input, output } of vectors) expect([...run(program, input)]).to.deep.equal(output);
      const inputs = Buffer.concat(vectors.map(({ input }) => input));
      expect(runBatch(program, inputs).map((output) => [...output])).to.deep.equal(
        vectors.map(({ output }) => output),
      );
    });
  }

  it("refuses inputs of another size", () => {
    const program = check(readCorpusFile("good-cnn.onnx"));
    const bytes = itemBytes(program.info.input);
    for (const n of [0, bytes - 1, bytes + 1])
      expect(() => run(program, new Uint8Array(n))).to.throw(RangeError, `the model takes ${bytes}`);
    expect(() => runBatch(program, new Uint8Array(bytes + 1))).to.throw(RangeError, "not a multiple");
    expect(runBatch(program, new Uint8Array())).to.deep.equal([]);
  });

  it("finds the trained models", () => {
    expect(models).to.have.length.above(10);
  });

  for (const name of models) {
    it(`gives what onnxruntime gives for models/${name}`, async function () {
      this.timeout(30_000);
      const file = readFileSync(new URL(name, folder));
      const program = check(file);
      const items = 4;
      const inputs = noise(items * itemBytes(program.info.input));
      if (program.info.input.type === "int16")
        // ids of the table's 4096 rows
        for (let i = 1; i < inputs.length; i += 2) inputs[i]! &= 0x0f;
      const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
      const feeds = { [session.inputNames[0]!]: batch(program.info.input, items, inputs) };
      const results = await session.run(feeds);
      const data = results[session.outputNames[0]!]!.data as Int32Array;
      expect(runBatch(program, inputs).flatMap((output) => [...output])).to.deep.equal([...data]);
      await session.release();
    });
  }
});
