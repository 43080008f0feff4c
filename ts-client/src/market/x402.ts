/**
 * What travels with a paid call: the headers of x402 version 2, our `Assay-Receipt` and `Assay-Call`, and the file in
 * which a client keeps a receipt. Bytes are lower-case hex, amounts decimal strings, everything else JSON; a header is
 * the base64 of its JSON. Fields that are not named here are ignored, as x402 asks.
 */
import { fromBase64, toBase64 } from "@cosmjs/encoding";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import { AssayError } from "../errors.ts";
import { MAX_LANES, SALT_SIZE, type Receipt, type Signed, type Voucher } from "./bytes.ts";

export const X402_VERSION = 2;
export const SCHEME = "batch-settlement";
export const RECEIPT_FILE_KIND = "assay/receipt/v1";

/** Names of the headers; HTTP does not care about their case. */
export const HEADER = {
  required: "PAYMENT-REQUIRED",
  payment: "PAYMENT-SIGNATURE",
  response: "PAYMENT-RESPONSE",
  receipt: "Assay-Receipt",
  call: "Assay-Call",
} as const;

/** Characters of a header's value that are read. Node takes 16 KiB for all headers of a message. */
export const MAX_HEADER_CHARS = 8192;

/** Characters of a receipt file that are read. */
export const MAX_RECEIPT_FILE_CHARS = 64 * 2 ** 20;

/** Ways to pay that are looked at in one offer. */
const MAX_OFFERS = 16;

/** What may be wrong with a header or a receipt file. */
export type X402Code =
  | "too_large"
  | "bad_base64"
  | "bad_json"
  /** A field is missing, or not what it should be. */
  | "bad_field"
  /** Of another version of x402 or of a receipt. */
  | "bad_version"
  /** None of the ways to pay that are offered is ours. */
  | "no_scheme";

/** A header or a receipt file is not what it should be. */
export class X402Error extends AssayError {
  readonly code: X402Code;

  constructor(code: X402Code, message: string, cause?: unknown) {
    super(message, { cause, details: { code } });
    this.code = code;
  }
}

/** What is paid for. */
export interface Resource {
  url: string;
  description: string;
  mimeType: string;
}

/** How a service wants to be paid. */
export interface PaymentTerms {
  chainId: string;
  /** Base units for this call: price times items; for one item if the server did not read the body. */
  amount: bigint;
  /** Denom of the channel. */
  asset: string;
  /** Address of the provider. */
  payTo: string;
  maxTimeoutSeconds: number;
  service: bigint;
  /** Base units for one item. */
  price: bigint;
  servingKey: Uint8Array;
  /** Id of the model, 32 bytes; empty for a service without an exact one. */
  model: Uint8Array;
  /** Least deposit that opens a channel. */
  minDeposit: bigint;
  graceBlocks: number;
  /** The newest voucher on the lane, for a client that lost its state. Adopt it only if the signature is your own. */
  lastVoucher?: Signed<Voucher>;
}

/** `PAYMENT-REQUIRED`, and the body of a 402. */
export interface PaymentRequired {
  /** For people. */
  error: string;
  /** For programs, in snake_case: what is wrong with the payment that was sent. */
  code?: string;
  resource: Resource;
  terms: PaymentTerms;
}

/** `PAYMENT-SIGNATURE`. */
export interface Payment {
  /** Of the terms that the client accepted. */
  accepted: Pick<PaymentTerms, "chainId" | "amount" | "asset" | "payTo">;
  voucher: Signed<Voucher>;
  /** Of the call hash. */
  salt: Uint8Array;
}

/** `PAYMENT-RESPONSE` of an answer. */
export interface PaymentResponse {
  chainId: string;
  payer: string;
  /** Base units charged on the lane so far. */
  amount: bigint;
  /** Of one item each, that what is available on the channel still pays. */
  callsLeft?: bigint;
}

/** `Assay-Receipt`. */
export interface SignedReceipt {
  chainId: string;
  receipt: Signed<Receipt>;
}

