import type { OfflineSigner } from "@cosmjs/proto-signing";
import { SimulateRequest } from "cosmjs-types/cosmos/tx/v1beta1/service";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { isRefusalOfFreshNode, nextBlock, refusalError } from "./broadcast.ts";
import type { AssayClient } from "./client.ts";
import { QueryError, TxFailedError } from "./errors.ts";
import type { Model } from "./generated/assay/poi/v1/model.ts";
import type { Params } from "./generated/assay/poi/v1/params.ts";
import { required } from "./rpc.ts";
import { encodeForSimulation } from "./transaction.ts";

/** Simulation runs on the state before other transactions of the block; this covers what they may add. */
const SIMULATION_MARGIN = 1.3;

/** What the simulated transaction, which is unordered and unsigned, does not pay for: sequence and signature. */
const SIGNED_ORDER_GAS = 25_000;

/** `abci_query` takes data in hex and a node's RPC bodies end at 1 MB: longer transactions cannot be simulated. */
const MAX_SIMULATED_BYTES = 450_000;

/** What any transaction needs beside its messages: signature, fee, sequence, and the bytes around them. */
const TX_OVERHEAD_GAS = 150_000;

/** A transaction's byte costs 10 gas, a byte written to state 30; the rest is margin. */
const GAS_PER_STORED_BYTE = 50;

/** Gas for a transaction whose cost is the storing of its bytes, such as MsgRegisterModel. */
export function storageGas(messageBytes: number): number {
  return TX_OVERHEAD_GAS + messageBytes * GAS_PER_STORED_BYTE;
}

/**
 * Gas for a transaction with one MsgInfer. The chain charges a formula, so that gas never depends on a node's
 * cache: base + cost / macs_per_gas + (input + file bytes) x per_byte, cost = MACs + output elements.
 */
export function inferGas(params: Params, model: Model, inputBytes: number): number {
  const cost = model.macs + model.elements;
  const perGas = params.inferMacsPerGas > 0n ? params.inferMacsPerGas : 1n;
  const bytes = BigInt(inputBytes + model.fileBytes);
  const run = params.inferGasBase + (cost + perGas - 1n) / perGas + bytes * params.inferGasPerByte;
  return TX_OVERHEAD_GAS + inputBytes * GAS_PER_STORED_BYTE + Number(run);
}

/**
 * Gas for messages: simulated on the node, or by size when they are too long for that.
 *
 * Throws TxFailedError (stage "simulate") and its subclasses when the messages would fail.
 */
export async function estimateGas(
  client: AssayClient,
  signer: OfflineSigner,
  address: string,
  messages: readonly Any[],
): Promise<number> {
  const bytes = messages.reduce((sum, message) => sum + message.value.length, 0);
  if (bytes > MAX_SIMULATED_BYTES) return storageGas(bytes);
  try {
    return await simulate(client, signer, address, messages);
  } catch (error) {
    const { log } = error instanceof TxFailedError ? error : { log: "" };
    if (!isRefusalOfFreshNode({ stage: "simulate", log })) throw error;
    await nextBlock(client.comet);
    return simulate(client, signer, address, messages);
  }
}

async function simulate(
  client: AssayClient,
  signer: OfflineSigner,
  address: string,
  messages: readonly Any[],
): Promise<number> {
  // Unordered: then the simulation does not depend on which sequence is next.
  const { syncInfo } = await client.comet.status();
  const seconds = BigInt(Math.floor(syncInfo.latestBlockTime.getTime() / 1000) + 60);
  const order = { unordered: true, timeout: { seconds, nanos: 0 } } as const;
  const txBytes = await encodeForSimulation(signer, address, messages, order);
  try {
    const response = await client.tx.Simulate(SimulateRequest.fromPartial({ txBytes }));
    const { gasUsed } = required(response.gasInfo, "Simulate.gas_info");
    return Math.ceil(Number(gasUsed) * SIMULATION_MARGIN) + SIGNED_ORDER_GAS;
  } catch (error) {
    if (error instanceof QueryError)
      throw refusalError(address, { stage: "simulate", log: reasonOf(error.log) });
    throw error;
  }
}

/** A failed simulation's reason without what the way through gRPC has wrapped around it. */
function reasonOf(log: string): string {
  return log
    .replace(/^rpc error: code = \w+ desc = /, "")
    .replace(/ (\[[^\]]*\] )?with gas used: '\d+'.*$/s, "");
}

/** Length of encoded messages in a transaction, in bytes. */
export function messagesLength(messages: readonly Any[]): number {
  // Tag and length of the Any, tag and length of its two fields.
  return messages.reduce((sum, message) => sum + message.typeUrl.length + message.value.length + 16, 0);
}
