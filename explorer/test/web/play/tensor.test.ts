import { expect } from "chai";
import { formatTensor, parseTensor, TensorError } from "../../../web/src/play/tensor.ts";

describe("items as JSON", () => {
  for (const [type, text, bytes] of [
    ["uint8", "[0,255]", [0, 255]],
    ["int8", "[-128,127]", [128, 127]],
    ["int16", "[-2,258]", [254, 255, 2, 1]],
  ] as const) {
    it(`are ${type}s, little-endian, both ways`, () => {
      const item = parseTensor(text, type, [2]);
      expect([...item]).to.deep.equal(bytes);
      expect(formatTensor(item, type)).to.equal(text);
    });
  }

  it("may be written as rows", () => {
    expect([...parseTensor("[[1,2],[3,4]]", "uint8", [2, 2])]).to.deep.equal([1, 2, 3, 4]);
  });

  for (const [text, reason] of [
    ["[1,", /not JSON/],
    ["[1]", /takes 2 numbers; these are 1/],
    ['{"a":1}', /these are 0/],
    ["[1,256]", /Number 2 is 256, not a whole number from 0 to 255/],
    ["[1.5,1]", /Number 1 is 1.5/],
    ["[null,1]", /Number 1 is null/],
  ] as const) {
    it(`are refused: ${text}`, () => {
      expect(() => parseTensor(text, "uint8", [2])).to.throw(TensorError, reason);
    });
  }

  it("are refused for a type that nobody knows", () => {
    expect(() => parseTensor("[1]", "float32", [1])).to.throw(TensorError, /float32/);
  });
});
