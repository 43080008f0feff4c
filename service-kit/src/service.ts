import { AssayError } from "@assay/client/errors";
import { EXIT, exitCodeOf, isAbort, messageOf, type ExitCode } from "./errors.ts";

/** After a first signal a program has this long to end; a second signal ends it at once. */
const GRACE_MS = 15_000;

export interface ServiceContext {
  /** Aborted by SIGINT or SIGTERM: finish or abandon what is under way, then return. */
  signal: AbortSignal;
}

/**
 * Runs a program: `main` until it returns, throws, or a signal asks it to end, then exits the process
 * with 0, or with the code of the error after its message was written to stderr.
 */
export async function runService(
  name: string,
  main: (context: ServiceContext) => Promise<void>,
): Promise<never> {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(EXIT.failed);
    stop.abort(new DOMException(`stopped by ${signal}`, "AbortError"));
    setTimeout(() => {
      process.stderr.write(`${name}: did not end within ${GRACE_MS / 1000} s, ending now\n`);
      process.exit(EXIT.failed);
    }, GRACE_MS).unref();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const onCrash = (error: unknown): void => process.exit(report(name, error));
  process.on("uncaughtException", onCrash).on("unhandledRejection", onCrash);
  return process.exit(await runToExitCode(name, main, stop.signal));
}

/** {@link runService} without the process around it. */
export async function runToExitCode(
  name: string,
  main: (context: ServiceContext) => Promise<void>,
  signal: AbortSignal,
  write: (text: string) => void = (text) => process.stderr.write(text),
): Promise<ExitCode> {
  try {
    await main({ signal });
    return EXIT.ok;
  } catch (error) {
    if (signal.aborted && isAbort(error)) return EXIT.ok;
    return report(name, error, write);
  }
}

function report(
  name: string,
  error: unknown,
  write: (text: string) => void = (text) => process.stderr.write(text),
): ExitCode {
  write(`${name}: ${messageOf(error)}\n`);
  for (
    let cause = error instanceof Error ? error.cause : undefined;
    cause instanceof Error;
    cause = cause.cause
  ) {
    write(`  because: ${cause.message}\n`);
  }
  // An error nobody foresaw is worth its stack.
  if (!(error instanceof AssayError) && error instanceof Error) write(`${error.stack}\n`);
  return exitCodeOf(error);
}
