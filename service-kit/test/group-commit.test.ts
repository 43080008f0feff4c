import { expect } from "chai";
import { z } from "zod";
import { GroupCommit } from "../src/group-commit.ts";
import { openStore, type Store } from "../src/store.ts";
import { errorOf, withFolder } from "../src/testing/support.ts";

const migrations = ["CREATE TABLE note (body TEXT NOT NULL) STRICT"];

/** Counts transactions and flushes; `hold` keeps flushes from ending. */
function counted(store: Store) {
  const counts = { transactions: 0, flushes: 0 };
  let held: Promise<void> | undefined;
  const spied: Store = {
    folder: store.folder,
    run: store.run.bind(store),
    get: store.get.bind(store),
    all: store.all.bind(store),
    close: store.close.bind(store),
    transaction: (body, options) => {
      counts.transactions++;
      return store.transaction(body, options);
    },
    flush: async () => {
      counts.flushes++;
      await held;
      return store.flush();
    },
  };
  return {
    store: spied,
    counts,
    hold: (until: Promise<void> | undefined): void => {
      held = until;
    },
  };
}

/** Notes that are written in groups. */
function notes(store: Store) {
  let unwritten: string[] = [];
  const commits = new GroupCommit(store, {
    write: () => {
      for (const body of unwritten) store.run("INSERT INTO note VALUES (?)", body);
    },
    written: () => {
      unwritten = [];
    },
  });
  return {
    commits,
    add: (body: string, flush = true): Promise<void> => {
      unwritten.push(body);
      return commits.commit({ flush });
    },
    all: (): string[] =>
      store.all("SELECT body FROM note", z.object({ body: z.string() })).map(({ body }) => body),
  };
}

describe("group commit", () => {
  it("shares transactions and flushes among all that come at a time, and flushes nothing that needs none", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const { store: spied, counts, hold } = counted(store);
      const { add, all } = notes(spied);
      await Promise.all(Array.from({ length: 64 }, (_, n) => add(String(n))));
      expect(counts).to.deep.equal({ transactions: 1, flushes: 1 });
      await Promise.all([add("a", false), add("b", false)]);
      expect(counts).to.deep.equal({ transactions: 2, flushes: 1 });

      // What comes while the disk is busy waits for its next flush, not for this one.
      const busy = Promise.withResolvers<void>();
      hold(busy.promise);
      const done: string[] = [];
      const first = add("c").then(() => done.push("first"));
      await add("d", false);
      const later = [add("e"), add("f")].map((one) => one.then(() => done.push("later")));
      await add("g", false);
      expect([counts.flushes, done]).to.deep.equal([2, []]);
      hold(undefined);
      busy.resolve();
      await Promise.all([first, ...later]);
      expect([counts.flushes, done]).to.deep.equal([3, ["first", "later", "later"]]);
      expect(all().slice(64).join("")).to.equal("abcdefg");
      store.close();
    }));

  it("rejects those whose write failed, and writes it with the next", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const { commits, add, all } = notes(store);
      store.run("ALTER TABLE note RENAME TO away");
      const errors = await Promise.all([errorOf(() => add("a")), errorOf(() => add("b", false))]);
      expect(errors[0]?.message).to.match(/no such table/);
      expect(errors[1]).to.equal(errors[0]);
      expect(commits.failure).to.equal(errors[0]);
      store.run("ALTER TABLE away RENAME TO note");
      commits.commitNow();
      expect(commits.failure).to.equal(undefined);
      expect(all()).to.deep.equal(["a", "b"]);
      store.close();
    }));

  it("rejects those whose write could not be flushed", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const { store: spied, hold } = counted(store);
      const { commits, add } = notes(spied);
      const broken = Promise.withResolvers<void>();
      hold(broken.promise);
      const refused = errorOf(() => add("a"));
      setTimeout(() => broken.reject(new Error("input/output error")), 20);
      const error = await refused;
      expect(error.message).to.equal("input/output error");
      expect(commits.failure).to.equal(error);
      hold(undefined);
      await add("b");
      expect(commits.failure).to.equal(undefined);
      store.close();
    }));
});
