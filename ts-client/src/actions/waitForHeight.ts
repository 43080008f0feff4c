import { followBlocks } from "../blocks.ts";
import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";

export interface WaitForHeightParameters {
  height: number;
  signal?: AbortSignal;
}

export type WaitForHeightErrorType = ReadErrorType;

/** Resolves once the node's newest block has at least this height. Waits as long as it takes, until the signal. */
export async function waitForHeight(client: AssayClient, parameters: WaitForHeightParameters): Promise<void> {
  const { height, signal = new AbortController().signal } = parameters;
  for await (const block of followBlocks(client, { signal })) {
    if (block.height >= height) return;
  }
}
