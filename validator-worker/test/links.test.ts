import { join } from "node:path";
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { MsgRevealLink, MsgSetTip } from "@assay/client/generated/assay/poi/v1/tx";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { DiskFullError } from "@assay/service-kit/errors";
import { silentLogger } from "@assay/service-kit/log";
import { openStore, type Store } from "@assay/service-kit/store";
import { expect } from "chai";
import fc from "fast-check";
import type { Transactor } from "../src/chain.ts";
import { HashChains, UnknownTipError } from "../src/hash-chains.ts";
import { ChainUsedUpError, Links } from "../src/links.ts";
import { ContradictionError, migrations, Records } from "../src/records.ts";
import { errorOf, withFolder } from "@assay/service-kit/testing/support";
import { CHAIN_ID, FakeChain, FakeTransactor, hex, HOT_KEY, OPERATOR, OTHER } from "./support.ts";

const never = new AbortController().signal;

function build(
  store: Store,
  chain: FakeChain,
  transactor: Transactor = new FakeTransactor(chain),
  length = 20,
) {
  const records = new Records(store);
  records.bind({ chainId: CHAIN_ID, operator: OPERATOR }, () => new Uint8Array(32));
  const hashChains = new HashChains({ records, chainId: CHAIN_ID, operator: OPERATOR, length });
  const links = new Links({ chain, transactor, records, hashChains, operator: OPERATOR, log: silentLogger });
  return { records, hashChains, links };
}

describe("links", () => {
  const withLinks = (
    body: (
      world: ReturnType<typeof build> & { chain: FakeChain; store: Store; folder: string },
    ) => Promise<void>,
  ) =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const chain = new FakeChain();
      const world = build(store, chain);
      chain.tip = world.hashChains.start();
      await body({ ...world, chain, store, folder });
      store.close();
    });

  it("reveals one link per epoch, backwards from the tip", () =>
    withLinks(async ({ links, chain, records }) => {
      for (let epoch = 1n; epoch <= 5n; epoch++) {
        chain.freeze();
        expect(await links.reveal(epoch, never)).to.deep.equal({
          frozen: true,
          revealed: true,
          left: 20 - Number(epoch),
        });
        expect(await links.reveal(epoch, never)).to.deep.equal({
          frozen: true,
          revealed: false,
          left: 20 - Number(epoch),
        });
      }
      expect(chain.sentOf("MsgRevealLink")).to.have.length(5);
      expect(records.links().every(({ confirmed }) => confirmed)).to.equal(true);
    }));

  it("reveals the link of the chain's tip after an epoch it slept through", () =>
    withLinks(async ({ links, chain }) => {
      chain.freeze();
      await links.reveal(1n, never);
      chain.freeze();
      chain.freeze();
      await links.reveal(3n, never);
      expect(chain.sentOf("MsgRevealLink")).to.have.length(2);
    }));

  it("does nothing when it is not frozen into the epoch", () =>
    withLinks(async ({ links, chain }) => {
      chain.bonded = false;
      chain.freeze();
      expect(await links.reveal(1n, never)).to.include({ frozen: false, revealed: false });
      expect(chain.sent).to.deep.equal([]);
    }));

  it("waits for a node that is an epoch behind", () =>
    withLinks(async ({ links, chain }) => {
      chain.freeze();
      expect((await errorOf(() => links.reveal(2n, never))).message).to.equal(
        "the node is in epoch 1, expected 2",
      );
    }));

  it("sends nothing that it could not record", () =>
    withLinks(async ({ links, chain, records }) => {
      chain.freeze();
      records.recordLink = () => {
        throw new DiskFullError("store.sqlite");
      };
      expect(await errorOf(() => links.reveal(1n, never))).to.be.instanceOf(DiskFullError);
      expect(chain.sent).to.deep.equal([]);
    }));

  it("refuses another link for an epoch that has one, and says why that may be", () =>
    withLinks(async ({ links, chain, records }) => {
      chain.freeze();
      records.recordLink(1n, new Uint8Array(32).fill(9));
      const error = await errorOf(() => links.reveal(1n, never));
      expect(error).to.be.instanceOf(ContradictionError);
      expect(error.message).to.match(/earlier network of the same name\? Then start with an empty one/);
      expect(chain.sent).to.deep.equal([]);
    }));

  it("notices a second copy with the same seed elsewhere", () =>
    withLinks(async ({ links, chain, hashChains }) => {
      chain.freeze();
      chain.frozenNow.scorers[0]!.link = hashChains.locate(chain.tip).next!;
      const error = await errorOf(() => links.reveal(1n, never));
      expect(error).to.be.instanceOf(ContradictionError);
      expect(error.message).to.match(/another copy with the same key and seed is running/);
    }));

  it("says what to do about a tip it has no chain for", () =>
    withLinks(async ({ links, chain }) => {
      chain.tip = new Uint8Array(32).fill(7);
      chain.freeze();
      const error = await errorOf(() => links.reveal(1n, never));
      expect(error).to.be.instanceOf(UnknownTipError);
      expect(error.message).to.match(/Restore its backup, or .* assay-scorer set-tip/);
    }));

  it("starts a new chain before the old one runs out, once", () =>
    withLinks(async ({ links, chain, hashChains, records }) => {
      const first = chain.tip;
      for (let epoch = 1n; epoch <= 30n; epoch++) {
        chain.freeze();
        await links.reveal(epoch, never);
        chain.phase = Phase.CHALLENGE;
        await links.renew(epoch, never);
      }
      const tips = chain.sentOf<MsgSetTip>("MsgSetTip");
      expect(tips.map(({ tip }) => hex(tip))).to.deep.equal([hex(hashChains.newestTip!)]);
      expect(records.seeds()).to.have.length(2);
      expect(hex(first)).not.to.equal(hex(hashChains.newestTip!));
      expect(chain.sentOf("MsgRevealLink")).to.have.length(30);
    }));

  it("takes up a new chain whose tip did not get through", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const chain = new FakeChain();
      const transactor = new FakeTransactor(chain);
      const { links, hashChains, records } = build(store, chain, transactor, 10);
      chain.tip = hashChains.start();
      for (let epoch = 1n; epoch <= 10n; epoch++) {
        chain.freeze();
        await links.reveal(epoch, never);
        if (epoch < 9n) continue;
        transactor.refusals.push(new Error("mempool is full"));
        await errorOf(() => links.renew(epoch, never));
      }
      expect(records.seeds(), "one seed, however often it failed").to.have.length(2);
      chain.freeze();
      expect(await errorOf(() => links.reveal(11n, never))).to.be.instanceOf(ChainUsedUpError);
      expect(await links.renew(11n, never)).to.equal(true);
      chain.freeze();
      expect(await links.reveal(12n, never)).to.include({ revealed: true, left: 9 });
      store.close();
    }));

  it("never sends two different links for an epoch, wherever it is killed", () =>
    fc.assert(
      fc.asyncProperty(
        // One entry per attempt to reveal: where the process dies in it.
        fc.array(
          fc.constantFrom(
            "before record",
            "after record",
            "before send",
            "after send",
            "after confirm",
            "nowhere",
          ),
          {
            minLength: 1,
            maxLength: 30,
          },
        ),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 30, maxLength: 30 }),
        (crashes, attemptsPerEpoch) =>
          withFolder(async (folder) => {
            const chain = new FakeChain();
            let store = openStore(join(folder, "data"), { migrations });
            chain.tip = build(store, chain).hashChains.start();
            store.close();
            const revealed: string[] = [];
            let attempt = 0;
            for (let round = 0; attempt < crashes.length; round++) {
              chain.freeze();
              for (let i = 0; i < attemptsPerEpoch[round]! && attempt < crashes.length; i++) {
                // A new process: everything in memory is gone, the sender's journal with it.
                store = openStore(join(folder, "data"), { migrations });
                const crash = crashes[attempt++]!;
                const world = build(store, chain, new CrashingTransactor(chain, crash));
                crashIn(world.records, crash);
                await world.links.reveal(chain.epoch, never).catch((error: unknown) => {
                  if (!(error instanceof Crash)) throw error;
                });
                store.close();
              }
            }
            const links = chain.sentOf<MsgRevealLink>("MsgRevealLink");
            for (const { epoch, link } of links) {
              const same = links.filter((other) => other.epoch === epoch);
              expect(new Set(same.map((other) => hex(other.link))).size).to.equal(1);
              expect(same, "the chain has it, so it is not sent again").to.have.length(1);
              revealed.push(hex(link));
            }
            // Each accepted link is the one before the last: none was left out.
            expect(new Set(revealed).size).to.equal(revealed.length);
            store = openStore(join(folder, "data"), { migrations });
            const position = build(store, chain).hashChains.locate(chain.tip);
            expect(position.left).to.equal(20 - revealed.length);
            store.close();
          }),
      ),
      { numRuns: 40 },
    )).timeout(60_000);
});

