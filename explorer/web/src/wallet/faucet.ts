import { ApiError } from "../api/fetch.ts";

/** The api waits for a block before it answers. */
const TIMEOUT_MS = 30_000;

/**
 * Asks the faucet of a test network for coins.
 *
 * @returns the hash of the transaction that brings them, if the faucet tells.
 * Throws {@link ApiError} with the faucet's reason, such as a limit that is reached.
 */
export async function askFaucet(address: string, signal: AbortSignal): Promise<{ hash?: string }> {
  const response = await fetch("/api/faucet", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ address }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new ApiError(0, "The faucet does not answer. Try again in a moment.", { cause });
  });
  const body = (await response.json().catch(() => null)) as {
    hash?: unknown;
    error?: { message?: unknown };
  } | null;
  if (!response.ok) {
    const message = body?.error?.message;
    throw new ApiError(
      response.status,
      typeof message === "string" ? message : `The faucet answered with status ${response.status}.`,
    );
  }
  return typeof body?.hash === "string" ? { hash: body.hash } : {};
}
