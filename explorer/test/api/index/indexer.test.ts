import { expect } from "chai";
import { WrongChainIdError } from "@assay/client/errors";
import { SetupError } from "@assay/service-kit/errors";
import { silentLogger } from "@assay/service-kit/log";
import { Registry } from "@assay/service-kit/metrics";
import type { Kysely } from "kysely";
import { areas } from "../../../api/areas.ts";
import { createTables } from "../../../api/db/create.ts";
import type { Database } from "../../../api/db/schema.ts";
import { createIndexer, type Indexer } from "../../../api/index/indexer.ts";
import { reindex } from "../../../api/index/reindex.ts";
import type { Head, Status } from "../../../wire/network.ts";
import { forEachDatabase } from "../databases.ts";
import { FakeNode } from "./fake-node.ts";
import { makeHistory } from "./history.ts";
import { digestTables } from "./tables.ts";

const HISTORY = [...makeHistory(30, 5)];

describe("index/indexer", function () {
  this.timeout(120_000);

  forEachDatabase((open) => {
    let node: FakeNode;
    let stop: AbortController;
    let running: Promise<unknown>[];

    beforeEach(async () => {
      node = await new FakeNode(HISTORY).start();
      stop = new AbortController();
      running = [];
    });
    afterEach(async () => {
      stop.abort();
      await Promise.allSettled(running);
      await node.stop();
    });

    function make(db: Kysely<Database>, chainId?: string): Indexer {
      const registry = new Registry();
      const { signal } = stop;
      return createIndexer({ db, areas, rpcUrl: node.url, chainId, log: silentLogger, registry, signal });
    }

    /** Runs until `done` says so of the status, then stops. */
    async function follow(db: Kysely<Database>, done: (status: Status) => boolean): Promise<Indexer> {
      const indexer = make(db);
      const end = new AbortController();
      const ended = indexer.run(end.signal).catch((error: unknown) => error);
      await until(indexer, done, ended);
      end.abort();
      await ended;
      return indexer;
    }

    /** Resolves once the status is so; rejects when the indexer fails before. */
    async function until(
      indexer: Indexer,
      done: (status: Status) => boolean,
      ended: Promise<unknown>,
    ): Promise<void> {
      const unlisten = new AbortController();
      const reached = new Promise<void>((resolve) => {
        const look = (status: Status) => {
          if (done(status)) resolve();
        };
        indexer.onStatus(look, unlisten.signal);
        look(indexer.status);
      });
      const failed = ended.then((error) => {
        throw error instanceof Error ? error : new Error("the indexer ended");
      });
      try {
        await Promise.race([reached, failed]);
      } finally {
        unlisten.abort();
        failed.catch(() => undefined);
      }
    }

    const at = (height: number) => (status: Status) => status.height === height && status.state === "live";
    const heights = async (db: Kysely<Database>) =>
      (await db.selectFrom("raw_block").select("height").orderBy("height").execute()).map(
        ({ height }) => height,
      );
    const upTo = (height: number, from = 1) => Array.from({ length: height - from + 1 }, (_, i) => from + i);
    const failure = async (indexer: Indexer): Promise<unknown> =>
      await indexer.run(stop.signal).catch((error: unknown) => error);

    it("indexes every block once, in order, with the answers to the areas' questions", async () => {
      const db = await open();
      const indexer = await follow(db, at(30));
      expect(await heights(db)).to.deep.equal(upTo(30));
      expect(indexer.head).to.deep.include({ height: 30, hash: HISTORY[29]?.block.block_id.hash, txs: 5 });
      expect(indexer.head?.epoch).to.be.greaterThan(0);
      expect(indexer.head?.phase).to.match(/^(BEACON|INPUT|ROWS|LABEL|CHALLENGE|SETTLE)$/);
      expect(indexer.status).to.deep.include({ chainId: "assay-local-1", height: 30, nodeHeight: 30 });
      expect(indexer.decoder.decode("/cosmos.bank.v1beta1.MsgSend", new Uint8Array())).to.be.an("object");
      const digests = await digestTables(db, areas);
      expect(digests["block"]).to.match(/^30 /);
      expect(digests["tx"]).to.match(/^150 /);
      const answers = await db.selectFrom("raw_answer").selectAll().execute();
      expect(answers.filter(({ response }) => response !== null)).not.to.deep.equal([]);
    });

    it("goes on where it stopped, and writes nothing twice", async () => {
      const whole = await open();
      await follow(whole, at(30));
      const db = await open();
      for (const height of [1, 17, 30]) {
        node.latest = height;
        node.calls.length = 0;
        await follow(db, at(height));
        const fetched = node.calls.filter((call) => /^block_results /.test(call));
        expect(new Set(fetched).size).to.equal(fetched.length);
      }
      expect(await heights(db)).to.deep.equal(upTo(30));
      expect(await digestTables(db, areas)).to.deep.equal(await digestTables(whole, areas));
      node.calls.length = 0;
      await follow(db, at(30));
      expect(node.calls.filter((call) => call.startsWith("block_results"))).to.deep.equal([]);
      expect(await digestTables(db, areas)).to.deep.equal(await digestTables(whole, areas));
    });

    it("makes equal tables again without the node", async () => {
      const db = await open();
      await follow(db, at(30));
      const before = await digestTables(db, areas);
      await node.stop();
      for (const area of areas) {
        for (const table of area.tables) await db.deleteFrom(table).execute();
      }
      await reindex({ db, areas, log: silentLogger, signal: stop.signal });
      expect(await digestTables(db, areas)).to.deep.equal(before);
      await node.start();
    });

    it("makes tables of an older format again, also after it was stopped in the middle", async () => {
      const db = await open();
      await follow(db, at(30));
      const before = await digestTables(db, areas);
      await db.updateTable("cursor").set({ format: 0 }).execute();
      await createTables(db, areas);
      expect((await digestTables(db, areas))["block"]).to.match(/^0 /);
      node.calls.length = 0;
      const indexer = make(db);
      const end = new AbortController();
      indexer.onHead(() => end.abort(), stop.signal);
      await indexer.run(end.signal).catch(() => undefined);
      expect((await digestTables(db, areas))["block"]).not.to.match(/^(0|30) /);
      await follow(db, at(30));
      expect(await digestTables(db, areas)).to.deep.equal(before);
      expect(node.calls.filter((call) => call.startsWith("block_results"))).to.deep.equal([]);
    });

    it("tells of new blocks as they come, by the subscription", async () => {
      const db = await open();
      node.latest = 10;
      const indexer = make(db);
      const heads: Head[] = [];
      indexer.onHead((head) => heads.push(head), stop.signal);
      const ended = indexer.run(stop.signal);
      running.push(ended);
      await until(indexer, at(10), ended);
      while (node.subscribers === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      for (let height = 11; height <= 20; height++) {
        node.grow();
        await until(indexer, at(height), ended);
      }
      expect(heads.slice(-10).map(({ height }) => height)).to.deep.equal(upTo(20, 11));
      // It does not come back by itself when the node does.
      await node.stop();
      await node.start();
      while (node.subscribers === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      node.grow();
      await until(indexer, at(21), ended);
    });

    it("waits for the first block of a chain", async () => {
      const db = await open();
      node.latest = 0;
      const indexer = make(db);
      const ended = indexer.run(stop.signal);
      running.push(ended);
      while (!node.calls.includes("status")) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(indexer.status.state).to.equal("starting");
      node.grow();
      await until(indexer, at(1), ended);
    });

    it("is stale while the node is away, and catches up when it is back", async () => {
      const db = await open();
      node.latest = 10;
      const indexer = make(db);
      const ended = indexer.run(stop.signal);
      running.push(ended);
      await until(indexer, at(10), ended);
      await node.stop();
      await until(indexer, ({ state, reason }) => state === "stale" && reason === "unreachable", ended);
      node.latest = 20;
      await node.start();
      await until(indexer, at(20), ended);
      expect(await heights(db)).to.deep.equal(upTo(20));
    });

    it("waits out a node that answers nonsense, and writes none of it", async () => {
      const db = await open();
      const nonsense: unknown[] = [
        "<html>",
        "{}",
        "x".repeat(1_000),
        { block_id: {} },
        { ...HISTORY[4]?.block },
        { height: "20", txs_results: [{ code: "0" }] },
      ];
      let answers = 0;
      node.spoil = (method, height) =>
        height === 20 && (method === "block" || method === "block_results") ? nonsense[answers++] : undefined;
      const indexer = make(db);
      const states: string[] = [];
      indexer.onStatus(({ state, reason }) => states.push(`${state} ${reason}`), stop.signal);
      const ended = indexer.run(stop.signal);
      running.push(ended);
      await until(indexer, at(30), ended);
      expect(answers).to.be.at.least(nonsense.length);
      expect(states).to.include("stale refused");
      expect(await heights(db)).to.deep.equal(upTo(30));
    });

    it("begins where the node's memory does, and goes on over a gap", async () => {
      const db = await open();
      node.earliest = 5;
      node.latest = 15;
      await follow(db, at(15));
      expect(await heights(db)).to.deep.equal(upTo(15, 5));
      node.earliest = 20;
      node.latest = 30;
      await follow(db, at(30));
      expect(await heights(db)).to.deep.equal([...upTo(15, 5), ...upTo(30, 20)]);
      const before = await digestTables(db, areas);
      await reindex({ db, areas, log: silentLogger, signal: stop.signal });
      expect(await digestTables(db, areas)).to.deep.equal(before);
    });

    it("refuses a node of another chain", async () => {
      const db = await open();
      expect(await failure(make(db, "assay-1"))).to.be.instanceOf(WrongChainIdError);
      await follow(db, at(30));
      node.chainId = "assay-local-2";
      const error = await failure(make(db));
      expect(error).to.be.instanceOf(SetupError);
      expect((error as Error).message).to.include('index of chain "assay-local-1"');
    });

    it("refuses a chain that was started anew", async () => {
      const db = await open();
      await follow(db, at(30));
      node.spoil = (method, height) => {
        const block = method === "block" ? HISTORY[height - 1]?.block : undefined;
        return block && { ...block, block_id: { hash: "AB".repeat(32) } };
      };
      node.latest = 5;
      const error = await failure(make(db));
      expect(error).to.be.instanceOf(SetupError);
      expect((error as Error).message).to.match(/block 5 .* started anew. Delete the database/);
    });

    it("refuses a block that does not follow the one before", async () => {
      const db = await open();
      node.latest = 20;
      node.spoil = (method, height) => {
        const json = method === "block" && height === 21 ? JSON.stringify(HISTORY[20]?.block) : undefined;
        const last = HISTORY[19]?.block.block_id.hash ?? "";
        return (
          json && (JSON.parse(json.replace(`"hash":"${last}"`, `"hash":"${"AB".repeat(32)}"`)) as unknown)
        );
      };
      const indexer = make(db);
      const ended = indexer.run(stop.signal).catch((error: unknown) => error);
      await until(indexer, at(20), ended);
      node.grow();
      expect(await ended).to.be.instanceOf(SetupError);
      expect(await heights(db)).to.deep.equal(upTo(20));
    });

    it("does not share a database with another one", async () => {
      const db = await open();
      node.latest = 10;
      const indexer = make(db);
      const ended = indexer.run(stop.signal).catch((error: unknown) => error);
      await until(indexer, at(10), ended);
      await db.updateTable("cursor").set({ height: 12 }).execute();
      node.grow();
      const error = await ended;
      expect(error).to.be.instanceOf(SetupError);
      expect((error as Error).message).to.include("does another explorer index into it");
    });
  });
});
