import { TxFailedError, TxTimeoutError } from "@assay/client/errors";
import type { MsgPostInputs } from "@assay/client/generated/assay/poi/v1/tx";
import { silentLogger } from "@assay/service-kit/log";
import { Registry } from "@assay/service-kit/metrics";
import { expect } from "chai";
import { Duties } from "../src/duties.ts";
import { createMetrics, type SponsorMetrics } from "../src/metrics.ts";
import {
  ADDRESS,
  FakeChain,
  never,
  openBook,
  quiet,
  SEED,
  temporaryFolder,
  toySource,
} from "./support/fixture.ts";

describe("duties", () => {
  let remove: () => Promise<void>;
  let chain: FakeChain;
  let duties: Duties;
  let metrics: SponsorMetrics;
  let registry: Registry;
  let close: () => void;

  beforeEach(async () => {
    const made = await temporaryFolder();
    remove = made.remove;
    chain = new FakeChain();
    chain.approved = chain.bonded = true;
    registry = new Registry();
    metrics = createMetrics(registry);
    const { store, book } = openBook(made.folder, toySource());
    close = () => store.close();
    const { root, leaves } = await book.commit(
      { number: 0, firstBatch: 0, count: 6, items: 3, seed: SEED },
      never,
      quiet,
    );
    await chain.send(
      [{ typeUrl: "/assay.poi.v1.MsgCommitBatches", value: { root, count: leaves.length } }],
      {},
    );
    chain.sent.length = 0;
    duties = new Duties(chain, [{ book, send: chain.send, log: silentLogger }], metrics, silentLogger, 1);
  });
  afterEach(async () => {
    close();
    await remove();
  });

  it("opens inputs and labels of its drawn batches so that the chain takes them", async () => {
    const slots = [chain.draw(3n, 0n, 0, 5), chain.draw(3n, 1n, 0, 2)];
    chain.draw(3n, 2n, 0, 1, "assay1other");
    chain.draw(2n, 3n, 0, 0);
    await duties.postInputs(3n, never);
    await duties.openLabels(3n, never);
    expect(slots.map(({ labels }) => [...labels])).to.deep.equal([
      [2, 0, 1],
      [2, 0, 1],
    ]);
    expect(chain.sent).to.have.length(4);
  });

  it("finishes a drawn batch after it was dismissed and unbonded", async () => {
    const slot = chain.draw(3n, 0n, 0, 5);
    chain.approved = chain.bonded = false;
    await duties.postInputs(3n, never);
    await duties.openLabels(3n, never);
    expect(slot.labels).to.have.length(3);
  });

  it("does not repeat what was done before a restart", async () => {
    chain.draw(3n, 0n, 0, 5);
    await duties.postInputs(3n, never);
    await duties.postInputs(3n, never);
    expect(chain.sent).to.have.length(1);
  });

  it("opens no labels where inputs are missing", async () => {
    chain.draw(3n, 0n, 0, 5);
    await duties.openLabels(3n, never);
    expect(chain.sent).to.deep.equal([]);
  });

  it("tries again when a transaction was lost", async () => {
    const slot = chain.draw(3n, 0n, 0, 5);
    chain.fail = { after: false, error: new TxTimeoutError("AB", "within 3 blocks") };
    await duties.postInputs(3n, never);
    expect(slot.inputsRoot).to.have.length(32);
    expect((await metrics.failed.get()).values.map(({ value }) => value)).to.deep.equal([1]);
  });

  it("gives up on a batch the chain keeps refusing, and serves the others", async () => {
    const [bad, good] = [chain.draw(3n, 0n, 0, 5), chain.draw(3n, 1n, 0, 4)];
    let refusals = 0;
    const { send } = chain;
    const refusing: typeof send = (messages, options) => {
      if ((messages[0]!.value as MsgPostInputs).slot !== bad.id) return send(messages, options);
      refusals++;
      return Promise.reject(
        new TxFailedError({ stage: "deliver", code: 11, codespace: "poi", log: "refused" }),
      );
    };
    const { store, book } = openBook((await temporaryFolder()).folder);
    await book.commit({ number: 0, firstBatch: 0, count: 6, items: 3, seed: SEED }, never, quiet);
    const other = new Duties(chain, [{ book, send: refusing, log: silentLogger }], metrics, silentLogger, 1);
    await other.postInputs(3n, never);
    expect(refusals).to.equal(3);
    expect(good.inputsRoot).to.have.length(32);
    store.close();
  });

  it("stops with the phase", async () => {
    chain.draw(3n, 0n, 0, 5);
    const late = AbortSignal.abort(new DOMException("over", "AbortError"));
    const error: unknown = await duties.postInputs(3n, late).catch((reason: unknown) => reason);
    expect((error as Error).name).to.equal("AbortError");
    expect(chain.sent).to.deep.equal([]);
  });

  it("reports what counted and what was missed", async () => {
    chain.draw(3n, 0n, 0, 5).counted = true;
    chain.draw(3n, 1n, 0, 4);
    await duties.report(3n, never);
    const labels = { arena: "toy", sponsor: ADDRESS };
    expect((await metrics.counted.get()).values).to.deep.equal([{ value: 1, labels }]);
    expect((await metrics.missed.get()).values).to.deep.equal([{ value: 1, labels }]);
  });
});
