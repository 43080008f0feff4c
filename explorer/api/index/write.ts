import { SetupError } from "@assay/service-kit/errors";
import { type Phase, phaseToJSON } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Kysely, Transaction } from "kysely";
import type { Area } from "../area.ts";
import { FORMAT } from "../db/create.ts";
import { insertMany } from "../db/insert.ts";
import { updateRows } from "../db/written.ts";
import type { Database } from "../db/schema.ts";
import type { DecodedBlock } from "./block.ts";
import type { PackedBlock, RawAnswer } from "./raw.ts";

/** Where the index stands, and where the chain stood then. */
export interface Cursor {
  chainId: string;
  /** Newest block that is indexed, the one before the first if none is. */
  height: number;
  epoch: number;
  /** Such as "ROWS", "" until an event tells. */
  phase: string;
}

/** What a block adds to the raw tables; undefined for one that is already there. */
export interface RawRows extends PackedBlock {
  answers: readonly RawAnswer[];
}

/** The cursor; undefined before anything was read from a node. */
export async function readCursor(db: Kysely<Database>): Promise<Cursor | undefined> {
  const row = await db.selectFrom("cursor").selectAll().executeTakeFirst();
  return row && { chainId: row.chain_id, height: row.height, epoch: row.epoch, phase: row.phase };
}

/** Says where the index of a chain begins. */
export async function createCursor(db: Kysely<Database>, chainId: string, first: number): Promise<Cursor> {
  const cursor = { chainId, height: first - 1, epoch: 0, phase: "" };
  const { epoch, phase } = cursor;
  await db
    .insertInto("cursor")
    .values({ id: 1, chain_id: chainId, height: first - 1, format: FORMAT, epoch, phase })
    .execute();
  return cursor;
}

/**
 * Writes a block after `cursor` in one transaction: what was read, everything derived from it, and the cursor, which is
 * returned. Whatever happens, all of it is written or nothing.
 *
 * Throws SetupError when somebody else moved the cursor.
 */
export async function writeBlock(
  db: Kysely<Database>,
  areas: readonly Area[],
  block: DecodedBlock,
  cursor: Cursor,
  raw: RawRows | undefined,
): Promise<Cursor> {
  return db.transaction().execute((trx) => writeInto(trx, areas, block, cursor, raw));
}

/** {@link writeBlock} in a transaction that is open. */
export async function writeInto(
  trx: Transaction<Database>,
  areas: readonly Area[],
  block: DecodedBlock,
  cursor: Cursor,
  raw: RawRows | undefined,
): Promise<Cursor> {
  const { height } = block;
  const next = { ...cursor, height, ...clockAfter(block, cursor) };
  const moved = await updateRows(trx, "update cursor set height = ?, epoch = ?, phase = ? where height = ?", [
    height,
    next.epoch,
    next.phase,
    cursor.height,
  ]);
  if (moved !== 1) {
    throw new SetupError(
      `block ${height} cannot follow what is in the database: does another explorer index into it, too?`,
    );
  }
  if (raw) {
    await insertMany(trx, "raw_block", [{ height, block: raw.block, results: raw.results }]);
    await insertMany(
      trx,
      "raw_answer",
      raw.answers.map((answer) => ({ height, ...answer })),
    );
  }
  for (const area of areas) await area.index(block, trx);
  return next;
}

/** Epoch and phase after a block, as its events say. */
function clockAfter({ typed }: DecodedBlock, { epoch, phase }: Cursor): Pick<Cursor, "epoch" | "phase"> {
  for (const { event } of typed) {
    if (event.name !== "EventPhaseChanged") continue;
    epoch = Number(event.value.epoch);
    phase = phaseName(event.value.phase);
  }
  return { epoch, phase };
}

function phaseName(phase: Phase): string {
  return phaseToJSON(phase).replace("PHASE_", "");
}
