import { compareBytes } from "../protocol/hash.ts";
import { merkleRoot } from "../protocol/merkle.ts";
import type { AssayError } from "../errors.ts";
import type { Service } from "../generated/assay/marketplace/v1/service.ts";
import { HEADER_LENGTH } from "../oip/body.ts";
import { OipError } from "../oip/errors.ts";
import { writeRequest } from "../oip/request.ts";
import { parseError, parseResponse } from "../oip/response.ts";
import { itemBytes, itemsOf, onlyTensor, outputsOf, tensorOf } from "../oip/tensors.ts";
import {
  CallFailedError,
  MalformedAnswerError,
  PaymentRefusedError,
  ProviderBusyError,
  ProviderError,
  ProviderTimeoutError,
  ProviderUnreachableError,
  WrongReceiptError,
  type ReceiptFault,
} from "./buyer-errors.ts";
import { receiptDigest, type Receipt, type Signed, type Voucher } from "./bytes.ts";
import type { Tensors } from "./services.ts";
import { AnswerTooLargeError, type HttpRequest, type HttpResponse, type Transport } from "./transport.ts";
import {
  decodePaymentRequired,
  decodeReceipt,
  encodePayment,
  encodeSalt,
  HEADER,
  X402Error,
  type PaymentRequired,
} from "./x402.ts";

/** How requests travel and signatures are checked. */
export interface Wire {
  readonly transport: Transport;
  verifySignature(key: Uint8Array, digest: Uint8Array, signature: Uint8Array): Promise<boolean> | boolean;
  readonly chainId: string;
  /** For one request, in milliseconds. */
  readonly timeoutMs: number;
}

/** What is asked of a service: the same on every attempt. */
export interface Call {
  readonly items: readonly Uint8Array[];
  readonly salt: Uint8Array;
  readonly inputRoot: Uint8Array;
  readonly callHash: Uint8Array;
}

/** An answer that is what its receipt says; without a receipt nothing is known of it. */
export interface Answer {
  /** Of each item. */
  readonly outputs: Int32Array[];
  readonly receipt: Signed<Receipt> | undefined;
}

/** What came of one request. */
export type Outcome =
  | { kind: "answer"; answer: Answer }
  /** Nothing was charged; the same request may succeed after `ms`. */
  | { kind: "wait"; ms: number; overload: boolean; cause: CallFailedError }
  /** The provider sees the lane, the channel or the price otherwise. */
  | { kind: "disagreement"; required: PaymentRequired; cause: CallFailedError }
  /** Nothing was charged, and asking again would not help. */
  | { kind: "refusal"; cause: AssayError }
  /** Not known whether it was charged. */
  | { kind: "failure"; cause: CallFailedError };

const ZERO_CHANNEL = new Uint8Array(32);
/** Of an answer beside its data: JSON, and the longer form that numbers have in it. */
const HEADER_BYTES = 64 * 1024;
const JSON_FACTOR = 4;
const DEFAULT_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;
/** The provider's node may be some blocks behind ours. */
const BEHIND_MS = 500;
/** Payments refused because that node has not seen a channel or a deposit. */
const BEHIND = new Set(["unknown_channel", "overcommitted"]);
/** Payments refused because of what the lane, the channel or the price is now. */
const DISAGREEMENTS = new Set([
  "amount_too_low",
  "amount_too_high",
  "lane_busy",
  "channel_closing",
  "channel_closed",
  "service_closed",
  "convicted",
  "payment_required",
]);
/** Requests that no repetition makes right. */
const REFUSALS = new Set([400, 404, 405, 411, 413, 414, 415, 422, 431]);

