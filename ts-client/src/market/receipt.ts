/** What a receipt proves, and whether the answer it stands for is that of the model. `market/challenge` acts on it. */
import { toHex } from "@cosmjs/encoding";
import { AssayError } from "../errors.ts";
import type { Program } from "../intonnx/check.ts";
import { itemBytes, run } from "../intonnx/run.ts";
import { compareBytes } from "../protocol/hash.ts";
import { callHash, inputRoot, outputRoot, receiptDigest } from "./bytes.ts";
import { verifySignature } from "./ed25519.ts";
import type { ReceiptFile } from "./x402.ts";

/** What a receipt may say otherwise than the call it came with. */
export type ReceiptReason =
  | "service"
  /** It is for another number of items, or as many are not there. */
  | "items"
  | "input_root"
  /** The salt is another one, or the receipt that of another call. */
  | "call_hash"
  | "output_root"
  | "signature"
  /** The program at hand is not the model that was served. */
  | "model"
  /** An item that the model does not take; the chain would not run it either. */
  | "item_size";

/** A receipt is not that of its call, so its answer counts for nothing. */
export class ReceiptError extends AssayError {
  readonly reason: ReceiptReason;

  constructor(reason: ReceiptReason, message: string) {
    super(message, { details: { reason } });
    this.reason = reason;
  }
}

export interface VerifyReceiptParameters extends Omit<ReceiptFile, "model"> {
  /** The service that was called. */
  service: bigint;
}

/**
 * Checks that a receipt is signed over this call and this answer: the items that were sent, the salt, the outputs that
 * came back. Whether they are the model's is {@link rerunReceipt}'s matter.
 *
 * Throws {@link ReceiptError}.
 */
export async function verifyReceipt(parameters: VerifyReceiptParameters): Promise<void> {
  const { chainId, receipt, servingKey, service, items, outputs, salt } = parameters;
  if (receipt.service !== service)
    throw new ReceiptError("service", `The receipt is of service ${receipt.service}, not of ${service}.`);
  if (receipt.items !== items.length || receipt.items !== outputs.length)
    throw new ReceiptError(
      "items",
      `The receipt is for ${receipt.items} items; ${items.length} were sent and ${outputs.length} answered.`,
    );
  const asked = inputRoot(items);
  refuseOther("input_root", "The receipt is for other items than were sent", receipt.inputRoot, asked);
  const call = callHash(salt, service, asked);
  refuseOther("call_hash", "The receipt is for another call", receipt.callHash, call);
  const answered = outputRoot(outputs);
  refuseOther(
    "output_root",
    "The receipt is for another answer than came back",
    receipt.outputRoot,
    answered,
  );
  if (!(await verifySignature(servingKey, receiptDigest(chainId, receipt), receipt.signature)))
    throw new ReceiptError(
      "signature",
      `The receipt is not signed by the key of service ${service} on chain "${chainId}".`,
    );
}

function refuseOther(reason: ReceiptReason, message: string, got: Uint8Array, expected: Uint8Array): void {
  if (compareBytes(got, expected) !== 0)
    throw new ReceiptError(reason, `${message}: ${reason} ${toHex(got)}, expected ${toHex(expected)}.`);
}

/** An item on which model and answer differ. */
export interface WrongAnswer {
  index: number;
  /** Of the model. */
  expected: Int32Array;
  answered: Int32Array;
}

/**
 * Runs the model again on the items of a receipt and compares bit by bit. Returns the first answer that differs, which
 * a challenge proves to the chain if {@link verifyReceipt} passes, or undefined if all are right.
 *
 * Throws {@link ReceiptError}: `model`, `items`, `item_size`.
 */
export function rerunReceipt(
  program: Program,
  { model, items, outputs }: Pick<ReceiptFile, "model" | "items" | "outputs">,
): WrongAnswer | undefined {
  const { sha256, input } = program.info;
  if (toHex(model) !== sha256)
    throw new ReceiptError(
      "model",
      model.length === 0
        ? "The service has no exact model, so that its answers cannot be verified."
        : `The receipt is of model ${toHex(model)}, not of ${sha256}.`,
    );
  if (items.length !== outputs.length)
    throw new ReceiptError("items", `There are ${items.length} items and ${outputs.length} answers.`);
  const size = itemBytes(input);
  const odd = items.findIndex(({ length }) => length !== size);
  if (odd >= 0)
    throw new ReceiptError(
      "item_size",
      `Item ${odd} has ${items[odd]?.length} bytes, the model takes ${size}.`,
    );
  for (const [index, item] of items.entries()) {
    const expected = run(program, item);
    const answered = outputs[index] as Int32Array;
    if (expected.length !== answered.length || expected.some((value, i) => value !== answered[i]))
      return { index, expected, answered };
  }
  return undefined;
}
