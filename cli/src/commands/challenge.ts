import { getClock } from "@assay/client/actions/getClock";
import { getParams } from "@assay/client/actions/getParams";
import { getSlot } from "@assay/client/actions/getSlot";
import { followBlocks } from "@assay/client/blocks";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import { decodeEvents } from "@assay/client/events";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import type { EventChallengeResolved } from "@assay/client/generated/assay/poi/v1/events";
import { MsgChallengeResponse } from "@assay/client/generated/assay/poi/v1/tx";
import { challenge as challengeMessage } from "@assay/client/messages";
import { phaseName } from "@assay/service-kit/clock";
import type { Command } from "commander";
import { examples, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { parseUint } from "../format.ts";
import { modelName, resolveModel } from "../names.ts";
import { facts } from "../output.ts";
import { sendConfirmed, sentOf } from "../send.ts";
import type { Session } from "../session.ts";

export function addChallengeCommand(program: Command, cli: Cli): void {
  const command = program
    .command("challenge <epoch> <slot> <model> <item>")
    .description("make the chain run one item of one row (phase CHALLENGE only), and wait for what it found")
    .action(cli.run(challenge));
  examples(command, "challenge 12 3 digits/digits-conv-12 40 --key me");
}

const OUTCOMES: Readonly<Record<string, string>> = {
  convicted: "the row was wrong: its scorer is convicted, your bond is back",
  refuted: "the row was right: your bond is burned",
  returned: "the scorer was convicted before: your bond is back",
};

async function challenge(
  session: Session,
  epochText: string,
  slotText: string,
  reference: string,
  itemText: string,
): Promise<Answer> {
  const epoch = parseUint("epoch", epochText);
  const slotId = parseUint("slot", slotText);
  const client = await session.client();
  const { clock, params: running } = await getClock(client);
  const item = Number(parseUint("item", itemText, BigInt(running.batchItems - 1)));
  if (clock.epoch !== epoch)
    throw new UsageError(`epoch ${clock.epoch} is running; rows of another can no longer be challenged`);
  if (clock.phase !== Phase.CHALLENGE) {
    throw new UsageError(
      `epoch ${epoch} is in phase ${phaseName(clock.phase)}; challenges are taken in CHALLENGE only ("assay epoch" shows when)`,
    );
  }
  const { model, arenas } = await resolveModel(client, reference);
  const slot = await getSlot(client, { epoch, slot: slotId }).catch((error: unknown) => {
    if (error instanceof NotFoundError) throw new UsageError(`epoch ${epoch} has no slot ${slotId}`);
    throw error;
  });
  const { address } = await session.key();
  const params = await getParams(client);
  const prices = [
    { what: "challenge bond (comes back if the row is wrong)", amount: BigInt(params.challengeBond) },
  ];
  const what = `challenge item ${item} of ${modelName(model, arenas)} in slot ${slotId}, whose rows are of ${slot.scorer}`;
  const message = challengeMessage({ challenger: address, epoch, slot: slotId, model: model.id, item });
  const result = await sendConfirmed(session, { what, prices }, [message]);
  const { seq } = MsgChallengeResponse.decode(result.msgResponses[0]?.value ?? new Uint8Array());
  session.progress.step("queued, waiting for the chain to run it");
  const outcome = await outcomeOf(client, seq, result.height, session.signal);
  return {
    json: {
      seq,
      epoch,
      slot: slotId,
      model: model.id,
      item,
      scorer: slot.scorer,
      outcome,
      ...sentOf(result),
    },
    text: facts([
      ["outcome", `${outcome}: ${OUTCOMES[outcome] ?? "see the chain's events"}`],
      ["transaction", result.hash],
    ]),
  };
}

/** What the chain found, from the events of the blocks since: it runs challenges at the end of blocks. */
async function outcomeOf(
  client: AssayClient,
  seq: bigint,
  from: number,
  signal: AbortSignal,
): Promise<string> {
  for await (const { height } of followBlocks(client, { from, signal })) {
    const { finalizeBlockEvents } = await client.comet.blockResults(height);
    const found = decodeEvents(finalizeBlockEvents).find(
      ({ name, value }) => name === "EventChallengeResolved" && value.challenge?.seq === seq,
    );
    if (found) return (found.value as EventChallengeResolved).outcome;
  }
  throw signal.reason as Error;
}
