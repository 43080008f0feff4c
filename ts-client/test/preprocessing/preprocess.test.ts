import { expect } from "chai";
import { UnknownPreprocessingError } from "../../src/preprocessing/errors.ts";
import { preprocess, preprocessingNames } from "../../src/preprocessing/preprocess.ts";

describe("preprocess", () => {
  it("gives tensors of the sizes the arenas declare", () => {
    const image = { width: 28, height: 28, data: new Uint8Array(784) };
    expect(preprocess("gray-28x28", image)).to.have.length(28 * 28);
    expect(preprocess("char-ngrams-128", "some text")).to.have.length(2 * 128);
    expect(preprocess("word-counts-512", "some text")).to.have.length(512);
  });

  it("knows exactly these names", () => {
    expect(preprocessingNames()).to.deep.equal(["gray-28x28", "char-ngrams-128", "word-counts-512"]);
  });

  it("says which names there are when it meets another", () => {
    expect(() => preprocess("mel-80", "x")).to.throw(
      UnknownPreprocessingError,
      'unknown preprocessing "mel-80"; this version has gray-28x28, char-ngrams-128, word-counts-512',
    );
  });
});
