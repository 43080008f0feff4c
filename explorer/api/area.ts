import type { Kysely, Transaction } from "kysely";
import type { DecodedBlock } from "./index/block.ts";
import type { Database } from "./db/schema.ts";
import type { Route } from "./http/route.ts";

/**
 * What the chain forgets and the index asks for while it still can. The answer is kept raw, beside the block, so that
 * indexing again needs no node.
 */
export interface Question {
  /** ABCI path, e.g. "/assay.poi.v1.Query/Epoch". */
  path: string;
  request: Uint8Array;
  /** Ask for the state at this block; else the newest, for what never changes once it is there. */
  pinned: boolean;
}

/** One subject of the explorer: its tables, how a block fills them, and the routes that read them. */
export interface Area {
  readonly name: string;
  /** Names of all its tables. They are derived: indexing again empties them. */
  readonly tables: readonly (keyof Database)[];
  /** Creates its tables and indexes. */
  create(db: Kysely<Database>): Promise<void>;
  /**
   * Questions to ask with this block. Called again with the answers so far until it names no new one: what an answer
   * says can lead to the next questions. `block.answer` gives undefined for what was not asked yet.
   */
  questions?(block: DecodedBlock): Question[];
  /**
   * Writes what a block says, in the block's transaction. A pure function of the block, of the answers to the
   * questions and of what earlier blocks wrote: no clock, no node, nothing random.
   */
  index(block: DecodedBlock, db: Transaction<Database>): Promise<void>;
  readonly routes: readonly Route[];
}
