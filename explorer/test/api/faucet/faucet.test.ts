import { expect } from "chai";
import fc from "fast-check";
import type { Kysely } from "kysely";
import { silentLogger } from "@assay/service-kit/log";
import type { Database } from "../../../api/db/schema.ts";
import {
  createFaucet,
  type Faucet,
  type FaucetAccount,
  type FaucetOptions,
} from "../../../api/faucet/faucet.ts";
import { createFaucetTables } from "../../../api/faucet/tables.ts";
import { HttpError } from "../../../api/http/errors.ts";
import { forEachDatabase } from "../databases.ts";
import { openMemory } from "../support.ts";

const CHAIN = "assay-local-1";

/** An account that keeps its promise to send once for an id, over restarts of its faucet. */
class FakeAccount implements FaucetAccount {
  readonly address = "assay1faucet";
  readonly sent: { id: string; to: string; amount: bigint }[] = [];
  readonly balances = new Map<string, bigint>();
  readonly journal = new Set<string>();
  /** Thrown instead of sending; with `lost`, nobody knows whether it was sent. */
  failure: { error: Error; lost: boolean } | undefined;
  /** Sends wait for it. */
  gate: Promise<unknown> = Promise.resolve();

  async balance(address: string): Promise<bigint> {
    return this.balances.get(address) ?? 0n;
  }

  async send(id: string, to: string, amount: bigint): Promise<{ hash: string; height: number }> {
    await this.gate;
    if (this.failure !== undefined) {
      if (this.failure.lost) this.journal.add(id);
      throw this.failure.error;
    }
    this.journal.add(id);
    if (!this.sent.some((known) => known.id === id)) this.sent.push({ id, to, amount });
    return { hash: `HASH-${id}`, height: 5 };
  }

  async maySend(id: string): Promise<boolean> {
    return this.journal.has(id);
  }

  async forget(id: string): Promise<void> {
    this.journal.delete(id);
  }
}

function faucetOf(db: Kysely<Database>, account: FakeAccount, options: Partial<FaucetOptions> = {}): Faucet {
  return createFaucet({
    db,
    chains: [CHAIN],
    chainId: () => CHAIN,
    account: async () => account,
    amount: 100n,
    limits: { perAddress: 1, perPrefix: 3, perDay: 10 },
    log: silentLogger,
    ...options,
  });
}

const refusal = async (promise: Promise<unknown>): Promise<HttpError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(HttpError);
  return error as HttpError;
};

