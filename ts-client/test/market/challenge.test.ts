import { expect } from "chai";
import { MsgChallengeAnswerResponse } from "../../src/generated/assay/marketplace/v1/tx.ts";
import { MalformedResponseError } from "../../src/errors.ts";
import { inputRoot, outputBytes, outputRoot } from "../../src/market/bytes.ts";
import { answerChallenge, convictionOf } from "../../src/market/challenge.ts";
import type { ReceiptFile } from "../../src/market/x402.ts";
import { verifyPath } from "../../src/protocol/merkle.ts";
import type { TxResult } from "../../src/result.ts";

const items = Array.from({ length: 5 }, (_, i) => Uint8Array.of(i, i + 1));
const outputs = Array.from({ length: 5 }, (_, i) => Int32Array.of(i, -i));

const file: ReceiptFile = {
  chainId: "test-1",
  receipt: {
    service: 7n,
    channel: new Uint8Array(32),
    lane: 0,
    amount: 5n,
    callHash: new Uint8Array(32),
    items: 5,
    inputRoot: inputRoot(items),
    outputRoot: outputRoot(outputs),
    signature: new Uint8Array(64),
  },
  salt: new Uint8Array(16),
  items,
  outputs,
  servingKey: new Uint8Array(32),
  model: new Uint8Array(32),
};

function resultOf(convicted: boolean, ...attributes: [string, string][]): TxResult {
  const value = MsgChallengeAnswerResponse.encode({ convicted }).finish();
  return {
    hash: "AB",
    height: 1,
    gasUsed: 1n,
    msgResponses: [{ typeUrl: "", value }],
    events: [
      {
        type: "assay.marketplace.v1.EventServiceConvicted",
        attributes: attributes.map(([key, text]) => ({ key, value: text })),
      },
    ],
  };
}

describe("a challenge of an answer", () => {
  for (const index of items.keys()) {
    it(`leads from item ${index} to both roots of the receipt`, () => {
      const { value } = answerChallenge("a", file, index);
      expect(value.input).to.equal(items[index]);
      expect(value.output).to.deep.equal(outputBytes(outputs[index] ?? new Int32Array()));
      const path = (aunts: Uint8Array[]) => ({ index, total: 5, aunts });
      const { inputRoot: input, outputRoot: output } = file.receipt;
      expect(verifyPath(path(value.inputPath), input, index, 5, value.input)).to.equal(true);
      expect(verifyPath(path(value.outputPath), output, index, 5, value.output)).to.equal(true);
    });
  }

  it("is of an item that is there", () => {
    expect(() => answerChallenge("a", file, 5)).to.throw(RangeError, "item 5 of a receipt of 5");
  });

  it("tells what was slashed and who got of it, or that nothing was", () => {
    const convicted = resultOf(
      true,
      ["service", '"7"'],
      ["slashed", '{"denom":"uassay","amount":"100"}'],
      ["reward", '{"denom":"uassay","amount":"10"}'],
      ["rewarded", '"assay1x"'],
    );
    expect(convictionOf(convicted)).to.deep.equal({
      service: 7n,
      slashed: { denom: "uassay", amount: 100n },
      reward: { denom: "uassay", amount: 10n },
      rewarded: "assay1x",
    });
    expect(convictionOf(resultOf(false))).to.equal(undefined);
    expect(() => convictionOf(resultOf(true))).to.throw(MalformedResponseError, "slashed is missing");
    expect(() => convictionOf({ ...convicted, msgResponses: [] })).to.throw(MalformedResponseError);
  });
});
