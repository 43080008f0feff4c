import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { expect } from "chai";
import { type Kysely, sql } from "kysely";
import type { Area } from "../../../api/area.ts";
import { areas } from "../../../api/areas.ts";
import { createTables } from "../../../api/db/create.ts";
import { openDatabase, type DatabasePlace } from "../../../api/db/database.ts";
import type { Database } from "../../../api/db/schema.ts";
import { forEachDatabase } from "../databases.ts";
import { FakeNode } from "./fake-node.ts";
import { makeHistory } from "./history.ts";
import { digestTables } from "./tables.ts";

const BLOCKS = 200;
/** A process is killed when it has fetched up to so many blocks, some of them ahead of the one it writes. */
const FETCHED = 20;
/** And up to so much later. */
const LATER_MS = 15;

const raw: Pick<Area, "tables"> = { tables: ["raw_block", "raw_answer", "cursor"] };

const cache = mkdtempSync(join(tmpdir(), "assay-compiled-"));
after(() => rmSync(cache, { recursive: true, force: true }));

interface Child {
  process: ChildProcess;
  lines: Interface;
}

describe("index/indexer, killed at any moment", function () {
  forEachDatabase((_open, newPlace) => {
    it("ends with the same tables as one that nobody killed", async function () {
      this.timeout(600_000);
      const node = await new FakeNode([...makeHistory(BLOCKS, 5)]).start();
      const place = await newPlace();
      // A few of them, for loading the code anew takes a second: the end-to-end test of the explorer kills the whole
      // program more often. A server of its own takes longer to be connected to, and fails in the same ways.
      const kills = place.url === undefined ? 12 : 4;
      const db = openDatabase(place);
      const freshPlace = await newPlace();
      const fresh = openDatabase(freshPlace);
      try {
        await createTables(db, areas);
        // One loads while the other runs.
        let next = start(node, place);
        const heights: number[] = [];
        for (let kill = 0; kill < kills; kill++) {
          const child = await next;
          next = start(node, place);
          const done = fetches(node, 1 + Math.floor(Math.random() * FETCHED));
          child.process.stdin?.write("go\n");
          await Promise.race([done, tells(child, BLOCKS)]);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * LATER_MS));
          await end(child);
          heights.push(await heightOf(db));
        }
        // Not all of them came too early or too late to hit anything.
        expect(new Set(heights).size, `heights: ${heights.join()}`).to.be.greaterThan(kills / 4);
        await finish(await next);

        await createTables(fresh, areas);
        await finish(await start(node, freshPlace));
        expect(await heightOf(db)).to.equal(BLOCKS);
        const all = [...areas, raw as Area];
        expect(await digestTables(db, all)).to.deep.equal(await digestTables(fresh, all));
      } finally {
        await db.destroy();
        await fresh.destroy();
        await node.stop();
      }
    });
  });
});

/** Starts a process that waits for its word to index. */
async function start(node: FakeNode, place: DatabasePlace): Promise<Child> {
  const script = join(import.meta.dirname, "sync-process.ts");
  const child = spawn(process.execPath, [script, node.url, JSON.stringify(place)], {
    // Most of the time goes into loading the code.
    env: { NODE_COMPILE_CACHE: cache },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  await once(lines, "line");
  return { process: child, lines };
}

/** Resolves when the node has been asked for so many blocks from now on. */
function fetches(node: FakeNode, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    node.spoil = (method) => {
      if (method === "block_results" && --left === 0) resolve();
      return undefined;
    };
  });
}

/** Resolves when the process says that it has written this height. Rejects when it ends by itself before. */
function tells({ process: child, lines }: Child, height: number): Promise<void> {
  return new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      if (Number(line) === height) resolve();
    });
    child.once("exit", (code, signal) => {
      if (signal === "SIGKILL") resolve();
      else reject(new Error(`the index ended with ${code ?? signal}`));
    });
  });
}

async function end({ process: child }: Child): Promise<void> {
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  child.kill("SIGKILL");
  expect((await exited)[1]).to.equal("SIGKILL");
}

/** Lets it write everything that is left. */
async function finish(child: Child): Promise<void> {
  const told = tells(child, BLOCKS);
  child.process.stdin?.write("go\n");
  await told;
  await end(child);
}

async function heightOf(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ height: number }>`select height from cursor`.execute(db);
  return rows[0]?.height ?? 0;
}
