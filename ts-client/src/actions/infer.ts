import { fromHex } from "@cosmjs/encoding";
import type { AssayClient } from "../client.ts";
import { MalformedResponseError, type ReadErrorType, type SendErrorType } from "../errors.ts";
import { inferGas } from "../gas.ts";
import { MsgInferResponse } from "../generated/assay/poi/v1/tx.ts";
import { infer as inferMessage } from "../messages.ts";
import type { Sender } from "../sender.ts";
import { getModel } from "./getModel.ts";
import { getParams } from "./getParams.ts";

export interface InferParameters {
  sender: Sender;
  /** Model id (sha256 of the file) in lower-case hex. */
  modelHex: string;
  /** One item, raw, row-major, in the arena's input type. */
  input: Uint8Array;
  /** Largest fee to pay the author, in uassay. Default: what the model asks now. */
  maxFee?: bigint;
  id?: string;
  signal?: AbortSignal;
}

export interface InferReturnType {
  /** One int32 per output. */
  logits: number[];
  /** As in a row: one byte (class) or an int32, little-endian (scalar). */
  answer: Uint8Array;
  hash: string;
  height: number;
}

export type InferErrorType = SendErrorType | ReadErrorType;

/** Runs a model in a transaction: the chain itself computes the answer. The gas comes from the chain's formula. */
export async function infer(client: AssayClient, parameters: InferParameters): Promise<InferReturnType> {
  const { sender, modelHex, input, id, signal } = parameters;
  const [model, params] = await Promise.all([getModel(client, { modelHex }), getParams(client)]);
  const maxFee = parameters.maxFee ?? BigInt(model.terms?.inferFee ?? "0");
  const message = inferMessage({ sender: sender.address, model: fromHex(modelHex), input, maxFee });
  const { hash, height, msgResponses } = await sender.send([message], {
    gas: inferGas(params, model, input.length),
    id,
    signal,
  });
  const [response] = msgResponses;
  if (!response) throw new MalformedResponseError(`transaction ${hash} has no message response`);
  return { ...MsgInferResponse.decode(response.value), hash, height };
}
