import { expect } from "chai";
import { charNgrams128 } from "../../src/preprocessing/char-ngrams-128.ts";
import { PreprocessingError } from "../../src/preprocessing/errors.ts";

function ids(text: string): number[] {
  const bytes = charNgrams128(text);
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true));
}

/** A name is a promise: models in use depend on these ids. */
const GOLDEN = { pairs: [83, 889, 606, 72, 227, 721], triples: [1711, 1307, 4007, 2118, 3135] };

describe("char-ngrams-128", () => {
  it("keeps pairs in 1..1023 and triples in 1024..4095, and fills up with 0", () => {
    const all = ids("Abc");
    // " abc " has four pairs and three triples.
    expect(all.slice(0, 4).every((id) => id >= 1 && id <= 1023)).to.equal(true);
    expect(all.slice(4, 64).every((id) => id === 0)).to.equal(true);
    expect(all.slice(64, 67).every((id) => id >= 1024 && id <= 4095)).to.equal(true);
    expect(all.slice(67).every((id) => id === 0)).to.equal(true);
  });

  it("looks at letters only, whatever their case and composition", () => {
    expect(ids("  CAFÉ, 24 noir!")).to.deep.equal(ids("cafe\u0301 noir"));
  });

  it("sees the first 64 pairs and triples of a long text", () => {
    const text = "all human beings are born free and equal in dignity and rights they are endowed";
    expect(ids(text)).to.deep.equal(ids(text.slice(0, 65)));
    expect(ids(text)).not.to.deep.equal(ids(text.slice(0, 64)));
    expect(ids(text).every((id) => id > 0)).to.equal(true);
  });

  it("counts characters, not UTF-16 units", () => {
    // Gothic letters lie outside of the basic plane.
    expect(ids("\u{10330}\u{10331}").filter((id) => id > 0)).to.have.length(3 + 2);
  });

  it("never changes what it gives for a text", () => {
    expect(ids("Grüße").slice(0, 6)).to.deep.equal(GOLDEN.pairs);
    expect(ids("Grüße").slice(64, 69)).to.deep.equal(GOLDEN.triples);
  });

  it("refuses images, texts without letters and texts that are too long", () => {
    expect(() => charNgrams128({ width: 1, height: 1, data: new Uint8Array(1) })).to.throw(
      PreprocessingError,
      "takes text",
    );
    expect(() => charNgrams128("12 + 34 = 46")).to.throw(PreprocessingError, "no letters");
    expect(() => charNgrams128("a".repeat((1 << 20) + 1))).to.throw(PreprocessingError, "exceeds 1048576");
  });
});
