import { addressBytes } from "@assay/client/address";
import { sql } from "kysely";
import { z } from "zod";
import {
  type BlockSummary,
  getAccount,
  getAccountTxs,
  getBlock,
  getBlocks,
  getTx,
  getTxs,
  getTxTypes,
} from "../../wire/chain.ts";
import { notFound } from "../http/errors.ts";
import { decodeCursor, pageOf } from "../http/page.ts";
import { type Route, serve } from "../http/route.ts";
import { readAccount } from "./account.ts";
import { readBlock } from "./block.ts";
import { listTxs, listTxsOf } from "./lists.ts";
import type { ChainTables } from "./tables.ts";
import { readTx } from "./tx.ts";
import { type ValidatorNames, validatorNames } from "./validators.ts";

export const chainRoutes: readonly Route[] = [
  serve(getBlocks, async ({ db, node }, { query: { limit, cursor } }) => {
    const before = decodeCursor(cursor, z.tuple([z.int()]));
    let query = db.selectFrom("block").selectAll();
    if (before) query = query.where("height", "<", before[0]);
    const [rows, names] = await Promise.all([
      query
        .orderBy("height", "desc")
        .limit(limit + 1)
        .execute(),
      validatorNames(node),
    ]);
    return pageOf(
      rows,
      limit,
      ({ height }) => [height],
      (row) => summaryOf(row, names),
    );
  }),

  serve(getBlock, async (context, { params: { height } }) => {
    const [row, newest, names] = await Promise.all([
      context.db.selectFrom("block").selectAll().where("height", "=", height).executeTakeFirst(),
      context.db
        .selectFrom("block")
        .select(({ fn }) => fn.max("height").as("height"))
        .executeTakeFirst(),
      validatorNames(context.node),
    ]);
    if (!row) {
      const last = newest?.height ?? 0;
      throw notFound(
        height > last
          ? `There is no block ${height} yet: the newest is ${last}.`
          : `Block ${height} is from before this explorer's index begins.`,
      );
    }
    return { ...summaryOf(row, names), newest: newest?.height ?? height, ...(await readBlock(context, height, names)) };
  }),

  serve(getTxs, async ({ db }, { query: { limit, cursor, ...filter } }) => listTxs(db, filter, { limit, cursor })),

  serve(getTxTypes, async ({ db }) => {
    // Jumps along the index from one type to the next, however many transactions each has.
    const { rows } = await sql<{ type: string }>`
      select type from (
        with recursive kind(type) as (
          select min(type) from tx_type
          union all
          select (select min(type) from tx_type where type > kind.type) from kind where kind.type is not null
        )
        select type from kind
      ) as kinds where type is not null
    `.execute(db);
    return { types: rows.map(({ type }) => type) };
  }),

  serve(getTx, async (context, { params: { hash } }) => readTx(context, hash), "forever"),

  serve(getAccount, async ({ node }, { params: { address } }) => {
    checkAddress(address);
    const [account, names] = await Promise.all([
      node.ask(`chain/account/${address}`, (client) => readAccount(client, address)),
      validatorNames(node),
    ]);
    const named = <Entry extends { operator: string }>(entry: Entry) => ({
      ...entry,
      moniker: names.moniker(entry.operator),
    });
    const { delegations, stakingUnbondings } = account.value;
    return {
      ...account,
      value: {
        ...account.value,
        delegations: delegations.map(named),
        stakingUnbondings: stakingUnbondings.map(named),
      },
    };
  }),

  serve(getAccountTxs, async ({ db }, { params: { address }, query }) => {
    checkAddress(address);
    return listTxsOf(db, address, query);
  }),
];

function summaryOf(row: ChainTables["block"], names: ValidatorNames): BlockSummary {
  return {
    height: row.height,
    time: row.time,
    hash: row.hash,
    proposer: names.signer(row.proposer),
    txs: row.txs,
    failedTxs: row.failed_txs,
    gasWanted: row.gas_wanted,
    gasUsed: row.gas_used,
  };
}

function checkAddress(address: string): void {
  try {
    addressBytes(address);
  } catch (error) {
    if (error instanceof Error) throw notFound("This is no address: its checksum does not fit. Is a letter wrong?");
    throw error;
  }
}
