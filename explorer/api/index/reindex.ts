import type { Logger } from "@assay/service-kit/log";
import { SetupError } from "@assay/service-kit/errors";
import type { Kysely } from "kysely";
import type { Area } from "../area.ts";
import { recreateDerived } from "../db/create.ts";
import type { Database } from "../db/schema.ts";
import type { DecodedBlock } from "./block.ts";
import { emptyDecoder, type ChainDecoder } from "./decode.ts";
import { readDecoder } from "./descriptors.ts";
import { parseBlock } from "./parse.ts";
import { readStored, type StoredBlock } from "./raw.ts";
import { readCursor, writeInto, type Cursor } from "./write.ts";

export interface ReindexOptions {
  db: Kysely<Database>;
  areas: readonly Area[];
  log: Logger;
  /** Stops between two transactions; the next start goes on from there. */
  signal: AbortSignal;
  /** Nothing can be lost here, so many blocks share the cost of a commit. Default 16. */
  blocksPerTransaction?: number;
}

const BLOCKS_PER_TRANSACTION = 16;
const PROGRESS_MS = 5_000;

/**
 * Makes all derived tables again from what is kept of the node's words.
 *
 * Throws SetupError when nothing is kept.
 */
export async function reindex(options: ReindexOptions): Promise<void> {
  const { db, areas, log } = options;
  await db.transaction().execute((trx) => recreateDerived(trx, areas));
  const cursor = await readCursor(db);
  if (!cursor)
    throw new SetupError("there is nothing to index again: no block was ever read into this database");
  const decoder = (await readDecoder(db)) ?? emptyDecoder;
  const { height } = await replay({ ...options, decoder, cursor });
  log.info({ from: cursor.height + 1, to: height }, "all blocks that are kept are indexed again");
}

export interface ReplayOptions extends ReindexOptions {
  decoder: ChainDecoder;
  cursor: Cursor;
  /** Is told of each block after it was written. */
  onBlock?: (block: DecodedBlock, cursor: Cursor) => void;
}

/** Indexes the blocks that are kept beyond the cursor; returns where it is then. */
export async function replay(options: ReplayOptions): Promise<Cursor> {
  const { db, areas, log, signal, decoder, onBlock, blocksPerTransaction = BLOCKS_PER_TRANSACTION } = options;
  let { cursor } = options;
  const { first, last } = await db
    .selectFrom("raw_block")
    .select(({ fn }) => [fn.min("height").as("first"), fn.max("height").as("last")])
    .executeTakeFirstOrThrow();
  let told = Date.now();
  // While a batch is written, the next one is read.
  const read = (from: number): Promise<StoredBlock[]> => {
    const batch = readStored(db, from, blocksPerTransaction);
    batch.catch(() => undefined); // it is awaited, but maybe not before it fails
    return batch;
  };
  let batch = await read(cursor.height + 1);
  while (batch.length > 0) {
    const next = read((batch.at(-1)?.height ?? 0) + 1);
    signal.throwIfAborted();
    const blocks = batch.map(({ height, raw, answers }) =>
      parseBlock(raw, { decoder, answers, first: height === first }),
    );
    const written: [DecodedBlock, Cursor][] = [];
    await db.transaction().execute(async (trx) => {
      for (const block of blocks) {
        cursor = await writeInto(trx, areas, block, cursor, undefined);
        written.push([block, cursor]);
      }
    });
    for (const [block, at] of written) onBlock?.(block, at);
    if (Date.now() - told > PROGRESS_MS) {
      told = Date.now();
      log.info({ height: cursor.height, last }, "indexing again");
    }
    batch = await next;
  }
  return cursor;
}
