import { sleep } from "@assay/client/sleep";
import { messageOf } from "./errors.ts";
import type { Logger } from "./log.ts";

/** Waiting times 1, 2, 4, … times `minMs`, at most `maxMs`, each shortened by up to a quarter so that many do not meet. */
export function backoffMs(attempt: number, minMs = 250, maxMs = 5_000): number {
  const full = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 20));
  return full * (1 - Math.random() / 4);
}

export interface RetryOptions {
  /** For the log: "cannot <what>, trying again". */
  what: string;
  log: Logger;
  signal: AbortSignal;
  minMs?: number;
  maxMs?: number;
  /** Errors that trying again cannot cure; by default none. */
  fatal?: (error: unknown) => boolean;
}

/**
 * Calls `operation` until it succeeds, waiting longer each time. Ends early only by `signal`
 * (throws an `AbortError`) or by a fatal error (thrown as it is). The first failure and its end are logged.
 */
export async function retry<Result>(
  operation: () => Promise<Result>,
  options: RetryOptions,
): Promise<Result> {
  const { what, log, signal, minMs, maxMs, fatal } = options;
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      const result = await operation();
      if (attempt > 0) log.info({ attempts: attempt + 1 }, `${what}: works again`);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (fatal?.(error) === true) throw error;
      const line = `cannot ${what}, trying again: ${messageOf(error)}`;
      if (attempt === 0) log.warn({ error }, line);
      else log.debug({ error, attempt }, line);
      await sleep(backoffMs(attempt, minMs, maxMs), signal);
    }
  }
}
