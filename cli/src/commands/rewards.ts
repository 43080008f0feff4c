import { getBalance } from "@assay/client/actions/getBalance";
import { getRewards } from "@assay/client/actions/getRewards";
import { getUnbondings } from "@assay/client/actions/getUnbondings";
import { MsgClaimRewardsResponse } from "@assay/client/generated/assay/poi/v1/tx";
import { claimRewards } from "@assay/client/messages";
import type { Command } from "commander";
import { checkAddress } from "../address.ts";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { formatAssay } from "../format.ts";
import { facts, sections, table } from "../output.ts";
import { sendConfirmed, sentOf } from "../send.ts";
import type { Session } from "../session.ts";

export function addRewardsCommands(program: Command, cli: Cli): void {
  const rewards = group(program, "rewards", "what you earned, and bonds on their way back");
  examples(
    rewards
      .command("show [address]")
      .description("what an account holds, may claim and gets back; your key's without an address")
      .action(cli.run(show)),
    "rewards show --key me",
    "rewards show assay1… --json",
  );
  examples(
    rewards.command("claim").description("pay out everything you earned").action(cli.run(claim)),
    "rewards claim --key me",
  );
}

async function show(session: Session, given: string | undefined): Promise<Answer> {
  if (given !== undefined) checkAddress("address", given);
  const address = await session.addressOr(given);
  const client = await session.client();
  const [balance, claimable, unbondings] = await Promise.all([
    getBalance(client, { address }),
    getRewards(client, { address }),
    getUnbondings(client, { owner: address }),
  ]);
  const back = unbondings.map(({ unbonding, amount }) => ({
    origin: unbonding.origin,
    amount,
    matures: unbonding.matures,
  }));
  return {
    json: { address, balance, claimable, unbonding: back },
    text: sections(
      facts([
        ["account", address],
        ["balance", formatAssay(balance)],
        ["to claim", formatAssay(claimable)],
      ]),
      back.length === 0
        ? ""
        : table(
            ["on its way back", ">amount", ">at the end of block"],
            back.map((line) => [line.origin, formatAssay(line.amount), line.matures]),
          ),
    ),
  };
}

async function claim(session: Session): Promise<Answer> {
  const client = await session.client();
  const { address } = await session.key();
  if ((await getRewards(client, { address })) === 0n) {
    throw new UsageError(`${address} has nothing to claim; rewards come when an epoch settles`);
  }
  const result = await sendConfirmed(session, { what: "claim your rewards" }, [
    claimRewards({ owner: address }),
  ]);
  const { amount } = MsgClaimRewardsResponse.decode(result.msgResponses[0]?.value ?? new Uint8Array());
  const balance = await getBalance(client, { address });
  return {
    json: { address, amount, balance, ...sentOf(result) },
    text: facts([
      ["claimed", formatAssay(amount)],
      ["balance", formatAssay(balance)],
      ["transaction", result.hash],
    ]),
  };
}
