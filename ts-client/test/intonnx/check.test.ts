import { expect } from "chai";
import fc from "fast-check";
import { AssayError } from "../../src/errors.ts";
import {
  check,
  IntOnnxError,
  type Limits,
  MAX_COST,
  MAX_FILE_BYTES,
  MAX_NODES,
} from "../../src/intonnx/check.ts";
import { CODES } from "../../src/intonnx/errors.ts";
import { run } from "../../src/intonnx/run.ts";
import { bytesOf, corpus, readCorpusFile } from "./corpus.ts";

function refusal(file: Uint8Array, limits?: Partial<Limits>): IntOnnxError | undefined {
  try {
    check(file, limits);
    return undefined;
  } catch (error) {
    if (error instanceof IntOnnxError) return error;
    throw error;
  }
}

describe("intonnx/check", () => {
  for (const entry of corpus.filter(({ ok }) => ok)) {
    it(`success - ${entry.about}`, () => {
      const { boundBits, ...info } = check(bytesOf(entry)).info;
      expect({ ...info, bound_bits: boundBits }).to.deep.equal(entry.info);
    });
  }

  for (const entry of corpus.filter(({ ok }) => !ok)) {
    it(`error - ${entry.code}: ${entry.about}`, () => {
      expect(refusal(bytesOf(entry))?.code).to.equal(entry.code);
    });
  }

  it("has every code in the corpus, and no other", () => {
    const codes = new Set(corpus.flatMap(({ code }) => code ?? []));
    expect([...codes].sort()).to.deep.equal([...CODES].sort());
  });

  it("refuses by the lower limits of a chain, exactly", () => {
    const file = readCorpusFile("good-cnn.onnx");
    const { macs, elements } = check(file).info;
    const cost = macs + elements;
    expect(refusal(file, { cost })).to.equal(undefined);
    expect(refusal(file, { cost: cost - 1 })?.code).to.equal("cost");
    expect(refusal(file, { fileBytes: file.length })).to.equal(undefined);
    expect(refusal(file, { fileBytes: file.length - 1 })?.code).to.equal("file_size");
    expect(refusal(file, { nodes: 5 })?.code).to.equal("count");
    expect(refusal(file, { cost: 1 })?.message).to.contain("the input has more than 1 elements");
  });

  it("takes zero, and what is above a ceiling, for the ceiling", () => {
    const large = bytesOf(corpus.find(({ about }) => about.startsWith("10 MB"))!);
    const many = readCorpusFile("bad-nodes-257.onnx");
    for (const more of [2, 1e9]) {
      const limits = { fileBytes: MAX_FILE_BYTES * more, nodes: MAX_NODES * more, cost: MAX_COST * more };
      expect(refusal(large, limits)?.code).to.equal("file_size");
      expect(refusal(many, limits)?.code).to.equal("count");
    }
    expect(refusal(readCorpusFile("good-cnn.onnx"), { fileBytes: 0, nodes: 0, cost: 0 })).to.equal(undefined);
  });

  it("names the node and says what is wrong", () => {
    const error = refusal(readCorpusFile("bad-gemm-alpha.onnx"));
    expect(error).to.be.instanceOf(AssayError);
    expect(error?.name).to.equal("IntOnnxError");
    expect(error?.node).to.match(/^t\d+$/);
    expect(error?.message).to.equal(`"${error?.node}": attribute "alpha" must be 1`);
    expect(error?.details).to.deep.equal({ code: "attribute", node: error?.node });
    expect(refusal(new Uint8Array())?.message).to.equal("IR version 0, expected 8 to 13");
  });

  it("refuses every prefix of a correct file", () => {
    for (const name of ["good-cast.onnx", "good-tokens.onnx"]) {
      const file = readCorpusFile(name);
      for (let n = 0; n < file.length; n++)
        expect(refusal(file.subarray(0, n)), `${n} bytes`).not.to.equal(undefined);
    }
  });

  it("throws nothing but IntOnnxError at damaged files, and runs what it accepts", () => {
    const files = corpus.filter(({ file }) => file?.startsWith("good")).map(bytesOf);
    const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.constantFrom(...files), damage, (file, changes) => {
        const damaged = file.slice();
        for (const { at, byte } of changes) damaged[at % damaged.length] = byte;
        if (refusal(damaged, { cost: 400_000 }) !== undefined) return;
        const program = check(damaged);
        const { type, shape } = program.info.input;
        const bytes = shape.reduce((product, d) => product * d, type === "int16" ? 2 : 1);
        const outputs = program.info.outputs.reduce((product, d) => product * d, 1);
        expect(run(program, new Uint8Array(bytes))).to.have.length(outputs);
      }),
      { numRuns: 1000 },
    );
  });
});
