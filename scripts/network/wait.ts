import { setTimeout as delay } from "node:timers/promises";

export interface WaitOptions {
  /** What is waited for, for the error. */
  what: string;
  timeoutMs: number;
  signal?: AbortSignal;
  /** Called before every look; throw here to give up early. */
  check?: () => Promise<void>;
  pollMs?: number;
}

/** Waits until `look` returns something other than undefined or false. */
export async function waitFor<T>(
  look: () => Promise<T | undefined | false>,
  options: WaitOptions,
): Promise<T> {
  const { what, timeoutMs, signal, check, pollMs = 250 } = options;
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    signal?.throwIfAborted();
    await check?.();
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      lastError = undefined;
    } catch (error) {
      // A mistake in the script does not go away by waiting.
      if (error instanceof TypeError) throw error;
      lastError = error;
    }
    if (Date.now() > deadline)
      throw new Error(`timed out after ${timeoutMs / 1000} s waiting for ${what}`, { cause: lastError });
    await delay(pollMs, undefined, { signal });
  }
}
