import { expect } from "chai";
import { isPostgres, openDatabase } from "../../../api/db/database.ts";
import { insertMany } from "../../../api/db/insert.ts";
import { forEachDatabase } from "../databases.ts";

describe("db/database", () => {
  it("wants one place", () => {
    expect(() => openDatabase({})).to.throw("either as a PostgreSQL URL or as a file");
    expect(() => openDatabase({ url: "postgres://x", file: "x" })).to.throw("either");
  });

  forEachDatabase((open) => {
    const answers = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        height: i + 1,
        path: `/question/${i}`,
        request: Uint8Array.of(i & 255, 0, 255),
        response: i % 2 === 0 ? null : Uint8Array.of(1),
      }));

    it("gives back numbers, texts and bytes as they were", async () => {
      const db = await open([]);
      const row = { height: 7, block: Uint8Array.of(0, 1, 255), results: new Uint8Array() };
      await db.insertInto("raw_block").values(row).execute();
      const cursor = { id: 1, chain_id: "ünïcode-1", height: 7, format: 1, epoch: 2 ** 40, phase: "" };
      await db.insertInto("cursor").values(cursor).execute();
      const got = await db.selectFrom("raw_block").selectAll().executeTakeFirstOrThrow();
      expect({ ...got, block: [...got.block], results: [...got.results] }).to.deep.equal({
        height: 7,
        block: [0, 1, 255],
        results: [],
      });
      expect({ ...(await db.selectFrom("cursor").selectAll().executeTakeFirst()) }).to.deep.equal(cursor);
    });

    it("inserts many rows, and counts what changed", async () => {
      const db = await open([]);
      await insertMany(db, "raw_answer", answers(1_000));
      const { count } = await db
        .selectFrom("raw_answer")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      expect(count).to.equal(1_000);
      const { numUpdatedRows } = await db
        .updateTable("raw_answer")
        .set({ path: "/x" })
        .where("height", "<=", 3)
        .executeTakeFirst();
      expect(numUpdatedRows).to.equal(3n);
    });

    it("keeps, replaces or refuses rows that are there", async () => {
      const db = await open([]);
      const row = { key: "a", height: 1, json: "1" };
      await insertMany(db, "node_answer", [row]);
      await insertMany(db, "node_answer", [{ ...row, json: "2" }], "keep");
      expect((await db.selectFrom("node_answer").selectAll().executeTakeFirst())?.json).to.equal("1");
      await insertMany(db, "node_answer", [{ ...row, json: "3" }], { replace: ["key"] });
      expect((await db.selectFrom("node_answer").selectAll().executeTakeFirst())?.json).to.equal("3");
      const refusal = await insertMany(db, "node_answer", [row]).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refusal).to.be.an("error");
    });

    it("shows a transaction to nobody before its end, and nothing of one that failed", async () => {
      const db = await open([]);
      const keys = async () =>
        (await db.selectFrom("node_answer").select("key").execute()).map(({ key }) => key);
      await db.transaction().execute(async (trx) => {
        await insertMany(trx, "node_answer", [{ key: "a", height: 1, json: "" }]);
        expect(await keys()).to.deep.equal([]);
      });
      expect(await keys()).to.deep.equal(["a"]);
      const failed = db.transaction().execute(async (trx) => {
        await insertMany(trx, "node_answer", [{ key: "b", height: 1, json: "" }]);
        throw new Error("no");
      });
      await failed.catch((error: Error) => expect(error.message).to.equal("no"));
      expect(await keys()).to.deep.equal(["a"]);
    });

    it("lets writers wait for each other", async () => {
      const db = await open([]);
      await insertMany(db, "node_answer", [{ key: "n", height: 0, json: "" }]);
      const addOne = () =>
        db.transaction().execute(async (trx) => {
          const query = trx.selectFrom("node_answer").select("height");
          const { height } = await query
            .$if(isPostgres(db), (select) => select.forUpdate())
            .executeTakeFirstOrThrow();
          await trx
            .updateTable("node_answer")
            .set({ height: height + 1 })
            .execute();
        });
      await Promise.all(Array.from({ length: 20 }, addOne));
      expect((await db.selectFrom("node_answer").select("height").executeTakeFirst())?.height).to.equal(20);
    });
  });
});
