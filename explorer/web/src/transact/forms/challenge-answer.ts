import { getModelFile } from "@assay/client/actions/getModelFile";
import { getService } from "@assay/client/actions/getService";
import { NotFoundError } from "@assay/client/errors";
import { check } from "@assay/client/intonnx/check";
import { answerChallenge, convictionOf } from "@assay/client/market/challenge";
import { ReceiptError, rerunReceipt, verifyReceipt } from "@assay/client/market/receipt";
import { decodeReceiptFile, X402Error, type ReceiptFile } from "@assay/client/market/x402";
import { toHex } from "@cosmjs/encoding";
import { z } from "zod";
import { defineForm, FieldError } from "../form.ts";
import { formatIn, unitOf } from "../units.ts";

const MAX_FILE_BYTES = 32 * 2 ** 20;

const receiptFile = z.string().transform((text, context): ReceiptFile => {
  if (text === "") {
    context.addIssue({ code: "custom", message: "Choose the receipt file of the answer." });
    return z.NEVER;
  }
  try {
    return decodeReceiptFile(text);
  } catch (error) {
    if (!(error instanceof X402Error)) throw error;
    context.addIssue({ code: "custom", message: error.message });
    return z.NEVER;
  }
});

export const challengeAnswer = defineForm({
  id: "challenge-answer",
  group: "Checking",
  title: "Challenge a service's answer",
  lead: "Shows the chain an answer that a service signed. If its model answers otherwise, the service loses its whole bond.",
  action: "Check the answer",
  fields: [
    {
      name: "receipt",
      label: "Receipt file",
      hint: "The playground and the command line save one with every answer: question, answer and the service's signature.",
      input: { kind: "file", accept: "application/json,.json", maxBytes: MAX_FILE_BYTES },
    },
  ],
  schema: () => z.object({ receipt: receiptFile }),
  async plan({ receipt: file }, context) {
    const { chain, network, address } = context;
    if (file.chainId !== network.chainId)
      throw new FieldError("receipt", `This receipt is of chain ${file.chainId}.`);
    const id = file.receipt.service;
    const service = (
      await getService(chain.client, { id }).catch((error: unknown) => {
        if (error instanceof NotFoundError) throw new FieldError("receipt", `There is no service ${id}.`);
        throw error;
      })
    ).service;
    if (!service) throw new FieldError("receipt", `There is no service ${id}.`);
    const index = await wrongItem(file, context, service.servingKey);
    const unit = unitOf(network.denom.base, network);
    return {
      messages: [answerChallenge(address, file, index ?? 0)],
      effect:
        index === undefined
          ? [
              "The chain runs the model and finds the same answer. Nothing changes, and you have paid the fee.",
            ]
          : [
              `The chain runs the model on item ${index} and finds another answer than the service signed.`,
              `The service is convicted: its bond of ${formatIn(BigInt(service.bond), unit)} is gone, a tenth of it to whoever paid for the channel.`,
            ],
      ...(index === undefined && {
        warning:
          "This browser ran the model on the whole receipt: the answer is right. A challenge only costs you its fee.",
      }),
      spends: [],
      outcome(result) {
        const conviction = convictionOf(result);
        const page = { to: `/services/${id}` };
        if (!conviction)
          return Promise.resolve([{ label: "Verdict", value: "The answer is right", ...page }]);
        const { slashed, reward, rewarded } = conviction;
        return Promise.resolve([
          { label: "Verdict", value: `Service ${id} is convicted`, ...page },
          { label: "Bond lost", value: formatIn(slashed.amount, unitOf(slashed.denom, network)) },
          ...(rewarded
            ? [
                {
                  label: "Reward",
                  value: `${formatIn(reward.amount, unitOf(reward.denom, network))} credited to ${rewarded}`,
                  ...(rewarded === address && { to: "/transact/withdraw" }),
                },
              ]
            : []),
        ]);
      },
    };
  },
});

/** Runs the model in this browser; the first item on which it answers otherwise, if any. */
async function wrongItem(
  file: ReceiptFile,
  { chain }: Parameters<(typeof challengeAnswer)["plan"]>[1],
  servingKey: Uint8Array,
): Promise<number | undefined> {
  try {
    await verifyReceipt({ ...file, servingKey, service: file.receipt.service });
    const program = check(await getModelFile(chain.client, { modelHex: toHex(file.model) }));
    return rerunReceipt(program, file)?.index;
  } catch (error) {
    if (error instanceof ReceiptError) throw new FieldError("receipt", error.message);
    if (error instanceof NotFoundError)
      throw new FieldError("receipt", "The chain has no file of this receipt's model any more.");
    throw error;
  }
}