/** A receipt with everything that checks it, and that a challenge needs. */
export interface ReceiptFile extends SignedReceipt {
  salt: Uint8Array;
  /** Raw, row-major. */
  items: readonly Uint8Array[];
  /** Of each item. */
  outputs: readonly Int32Array[];
  servingKey: Uint8Array;
  /** Id of the model; empty for a service without an exact one. */
  model: Uint8Array;
}

const U64_MAX = 2n ** 64n - 1n;

const u64 = z.codec(
  z.string().regex(/^(0|[1-9][0-9]{0,19})$/, "expected a decimal string"),
  z.bigint().min(0n).max(U64_MAX),
  {
    decode: BigInt,
    encode: String,
  },
);

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, "expected bytes");

const hex = (...sizes: readonly number[]) =>
  z.codec(
    z
      .string()
      .regex(
        new RegExp(`^(?:${sizes.map((size) => `[0-9a-f]{${2 * size}}`).join("|")})$`),
        `expected ${sizes.join(" or ")} bytes in lower-case hex`,
      ),
    bytes.refine(({ length }) => sizes.includes(length), `expected ${sizes.join(" or ")} bytes`),
    { decode: hexToBytes, encode: bytesToHex },
  );

const base64 = z.codec(z.base64(), bytes, { decode: fromBase64, encode: toBase64 });

const int32s = z.codec(
  z.array(z.int32()).min(1),
  z.custom<Int32Array>((value) => value instanceof Int32Array && value.length > 0, "expected outputs"),
  { decode: (numbers) => Int32Array.from(numbers), encode: (outputs) => Array.from(outputs) },
);

const NETWORK = "cosmos:";
const chain = z.string().regex(/^[-_.a-zA-Z0-9]{1,50}$/, "expected a chain id");
const network = z.codec(z.string().startsWith(NETWORK), chain, {
  decode: (value) => value.slice(NETWORK.length),
  encode: (chainId) => NETWORK + chainId,
});
const address = z.string().regex(/^[a-z0-9]{1,128}$/, "expected an address");
const denom = z.string().regex(/^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/, "expected a denom");
const lane = z
  .int()
  .min(0)
  .max(MAX_LANES - 1);

const voucher = z.object({
  channel: hex(32),
  lane,
  amount: u64,
  callHash: hex(32),
  signature: hex(64),
});

const terms = z.object({
  scheme: z.literal(SCHEME),
  network,
  amount: u64,
  asset: denom,
  payTo: address,
});

const required = z.object({
  x402Version: z.literal(X402_VERSION),
  error: z.string().max(1024),
  code: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/, "expected snake_case")
    .optional(),
  resource: z.object({
    url: z.string().max(2048),
    description: z.string().max(2048),
    mimeType: z.string().max(128),
  }),
  accepts: z.tuple([
    terms.extend({
      maxTimeoutSeconds: z.int().min(1).max(86_400),
      extra: z.object({
        version: z.literal(1),
        service: u64,
        price: u64,
        servingKey: hex(32),
        model: hex(32, 0),
        minDeposit: u64,
        graceBlocks: z.uint32(),
        lastVoucher: voucher.optional(),
      }),
    }),
  ]),
});

const payment = z.object({
  x402Version: z.literal(X402_VERSION),
  accepted: terms,
  payload: voucher.extend({ salt: hex(SALT_SIZE) }),
});

const response = z.object({
  success: z.literal(true),
  transaction: z.literal(""),
  network,
  payer: address,
  amount: u64,
  extensions: z.object({ callsLeft: u64.optional() }),
});

const receipt = z.object({
  version: z.literal(1),
  chainId: chain,
  service: u64,
  channel: hex(32),
  lane,
  amount: u64,
  callHash: hex(32),
  items: z.uint32().min(1),
  inputRoot: hex(32),
  outputRoot: hex(32),
  signature: hex(64),
});

const receiptFile = z.object({
  kind: z.literal(RECEIPT_FILE_KIND),
  chainId: chain,
  receipt,
  salt: hex(SALT_SIZE),
  items: z.array(base64).min(1),
  outputs: z.array(int32s).min(1),
  servingKey: hex(32),
  model: hex(32, 0),
});

