import { expect } from "chai";
import fc from "fast-check";
import { checkTrial } from "../../src/protocol/ladder.ts";
import {
  answerOf,
  checkLabels,
  checkRow,
  compareAnswers,
  countCorrect,
  encodeLabels,
  KIND,
  tagOf,
  type Format,
  type Kind,
} from "../../src/protocol/rows.ts";
import vectors from "../../../testdata/vectors/rows.json" with { type: "json" };
import { fromHex, toHex } from "./bytes.ts";
import { readTrial } from "./trials.ts";

const CLASSES: Format = { kind: KIND.class, classes: 3, tolerance: 0n };
const SCALARS: Format = { kind: KIND.scalar, classes: 0, tolerance: 5n };

function readFormat(format: { kind: number; classes: number; tolerance: string }): Format {
  return { kind: format.kind as Kind, classes: format.classes, tolerance: BigInt(format.tolerance) };
}

describe("protocol/rows", () => {
  it("answers and tags as in the vectors", () => {
    for (const { format, logits, answer, tag } of vectors.answer) {
      expect(toHex(answerOf(readFormat(format), logits))).to.equal(answer);
      expect(toHex(tagOf(logits))).to.equal(tag);
    }
  });

  it("compares answers as in the vectors", () => {
    for (const { format, labels, contender, older, correct, trial } of vectors.compare) {
      const read = readFormat(format);
      expect(countCorrect(read, fromHex(labels), fromHex(contender))).to.equal(BigInt(correct));
      expect(compareAnswers(read, fromHex(labels), fromHex(contender), fromHex(older))).to.deep.equal(
        readTrial(trial),
      );
    }
  });

  it("gives possible trials, mirrored when the models change places", () => {
    const answers = fc.uint8Array({ minLength: 12, maxLength: 12, max: 2 });
    fc.assert(
      fc.property(answers, answers, answers, (labels, x, y) => {
        const there = compareAnswers(CLASSES, labels, x, y);
        const back = compareAnswers(CLASSES, labels, y, x);
        checkTrial(there);
        expect([there.b, there.c, there.wrongOld, there.wrongNew]).to.deep.equal([
          back.c,
          back.b,
          back.wrongNew,
          back.wrongOld,
        ]);
      }),
    );
  });

  it("takes the extremes of int32 apart without overflow", () => {
    const labels = encodeLabels(SCALARS, [-(2 ** 31), 2 ** 31 - 1, 3]);
    const answers = encodeLabels(SCALARS, [2 ** 31 - 1, -(2 ** 31), 8]);
    expect(countCorrect(SCALARS, labels, answers)).to.equal(1n);
  });

  it("refuses rows and labels of a wrong size or out of range", () => {
    checkRow(CLASSES, 2, Uint8Array.of(0, 2), new Uint8Array(8));
    expect(() => checkRow(CLASSES, 2, Uint8Array.of(0), new Uint8Array(8))).to.throw(
      "answers of 1 bytes, expected 2",
    );
    expect(() => checkRow(CLASSES, 2, Uint8Array.of(0, 3), new Uint8Array(8))).to.throw("item 1 has class 3");
    expect(() => checkRow(CLASSES, 2, Uint8Array.of(0, 2), new Uint8Array(9))).to.throw(
      "tags of 9 bytes, expected 8",
    );
    expect(() => checkLabels(SCALARS, 2, new Uint8Array(7))).to.throw("labels of 7 bytes, expected 8");
    expect(() => answerOf(CLASSES, [1, 2])).to.throw("2 logits, expected 3");
    expect(() => encodeLabels(CLASSES, [0, 3])).to.throw("label 3 of item 1");
    expect(() => encodeLabels(SCALARS, [2 ** 31])).to.throw("of item 0");
    expect(() => encodeLabels(SCALARS, [0.5])).to.throw("label 0.5");
  });
});
