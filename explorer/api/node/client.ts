import { createClient, type AssayClient } from "@assay/client/client";

export interface ConnectOptions {
  rpcUrl: string;
  /** Refuse a node of any other chain; undefined while nobody knows which it is. */
  chainId: () => string | undefined;
  signal: AbortSignal;
}

/** For one question; a node that takes longer is as good as gone. */
const QUESTION_MS = 5_000;

/** Connects to the node when it is first asked for, and again until that succeeds once. */
export function connectOnce({ rpcUrl, chainId, signal }: ConnectOptions): () => Promise<AssayClient> {
  let connecting: Promise<AssayClient> | undefined;
  return () => {
    if (connecting === undefined) {
      const attempt = createClient({
        rpcUrl,
        chainId: chainId(),
        timeoutMs: QUESTION_MS,
        attempts: 1,
        signal,
      });
      connecting = attempt;
      attempt.catch(() => (connecting = undefined));
    }
    return connecting;
  };
}
