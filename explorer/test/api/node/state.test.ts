import { expect } from "chai";
import type { AssayClient } from "@assay/client/client";
import { ChainUnreachableError, NotFoundError, QueryError } from "@assay/client/errors";
import { silentLogger } from "@assay/service-kit/log";
import { HttpError } from "../../../api/http/errors.ts";
import { createNodeState, type NodeStateOptions, type RunningNodeState } from "../../../api/node/state.ts";
import type { Status } from "../../../wire/network.ts";
import { forEachDatabase } from "../databases.ts";

const away = new ChainUnreachableError("http://node");

describe("the node's state", () => {
  forEachDatabase((open) => {
    let status: Pick<Status, "state" | "reason" | "nodeHeight">;
    let options: NodeStateOptions;
    let node: RunningNodeState;
    let asked: number;

    beforeEach(async () => {
      status = { state: "live", reason: null, nodeHeight: 7 };
      asked = 0;
      const db = await open([]);
      options = { db, client: async () => ({}) as AssayClient, status: () => status, log: silentLogger };
      node = createNodeState(options);
    });

    const ask = (key = "k", read: (client: AssayClient) => Promise<unknown> = async () => ++asked) =>
      node.ask(key, read);
    const failWith = (error: Error) => () => Promise.reject(error);
    const thrown = (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => undefined,
        (error: unknown) => error,
      );

    /** What `run` does once before it ends. */
    async function write(): Promise<void> {
      await node.run(AbortSignal.abort()).catch(() => undefined);
      const ended = new AbortController();
      const running = node.run(ended.signal);
      ended.abort();
      await running;
    }

    it("is asked once per block, however many ask", async () => {
      const many = await Promise.all(Array.from({ length: 20 }, () => ask()));
      expect(new Set(many.map(({ value }) => value))).to.deep.equal(new Set([1]));
      expect(await ask()).to.deep.equal({ value: 1, height: 7, stale: false });
      expect(await ask("other")).to.deep.equal({ value: 2, height: 7, stale: false });
      status.nodeHeight = 8;
      expect(await ask()).to.deep.equal({ value: 3, height: 8, stale: false });
    });

    it("is asked again after a failure, but not for what is not there", async () => {
      await thrown(ask("k", failWith(new Error("once"))));
      expect((await ask()).value).to.equal(1);
      const missing = new NotFoundError("/q", 22, "sdk", "");
      expect(await thrown(ask("gone", failWith(missing)))).to.equal(missing);
      expect(await thrown(ask("gone"))).to.equal(missing);
      status.nodeHeight = 8;
      expect((await ask("gone")).value).to.equal(2);
    });

    it("answers with the last it heard when the node is away", async () => {
      await ask();
      status.nodeHeight = 8;
      for (const error of [away, new QueryError("/q", 18, "sdk", "not ready")])
        expect(await ask("k", failWith(error))).to.deep.equal({ value: 1, height: 7, stale: true });
      const refused = await thrown(ask("new", failWith(away)));
      expect(refused).to.be.instanceOf(HttpError).with.property("status", 503);
      const other = new TypeError("a bug");
      expect(await thrown(ask("k", failWith(other)))).to.equal(other);
    });

    it("says that an answer is old when the node went away since", async () => {
      await ask();
      status.state = "stale";
      status.reason = "stalled";
      expect((await ask()).stale).to.equal(false);
      status.reason = "unreachable";
      expect(await ask()).to.deep.equal({ value: 1, height: 7, stale: true });
    });

    it("remembers over a restart", async () => {
      await ask("k", async () => ({ deep: ["value"] }));
      await write();
      node = createNodeState({ ...options, client: failWith(away) });
      expect(await ask()).to.deep.equal({ value: { deep: ["value"] }, height: 7, stale: true });
    });

    it("keeps the newest answers only", async () => {
      node = createNodeState({ ...options, keep: 2 });
      for (const key of ["a", "b", "c"]) {
        await ask(key);
        status.nodeHeight++;
        await write();
      }
      await ask("b");
      await write();
      const rows = await options.db.selectFrom("node_answer").selectAll().orderBy("key").execute();
      expect(rows).to.deep.equal([
        { key: "b", height: 10, json: "4" },
        { key: "c", height: 9, json: "3" },
      ]);
    });

    it("writes many answers at once", async () => {
      for (let key = 0; key < 600; key++) await ask(`k${key}`);
      await write();
      const { count } = await options.db
        .selectFrom("node_answer")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      expect(count).to.equal(600);
    });

    it("does not keep answers of a length nobody expects", async () => {
      await ask("long", async () => "x".repeat(2 << 20));
      await write();
      expect(await options.db.selectFrom("node_answer").selectAll().execute()).to.deep.equal([]);
    });

    it("lets only so many questions wait", async () => {
      const { promise, resolve } = Promise.withResolvers<number>();
      const waiting = Array.from({ length: 64 }, (_, key) => ask(`k${key}`, () => promise));
      expect(await thrown(ask("one more")))
        .to.be.instanceOf(HttpError)
        .with.property("status", 503);
      resolve(1);
      await Promise.all(waiting);
      expect((await ask("one more")).value).to.equal(1);
    });
  });
});
