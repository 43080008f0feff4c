/** From a receipt file to a challenge of an answer, and what came of it. */
import { fromCoin, type Amount } from "../coins.ts";
import { MalformedResponseError } from "../errors.ts";
import { findEvent } from "../events.ts";
import { MsgChallengeAnswerResponse, type MsgChallengeAnswer } from "../generated/assay/marketplace/v1/tx.ts";
import { challengeAnswer, type Message } from "../messages.ts";
import { merklePath } from "../protocol/merkle.ts";
import type { TxResult } from "../result.ts";
import { required } from "../rpc.ts";
import { outputBytes } from "./bytes.ts";
import type { ReceiptFile } from "./x402.ts";

/**
 * The message with which `sender` makes the chain run item `index` of a receipt. Send it without naming its gas: the
 * simulation finds everything that the chain would refuse, and charges what the run will cost. It does not run the
 * model, so do that before (`intonnx/run`): a challenge of a right answer costs its gas and changes nothing.
 *
 * Throws RangeError when the receipt has no such item.
 */
export function answerChallenge(
  sender: string,
  { receipt, items, outputs }: ReceiptFile,
  index: number,
): Message<MsgChallengeAnswer> {
  const [input, output] = [items[index], outputs[index]];
  if (input === undefined || output === undefined)
    throw new RangeError(`item ${index} of a receipt of ${Math.min(items.length, outputs.length)}`);
  return challengeAnswer({
    sender,
    receipt,
    index,
    input,
    inputPath: merklePath(items, index).aunts,
    output: outputBytes(output),
    outputPath: merklePath(outputs.map(outputBytes), index).aunts,
  });
}

/** What a wrong answer cost. */
export interface Conviction {
  service: bigint;
  slashed: Amount;
  /** A part of it, and who got that: the funder of the receipt's channel; empty if there is no such channel. */
  reward: Amount;
  rewarded: string;
}

/** What came of {@link answerChallenge}; undefined if the model gives the very same answer. */
export function convictionOf({ hash, events, msgResponses }: TxResult): Conviction | undefined {
  const [response] = msgResponses;
  if (!response) throw new MalformedResponseError(`transaction ${hash} has no message response`);
  if (!MsgChallengeAnswerResponse.decode(response.value).convicted) return undefined;
  const event = required(findEvent(events, "EventServiceConvicted"), "EventServiceConvicted");
  return {
    service: event.service,
    slashed: fromCoin(required(event.slashed, "EventServiceConvicted.slashed")),
    reward: fromCoin(required(event.reward, "EventServiceConvicted.reward")),
    rewarded: event.rewarded,
  };
}
