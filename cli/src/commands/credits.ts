import { getCredits } from "@assay/client/actions/getCredits";
import { fromCoin } from "@assay/client/coins";
import { MsgWithdrawResponse } from "@assay/client/generated/assay/marketplace/v1/tx";
import { withdraw as withdrawMessage } from "@assay/client/messages";
import type { Command } from "commander";
import { checkAddress } from "../address.ts";
import { examples, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { formatCoin } from "../format.ts";
import { facts } from "../output.ts";
import { sendConfirmed, sentOf } from "../send.ts";
import type { Session } from "../session.ts";

export function addCreditsCommands(program: Command, cli: Cli): void {
  const credits = program
    .command("credits [address]")
    .description("what the market owes an account: sales, royalties, what channels gave back, bonds")
    .action(cli.run(show));
  examples(credits, "credits --key me", "credits assay1… --json", "credits withdraw --key me");
  examples(
    credits
      .command("withdraw")
      .description("pay out everything the market owes you")
      .action(cli.run(withdraw)),
    "credits withdraw --key me",
  );
}

async function show(session: Session, given: string | undefined): Promise<Answer> {
  if (given !== undefined) checkAddress("address", given);
  const address = await session.addressOr(given);
  const credits = await getCredits(await session.client(), { owner: address });
  return {
    json: { address, credits },
    text: facts([
      ["account", address],
      ["to withdraw", credits.length === 0 ? "nothing" : credits.map(formatCoin).join(", ")],
    ]),
  };
}

async function withdraw(session: Session): Promise<Answer> {
  const { address } = await session.key();
  const credits = await getCredits(await session.client(), { owner: address });
  if (credits.length === 0) {
    throw new UsageError(
      `${address} has nothing to withdraw; sales and royalties come when a provider claims its vouchers`,
    );
  }
  const result = await sendConfirmed(session, { what: "withdraw what the market owes you" }, [
    withdrawMessage({ owner: address }),
  ]);
  const { amount } = MsgWithdrawResponse.decode(result.msgResponses[0]?.value ?? new Uint8Array());
  const withdrawn = amount.map(fromCoin);
  return {
    json: { address, withdrawn, ...sentOf(result) },
    text: facts([
      ["withdrawn", withdrawn.map(formatCoin).join(", ")],
      ["transaction", result.hash],
    ]),
  };
}
