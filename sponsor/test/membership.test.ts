import { createLogger } from "@assay/service-kit/log";
import { expect } from "chai";
import { DataError, RecordMismatchError } from "../src/errors.ts";
import { Membership, type MembershipOptions } from "../src/membership.ts";
import {
  FakeChain,
  never,
  openBook,
  quiet,
  SEAT,
  SEED,
  temporaryFolder,
  toySource,
} from "./support/fixture.ts";

describe("membership", () => {
  let folder: string;
  let remove: () => Promise<void>;
  let chain: FakeChain;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    chain = new FakeChain();
  });
  afterEach(() => remove());

  function start(options: Partial<MembershipOptions> = {}, source = toySource()) {
    const opened = openBook(folder, source);
    const lines: string[] = [];
    const log = createLogger({
      name: "test",
      destination: { write: (line) => lines.push((JSON.parse(line) as { msg: string }).msg) },
    });
    const membership = new Membership(
      { ...opened, chain, send: chain.send, log },
      { bond: true, batches: undefined, ahead: undefined, seed: SEED, ...options },
    );
    return { ...opened, lines, membership, advance: () => membership.advance(never, quiet) };
  }

  const verbs = (): string[] => chain.sent.map(({ typeUrl }) => typeUrl.replace("/assay.poi.v1.Msg", ""));

  async function failure(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it("waits for the curator and says once what he has to run", async () => {
    const { advance, lines, store } = start();
    expect(await advance()).to.deep.equal({ standing: "waits for approval", remaining: 0 });
    await advance();
    expect(lines.filter((line) => line.includes("assay approve-sponsor toy"))).to.have.length(1);
    expect(chain.sent).to.deep.equal([]);
    store.close();
  });

  it("bonds and commits once approved, and then rests", async () => {
    const { advance, store } = start();
    await advance();
    chain.approved = true;
    expect(await advance()).to.deep.equal({ standing: "active", remaining: 5 });
    expect(await advance()).to.deep.equal({ standing: "active", remaining: 5 });
    expect(verbs()).to.deep.equal(["BondSponsor", "CommitBatches"]);
    store.close();
  });

  it("does not bond unless told to", async () => {
    const { advance, lines, store } = start({ bond: false });
    chain.approved = true;
    expect((await advance()).standing).to.equal("not bonded");
    expect(verbs()).to.deep.equal([]);
    expect(lines.at(-1)).to.match(/bond: true/);
    store.close();
  });

  it("tops up a slashed bond", async () => {
    const { advance, store } = start();
    chain.approved = chain.bonded = true;
    chain.bond = 900n;
    await advance();
    expect(verbs()).to.deep.equal(["BondSponsor", "CommitBatches"]);
    expect(chain.bond).to.equal(1000n);
    store.close();
  });

  it("does not come back after its owner unbonded it", async () => {
    const first = start();
    chain.approved = true;
    await first.advance();
    first.store.close();
    chain.bonded = false;
    chain.commitments[0]!.remaining = 0;

    const { advance, lines, store } = start();
    expect((await advance()).standing).to.equal("has left");
    expect(lines.at(-1)).to.match(/assay sponsor bond toy/);
    expect(verbs()).to.deep.equal(["BondSponsor", "CommitBatches"]);
    store.close();
  });

  it("commits further batches, with other numbers, when fewer than half are left", async () => {
    const { advance, book, store } = start();
    chain.approved = true;
    await advance();
    chain.commitments[0]!.remaining = 3;
    expect((await advance()).remaining).to.equal(3);
    chain.commitments[0]!.remaining = 2;
    expect((await advance()).remaining).to.equal(7);
    expect(chain.commitments.map(({ firstBatch }) => firstBatch)).to.deep.equal([0, 5]);
    expect(book.open(1, 5).inputs).not.to.deep.equal(book.open(0, 0).inputs);
    store.close();
  });

  it("sends the recorded root again after a crash before it was sent", async () => {
    const first = start();
    chain.approved = true;
    chain.bonded = true;
    chain.bond = 1000n;
    chain.fail = { after: false, error: new Error("crash") };
    expect(await failure(first.advance())).to.be.instanceOf(Error);
    const [recorded] = first.book.commitments;
    first.store.close();

    const second = start();
    await second.membership.verify(never, quiet);
    await second.advance();
    expect(chain.commitments.map(({ root }) => root)).to.deep.equal([recorded!.root]);
    second.store.close();
  });

  it("finds its commitment on the chain after a crash after it was sent", async () => {
    const first = start();
    chain.approved = chain.bonded = true;
    chain.bond = 1000n;
    chain.fail = { after: true, error: new Error("crash") };
    await failure(first.advance());
    expect(first.book.commitments[0]!.confirmed).to.equal(false);
    first.store.close();

    const second = start();
    await second.membership.verify(never, quiet);
    expect(second.records.commitments(SEAT)[0]!.confirmed).to.equal(true);
    expect(await second.advance()).to.deep.equal({ standing: "active", remaining: 5 });
    expect(chain.commitments).to.have.length(1);
    second.store.close();
  });

  it("refuses to run without the records of batches that may be drawn", async () => {
    const first = start();
    chain.approved = true;
    await first.advance();
    first.store.close();
    await remove();

    const { membership, store } = start();
    const error = await failure(membership.verify(never, quiet));
    expect(error).to.be.instanceOf(RecordMismatchError);
    expect((error as Error).message).to.match(/commitment 0 with 5 batches.*Restore the directory/);
    store.close();
  });

  it("refuses a chain that does not know what it had taken", async () => {
    const first = start();
    chain.approved = true;
    await first.advance();
    first.store.close();
    chain.commitments = [];

    const { membership, store } = start();
    const error = await failure(membership.verify(never, quiet));
    expect((error as Error).message).to.match(/another chain with the same id.*new data directory/);
    store.close();
  });

  it("does not verify commitments that are spent", async () => {
    const first = start();
    chain.approved = true;
    await first.advance();
    first.store.close();
    chain.commitments[0]!.remaining = 0;

    const { membership, store } = start({}, toySource({ twist: 1 }));
    await membership.verify(never, quiet);
    store.close();
  });

  it("goes on with what is left when finite data ends, and says so", async () => {
    const { advance, lines, store } = start({}, toySource({ limit: 5 }));
    chain.approved = true;
    await advance();
    chain.commitments[0]!.remaining = 1;
    expect(await advance()).to.deep.equal({ standing: "active", remaining: 1 });
    expect(lines.some((line) => line.startsWith("no data for further batches"))).to.equal(true);
    store.close();
  });

  it("refuses to start when the data does not give a first commitment", async () => {
    const { advance, store } = start({}, toySource({ limit: 4 }));
    expect(await failure(advance())).to.be.instanceOf(DataError);
    store.close();
  });

  it("refuses fewer batches than the chain takes", async () => {
    const { advance, store } = start({ batches: 4 });
    expect(((await failure(advance())) as Error).message).to.match(/at least 5 batches.*raise it/);
    store.close();
  });
});
