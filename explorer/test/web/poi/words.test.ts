import { expect } from "chai";
import type { LadderRules, Task } from "../../../wire/poi-models.ts";
import {
  answerWords,
  errorsLeft,
  evidence,
  formatBits,
  inputWords,
  screeningWords,
} from "../../../web/src/pages/poi/words.ts";

const RULES: LadderRules = { minItems: 256, z2: 12, fullGain: 524_288, halfLife: 1000, maxModels: 64 };
const task = (input: Partial<Task["input"]>, answer: Task["answer"]): Task => ({
  input: { type: "uint8", shape: [3, 8, 8], preprocessing: "", ...input },
  answer,
});

describe("arenas and models in words", () => {
  it("says what a model is given and answers", () => {
    const digits = task(
      { preprocessing: "gray-28x28", shape: [1, 28, 28] },
      { kind: "class", labels: ["0", "1", "2"] },
    );
    expect([inputWords(digits), answerWords(digits)]).to.deep.equal([
      "a grey picture of 28 × 28 pixels",
      "one of 3 classes",
    ]);
    const spam = task({}, { kind: "class", labels: ["ham", "spam"] });
    expect([inputWords(spam), answerWords(spam)]).to.deep.equal([
      "192 numbers (uint8, 3 × 8 × 8)",
      "ham or spam",
    ]);
    expect(answerWords(task({}, { kind: "scalar", tolerance: 1200 }))).to.equal(
      "a number, right within 1,200",
    );
  });

  it("reads Q16 as bits of error", () => {
    expect(formatBits(98_304)).to.equal("1.50 bits");
    expect(errorsLeft(65_536)).to.equal(0.5);
    expect(errorsLeft(0)).to.equal(1);
  });

  it("measures how much a comparison shows, with its direction", () => {
    expect(evidence({ b: 34, c: 3 })).to.be.closeTo(961 / 37, 1e-9);
    expect(evidence({ b: 3, c: 34 })).to.be.closeTo(-961 / 37, 1e-9);
    expect(evidence({ b: 0, c: 0 })).to.equal(0);
  });

  it("says what a screening shows by the chain's thresholds", () => {
    const shows = (b: number, c: number, n = 512) =>
      screeningWords({ b, c, n, wrongOld: 0, wrongNew: 0 }, RULES).word;
    expect(shows(34, 3, 255)).to.equal("too early");
    expect(shows(34, 3, 256)).to.equal("clearly better");
    // (6 - 2)^2 = 2 (6 + 2): between 1 and 4.
    expect(shows(6, 2)).to.equal("may be better");
    expect(shows(5, 5)).to.equal("no difference");
    expect(shows(2, 9)).to.equal("worse");
  });
});
