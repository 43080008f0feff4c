import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The node binary; `make build` makes it. */
export const ASSAYD = join(ROOT, "build", "assayd");

/** How long a program may take to end after SIGTERM before it is killed. */
const STOP_MS = 20_000;
const TAIL_LINES = 15;
/** Ids of all programs that were started for a network, in its folder. */
const PID_FILE = "pids";
/** Tells such a program from any other with the same id. */
const DIR_VARIABLE = "ASSAY_NETWORK_DIR";

export interface ProcessOptions {
  name: string;
  command: string;
  args: readonly string[];
  /** Folder of the network: output is appended to logs/<name>.log in it. */
  dir: string;
}

/** A program that ended when nobody asked it to. */
export class ProcessEndedError extends Error {
  constructor(name: string, how: string, logFile: string, tail: string) {
    super(`${name} ended unexpectedly (${how}); its last words, from ${logFile}:\n${tail}`);
    this.name = "ProcessEndedError";
  }
}

/** A program in its own process group, so that Ctrl-C reaches only the script that stops it in order. */
export class ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when the program has ended. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #log: WriteStream;
  #how: string | undefined;
  #asked = false;

  private constructor(name: string, logFile: string, child: ChildProcess, log: WriteStream) {
    this.name = name;
    this.logFile = logFile;
    this.#child = child;
    this.#log = log;
    this.ended = new Promise((resolve) => {
      const finish = (how: string): void => {
        this.#how ??= how;
        this.#log.end(resolve);
      };
      child.once("error", (error) => finish(error.message));
      child.once("close", (code, signal) => finish(signal ?? `exit code ${code}`));
    });
  }

  static async start(options: ProcessOptions): Promise<ManagedProcess> {
    const { name, command, args, dir } = options;
    const logFile = join(dir, "logs", `${name}.log`);
    await mkdir(dirname(logFile), { recursive: true });
    const log = createWriteStream(logFile, { flags: "a" });
    // eslint-disable-next-line no-restricted-properties -- handed down whole, nothing is read from it
    const env = { ...process.env, [DIR_VARIABLE]: dir };
    const child = spawn(command, args, { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    await appendFile(join(dir, PID_FILE), `${child.pid ?? ""}\n`);
    return new ManagedProcess(name, logFile, child, log);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#how === undefined;
  }

  /** Throws ProcessEndedError if the program ended by itself. */
  async check(): Promise<void> {
    if (this.#how !== undefined && !this.#asked) {
      throw new ProcessEndedError(this.name, this.#how, this.logFile, await this.tail());
    }
  }

  /** Asks the program to end and waits until it has; kills it if it takes too long. */
  async stop(): Promise<void> {
    this.#asked = true;
    if (!this.running) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** kill -9, for tests. */
  async kill(): Promise<void> {
    this.#asked = true;
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  async tail(): Promise<string> {
    const text = await readFile(this.logFile, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  }
}

/**
 * Ends the programs that a run which was killed has left in `dir`. A process id counts only if its program was
 * started for `dir`: ids are used again.
 */
export async function stopLeftovers(dir: string): Promise<void> {
  const pidFile = join(dir, PID_FILE);
  const pids = (await readFile(pidFile, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
  for (const pid of pids.map(Number)) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (environment.split("\0").includes(`${DIR_VARIABLE}=${dir}`)) process.kill(pid, "SIGKILL");
  }
  await rm(pidFile, { force: true });
}

/** Runs a program to its end and returns what it wrote to stdout. Throws with its stderr when it fails. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], signal });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) {
    throw new Error(
      `${command} ${args.join(" ")} failed (exit code ${code}): ${Buffer.concat(err).toString("utf8").trim()}`,
    );
  }
  return Buffer.concat(out).toString("utf8");
}