class Crash extends Error {}

class CrashingTransactor implements Transactor {
  readonly address = HOT_KEY;
  readonly #chain: FakeChain;
  readonly #crash: string;

  constructor(chain: FakeChain, crash: string) {
    this.#chain = chain;
    this.#crash = crash;
  }

  async send(messages: EncodeObject[]): Promise<void> {
    if (this.#crash === "before send") throw new Crash();
    for (const message of messages) this.#chain.deliver(message);
    if (this.#crash === "after send") throw new Crash();
  }
}

function crashIn(records: Records, crash: string): void {
  const { recordLink, confirmLink } = records;
  records.recordLink = (epoch, link) => {
    if (crash === "before record") throw new Crash();
    recordLink.call(records, epoch, link);
    if (crash === "after record") throw new Crash();
  };
  records.confirmLink = (epoch) => {
    confirmLink.call(records, epoch);
    if (crash === "after confirm") throw new Crash();
  };
}

describe("records", () => {
  it("belong to one scorer of one chain", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const records = new Records(store);
      records.bind({ chainId: CHAIN_ID, operator: OPERATOR }, () => new Uint8Array(32).fill(1));
      records.bind({ chainId: CHAIN_ID, operator: OPERATOR }, () => new Uint8Array(32).fill(2));
      expect(records.recheckSecret()[0]).to.equal(1);
      for (const other of [
        { chainId: "assay-test-2", operator: OPERATOR },
        { chainId: CHAIN_ID, operator: OTHER },
      ]) {
        const error = await errorOf(() => records.bind(other, () => new Uint8Array(32)));
        expect(error.message).to.match(/belongs to operator .* give each scorer its own/);
      }
      store.close();
    }));

  it("keep the rows that were recorded first", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const records = new Records(store);
      const row = (answer: number) => ({
        model: Uint8Array.of(1),
        answers: Uint8Array.of(answer),
        tags: Uint8Array.of(1, 2, 3, 4),
      });
      expect(records.recordRows(1n, 2n, [row(5)])[0]!.answers[0]).to.equal(5);
      expect(records.recordRows(1n, 2n, [row(6)])[0]!.answers[0]).to.equal(5);
      expect(records.postedSlots(1n)).to.equal(0);
      records.confirmRows(1n, 2n);
      expect(records.postedSlots(1n)).to.equal(1);
      records.prune(2n);
      expect(records.rows(1n, 2n)).to.equal(undefined);
      store.close();
    }));
});