describe("the faucet", () => {
  forEachDatabase((open) => {
    let db: Kysely<Database>;
    let account: FakeAccount;
    let time: Date;
    const now = () => time;

    beforeEach(async () => {
      db = await open([]);
      await createFaucetTables(db);
      account = new FakeAccount();
      time = new Date("2026-01-31T21:30:00Z");
    });

    const grants = () => db.selectFrom("faucet_grant").selectAll().orderBy("address").execute();

    it("gives, and writes down what it gave", async () => {
      const grant = await faucetOf(db, account, { now }).give("assay1a", "192.0.2.0/24");
      const [sent] = account.sent;
      expect(sent).to.deep.include({ to: "assay1a", amount: 100n });
      expect(grant).to.deep.equal({ hash: `HASH-${sent?.id}`, height: 5, amount: "100", denom: "uassay" });
      expect(await grants()).to.deep.equal([
        {
          id: sent?.id,
          address: "assay1a",
          prefix: "192.0.2.0/24",
          day: "2026-01-31",
          amount: "100",
          hash: grant.hash,
        },
      ]);
      expect(account.journal.size).to.equal(0);
    });

    it("is there only with a key and on chains it was told", async () => {
      for (const options of [{ account: undefined }, { chains: [] }, { chainId: () => "assay-1" }]) {
        const faucet = faucetOf(db, account, options);
        expect(faucet.offer()).to.equal(null);
        expect((await refusal(faucet.give("assay1a", "p"))).status).to.equal(404);
      }
      expect(faucetOf(db, account).offer()).to.deep.equal({ amount: "100", denom: "uassay" });
      expect(account.sent).to.deep.equal([]);
    });

    it("says when to come back, and is there again then", async () => {
      const faucet = faucetOf(db, account, { now });
      await faucet.give("assay1a", "p");
      const error = await refusal(faucet.give("assay1a", "q"));
      expect(error.status).to.equal(429);
      expect(error.message).to.equal(
        "This address got its tokens for today. Come back after midnight UTC, in 2 h 30 min.",
      );
      expect(error.headers).to.deep.equal({ "Retry-After": "9000" });
      time = new Date("2026-02-01T00:00:00Z");
      await faucet.give("assay1a", "q");
      expect(account.sent).to.have.length(2);
    });

    it("keeps a share for other networks and for other days", async () => {
      const limits = { perAddress: 1, perPrefix: 2, perDay: 3 };
      const faucet = faucetOf(db, account, { now, limits });
      await faucet.give("assay1a", "p");
      await faucet.give("assay1b", "p");
      expect((await refusal(faucet.give("assay1c", "p"))).message).to.contain("Your network");
      await faucet.give("assay1c", "q");
      expect((await refusal(faucet.give("assay1d", "r"))).message).to.contain("empty for today");
    });

    it("does not give to who has enough, nor to itself", async () => {
      const faucet = faucetOf(db, account, { now });
      account.balances.set("assay1rich", 500n);
      const error = await refusal(faucet.give("assay1rich", "p"));
      expect(error.status).to.equal(403);
      expect(error.message).to.contain("holds 500 uassay").and.contain("less than 500");
      account.balances.set("assay1rich", 499n);
      await faucet.give("assay1rich", "p");
      expect((await refusal(faucet.give(account.address, "p"))).status).to.equal(400);
      expect(await grants()).to.have.length(1);
    });

    it("takes nothing from anybody's share when it cannot send", async () => {
      const faucet = faucetOf(db, account, { now });
      account.failure = { error: new Error("insufficient funds"), lost: false };
      expect((await refusal(faucet.give("assay1a", "p"))).status).to.equal(503);
      expect(await grants()).to.deep.equal([]);
      account.failure = undefined;
      await faucet.give("assay1a", "p");
      expect(
        (await refusal(faucetOf(db, account, { account: failing }).give("assay1b", "p"))).status,
      ).to.equal(503);
    });
    const failing = () => Promise.reject(new Error("the node is away"));

    it("sends one grant to an address at a time", async () => {
      const faucet = faucetOf(db, account, { now, limits: { perAddress: 9, perPrefix: 9, perDay: 9 } });
      const { promise, resolve } = Promise.withResolvers<void>();
      account.gate = promise;
      const first = faucet.give("assay1a", "p");
      expect((await refusal(faucet.give("assay1a", "p"))).message).to.contain("on their way");
      resolve();
      await first;
      await faucet.give("assay1a", "p");
      expect(account.sent).to.have.length(2);
    });

    it("does not let a visitor wait for ever, and sends all the same", async () => {
      const faucet = faucetOf(db, account, { now, waitMs: 10 });
      const { promise, resolve } = Promise.withResolvers<void>();
      account.gate = promise;
      expect((await refusal(faucet.give("assay1a", "p"))).status).to.equal(504);
      expect((await refusal(faucet.give("assay1a", "p"))).status).to.equal(429);
      resolve();
      while (typeof (await grants())[0]?.hash !== "string") await new Promise((done) => setTimeout(done, 5));
      expect(account.sent).to.have.length(1);
    });

    it("brings to an end what a killed process began, once", async () => {
      // The first process dies after writing down, the second after sending, the third lives.
      const killed = faucetOf(db, account, { now });
      account.gate = new Promise(() => undefined);
      void killed.give("assay1a", "p").catch(() => undefined);
      while ((await grants()).length === 0) await new Promise((done) => setTimeout(done, 5));
      const id = (await grants())[0]?.id ?? "";
      account.gate = Promise.resolve();
      account.sent.push({ id, to: "assay1a", amount: 100n });
      account.journal.add(id);
      const faucet = faucetOf(db, account, { now, resumeMs: 5 });
      expect((await refusal(faucet.give("assay1a", "p"))).status).to.equal(429);
      const ended = new AbortController();
      const running = faucet.run(ended.signal);
      while (typeof (await grants())[0]?.hash !== "string") await new Promise((done) => setTimeout(done, 5));
      ended.abort();
      await running;
      expect(account.sent).to.have.length(1);
    });

    it("keeps counting a grant of which nobody knows whether it was sent", async () => {
      const faucet = faucetOf(db, account, { now });
      account.failure = { error: new Error("stopped"), lost: true };
      expect((await refusal(faucet.give("assay1a", "p"))).message).to.contain("on their way");
      expect((await grants()).map(({ hash }) => hash)).to.deep.equal([null]);
      account.failure = undefined;
      expect((await refusal(faucet.give("assay1a", "p"))).status).to.equal(429);
    });
  });

  it("keeps its limits whoever asks, in any order, at any time, with any failures", async function () {
    this.timeout(60_000);
    const visit = fc.record({
      address: fc.constantFrom("assay1a", "assay1b", "assay1c", "assay1d", "assay1e"),
      prefix: fc.constantFrom("p", "q", "r"),
      hours: fc.constantFrom(0, 0, 0, 1, 13),
      fails: fc.constantFrom(false, false, true),
      together: fc.boolean(),
    });
    const limits = fc.record({
      perAddress: fc.integer({ min: 1, max: 2 }),
      perPrefix: fc.integer({ min: 1, max: 3 }),
      perDay: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(visit, { maxLength: 25 }), limits, async (visits, limit) => {
        const db = await openMemory([]);
        await createFaucetTables(db);
        const account = new FakeAccount();
        let time = Date.parse("2026-01-31T12:00:00Z");
        const faucet = faucetOf(db, account, { limits: limit, now: () => new Date(time) });
        const waiting: Promise<unknown>[] = [];
        for (const { address, prefix, hours, fails, together } of visits) {
          if (!together) await Promise.all(waiting.splice(0));
          time += hours * 3_600_000;
          account.failure = fails ? { error: new Error("no"), lost: false } : undefined;
          waiting.push(faucet.give(address, prefix).catch(() => undefined));
        }
        await Promise.all(waiting);
        const rows = await db.selectFrom("faucet_grant").selectAll().execute();
        expect(rows.length).to.equal(account.sent.length);
        const most = (key: (row: (typeof rows)[number]) => string) =>
          Math.max(0, ...[...Map.groupBy(rows, key).values()].map((same) => same.length));
        expect(most(({ day, address }) => day + address)).to.be.at.most(limit.perAddress);
        expect(most(({ day, prefix }) => day + prefix)).to.be.at.most(limit.perPrefix);
        expect(most(({ day }) => day)).to.be.at.most(limit.perDay);
        await db.destroy();
      }),
      { numRuns: 100 },
    );
  });
});
