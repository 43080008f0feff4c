import { getClock, type GetClockReturnType } from "@assay/client/actions/getClock";
import type { AssayClient } from "@assay/client/client";
import { ChainUnreachableError, RpcTimeoutError } from "@assay/client/errors";
import { sleep } from "@assay/client/sleep";
import type { Command } from "commander";
import { examples, type Answer, type Cli } from "../command.ts";
import { phaseBar, position, readEpochView, summary, type EpochView } from "../epoch-view.ts";
import { toJson } from "../output.ts";
import type { Session } from "../session.ts";

const POLL_MS = 300;
const MAX_WIDTH = 100;

export function addEpochCommand(program: Command, cli: Cli): void {
  const command = program
    .command("epoch")
    .description("follow the running epoch and its phases until Ctrl-C; with --json one JSON line per change")
    .option("--once", "print it once and end")
    .action(cli.run(epoch));
  examples(command, "epoch", "epoch --once", "epoch --once --json", "epoch | tee epochs.log");
}

async function epoch(session: Session, { once }: { once?: boolean }): Promise<Answer | undefined> {
  const client = await session.client();
  if (once === true) {
    const reading = await getClock(client);
    const view = await readEpochView(client, reading);
    return { json: view, text: screen(reading, view, session.io.columns) };
  }
  const show = session.json ? jsonLines(session) : session.io.outIsTty ? redrawn(session) : lines(session);
  await follow(session, client, show);
  return undefined;
}

type Show = (reading: GetClockReturnType, view: EpochView) => void;

/** Shows the epoch at every height seen. A node that goes away is waited for. */
async function follow(session: Session, client: AssayClient, show: Show): Promise<void> {
  const { signal, progress } = session;
  let last: bigint | undefined;
  while (!signal.aborted) {
    try {
      const reading = await getClock(client);
      if (reading.height !== last) {
        const view = await readEpochView(client, reading);
        progress.clear();
        show(reading, view);
        last = reading.height;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ChainUnreachableError || error instanceof RpcTimeoutError)) throw error;
      progress.step(`${client.rpcUrl} does not answer, waiting for it`);
    }
    // Aborting is how this command ends.
    await sleep(POLL_MS, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

function screen(reading: GetClockReturnType, view: EpochView, columns: number): string {
  return `${position(view)}\n${phaseBar(reading, Math.min(columns, MAX_WIDTH))}\n${summary(view)}`;
}

/** Draws over what it drew before. */
function redrawn({ io }: Session): Show {
  let drawn = 0;
  return (reading, view) => {
    const text = screen(reading, view, io.columns);
    // Lines longer than the terminal take several rows of it.
    const rows = text
      .split("\n")
      .reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].length / io.columns)), 0);
    io.out(`${drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : ""}${text}\n`);
    drawn = rows;
  };
}

/** A line for each phase, and one more whenever what it has come to changes. */
function lines({ io }: Session): Show {
  let shown = "";
  return (_, view) => {
    const text = `epoch ${view.epoch} ${view.phase}  ${summary(view)}`;
    if (text === shown) return;
    io.out(`block ${view.height}  ${text}\n`);
    shown = text;
  };
}

function jsonLines({ io }: Session): Show {
  let shown = "";
  return (_, view) => {
    const text = toJson({ ...view, height: undefined }, 0);
    if (text === shown) return;
    io.out(`${toJson(view, 0)}\n`);
    shown = text;
  };
}
