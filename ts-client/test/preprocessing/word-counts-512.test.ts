import { expect } from "chai";
import { PreprocessingError } from "../../src/preprocessing/errors.ts";
import { wordCounts512 } from "../../src/preprocessing/word-counts-512.ts";

/** The buckets that are not empty: [bucket, count]. */
function counted(text: string): [number, number][] {
  return [...wordCounts512(text).entries()].filter(([, count]) => count > 0);
}

describe("word-counts-512", () => {
  it("never changes what it gives for a text", () => {
    // Models in use depend on these buckets: "buy", "now", "!" three times, "$", any number.
    expect(counted("Buy now!!! $100")).to.deep.equal([
      [34, 1],
      [50, 1],
      [141, 3],
      [261, 1],
      [381, 1],
    ]);
  });

  it("takes all numbers for one word, and words for one whatever their case and order", () => {
    expect(counted("NOW buy 7 $!!!")).to.deep.equal(counted("buy now 123456 $!!!"));
  });

  it("stops counting at 255", () => {
    expect(counted("spam ".repeat(300)).map(([, count]) => count)).to.deep.equal([255]);
  });

  it("tells words apart by their first 20 letters", () => {
    const head = "a".repeat(20);
    expect(counted(`${head}xx`)).to.deep.equal(counted(`${head}yy`));
    expect(counted(`${head.slice(1)}xx`)).not.to.deep.equal(counted(`${head.slice(1)}yy`));
  });

  it("refuses images, empty texts and texts that are too long", () => {
    const image = { width: 1, height: 1, data: new Uint8Array(1) };
    expect(() => wordCounts512(image)).to.throw(PreprocessingError, "takes text");
    expect(() => wordCounts512(" \n")).to.throw(PreprocessingError, "no words");
    expect(() => wordCounts512("a".repeat((1 << 20) + 1))).to.throw(PreprocessingError, "exceeds 1048576");
  });
});
