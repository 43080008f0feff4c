import { AnswerKind, ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { expect } from "chai";
import { meaningOf, outputTable } from "../src/answer.ts";

describe("answers", () => {
  const classes = ArenaSpec.fromPartial({ answer: AnswerKind.CLASS, labels: ["ham", "spam"] });
  const scalar = ArenaSpec.fromPartial({ answer: AnswerKind.SCALAR });

  it("are the label of the largest output, the first one of equals", () => {
    expect(meaningOf(classes, [3, 9])).to.deep.equal({ answer: 1, label: "spam" });
    expect(meaningOf(classes, [9, 9])).to.deep.equal({ answer: 0, label: "ham" });
    expect(outputTable(classes, [3, -9])).to.match(/ham +│ +3 .*\n.*spam +│ +-9 /);
  });

  it("are the output itself where there is one", () => {
    expect(meaningOf(scalar, Int32Array.of(-70_000))).to.deep.equal({ answer: -70_000, label: null });
    expect(outputTable(scalar, [1])).to.equal("");
  });

  it("are not made from outputs of another model", () => {
    expect(() => meaningOf(classes, [1, 2, 3])).to.throw(RangeError, "3 logits, expected 2");
    expect(() => meaningOf(scalar, [])).to.throw(RangeError);
  });
});
