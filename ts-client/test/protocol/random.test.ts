import { expect } from "chai";
import fc from "fast-check";
import { u32, u64 } from "../../src/protocol/hash.ts";
import { Stream } from "../../src/protocol/random.ts";
import vectors from "../../../testdata/vectors/random.json" with { type: "json" };
import { fromHex } from "./bytes.ts";

describe("protocol/random", () => {
  const seed = fromHex(vectors.seed);

  it("yields the words of the vectors", () => {
    const stream = new Stream(seed, "purpose", fromHex(vectors.part), u64(7n));
    for (const word of vectors.words) expect(stream.word()).to.equal(BigInt(word));
  });

  it("draws the numbers of the vectors and rejects the same words", () => {
    for (const { n, values, next } of vectors.uniform) {
      const stream = new Stream(seed, "uniform", u64(BigInt(n)));
      for (const value of values) expect(stream.uniform(BigInt(n))).to.equal(BigInt(value));
      expect(stream.word()).to.equal(BigInt(next));
    }
  });

  it("takes the samples of the vectors", () => {
    for (const { n, k, taken } of vectors.sample) {
      expect(new Stream(seed, "sample", u32(n)).sample(n, k)).to.deep.equal(taken);
    }
  });

  it("samples without replacement", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(200), fc.nat(200), (anySeed, a, b) => {
        const [n, k] = a > b ? [a, b] : [b, a];
        const taken = new Stream(anySeed, "sample").sample(n, k);
        expect(new Set(taken).size).to.equal(k);
        expect(taken.every((value) => value >= 0 && value < n)).to.equal(true);
      }),
    );
  });

  it("refuses what cannot be drawn", () => {
    const stream = new Stream(seed, "none");
    expect(() => stream.uniform(0n)).to.throw("below 0");
    expect(() => stream.uniform(1n << 64n)).to.throw("uniform draw below");
    expect(() => stream.sample(1, 2)).to.throw("sample of 2 out of 1");
  });
});
