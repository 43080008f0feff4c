import type { Command } from "commander";
import { UsageError } from "./errors.ts";
import { toJson } from "./output.ts";
import type { Session } from "./session.ts";

/** What a command found out or did: the same facts for machines and for people. */
export interface Answer {
  /** Printed with --json; its shape is part of the interface. */
  readonly json: unknown;
  readonly text: string;
  /** Thrown after the answer was printed. */
  readonly error?: Error;
}

/** What a command does; its arguments and then its options follow the session. */
export type Action<Arguments extends unknown[]> = (
  session: Session,
  ...args: Arguments
) => Promise<Answer | undefined>;

/** What commands are made with. */
export interface Cli {
  /** The handler of a command that runs `action` with the command's settings and prints its answer. */
  run<Arguments extends unknown[]>(
    action: Action<Arguments>,
  ): (...args: [...Arguments, Command]) => Promise<void>;
}

/** Prints an answer in the form the user asked for. */
export function print(session: Session, { json, text, error }: Answer): void {
  session.progress.clear();
  session.io.out(`${session.json ? toJson(json) : text}\n`);
  if (error) throw error;
}

/** A group of commands; without a known one after it, it shows its help. */
export function group(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .action((_options: unknown, command: Command) => {
      const [unknown] = command.args;
      const names = command.commands.map((child) => child.name()).join(", ");
      throw new UsageError(
        `${unknown === undefined ? `"${name}" needs a command` : `there is no command "${name} ${unknown}"`}: ${names}`,
      );
    })
    .allowExcessArguments(true);
}

/** Adds examples to a command's help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  $ assay ${line}`).join("\n")}`);
}
