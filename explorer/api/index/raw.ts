import { promisify } from "node:util";
import { deflateRaw, inflateRawSync } from "node:zlib";
import { MalformedResponseError } from "@assay/client/errors";
import type { Kysely } from "kysely";
import { z } from "zod";
import type { Database } from "../db/schema.ts";

/**
 * What a node says of a block, as far as it is read. Everything else in the JSON is kept, too, for later versions of
 * the explorer.
 */
const event = z.object({
  type: z.string(),
  // Events without attributes have null.
  attributes: z.array(z.object({ key: z.string(), value: z.string() })).nullish(),
});
const numberText = z.string().regex(/^-?\d{1,20}$/);
const bigHex = z.string().regex(/^[0-9A-F]*$/);

const blockJson = z.object({
  block_id: z.object({ hash: bigHex }),
  block: z.object({
    header: z.object({
      chain_id: z.string(),
      height: numberText,
      time: z.iso.datetime(),
      proposer_address: bigHex,
      // Empty in the first block of a chain.
      last_block_id: z.object({ hash: bigHex }),
    }),
    data: z.object({ txs: z.array(z.base64()).nullish() }),
    last_commit: z.object({
      signatures: z.array(z.object({ block_id_flag: z.int(), validator_address: bigHex })).nullish(),
    }),
  }),
});

const resultsJson = z.object({
  height: numberText,
  txs_results: z
    .array(
      z.object({
        code: z.int().optional(),
        codespace: z.string().optional(),
        log: z.string().optional(),
        gas_wanted: numberText.optional(),
        gas_used: numberText.optional(),
        events: z.array(event).nullish(),
      }),
    )
    .nullish(),
  finalize_block_events: z.array(event).nullish(),
});

export type BlockJson = z.output<typeof blockJson>;
export type ResultsJson = z.output<typeof resultsJson>;

/** A block and its results, as the node's JSON says them. */
export interface RawBlock {
  block: BlockJson;
  results: ResultsJson;
}

/**
 * Checks what a node answered to `block` and `block_results`. The values themselves are returned, with all that is not
 * read, too.
 *
 * Throws MalformedResponseError.
 */
export function checkRaw(height: number, block: unknown, results: unknown): RawBlock {
  const raw = {
    block: check("block", blockJson, block),
    results: check("block_results", resultsJson, results),
  };
  const heights = [raw.block.block.header.height, raw.results.height];
  if (heights.some((text) => Number(text) !== height)) {
    throw new MalformedResponseError(`block ${height} was asked for, ${heights.join(" and ")} came`);
  }
  const txs = raw.block.block.data.txs?.length ?? 0;
  const txResults = raw.results.txs_results?.length ?? 0;
  if (txs !== txResults) {
    throw new MalformedResponseError(`block ${height} has ${txs} transactions and ${txResults} results`);
  }
  return raw;
}

function check<Schema extends z.ZodType>(what: string, schema: Schema, value: unknown): z.output<Schema> {
  const { error } = schema.safeParse(value);
  if (error) throw new MalformedResponseError(`"${what}": ${z.prettifyError(error).slice(0, 300)}`, error);
  return value as z.output<Schema>;
}

/** Inflated size of one stored JSON at most; fetched ones are smaller, see `ChainNode`. */
const MAX_INFLATED = 1 << 28;
/** Most are shorter, so that nothing needs to be joined. */
const CHUNK = 1 << 15;
/** Fast rather than small: events repeat themselves, so that even this makes a fifth of them. */
const LEVEL = 2;

const deflateAsync = promisify(deflateRaw) as (
  data: Uint8Array,
  options: { level: number },
) => Promise<Buffer>;
/** Works beside the main thread. */
export function deflate(data: string | Uint8Array): Promise<Uint8Array> {
  return deflateAsync(typeof data === "string" ? Buffer.from(data) : data, { level: LEVEL });
}

/** At once: for texts of this length a trip to another thread takes longer than the work. */
export function inflate(data: Uint8Array): Buffer {
  return inflateRawSync(data, { maxOutputLength: MAX_INFLATED, chunkSize: CHUNK });
}

export interface PackedBlock {
  block: Uint8Array;
  results: Uint8Array;
}

export async function pack({ block, results }: RawBlock): Promise<PackedBlock> {
  const [packedBlock, packedResults] = await Promise.all([
    deflate(JSON.stringify(block)),
    deflate(JSON.stringify(results)),
  ]);
  return { block: packedBlock, results: packedResults };
}

/** The opposite of {@link pack}. Only checked blocks are packed, so that it trusts them. */
export function unpack({ block, results }: PackedBlock): RawBlock {
  return {
    block: JSON.parse(inflate(block).toString()) as BlockJson,
    results: JSON.parse(inflate(results).toString()) as ResultsJson,
  };
}

/** Answers to the questions of one block. */
export class Answers {
  readonly #answers = new Map<string, RawAnswer>();

  get(path: string, request: Uint8Array): Uint8Array | null | undefined {
    return this.#answers.get(keyOf(path, request))?.response;
  }

  add(answer: RawAnswer): void {
    this.#answers.set(keyOf(answer.path, answer.request), answer);
  }

  all(): RawAnswer[] {
    return [...this.#answers.values()];
  }
}

export interface RawAnswer {
  path: string;
  request: Uint8Array;
  /** Null: the node refused. */
  response: Uint8Array | null;
}

function keyOf(path: string, request: Uint8Array): string {
  return `${path} ${Buffer.from(request.buffer, request.byteOffset, request.byteLength).toString("latin1")}`;
}

export interface StoredBlock {
  height: number;
  raw: RawBlock;
  answers: Answers;
}

/** Blocks that were kept, in order of height from `from` on, at most `limit` of them. */
export async function readStored(db: Kysely<Database>, from: number, limit: number): Promise<StoredBlock[]> {
  const rows = await db
    .selectFrom("raw_block")
    .selectAll()
    .where("height", ">=", from)
    .orderBy("height")
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  if (last === undefined) return [];
  const answers = await db
    .selectFrom("raw_answer")
    .selectAll()
    .where("height", ">=", from)
    .where("height", "<=", last.height)
    .execute();
  const byHeight = Map.groupBy(answers, ({ height }) => height);
  return rows.map((row) => {
    const own = new Answers();
    for (const answer of byHeight.get(row.height) ?? []) own.add(answer);
    return { height: row.height, raw: unpack(row), answers: own };
  });
}
