import type { Comet38Client, comet38 } from "@cosmjs/tendermint-rpc";
import { fromHex } from "@cosmjs/encoding";
import {
  ChainUnreachableError,
  FeeTooLowError,
  IndexingDisabledError,
  InsufficientFundsError,
  OutOfGasError,
  RpcError,
  RpcTimeoutError,
  TxFailedError,
  type TxRefusal,
} from "./errors.ts";
import { sleep } from "./sleep.ts";

// Codes of the SDK's own errors (codespace "sdk").
const SDK = {
  unauthorized: 4,
  insufficientFunds: 5,
  outOfGas: 11,
  insufficientFee: 13,
  alreadyInMempool: 19,
  wrongSequence: 32,
} as const;

/** What a node said to a broadcast. */
export type BroadcastOutcome =
  /** It is in the node's mempool, or was. */
  | { kind: "accepted" }
  /** Nobody knows: no answer, or no room right now. Broadcasting the same bytes again is the way to find out. */
  | { kind: "unknown" }
  /** Another sequence is next; the transaction is in no mempool. */
  | { kind: "sequence"; expected: number | undefined; refusal: TxRefusal }
  | { kind: "refused"; refusal: TxRefusal };

/** Hands a signed transaction to the node's mempool. Throws only when the answer makes no sense. */
export async function broadcast(
  comet: Comet38Client,
  txBytes: Uint8Array,
  hash: string,
): Promise<BroadcastOutcome> {
  let response: comet38.BroadcastTxSyncResponse;
  try {
    response = await comet.broadcastTxSync({ tx: txBytes });
  } catch (error) {
    if (error instanceof ChainUnreachableError || error instanceof RpcTimeoutError)
      return { kind: "unknown" };
    if (error instanceof RpcError && error.data.includes("already exists in cache"))
      return { kind: "accepted" };
    if (error instanceof RpcError && error.data.includes("mempool is full")) return { kind: "unknown" };
    if (error instanceof RpcError) {
      return { kind: "refused", refusal: { stage: "check", log: error.data || error.message, hash } };
    }
    throw error;
  }
  const { code, codespace = "", log = "" } = response;
  if (code === 0 || isSdk(codespace, code, SDK.alreadyInMempool)) return { kind: "accepted" };
  const refusal: TxRefusal = { stage: "check", code, codespace, log, hash };
  if (isWrongSequence(refusal)) {
    const expected = /expected (\d+), got/.exec(log)?.[1];
    return { kind: "sequence", expected: expected === undefined ? undefined : Number(expected), refusal };
  }
  return { kind: "refused", refusal };
}

/**
 * Whether a node may have said this only because it has just started: until its first block it checks signatures
 * as if at genesis (account number 0), and deadlines against a clock at zero.
 */
export function isRefusalOfFreshNode(refusal: TxRefusal): boolean {
  if (isSdk(refusal.codespace, refusal.code, SDK.unauthorized)) return true;
  return refusal.log.includes("unordered tx ttl exceeds");
}

/** Longest wait for a block before the node is taken at its word. */
const NEXT_BLOCK_MS = 20_000;

/** Waits until the node has one block more than now. */
export async function nextBlock(comet: Comet38Client, signal?: AbortSignal): Promise<void> {
  const height = async () => (await comet.status()).syncInfo.latestBlockHeight;
  const start = await height();
  for (const end = Date.now() + NEXT_BLOCK_MS; Date.now() < end; await sleep(200, signal)) {
    if ((await height()) > start) return;
  }
}

/** Looks a transaction up in the node's index; undefined when it is in no block (yet). */
export async function findTx(comet: Comet38Client, hash: string): Promise<comet38.TxResponse | undefined> {
  try {
    return await comet.tx({ hash: fromHex(hash) });
  } catch (error) {
    if (error instanceof RpcError && error.data.includes("not found")) return undefined;
    if (error instanceof RpcError && error.data.includes("indexing is disabled"))
      throw new IndexingDisabledError(error);
    throw error;
  }
}

function isSdk(codespace: string | undefined, code: number | undefined, expected: number): boolean {
  return codespace === "sdk" && code === expected;
}

/** Whether the transaction did nothing at all, not even use up its sequence, because another one was next. */
export function isWrongSequence(refusal: TxRefusal): boolean {
  return isSdk(refusal.codespace, refusal.code, SDK.wrongSequence);
}

/** The typed error of a refusal. */
export function refusalError(address: string, refusal: TxRefusal): TxFailedError {
  const { codespace, code, stage, log } = refusal;
  // Nodes do not tell the code of a failed simulation, only its text.
  const simulated = stage === "simulate";
  if (isSdk(codespace, code, SDK.insufficientFunds) || (simulated && log.includes("insufficient funds"))) {
    return new InsufficientFundsError(address, refusal);
  }
  if (isSdk(codespace, code, SDK.insufficientFee)) return new FeeTooLowError(refusal);
  if (isSdk(codespace, code, SDK.outOfGas)) return new OutOfGasError(refusal);
  return new TxFailedError(refusal);
}
