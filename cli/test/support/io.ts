import { runToExitCode } from "@assay/service-kit/service";
import type { Io } from "../../src/output.ts";
import { runCli } from "../../src/program.ts";

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** What is on standard input. */
  readonly input?: string;
  /** What somebody at a terminal types when asked. */
  readonly answer?: string;
}

/** Runs a command line as the program would, without a process around it. */
export async function assay(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { env = {}, input = "", answer } = options;
  let [out, err] = ["", ""];
  const write = (text: string): void => void (err += text);
  const io: Io = {
    out: (text) => void (out += text),
    err: write,
    outIsTty: false,
    errIsTty: false,
    inIsTty: answer !== undefined,
    columns: 100,
    ask: async (question) => {
      write(question);
      return answer ?? "";
    },
    readInput: async () => input,
  };
  const { signal } = new AbortController();
  const code = await runToExitCode("assay", () => runCli(args, { io, signal, env }), signal, write);
  return { code, out, err };
}
