import { rerunReceipt, type WrongAnswer } from "@assay/client/market/receipt";
import type { ReceiptFile } from "@assay/client/market/x402";
import type { Command } from "commander";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { WrongAnswerProvenError } from "../errors.ts";
import { shortId, toHex } from "../format.ts";
import { faultOf, programOf, readReceipt, serviceOf } from "../market/receipts.ts";
import { facts, sections, table } from "../output.ts";
import type { Session } from "../session.ts";

export function addReceiptCommands(program: Command, cli: Cli): void {
  const receipt = group(program, "receipt", "check what services signed");
  examples(
    receipt
      .command("verify <file>")
      .description(
        "whether a receipt is signed over its items and outputs; ends with 1 if not. Needs no chain",
      )
      .option(
        "--rerun",
        "compare the key with the chain's, run the model from the chain on the items, compare bit by bit",
      )
      .action(cli.run(verify)),
    "receipt verify answer.json",
    "receipt verify answer.json --rerun",
  );
}

async function verify(session: Session, path: string, { rerun }: { rerun?: boolean }): Promise<Answer> {
  const file = await readReceipt(path);
  const fault = await faultOf(file);
  const wrong = fault || rerun !== true ? undefined : await wrongAnswer(session, file);
  const done = fault === undefined && rerun === true;
  const { chainId, receipt, servingKey, model } = file;
  const free = receipt.channel.every((byte) => byte === 0);
  const error = fault ?? (wrong && new WrongAnswerProvenError(path));
  return {
    json: {
      chainId,
      service: receipt.service,
      model: model.length === 0 ? null : model,
      channel: free ? null : receipt.channel,
      lane: receipt.lane,
      amount: receipt.amount,
      items: receipt.items,
      servingKey,
      valid: fault === undefined,
      fault: fault?.reason ?? null,
      rerun: done ? (wrong ? "wrong" : "right") : null,
      wrong: wrong ? { ...wrong, expected: [...wrong.expected], answered: [...wrong.answered] } : null,
    },
    text: sections(
      facts([
        ["service", `${receipt.service} on chain ${chainId}`],
        ["model", model.length === 0 ? "none: unverified" : shortId(model)],
        ["items", receipt.items],
        [
          "paid for",
          free ? "nothing, it was free" : `on lane ${receipt.lane} of channel ${shortId(receipt.channel)}`,
        ],
        [
          "receipt",
          fault
            ? `wrong (${fault.reason})`
            : `signed over these items and outputs by ${done ? "the service's key on the chain" : "the key in the file"}`,
        ],
        ["key", toHex(servingKey)],
        [
          "answer",
          done
            ? wrong
              ? `wrong: the model gives another one to item ${wrong.index}`
              : "right: the model gives the same outputs, bit by bit"
            : fault
              ? undefined
              : "not compared with the model; that is what --rerun does",
        ],
      ]),
      wrong ? differenceTable(wrong) : "",
    ),
    ...(error && { error }),
  };
}

async function wrongAnswer(session: Session, file: ReceiptFile): Promise<WrongAnswer | undefined> {
  const client = await session.client();
  const program = await programOf(client, await serviceOf(client, file));
  return rerunReceipt(program, file);
}

/** The outputs of model and service side by side. */
export function differenceTable({ index, expected, answered }: WrongAnswer): string {
  const rows = Array.from({ length: Math.max(expected.length, answered.length) }, (_, i) => [
    i,
    expected[i] ?? "-",
    answered[i] ?? "-",
    expected[i] === answered[i] ? "" : "<- differs",
  ]);
  return `Item ${index}:\n${table([">output", ">model", ">service", ""], rows)}`;
}