/** The JSON of a `PAYMENT-REQUIRED`, which is the body of the 402 too. */
export function paymentRequiredBody(value: PaymentRequired): Record<string, unknown> {
  const { error, code, resource } = value;
  const { chainId, amount, asset, payTo, maxTimeoutSeconds, ...extra } = value.terms;
  return write(HEADER.required, required, {
    x402Version: X402_VERSION,
    error,
    code,
    resource,
    accepts: [
      {
        scheme: SCHEME,
        network: chainId,
        amount,
        asset,
        payTo,
        maxTimeoutSeconds,
        extra: { version: 1, ...extra },
      },
    ],
  });
}

export function encodePaymentRequired(value: PaymentRequired): string {
  return header(HEADER.required, paymentRequiredBody(value));
}

/**
 * Reads a `PAYMENT-REQUIRED`. Of several ways to pay it takes the first that is ours.
 * Throws {@link X402Error}; `no_scheme` if there is none.
 */
export function decodePaymentRequired(value: string): PaymentRequired {
  const json = parseHeader(HEADER.required, value);
  const offers: unknown[] = isObject(json) && Array.isArray(json.accepts) ? json.accepts : [];
  const ours = offers.slice(0, MAX_OFFERS).find(isOurs);
  if (ours === undefined && isObject(json) && json.x402Version === X402_VERSION)
    throw new X402Error(
      "no_scheme",
      `The server does not offer to be paid by "${SCHEME}" on a cosmos chain.`,
    );
  const read = readFields(HEADER.required, required, isObject(json) ? { ...json, accepts: [ours] } : json);
  const { error, code, resource } = read;
  const [{ network, amount, asset, payTo, maxTimeoutSeconds, extra }] = read.accepts;
  return {
    error,
    code,
    resource,
    terms: { chainId: network, amount, asset, payTo, maxTimeoutSeconds, ...without(extra, "version") },
  };
}

export function encodePayment({ accepted, voucher, salt }: Payment): string {
  const { chainId, amount, asset, payTo } = accepted;
  return header(
    HEADER.payment,
    write(HEADER.payment, payment, {
      x402Version: X402_VERSION,
      accepted: { scheme: SCHEME, network: chainId, amount, asset, payTo },
      payload: { ...voucher, salt },
    }),
  );
}

/** Reads a `PAYMENT-SIGNATURE`. Throws {@link X402Error}. */
export function decodePayment(value: string): Payment {
  const { accepted, payload } = readFields(HEADER.payment, payment, parseHeader(HEADER.payment, value));
  const { salt, ...voucher } = payload;
  const { network, amount, asset, payTo } = accepted;
  return { accepted: { chainId: network, amount, asset, payTo }, voucher, salt };
}

export function encodePaymentResponse({ chainId, payer, amount, callsLeft }: PaymentResponse): string {
  return header(
    HEADER.response,
    write(HEADER.response, response, {
      success: true,
      transaction: "",
      network: chainId,
      payer,
      amount,
      extensions: { callsLeft },
    }),
  );
}

/** Reads a `PAYMENT-RESPONSE`. Throws {@link X402Error}. */
export function decodePaymentResponse(value: string): PaymentResponse {
  const { network, payer, amount, extensions } = readFields(
    HEADER.response,
    response,
    parseHeader(HEADER.response, value),
  );
  return { chainId: network, payer, amount, callsLeft: extensions.callsLeft };
}

export function encodeReceipt({ chainId, receipt: signed }: SignedReceipt): string {
  return header(HEADER.receipt, write(HEADER.receipt, receipt, { version: 1, chainId, ...signed }));
}

/** Reads an `Assay-Receipt`. Throws {@link X402Error}. It says nothing of the signature. */
export function decodeReceipt(value: string): SignedReceipt {
  const read = readFields(HEADER.receipt, receipt, parseHeader(HEADER.receipt, value));
  return { chainId: read.chainId, receipt: without(read, "version", "chainId") };
}

