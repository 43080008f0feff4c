import { type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import type { TxSummary } from "../../wire/chain.ts";
import type { Coin } from "../../wire/common.ts";
import { BEGINNING, beginning } from "../db/beginning.ts";
import type { Database } from "../db/schema.ts";
import { decodeCursor, pageOf } from "../http/page.ts";

/** A transaction's place in the order of all: height, and place in the block. */
const place = z.tuple([z.int(), z.int()]);

interface Page {
  limit: number;
  cursor?: string | undefined;
}

interface TxPage {
  items: TxSummary[];
  next: string | null;
}

export interface TxFilter {
  type?: string | undefined;
  status?: "succeeded" | "failed" | undefined;
  /** Lowest and highest height. */
  from?: number | undefined;
  to?: number | undefined;
}

/** Transactions, newest first. Whatever the filter, a page is read along one index. */
export async function listTxs(db: Kysely<Database>, filter: TxFilter, page: Page): Promise<TxPage> {
  const { type, status, from, to } = filter;
  const conditions: RawBuilder<unknown>[] = [];
  if (from !== undefined) conditions.push(sql`height >= ${from}`);
  if (to !== undefined) conditions.push(sql`height <= ${to}`);
  if (type === undefined) {
    // The condition of a partial index has to stand in the question in the words of its definition.
    if (status === "failed") conditions.push(sql`code <> 0`);
    if (status === "succeeded") conditions.push(sql`code = 0`);
    return listPlaces(db, "tx", conditions, page);
  }
  conditions.push(sql`type = ${type}`);
  if (status === "failed") conditions.push(sql`failed = 1`);
  if (status === "succeeded") conditions.push(sql`failed = 0`);
  return listPlaces(db, "tx_type", conditions, page);
}

/** Transactions an account signed or is named by, newest first. */
export async function listTxsOf(db: Kysely<Database>, address: string, page: Page): Promise<TxPage> {
  return listPlaces(db, "activity", [sql`address = ${address}`], page);
}

/** The transactions of a block in their order, at most `limit`. */
export async function txsOfBlock(db: Kysely<Database>, height: number, limit: number): Promise<TxSummary[]> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from tx join block on block.height = tx.height
    where tx.height = ${height} order by tx.idx limit ${limit}
  `.execute(db);
  return rows.map(summaryOf);
}

/**
 * The transaction of a hash. The same bytes can be in several blocks, if they were refused before: the one that
 * succeeded counts, else the last.
 */
export async function findTx(db: Kysely<Database>, hash: string): Promise<TxSummary | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from tx join block on block.height = tx.height
    where ${beginning("tx.hash")} = ${hash.slice(0, BEGINNING)} and tx.hash = ${hash}
    order by case when tx.code = 0 then 0 else 1 end, tx.height desc, tx.idx desc limit 1
  `.execute(db);
  return rows[0] && summaryOf(rows[0]);
}

const COLUMNS = sql`tx.height, tx.idx, tx.hash, block.time, tx.code, tx.codespace, tx.messages, tx.types, tx.fee, tx.signers,
  tx.gas_wanted, tx.gas_used, tx.memo`;

interface Row {
  height: number;
  idx: number;
  hash: string;
  time: string;
  code: number;
  codespace: string;
  messages: number;
  types: string;
  fee: string;
  signers: string;
  gas_wanted: number;
  gas_used: number;
  memo: string;
}

/** @param table has a row for every place that may be listed. */
async function listPlaces(
  db: Kysely<Database>,
  table: "tx" | "tx_type" | "activity",
  conditions: readonly RawBuilder<unknown>[],
  { limit, cursor }: Page,
): Promise<TxPage> {
  const before = decodeCursor(cursor, place);
  const all = [...conditions, ...(before ? [sql`(height, idx) < (${before[0]}, ${before[1]})`] : [])];
  const where = all.length === 0 ? sql`` : sql`where ${sql.join(all, sql` and `)}`;
  const { rows } = await sql<Row>`
    select ${COLUMNS}
    from (
      select height, idx from ${sql.table(table)} ${where} order by height desc, idx desc limit ${limit + 1}
    ) as place
    join tx on tx.height = place.height and tx.idx = place.idx
    join block on block.height = place.height
    order by place.height desc, place.idx desc
  `.execute(db);
  return pageOf(rows, limit, ({ height, idx }) => [height, idx], summaryOf);
}

function summaryOf(row: Row): TxSummary {
  return {
    hash: row.hash,
    height: row.height,
    index: row.idx,
    time: row.time,
    code: row.code,
    codespace: row.codespace,
    messageCount: row.messages,
    types: JSON.parse(row.types) as string[],
    fee: JSON.parse(row.fee) as Coin[],
    signers: JSON.parse(row.signers) as string[],
    gasWanted: row.gas_wanted,
    gasUsed: row.gas_used,
    memo: row.memo,
  };
}
