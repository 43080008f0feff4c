import { expect } from "chai";
import { tagOf } from "@assay/client/protocol/rows";
import { judge, numbersOf, pictureOf } from "../../../web/src/pages/epochs/verdict.ts";
import type { Task } from "../../../wire/poi-models.ts";

const input = { type: "uint8", shape: [1, 28, 28], preprocessing: "gray-28x28" };
const classes: Task = { input, answer: { kind: "class", labels: ["ham", "spam"] } };
const scalar: Task = { input, answer: { kind: "scalar", tolerance: 2 } };

const tag = (logits: number[]) => Buffer.from(tagOf(logits)).toString("hex");
const answer = (value: number) => ({ value, text: String(value) });

describe("judging a record", () => {
  it("finds a record right when answer and tag are the model's", () => {
    const verdict = judge(classes, { answer: answer(1), tag: tag([3, 9]) }, [3, 9]);
    expect(verdict).to.deep.equal({
      answer: { value: 1, text: "spam" },
      tag: tag([3, 9]),
      answerRight: true,
      tagRight: true,
      right: true,
    });
  });

  it("finds it wrong when only the answer is another", () => {
    const verdict = judge(classes, { answer: answer(0), tag: tag([3, 9]) }, [3, 9]);
    expect(verdict).to.include({ answerRight: false, tagRight: true, right: false });
  });

  it("finds it wrong when the answer was guessed: the tag tells", () => {
    const verdict = judge(classes, { answer: answer(1), tag: tag([3, 10]) }, [3, 9]);
    expect(verdict).to.include({ answerRight: true, tagRight: false, right: false });
  });

  it("takes the lowest of equal largest outputs", () => {
    expect(judge(classes, { answer: answer(0), tag: tag([9, 9]) }, [9, 9]).right).to.equal(true);
  });

  it("compares numbers exactly, whatever the arena tolerates of a label", () => {
    expect(judge(scalar, { answer: answer(-5), tag: tag([-5]) }, [-5]).right).to.equal(true);
    expect(judge(scalar, { answer: answer(-4), tag: tag([-5]) }, [-5]).right).to.equal(false);
  });

  it("refuses outputs that are not the arena's", () => {
    expect(() => judge(classes, { answer: answer(1), tag: "" }, [1, 2, 3])).to.throw(RangeError);
  });
});

describe("items", () => {
  it("reads numbers of two bytes little-endian, signed, wherever they lie", () => {
    const bytes = Uint8Array.of(255, 1, 0, 254, 255).subarray(1);
    expect(numbersOf(bytes, "int16")).to.deep.equal([1, -2]);
    expect(numbersOf(Uint8Array.of(1, 255), "int8")).to.deep.equal([1, -1]);
    expect(numbersOf(Uint8Array.of(1, 255), "uint8")).to.deep.equal([1, 255]);
  });

  it("knows pictures from lists of numbers", () => {
    expect(pictureOf(classes)).to.deep.equal({ width: 28, height: 28 });
    expect(pictureOf({ ...classes, input: { ...input, shape: [512] } })).to.equal(null);
    expect(pictureOf({ ...classes, input: { ...input, type: "int16" } })).to.equal(null);
  });
});
