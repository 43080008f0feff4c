import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { addressBytes } from "../address.ts";
import type { AssayClient } from "../client.ts";
import { MalformedResponseError, type ReadErrorType, type SendErrorType } from "../errors.ts";
import { MsgRegisterModelResponse, MsgReserveModelResponse } from "../generated/assay/poi/v1/tx.ts";
import { registerModel as registerModelMessage, reserveModel, type TermsInput } from "../messages.ts";
import { reservationHash, SALT_SIZE } from "../protocol/hash.ts";
import type { Sender, TxResult } from "../sender.ts";
import { waitForHeight } from "./waitForHeight.ts";

export interface RegisterModelParameters {
  /** Of the owner. */
  sender: Sender;
  arena: bigint;
  /** The ONNX file, at most params.max_file_bytes. */
  file: Uint8Array;
  /** Display name, at most 64 bytes. */
  name: string;
  /** Plain text, at most 4096 bytes. */
  card: string;
  terms: TermsInput;
  /** Largest registration fee the owner accepts to burn, in uassay; see `getRegistrationFee`. */
  maxFee: bigint;
  /**
   * Makes the registration happen once across restarts, when the sender has a journal. The salt (32 random bytes)
   * must be the same then, so the caller keeps it. Without this, a fresh salt is drawn.
   */
  resume?: { id: string; salt: Uint8Array };
  signal?: AbortSignal;
}

export interface RegisterModelReturnType {
  /** Id of the model: sha256 of the file, in lower-case hex. */
  modelHex: string;
  /** Burned registration fee, in uassay. */
  fee: bigint;
  /** Its place in the order of contenders. */
  reservationSeq: bigint;
  /** Of the block in which it was registered. */
  height: number;
}

export type RegisterModelErrorType = SendErrorType | ReadErrorType;

/**
 * Registers a model: reserves a place under a hash that hides the file, waits for a block, so that nobody who sees
 * the file can have reserved earlier, and then shows the file.
 */
export async function registerModel(
  client: AssayClient,
  parameters: RegisterModelParameters,
): Promise<RegisterModelReturnType> {
  const { sender, arena, file, name, card, terms, maxFee, resume, signal } = parameters;
  const salt = resume?.salt ?? crypto.getRandomValues(new Uint8Array(SALT_SIZE));
  const owner = sender.address;
  const hash = reservationHash(salt, sha256(file), addressBytes(owner));
  const id = (step: string) => resume && `${resume.id}/${step}`;

  const reserved = await sender.send([reserveModel({ owner, hash })], { id: id("reserve"), signal });
  const { seq } = MsgReserveModelResponse.decode(firstResponse(reserved));
  // The chain wants the reservation to be a block old; simulations run on the last block.
  await waitForHeight(client, { height: reserved.height + 1, signal });
  const message = registerModelMessage({ owner, arena, salt, file, name, card, terms, maxFee });
  const registered = await sender.send([message], { id: id("register"), signal });
  const { model, fee } = MsgRegisterModelResponse.decode(firstResponse(registered));
  return { modelHex: bytesToHex(model), fee: BigInt(fee), reservationSeq: seq, height: registered.height };
}

function firstResponse(result: TxResult): Uint8Array {
  const [response] = result.msgResponses;
  if (!response) throw new MalformedResponseError(`transaction ${result.hash} has no message response`);
  return response.value;
}
