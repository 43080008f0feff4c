import { createHash } from "node:crypto";
import { decodeEvent } from "@assay/client/events";
import type { ChainEvent, DecodedBlock, DecodedMessage, DecodedTx, TypedEvent } from "./block.ts";
import { bytesFields, type ChainDecoder } from "./decode.ts";
import { type Answers, type RawBlock, type ResultsJson } from "./raw.ts";

/** Path under which the validators of the block before one are kept, where some of them did not sign. */
export const VALIDATORS_PATH = "validators";
export const NO_REQUEST = new Uint8Array();
const ADDRESS_BYTES = 20;

/** `BlockIDFlag` of a validator that did not take part; its address is not in the commit. */
const ABSENT = 1;

const EXEC = "/cosmos.authz.v1beta1.MsgExec";
/** Field numbers. */
const EXEC_MESSAGES = 2;
const TX = { body: 1, authInfo: 2 };
const BODY = { messages: 1, memo: 2 };
const AUTH_INFO = { fee: 2 };
const FEE = { amount: 1, payer: 3 };
const COIN = { denom: 1, amount: 2 };
const ANY = { typeUrl: 1, value: 2 };
/** The chain itself runs no deeper ones. */
const MAX_NESTING = 8;

export interface ParseOptions {
  decoder: Pick<ChainDecoder, "signers">;
  /** Grows while questions are asked. */
  answers: Answers;
  /** Whether it is the first block that is indexed. */
  first: boolean;
}

/** Reads a block. A pure function of what the node said. */
export function parseBlock(
  { block: { block, block_id }, results }: RawBlock,
  options: ParseOptions,
): DecodedBlock {
  const { decoder, answers, first } = options;
  const { header } = block;
  const txResults = results.txs_results ?? [];
  const txs = (block.data.txs ?? []).map((base64, index) =>
    parseTx(index, Buffer.from(base64, "base64"), txResults[index] ?? {}, decoder),
  );
  const events = eventsOf(results.finalize_block_events);
  return {
    height: Number(header.height),
    first,
    time: new Date(header.time).toISOString(),
    hash: block_id.hash,
    proposer: header.proposer_address,
    signatures: parseSignatures(block.last_commit.signatures ?? [], answers),
    txs,
    events,
    typed: typedEvents(txs, events),
    answer: (path, request) => answers.get(path, request),
  };
}

/** Whether a commit leaves out somebody, so that the list of validators must tell whom. */
export function hasAbsent({ block: { block } }: RawBlock): boolean {
  return (block.last_commit.signatures ?? []).some(({ block_id_flag }) => block_id_flag === ABSENT);
}

function parseSignatures(
  signatures: readonly { block_id_flag: number; validator_address: string }[],
  answers: Answers,
): DecodedBlock["signatures"] {
  const validators = answers.get(VALIDATORS_PATH, NO_REQUEST) ?? NO_REQUEST;
  const votes: { address: string; signed: boolean }[] = [];
  for (const [index, { block_id_flag, validator_address }] of signatures.entries()) {
    const signed = block_id_flag !== ABSENT;
    // A commit lists validators in the order of their set.
    const bytes = validators.subarray(index * ADDRESS_BYTES, (index + 1) * ADDRESS_BYTES);
    const address = signed ? validator_address : Buffer.from(bytes).toString("hex").toUpperCase();
    if (address !== "") votes.push({ address, signed });
  }
  return votes;
}

type TxResult = Partial<NonNullable<ResultsJson["txs_results"]>[number]>;

function parseTx(
  index: number,
  bytes: Buffer,
  result: TxResult,
  decoder: ParseOptions["decoder"],
): DecodedTx {
  return {
    index,
    hash: createHash("sha256").update(bytes).digest("hex").toUpperCase(),
    bytes,
    code: result.code ?? 0,
    codespace: result.codespace ?? "",
    log: result.log ?? "",
    gasWanted: Number(result.gas_wanted ?? 0),
    gasUsed: Number(result.gas_used ?? 0),
    ...readTx(bytes, decoder),
    events: eventsOf(result.events),
  };
}

type TxContent = Pick<DecodedTx, "fee" | "memo" | "signers" | "messages">;

/** A proposer can put bytes into a block that are no transaction. */
const UNREADABLE: TxContent = { fee: [], memo: "", signers: [], messages: [] };

// Of a transaction only some fields are read, here by their numbers: generated codecs would make objects of all of them.

function readTx(bytes: Buffer, decoder: ParseOptions["decoder"]): TxContent {
  try {
    const body = field(bytes, TX.body);
    const fee = field(field(bytes, TX.authInfo), AUTH_INFO.fee);
    const signers = new Set<string>();
    const payer = text(fee, FEE.payer);
    if (payer !== "") signers.add(payer);
    const messages: DecodedMessage[] = [];
    for (const [at, any] of bytesFields(body, BODY.messages).entries()) {
      const { typeUrl, value } = readAny(any);
      for (const signer of decoder.signers(typeUrl, value)) signers.add(signer);
      flatten(messages, String(at), typeUrl, value, 0);
    }
    const fees = bytesFields(fee, FEE.amount);
    return {
      fee: fees.map((coin) => ({ denom: text(coin, COIN.denom), amount: text(coin, COIN.amount) })),
      memo: text(body, BODY.memo),
      signers: [...signers],
      messages,
    };
  } catch (error) {
    if (error instanceof Error) return UNREADABLE;
    throw error;
  }
}

/** Adds a message, and after it those that it has executed. */
function flatten(
  list: DecodedMessage[],
  path: string,
  typeUrl: string,
  value: Uint8Array,
  depth: number,
): void {
  list.push({ path, typeUrl, value });
  if (typeUrl !== EXEC || depth >= MAX_NESTING) return;
  for (const [at, any] of bytesFields(value, EXEC_MESSAGES).entries()) {
    const inner = readAny(any);
    flatten(list, `${path}.${at}`, inner.typeUrl, inner.value, depth + 1);
  }
}

function readAny(any: Uint8Array): { typeUrl: string; value: Uint8Array } {
  return { typeUrl: text(any, ANY.typeUrl), value: field(any, ANY.value) };
}

/** The last one counts, as protobuf has it. */
function field(bytes: Uint8Array, id: number): Uint8Array {
  return bytesFields(bytes, id).at(-1) ?? NO_REQUEST;
}

function text(bytes: Uint8Array, id: number): string {
  const value = field(bytes, id);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8");
}

function eventsOf(events: ResultsJson["finalize_block_events"]): ChainEvent[] {
  return (events ?? []).map(({ type, attributes }) => ({ type, attributes: attributes ?? [] }));
}

/** In the order in which things happened: begin of the block, transactions, end of the block. */
function typedEvents(txs: readonly DecodedTx[], events: readonly ChainEvent[]): TypedEvent[] {
  const typed: TypedEvent[] = [];
  const add = (event: ChainEvent, tx: number | null) => {
    const decoded = decodeEvent(event);
    if (decoded) typed.push({ event: decoded, tx });
  };
  const [ends = [], begins = []] = [true, false].map((end) =>
    events.filter((event) => isAtEnd(event) === end),
  );
  for (const event of begins) add(event, null);
  for (const tx of txs) {
    if (tx.code !== 0) continue;
    for (const event of tx.events) add(event, tx.index);
  }
  for (const event of ends) add(event, null);
  return typed;
}

function isAtEnd({ attributes }: ChainEvent): boolean {
  return attributes.some(({ key, value }) => key === "mode" && value === "EndBlock");
}
