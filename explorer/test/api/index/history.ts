import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import {
  QueryEpochRequest,
  QueryEpochResponse,
  QueryFrozenRequest,
  QueryFrozenResponse,
  QueryModelEpochRequest,
  QueryModelEpochResponse,
  QuerySlotsRequest,
  QuerySlotsResponse,
} from "@assay/client/generated/assay/poi/v1/query";
import { createRegistry } from "@assay/client/registry";
import { TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { createDecoder, type ChainDecoder } from "../../../api/index/decode.ts";
import type { BlockJson, RawAnswer, RawBlock, ResultsJson } from "../../../api/index/raw.ts";

/** Blocks that a local network made, see fixtures/README.md, and longer chains made of them. */

const FIXTURES = join(import.meta.dirname, "fixtures");

export interface RecordedBlock extends RawBlock {
  answers: readonly RawAnswer[];
}

interface HistoryJson {
  block: BlockJson;
  results: ResultsJson;
  answers: readonly { path: string; request: string; response: string | null }[];
}

let descriptors: Uint8Array | undefined;
export function recordedDescriptors(): Uint8Array {
  descriptors ??= brotliDecompressSync(readFileSync(join(FIXTURES, "descriptors.binpb.br")));
  return descriptors;
}

let decoder: ChainDecoder | undefined;
/** A decoder of all types of the chain; making one takes a while. */
export function recordedDecoder(): ChainDecoder {
  decoder ??= createDecoder(recordedDescriptors());
  return decoder;
}

/** The first block, and those with a transfer, a failed one, and messages inside of messages. */
export function recordedBlocks(): RawBlock[] {
  return JSON.parse(readFileSync(join(FIXTURES, "blocks.json"), "utf8")) as RawBlock[];
}

function recordedHistory(): RecordedBlock[] {
  const text = brotliDecompressSync(readFileSync(join(FIXTURES, "history.json.br"))).toString();
  return (JSON.parse(text) as HistoryJson[]).map(({ block, results, answers }) => ({
    block,
    results,
    answers: answers.map(({ path, request, response }) => ({
      path,
      request: Buffer.from(request, "base64"),
      response: response === null ? null : Buffer.from(response, "base64"),
    })),
  }));
}

type TxPair = { tx: string; result: NonNullable<ResultsJson["txs_results"]>[number] };

/** Kinds of transactions that users repeat; of the others there is one of a kind per epoch. */
const REPEATABLE = /\.(MsgClaim|MsgTopUp|MsgClaimRewards|MsgSend)$/;

/**
 * A chain of blocks as a node would give them, made of the recorded ones: they are repeated under later heights and
 * epochs, and their transactions in their order are spread over the blocks, `txs` in each. Where too few wait, some
 * that users repeat are said again. Hashes link the blocks.
 */
export function* makeHistory(blocks: number, txs: number): Generator<RecordedBlock> {
  const recorded = recordedHistory();
  const epochs = recorded.map(({ results }) => epochsIn(JSON.stringify(results))).flat();
  const epochsPerRound = Math.max(...epochs) - Math.min(...epochs) + 1;
  const again = recorded
    .flatMap(pairsOf)
    .filter(({ tx }) => typesOf(tx).every((type) => REPEATABLE.test(type)));
  const waiting: TxPair[] = [];
  const start = Date.parse("2026-01-01T00:00:00Z");
  let repeated = 0;
  for (let height = 1; height <= blocks; height++) {
    const round = Math.floor((height - 1) / recorded.length);
    const source = recorded[(height - 1) % recorded.length] as RecordedBlock;
    const shift = round * epochsPerRound;
    waiting.push(...pairsOf(source).map((pair) => shiftTx(pair, shift)));
    const chosen = waiting.splice(0, txs);
    while (chosen.length < txs) chosen.push(again[repeated++ % again.length] as TxPair);
    yield {
      ...blockOf(source, height, new Date(start + height * 1_000), chosen, shift),
      answers: source.answers.map((answer) => shiftAnswer(answer, shift)),
    };
  }
}

function blockOf(
  source: RecordedBlock,
  height: number,
  time: Date,
  pairs: readonly TxPair[],
  shift: number,
): RawBlock {
  const { block, block_id } = source.block;
  return {
    block: {
      block_id: { ...block_id, hash: hashOf(height) },
      block: {
        ...block,
        header: {
          ...block.header,
          height: String(height),
          time: time.toISOString(),
          last_block_id: { ...block.header.last_block_id, hash: height === 1 ? "" : hashOf(height - 1) },
        },
        data: { txs: pairs.map(({ tx }) => tx) },
      },
    },
    results: {
      ...source.results,
      height: String(height),
      txs_results: pairs.map(({ result }) => result),
      finalize_block_events: shiftEvents(source.results.finalize_block_events ?? [], shift),
    },
  };
}

function pairsOf({ block, results }: RawBlock): TxPair[] {
  return (block.block.data.txs ?? []).map((tx, index) => ({
    tx,
    result: results.txs_results?.[index] ?? {},
  }));
}

function typesOf(tx: string): string[] {
  return TxBody.decode(TxRaw.decode(Buffer.from(tx, "base64")).bodyBytes).messages.map(
    ({ typeUrl }) => typeUrl,
  );
}

function hashOf(height: number): string {
  return createHash("sha256").update(`block ${height}`).digest("hex").toUpperCase();
}

// The rest says everything of an epoch of a later one.

const registry = createRegistry();

function shiftTx({ tx, result }: TxPair, shift: number): TxPair {
  if (shift === 0) return { tx, result };
  const raw = TxRaw.decode(Buffer.from(tx, "base64"));
  const body = TxBody.decode(raw.bodyBytes);
  body.messages = body.messages.map(({ typeUrl, value }) => {
    const message = registry.decode({ typeUrl, value }) as { epoch?: bigint };
    if (typeof message.epoch === "bigint") message.epoch += BigInt(shift);
    return { typeUrl, value: registry.encode({ typeUrl, value: message }) };
  });
  const bytes = TxRaw.encode({ ...raw, bodyBytes: TxBody.encode(body).finish() }).finish();
  const events = shiftEvents(result.events ?? [], shift);
  return { tx: Buffer.from(bytes).toString("base64"), result: { ...result, events } };
}

type Events = NonNullable<ResultsJson["finalize_block_events"]>;

function shiftEvents(events: Events, shift: number): Events {
  return events.map((event) => ({
    ...event,
    attributes: (event.attributes ?? []).map(({ key, value, ...rest }) => ({
      ...rest,
      key,
      value:
        key === "epoch"
          ? shiftNumbers(value, shift)
          : value.replace(EPOCH_FIELD, (text) => shiftNumbers(text, shift)),
    })),
  }));
}

const EPOCH_FIELD = /"epoch":"\d+"/g;

function shiftNumbers(text: string, shift: number): string {
  return text.replace(/\d+/, (digits) => String(Number(digits) + shift));
}

function epochsIn(json: string): number[] {
  return [...json.matchAll(/"key":"epoch","value":"\\"(\d+)\\""/g)].map(([, digits]) => Number(digits));
}

interface Codec {
  decode(bytes: Uint8Array): unknown;
  encode(value: never): { finish(): Uint8Array };
  toJSON(value: never): unknown;
  fromJSON(json: unknown): unknown;
}

const codecs: Readonly<Record<string, readonly [Codec, Codec]>> = {
  "/assay.poi.v1.Query/Epoch": [QueryEpochRequest, QueryEpochResponse],
  "/assay.poi.v1.Query/Frozen": [QueryFrozenRequest, QueryFrozenResponse],
  "/assay.poi.v1.Query/ModelEpoch": [QueryModelEpochRequest, QueryModelEpochResponse],
  "/assay.poi.v1.Query/Slots": [QuerySlotsRequest, QuerySlotsResponse],
};

function shiftAnswer({ path, request, response }: RawAnswer, shift: number): RawAnswer {
  const [requests, responses] = codecs[path] ?? [];
  if (shift === 0 || !requests || !responses) return { path, request, response };
  return {
    path,
    request: shiftMessage(requests, request, shift),
    response: response && shiftMessage(responses, response, shift),
  };
}

function shiftMessage(codec: Codec, bytes: Uint8Array, shift: number): Uint8Array {
  const json = JSON.stringify(codec.toJSON(codec.decode(bytes) as never));
  const shifted = json.replace(EPOCH_FIELD, (text) => shiftNumbers(text, shift));
  return codec.encode(codec.fromJSON(JSON.parse(shifted)) as never).finish();
}
