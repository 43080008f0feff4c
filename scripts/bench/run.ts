import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** No benchmark takes longer than this, on a slow and busy machine. */
const LIMIT_MS = 30 * 60_000;

export interface RunOptions {
  cwd: string;
  /** Stops the program and all it has started. */
  signal: AbortSignal;
  /** Is given each line of standard error: programs tell there how far they are. */
  progress: (line: string) => void;
}

/**
 * Runs a program to its end and returns what it printed. Exit code 1 is no error: benchmarks say so that they missed
 * their target, and the caller reads by how much. Output that is not what the caller expects is for it to refuse.
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(LIMIT_MS)]);
  signal.throwIfAborted();
  // A group of its own: `go test` starts programs that a signal to it alone would leave behind.
  const child = spawn(command, args, {
    cwd: options.cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // gone already
    }
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
    const out: string[] = [];
    const last: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => out.push(line));
    createInterface({ input: child.stderr }).on("line", (line) => {
      last.push(line);
      last.splice(0, last.length - 10);
      options.progress(line);
    });
    const [code, killedBy] = await closed;
    signal.throwIfAborted();
    if (code !== 0 && code !== 1) {
      throw new Error(`${command} ${args.join(" ")} ended with ${code ?? killedBy}:\n${last.join("\n")}`);
    }
    return out.join("\n");
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