/** The value of `Assay-Call`, by which a client asks for a receipt of a free call. */
export function encodeSalt(salt: Uint8Array): string {
  return write(HEADER.call, hex(SALT_SIZE), salt);
}

/** Reads an `Assay-Call`. Throws {@link X402Error}. */
export function decodeSalt(value: string): Uint8Array {
  return readFields(HEADER.call, hex(SALT_SIZE), value);
}

/** The text of a receipt file. */
export function encodeReceiptFile(file: ReceiptFile): string {
  const { chainId, receipt: signed, salt, items, outputs, servingKey, model } = file;
  const json = write("The receipt file", receiptFile, {
    kind: RECEIPT_FILE_KIND,
    chainId,
    receipt: { version: 1, chainId, ...signed },
    salt,
    items: [...items],
    outputs: [...outputs],
    servingKey,
    model,
  });
  return `${JSON.stringify(json)}\n`;
}

/** Reads a receipt file. Throws {@link X402Error}. It says nothing of signature and roots: see `verifyReceipt`. */
export function decodeReceiptFile(value: string): ReceiptFile {
  const what = "The receipt file";
  if (value.length > MAX_RECEIPT_FILE_CHARS)
    throw new X402Error("too_large", `${what} is longer than ${MAX_RECEIPT_FILE_CHARS} characters.`);
  const read = readFields(what, receiptFile, parseJson(what, value));
  const { chainId, receipt: signed } = read;
  if (signed.chainId !== chainId)
    throw new X402Error("bad_field", `${what} is of chain "${chainId}", its receipt of "${signed.chainId}".`);
  return { ...without(read, "kind"), receipt: without(signed, "version", "chainId") };
}

/** JSON may write these as escapes too: then its text is ASCII, which `btoa` takes. */
const NOT_ASCII = /[\u0080-\uffff]/g;
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

function header(name: string, json: unknown): string {
  const value = btoa(JSON.stringify(json).replace(NOT_ASCII, escaped));
  if (value.length > MAX_HEADER_CHARS)
    throw new X402Error(
      "too_large",
      `${name} would have ${value.length} characters, at most ${MAX_HEADER_CHARS} are read.`,
    );
  return value;
}

function parseHeader(name: string, value: string): unknown {
  if (value.length > MAX_HEADER_CHARS)
    throw new X402Error(
      "too_large",
      `${name} has ${value.length} characters, at most ${MAX_HEADER_CHARS} are read.`,
    );
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(fromBase64(value));
  } catch (cause) {
    throw new X402Error("bad_base64", `${name} is not the base64 of a text.`, cause);
  }
  return parseJson(name, text);
}

function parseJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new X402Error("bad_json", `${what} is not JSON.`, cause);
  }
}

function readFields<T extends z.ZodType>(what: string, schema: T, json: unknown): z.output<T> {
  const read = z.safeDecode(schema, json as z.input<T>);
  if (!read.success) throw fieldError(what, read.error);
  return read.data;
}

function write<T extends z.ZodType>(what: string, schema: T, value: z.output<T>): z.input<T> {
  const written = z.safeEncode(schema, value);
  if (!written.success) throw fieldError(what, written.error);
  return written.data;
}

/** Fields whose only value is a version. */
const VERSIONS = new Set(["x402Version", "version", "kind"]);

function fieldError(what: string, error: z.ZodError): X402Error {
  const { path, message } = error.issues[0] ?? { path: [], message: "expected something else" };
  const isVersion = VERSIONS.has(String(path.at(-1)));
  return new X402Error(
    isVersion ? "bad_version" : "bad_field",
    `${what} is malformed${path.length > 0 ? ` at ${path.join(".")}` : ""}: ${message}.`,
    error,
  );
}

function without<T extends object, K extends keyof T>(object: T, ...names: K[]): Omit<T, K> {
  const rest = { ...object };
  for (const name of names) delete rest[name];
  return rest;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOurs(offer: unknown): boolean {
  return isObject(offer) && offer.scheme === SCHEME && String(offer.network).startsWith(NETWORK);
}
