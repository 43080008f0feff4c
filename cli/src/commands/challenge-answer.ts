import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { answerChallenge, convictionOf } from "@assay/client/market/challenge";
import { rerunReceipt } from "@assay/client/market/receipt";
import type { ReceiptFile } from "@assay/client/market/x402";
import type { Command } from "commander";
import { examples, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { formatAssay, formatCoin, parseUint } from "../format.ts";
import { faultOf, programOf, readReceipt, serviceOf } from "../market/receipts.ts";
import { facts, sections } from "../output.ts";
import { sendConfirmed, sentOf } from "../send.ts";
import type { Session } from "../session.ts";
import { differenceTable } from "./receipt.ts";

export function addChallengeAnswerCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command("challenge-answer <file>")
      .description(
        "prove a wrong answer to the chain by its receipt: the service loses its bond, a tenth goes to the payer",
      )
      .option("--index <n>", "the item, from 0 (default: the first that is wrong)")
      .action(cli.run(challengeAnswer)),
    "challenge-answer answer.json --key me",
  );
}

async function challengeAnswer(
  session: Session,
  path: string,
  { index: given }: { index?: string },
): Promise<Answer> {
  const file = await readReceipt(path);
  const only =
    given === undefined ? undefined : Number(parseUint("index", given, BigInt(file.items.length - 1)));
  const fault = await faultOf(file);
  if (fault) throw fault;
  const client = await session.client();
  const { address } = await session.key();
  const service = await serviceOf(client, file);
  if (service.status === ServiceStatus.CONVICTED)
    throw new UsageError(`service ${service.id} is convicted already; close your channels with it`);
  session.progress.step("running the model here first");
  const wrong = firstWrong(file, await programOf(client, service), only);
  session.progress.clear();
  if (!wrong) {
    throw new UsageError(
      `${only === undefined ? "every item" : `item ${only}`} of ${path} is answered as the model does: the chain would find the same, and you would have paid for it`,
    );
  }
  const what = `prove that service ${service.id}, ${service.name}, answered item ${wrong.index} wrongly: it loses its bond of ${formatAssay(service.bond)}`;
  const message = answerChallenge(address, file, wrong.index);
  const result = await sendConfirmed(session, { what, final: true }, [message]);
  const conviction = convictionOf(result);
  const { slashed, reward, rewarded } = conviction ?? {};
  const paid =
    reward && rewarded ? `${formatCoin(reward)} to ${rewarded}` : "nobody: the receipt names no channel";
  return {
    json: {
      service: service.id,
      index: wrong.index,
      convicted: conviction !== undefined,
      slashed: slashed ?? null,
      reward: reward ?? null,
      rewarded: rewarded ?? null,
      ...sentOf(result),
    },
    text: sections(
      differenceTable(wrong),
      facts([
        ["outcome", conviction ? `service ${service.id} is convicted` : "the chain finds the answer right"],
        ["slashed", slashed && formatCoin(slashed)],
        ["rewarded", conviction && paid],
        ["transaction", result.hash],
      ]),
    ),
  };
}

/** The first item that is answered wrongly, or `only` if that one is. */
function firstWrong(
  file: ReceiptFile,
  program: Parameters<typeof rerunReceipt>[0],
  only: number | undefined,
) {
  if (only === undefined) return rerunReceipt(program, file);
  const end = only + 1;
  const { model, items, outputs } = file;
  const wrong = rerunReceipt(program, {
    model,
    items: items.slice(only, end),
    outputs: outputs.slice(only, end),
  });
  return wrong && { ...wrong, index: only };
}
