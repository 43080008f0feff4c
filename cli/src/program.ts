import { Command, CommanderError } from "commander";
import { isAbort } from "@assay/service-kit/errors";
import { addArenaCommands } from "./commands/arena.ts";
import { addChannelCommands } from "./commands/channel.ts";
import { addChallengeAnswerCommand } from "./commands/challenge-answer.ts";
import { addChallengeCommand } from "./commands/challenge.ts";
import { addCreditsCommands } from "./commands/credits.ts";
import { addEpochCommand } from "./commands/epoch.ts";
import { addInferCommand } from "./commands/infer.ts";
import { addKeysCommands } from "./commands/keys.ts";
import { addLadderCommand } from "./commands/ladder.ts";
import { addModelCommands } from "./commands/model.ts";
import { addReceiptCommands } from "./commands/receipt.ts";
import { addRewardsCommands } from "./commands/rewards.ts";
import { addScorerCommands } from "./commands/scorer.ts";
import { addServiceCommands } from "./commands/services.ts";
import { addSpenderCommands } from "./commands/spender.ts";
import { addSponsorCommands } from "./commands/sponsor.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addWhyCommand } from "./commands/why.ts";
import { examples, print, type Action, type Cli } from "./command.ts";
import { DEFAULT_FILE, readSettings, SETTING_NAMES } from "./config.ts";
import { InterruptedError, UsageError } from "./errors.ts";
import type { Io } from "./output.ts";
import { Session } from "./session.ts";

/** What one run of the program has from the outside. */
export interface Run {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs one command line (without "node" and the script). Throws what went wrong; help and version end without. */
export async function runCli(args: readonly string[], run: Run): Promise<void> {
  try {
    await createProgram(run).parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return;
      throw new UsageError(`${error.message.replace(/^error: /, "")}; see: assay --help`);
    }
    throw error;
  }
}

function createProgram({ io, signal, env }: Run): Command {
  const program = new Command("assay")
    .description("Look at an Assay chain and take part in it.")
    .version("0.1.0")
    .option("--rpc <url>", "RPC address of a node (default http://127.0.0.1:26657)")
    .option("--chain-id <id>", "refuse a node of any other chain")
    .option("--key <name>", "account that signs: a key's name, or the path of its file")
    .option("--keys <folder>", "folder of key files (default ~/.assay/keys)")
    .option("--data <folder>", "folder of channels and receipts (default ~/.assay/data)")
    .option("--gas-price <price>", 'such as "0.01uassay" (default 0uassay)')
    .option(
      "--config <file>",
      `settings (default ${DEFAULT_FILE.replace(/^.*(?=\/\.assay\/)/, "~")}, if there)`,
    )
    .option("--json", "print JSON")
    .option("--yes", "agree to what it costs without being asked")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      outputError: () => undefined,
    })
    .exitOverride();
  examples(
    program,
    "status",
    "epoch",
    "ladder digits",
    "why digits/digits-conv-12 7",
    "model register my.onnx --arena digits --name mine --licence MIT --key me",
    "services --arena digits --sort price",
    "infer 7 --image seven.png --key me",
  );
  program.addHelpText(
    "after",
    `
Settings also come from the config file ("rpc: http://…", "chain-id: …", "key: me") and from ASSAY_CLI_RPC,
ASSAY_CLI_CHAIN_ID, ASSAY_CLI_KEY, ASSAY_CLI_KEYS, ASSAY_CLI_DATA and ASSAY_CLI_GAS_PRICE; flags win, then the environment.
Amounts are written with their unit: 12.5assay or 12500000uassay.
Exit codes: 0 done, 1 failed, 2 not possible as asked (command line, settings, key file, wrong chain).`,
  );
  const cli: Cli = {
    run:
      <Arguments extends unknown[]>(action: Action<Arguments>) =>
      async (...all: [...Arguments, Command]) => {
        const command = all.at(-1) as Command;
        const session = await openSession(command, { io, signal, ...(env && { env }) });
        try {
          const answer = await action(session, ...(all.slice(0, -1) as Arguments));
          if (answer) print(session, answer);
        } catch (error) {
          session.progress.clear();
          throw signal.aborted && isAbort(error) ? new InterruptedError(error) : error;
        }
      },
  };
  addStatusCommand(program, cli);
  addEpochCommand(program, cli);
  addArenaCommands(program, cli);
  addLadderCommand(program, cli);
  addWhyCommand(program, cli);
  addModelCommands(program, cli);
  addSponsorCommands(program, cli);
  addScorerCommands(program, cli);
  addChallengeCommand(program, cli);
  addRewardsCommands(program, cli);
  addServiceCommands(program, cli);
  addInferCommand(program, cli);
  addReceiptCommands(program, cli);
  addChallengeAnswerCommand(program, cli);
  addChannelCommands(program, cli);
  addSpenderCommands(program, cli);
  addCreditsCommands(program, cli);
  addKeysCommands(program, cli);
  return program;
}

/** The session of a command with the program's options and its own. */
async function openSession(command: Command, { io, signal, env }: Run): Promise<Session> {
  const given = command.optsWithGlobals<Record<string, unknown>>();
  const flags = Object.fromEntries(SETTING_NAMES.map((name) => [name, given[name]]));
  const settings = await readSettings(
    typeof given.config === "string" ? given.config : undefined,
    flags,
    env,
  );
  return new Session({ settings, io, signal, json: given.json === true, yes: given.yes === true });
}
