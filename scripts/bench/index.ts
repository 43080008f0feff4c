/**
 * How fast the explorer indexes: blocks of five transactions, recorded from a local network and repeated, are read from
 * the raw tables, parsed and written by all areas: as `reindex` does it, many blocks in a transaction, and as the chain is
 * followed, one. Beside each the same rows are inserted into equal tables by bare SQLite, in as many transactions. All in
 * turns; the best round of each counts. Prints the result as JSON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { parseArgs } from "node:util";
import { areas } from "@assay/explorer/api/areas";
import { createTables } from "@assay/explorer/api/db/create";
import { openDatabase } from "@assay/explorer/api/db/database";
import { insertMany } from "@assay/explorer/api/db/insert";
import { deflate, pack } from "@assay/explorer/api/index/raw";
import { reindex } from "@assay/explorer/api/index/reindex";
import { createCursor } from "@assay/explorer/api/index/write";
import { silentLogger } from "@assay/service-kit/log";
import { makeHistory, recordedDescriptors } from "@assay/explorer/test/api/index/history";

const TXS = 5;
const { values: flags } = parseArgs({
  options: { blocks: { type: "string", default: "1000" }, rounds: { type: "string", default: "5" } },
});
const blocks = Number(flags.blocks);
const rounds = Number(flags.rounds);

const folder = mkdtempSync(join(tmpdir(), "assay-bench-index-"));
try {
  const file = join(folder, "index.sqlite");
  const jsonBytes = await record(file);
  const modes = [
    { perTransaction: 16, indexing: [] as number[], inserting: [] as number[] },
    { perTransaction: 1, indexing: [] as number[], inserting: [] as number[] },
  ];
  let rows = 0;
  for (let round = 0; round < rounds; round++) {
    for (const { perTransaction, indexing, inserting } of modes) {
      indexing.push(await measureIndexing(file, perTransaction));
      const tables = readRows(file);
      rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
      const bare = join(folder, `bare-${round}-${perTransaction}.sqlite`);
      inserting.push(await measureInserts(bare, tables, perTransaction));
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  const best = (seconds: readonly number[]) => blocks / Math.min(...seconds);
  console.log(
    JSON.stringify({
      blocks,
      txs: TXS,
      bytesPerBlock: Math.round(jsonBytes / blocks),
      rowsPerBlock: rows / blocks,
      modes: modes.map(({ perTransaction, indexing, inserting }) => ({
        blocksPerTransaction: perTransaction,
        blocksPerSecond: best(indexing),
        insertsPerSecond: best(inserting),
      })),
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes the raw tables as following a node would have left them. */
async function record(file: string): Promise<number> {
  const db = openDatabase({ file });
  await createTables(db, areas);
  await createCursor(db, "assay-local-1", 1);
  await insertMany(db, "raw_descriptors", [{ height: 1, files: await deflate(recordedDescriptors()) }]);
  let bytes = 0;
  let height = 0;
  for (const { answers, ...raw } of makeHistory(blocks, TXS)) {
    height++;
    bytes += JSON.stringify(raw).length;
    await insertMany(db, "raw_block", [{ height, ...(await pack(raw)) }]);
    await insertMany(
      db,
      "raw_answer",
      answers.map((answer) => ({ height, ...answer })),
    );
  }
  await db.destroy();
  return bytes;
}

async function measureIndexing(file: string, blocksPerTransaction: number): Promise<number> {
  const db = openDatabase({ file });
  const start = performance.now();
  const { signal } = new AbortController();
  await reindex({ db, areas, log: silentLogger, signal, blocksPerTransaction });
  const seconds = (performance.now() - start) / 1_000;
  await db.destroy();
  return seconds;
}

interface Table {
  name: string;
  columns: readonly string[];
  rows: readonly SQLInputValue[][];
}

function readRows(file: string): Table[] {
  const db = new DatabaseSync(file, { readOnly: true });
  const tables = areas
    .flatMap(({ tables }) => tables)
    .map((name) => {
      const columns = db
        .prepare(`select * from "${name}"`)
        .columns()
        .map((column) => column.name);
      const time = ["height", "epoch"].find((column) => columns.includes(column));
      const statement = db.prepare(
        `select * from "${name}"${time === undefined ? "" : ` order by "${time}"`}`,
      );
      statement.setReturnArrays(true);
      return { name, columns, rows: statement.all() as unknown as SQLInputValue[][] };
    });
  db.close();
  return tables;
}

/**
 * Inserts rows into equal tables in the order in which blocks brought them, those of each table spread evenly over the
 * blocks.
 */
async function measureInserts(
  file: string,
  tables: readonly Table[],
  blocksPerTransaction: number,
): Promise<number> {
  const made = openDatabase({ file });
  await createTables(made, areas);
  await made.destroy();
  const db = new DatabaseSync(file);
  // As the index sets them.
  for (const pragma of ["synchronous = NORMAL", "wal_autocheckpoint = 16384", "cache_size = -65536"]) {
    db.exec(`PRAGMA ${pragma}`);
  }
  const inserts = tables.map(({ name, columns, rows }) => ({
    rows,
    statement: db.prepare(`insert into "${name}" values (${columns.map(() => "?").join(", ")})`),
  }));
  const start = performance.now();
  for (let block = 0; block < blocks; block++) {
    if (block % blocksPerTransaction === 0) db.exec("begin");
    for (const { rows, statement } of inserts) {
      const from = Math.floor((block * rows.length) / blocks);
      const to = Math.floor(((block + 1) * rows.length) / blocks);
      for (let row = from; row < to; row++) statement.run(...(rows[row] ?? []));
    }
    if ((block + 1) % blocksPerTransaction === 0 || block + 1 === blocks) db.exec("commit");
  }
  const seconds = (performance.now() - start) / 1_000;
  db.close();
  return seconds;
}
