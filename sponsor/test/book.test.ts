import { batchLeaf, labelsHash } from "@assay/client/protocol/hash";
import { merkleRoot, verifyPath } from "@assay/client/protocol/merkle";
import { expect } from "chai";
import { DataChangedError, RecordMismatchError } from "../src/errors.ts";
import { secretFrom } from "../src/secret.ts";
import {
  ITEM_BYTES,
  never,
  openBook,
  quiet,
  SEAT,
  SEED,
  temporaryFolder,
  toySource,
} from "./support/fixture.ts";

const PLAN = { number: 1, firstBatch: 7, count: 11, items: 3, seed: SEED };

describe("book", () => {
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  it("opens every batch with a path to the root over its global number", async () => {
    const { store, book } = openBook(folder);
    const { root } = await book.commit(PLAN, never, quiet);
    for (let position = 0; position < PLAN.count; position++) {
      const batch = PLAN.firstBatch + position;
      const { inputs, labels, salt, path } = book.open(PLAN.number, batch);
      const items = [0, 1, 2].map((i) => inputs.slice(i * ITEM_BYTES, (i + 1) * ITEM_BYTES));
      const leaf = batchLeaf({
        ...SEAT,
        batch,
        inputsRoot: merkleRoot(items),
        labelsHash: labelsHash(labels, salt),
      });
      expect(
        verifyPath({ index: position, total: PLAN.count, aunts: path }, root, position, PLAN.count, leaf),
      ).to.equal(true);
      expect([...labels]).to.deep.equal([0, 1, 2].map((i) => (batch + i) % 3));
    }
    store.close();
  });

  it("gives the same root, salts and paths after a restart", async () => {
    const first = openBook(folder);
    const { root } = await first.book.commit(PLAN, never, quiet);
    const before = first.book.open(1, 12);
    first.store.close();

    const second = openBook(folder);
    expect(second.book.commitments.map((record) => record.root)).to.deep.equal([root]);
    await second.book.verify(second.book.commitments[0]!, never, quiet);
    expect(second.book.open(1, 12)).to.deep.equal(before);
    second.store.close();
  });

  it("records a commitment before anybody can send its root", async () => {
    const { store, book, records } = openBook(folder);
    const record = await book.commit(PLAN, never, quiet);
    expect(record.confirmed).to.equal(false);
    expect(records.commitments(SEAT)).to.deep.equal([record]);
    book.confirm(PLAN.number);
    expect(records.commitments(SEAT)).to.deep.equal([{ ...record, confirmed: true }]);
    store.close();
  });

  it("reports progress and stops when told", async () => {
    const { store, book, records } = openBook(folder);
    const stop = new AbortController();
    const seen: number[] = [];
    const building = book.commit(PLAN, stop.signal, (done) => {
      seen.push(done);
      if (done === 4) stop.abort(new Error("stopped"));
    });
    await building.then(
      () => expect.fail("it was not stopped"),
      (error: Error) => expect(error.message).to.equal("stopped"),
    );
    expect(seen).to.deep.equal([1, 2, 3, 4]);
    expect(records.commitments(SEAT)).to.deep.equal([]);
    store.close();
  });

  for (const [name, reopen] of [
    ["another data set", { source: toySource({ twist: 1 }) }],
    ["a data set that lost items", { source: toySource({ limit: 9 }) }],
    ["another secret", { secret: secretFrom(new Uint8Array(32).fill(2)) }],
  ] as const) {
    it(`refuses ${name}, at start and when a batch is drawn`, async () => {
      const first = openBook(folder);
      await first.book.commit(PLAN, never, quiet);
      first.store.close();

      const { store, book } = openBook(
        folder,
        "source" in reopen ? reopen.source : undefined,
        "secret" in reopen ? reopen.secret : undefined,
      );
      const error = await book.verify(book.commitments[0]!, never, quiet).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(DataChangedError);
      expect((error as Error).message).to.match(/of commitment 1 is not what was committed.*Bring back/);
      expect(() => book.open(1, 17)).to.throw(DataChangedError);
      store.close();
    });
  }

  it("says that a drawn batch is not in the records", async () => {
    const { store, book } = openBook(folder);
    await book.commit(PLAN, never, quiet);
    expect(() => book.open(1, 6)).to.throw(RecordMismatchError, /batch 6 of commitment 1.*restore/);
    expect(() => book.open(1, 18)).to.throw(RecordMismatchError);
    expect(() => book.open(0, 7)).to.throw(RecordMismatchError);
    store.close();
  });
});
