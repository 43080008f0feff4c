import { expect } from "chai";
import { answerOf, KIND } from "@assay/client/protocol/rows";
import { meaningOf } from "../../../web/src/play/meaning.ts";

const input = { type: "uint8", shape: [2], preprocessing: "" };
const labels = ["ham", "spam", "neither"];

describe("what outputs mean", () => {
  for (const outputs of [
    [1, 2, 3],
    [-5, -5, -9],
    [7, 9, 9],
  ]) {
    it(`is what the arena makes of ${outputs.join()}`, () => {
      const { answer, scores } = meaningOf({ input, answer: { kind: "class", labels } }, outputs);
      const [index = 0] = answerOf({ kind: KIND.class, classes: 3, tolerance: 0n }, outputs);
      expect(answer).to.equal(labels[index]);
      expect(scores[0]?.index).to.equal(index);
      expect(scores).to.have.length(3);
    });
  }

  it("is the number itself where there are no classes, and nothing else without a task", () => {
    expect(meaningOf({ input, answer: { kind: "scalar", tolerance: 1 } }, [-42])).to.deep.equal({
      answer: "-42",
      scores: [],
    });
    expect(meaningOf(null, [1, 2]).answer).to.equal("1, 2");
  });
});