/** Sends a request. Throws the signal's reason, or a CallFailedError. */
export async function send(
  { transport, timeoutMs }: Wire,
  service: bigint,
  request: Omit<HttpRequest, "signal">,
  signal?: AbortSignal,
): Promise<HttpResponse> {
  signal?.throwIfAborted();
  // A signal of its own that goes with the call: AbortSignal.timeout would live on until it fires, for every call.
  const end = new AbortController();
  const stop = (): void => end.abort(signal?.reason);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, timeoutMs);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await transport({ ...request, signal: end.signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (late) throw new ProviderTimeoutError(service, request.url, timeoutMs);
    if (error instanceof AnswerTooLargeError) throw new MalformedAnswerError(service, error.message, error);
    throw new ProviderUnreachableError(service, request.url, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * Asks a service once: with a voucher, or for a receipt only when the service is free.
 * Throws the signal's reason; everything else is an outcome.
 */
export async function exchange(
  wire: Wire,
  service: Service,
  tensors: Tensors,
  call: Call,
  voucher: Signed<Voucher> | undefined,
  signal?: AbortSignal,
): Promise<Outcome> {
  const { id, endpoint } = service;
  const { items, salt } = call;
  const message = writeRequest({ inputs: [tensorOf(tensors.input, items)], binaryOutput: true });
  const proof: Record<string, string> = voucher
    ? { [HEADER.payment]: paymentHeader(wire.chainId, service, items.length, voucher, salt) }
    : { [HEADER.call]: encodeSalt(salt) };
  try {
    const response = await send(
      wire,
      id,
      {
        method: "POST",
        url: `${endpoint}/v2/models/${id}/infer`,
        headers: { ...message.headers, ...proof },
        body: message.body,
        maxBytes: HEADER_BYTES + items.length * itemBytes(tensors.output) * JSON_FACTOR,
      },
      signal,
    );
    return response.status === 200
      ? { kind: "answer", answer: await readAnswer(wire, service, tensors, call, voucher, response) }
      : readRefusal(id, response);
  } catch (error) {
    if (error instanceof CallFailedError) return { kind: "failure", cause: error };
    throw error;
  }
}

function paymentHeader(
  chainId: string,
  { price, denom, provider }: Service,
  items: number,
  voucher: Signed<Voucher>,
  salt: Uint8Array,
): string {
  const accepted = { chainId, amount: price * BigInt(items), asset: denom, payTo: provider };
  return encodePayment({ accepted, voucher, salt });
}

async function readAnswer(
  wire: Wire,
  service: Service,
  { output }: Tensors,
  call: Call,
  voucher: Voucher | undefined,
  response: HttpResponse,
): Promise<Answer> {
  const { id } = service;
  let tensor;
  try {
    tensor = onlyTensor(parseResponse(response.body, response.header(HEADER_LENGTH)).outputs, output);
  } catch (error) {
    if (error instanceof OipError) throw new MalformedAnswerError(id, error.message, error);
    throw error;
  }
  if (tensor.shape[0] !== call.items.length)
    throw new MalformedAnswerError(id, `${tensor.shape[0]} outputs for ${call.items.length} items`);
  const header = response.header(HEADER.receipt.toLowerCase());
  if (header === undefined) {
    if (service.model.length > 0) throw new WrongReceiptError(id, "missing");
    return { outputs: outputsOf(tensor), receipt: undefined };
  }
  const expected: Receipt = {
    service: id,
    channel: voucher?.channel ?? ZERO_CHANNEL,
    lane: voucher?.lane ?? 0,
    amount: voucher?.amount ?? 0n,
    callHash: call.callHash,
    items: call.items.length,
    inputRoot: call.inputRoot,
    outputRoot: merkleRoot(itemsOf(tensor)),
  };
  return { outputs: outputsOf(tensor), receipt: await readReceipt(wire, service, expected, header) };
}

async function readReceipt(
  { chainId, verifySignature }: Wire,
  { id, servingKey }: Service,
  expected: Receipt,
  header: string,
): Promise<Signed<Receipt>> {
  let signed;
  try {
    signed = decodeReceipt(header);
  } catch (error) {
    if (error instanceof X402Error) throw new WrongReceiptError(id, "malformed", error);
    throw error;
  }
  const { receipt } = signed;
  const fault = signed.chainId === chainId ? difference(expected, receipt) : "chain";
  if (fault) throw new WrongReceiptError(id, fault);
  if (!(await verifySignature(servingKey, receiptDigest(chainId, expected), receipt.signature)))
    throw new WrongReceiptError(id, "signature");
  return receipt;
}

function difference(expected: Receipt, got: Receipt): ReceiptFault | undefined {
  const differ = (a: Uint8Array, b: Uint8Array) => compareBytes(a, b) !== 0;
  if (got.service !== expected.service) return "service";
  if (differ(got.channel, expected.channel)) return "channel";
  if (got.lane !== expected.lane) return "lane";
  if (got.amount !== expected.amount) return "amount";
  if (differ(got.callHash, expected.callHash)) return "call_hash";
  if (got.items !== expected.items) return "items";
  if (differ(got.inputRoot, expected.inputRoot)) return "input_root";
  if (differ(got.outputRoot, expected.outputRoot)) return "output_root";
  return undefined;
}

function readRefusal(service: bigint, response: HttpResponse): Outcome {
  const { status } = response;
  if (status === 402 || status === 409) return readPaymentRequired(service, response);
  const { error, code } = readError(response);
  if (status === 429 || status === 503) {
    const ms = retryAfterMs(response.header("retry-after"));
    return { kind: "wait", ms, overload: true, cause: new ProviderBusyError(service, status, error) };
  }
  const cause = new ProviderError(service, status, code, error);
  return { kind: REFUSALS.has(status) ? "refusal" : "failure", cause };
}

/** Of 402, and of 409, which means that the lane is busy or has moved on. */
function readPaymentRequired(service: bigint, response: HttpResponse): Outcome {
  const header = response.header(HEADER.required.toLowerCase());
  if (header === undefined) {
    const { error, code } = readError(response);
    return { kind: "failure", cause: new ProviderError(service, response.status, code, error) };
  }
  let required;
  try {
    required = decodePaymentRequired(header);
  } catch (error) {
    if (!(error instanceof X402Error)) throw error;
    return { kind: "failure", cause: new MalformedAnswerError(service, error.message, error) };
  }
  const { code, error } = required;
  const cause = new PaymentRefusedError(service, code, error);
  if (code !== undefined && BEHIND.has(code)) return { kind: "wait", ms: BEHIND_MS, overload: false, cause };
  if (code !== undefined && DISAGREEMENTS.has(code)) return { kind: "disagreement", required, cause };
  return { kind: "failure", cause };
}

function readError({ body, status }: HttpResponse): { error: string; code?: string | undefined } {
  try {
    return parseError(body);
  } catch (error) {
    if (error instanceof OipError) return { error: `status ${status} without a reason` };
    throw error;
  }
}

function retryAfterMs(header: string | undefined): number {
  const seconds = header !== undefined && /^[0-9]{1,6}$/.test(header) ? Number(header) : NaN;
  const ms = Number.isNaN(seconds) ? DEFAULT_WAIT_MS : seconds * 1_000;
  return Math.min(Math.max(ms, 50), MAX_WAIT_MS);
}
