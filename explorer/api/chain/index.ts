import type { Transaction } from "kysely";
import { insertMany } from "../db/insert.ts";
import type { Database } from "../db/schema.ts";
import type { DecodedBlock } from "../index/block.ts";
import { cleanText } from "../text.ts";
import { namedAccounts } from "./addresses.ts";
import type { ChainTables } from "./tables.ts";

/** Longest memo that is kept; the chain itself allows 256 bytes. */
const MEMO_LENGTH = 256;
/** What a proposer puts into a block may be anything, of any length. */
const TYPE_LENGTH = 200;
const TYPES_SHOWN = 20;
const SIGNERS_SHOWN = 20;

/** Writes a block, its transactions, and which accounts they have to do with. */
export async function indexBlock(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  const { height } = block;
  const txs: ChainTables["tx"][] = [];
  const types: ChainTables["tx_type"][] = [];
  const activity: ChainTables["activity"][] = [];
  for (const tx of block.txs) {
    const idx = tx.index;
    const typeUrls = tx.messages.map(({ typeUrl }) => cleanText(typeUrl, TYPE_LENGTH));
    txs.push({
      height,
      idx,
      hash: tx.hash,
      code: tx.code,
      codespace: tx.codespace,
      gas_wanted: tx.gasWanted,
      gas_used: tx.gasUsed,
      fee: JSON.stringify(tx.fee),
      signers: JSON.stringify(tx.signers.slice(0, SIGNERS_SHOWN)),
      memo: cleanText(tx.memo, MEMO_LENGTH),
      messages: typeUrls.length,
      types: JSON.stringify(typeUrls.slice(0, TYPES_SHOWN)),
    });
    for (const type of new Set(typeUrls)) types.push({ type, height, idx, failed: tx.code === 0 ? 0 : 1 });
    for (const address of namedAccounts(tx)) activity.push({ address, height, idx });
  }
  const row: ChainTables["block"] = {
    height,
    time: block.time,
    hash: block.hash,
    proposer: block.proposer,
    txs: txs.length,
    failed_txs: txs.filter(({ code }) => code !== 0).length,
    gas_wanted: sum(txs, "gas_wanted"),
    gas_used: sum(txs, "gas_used"),
  };
  await insertMany(db, "block", [row]);
  await insertMany(db, "tx", txs);
  await insertMany(db, "tx_type", types);
  await insertMany(db, "activity", activity);
}

function sum(txs: readonly ChainTables["tx"][], column: "gas_wanted" | "gas_used"): number {
  return txs.reduce((total, tx) => total + tx[column], 0);
}
