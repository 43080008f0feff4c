import { DirectSecp256k1HdWallet, type EncodeObject } from "@cosmjs/proto-signing";
import { Secp256k1HdWallet } from "@cosmjs/amino";
import { expect } from "chai";
import { createClient, type AssayClient } from "../src/client.ts";
import {
  AccountNotFoundError,
  IndexingDisabledError,
  InsufficientFundsError,
  SenderStoppedError,
  SignerError,
  TxFailedError,
  TxTimeoutError,
  TxTooLargeError,
} from "../src/errors.ts";
import { createMemoryJournal } from "../src/journal.ts";
import { claimRewards, setTip, challenge } from "../src/messages.ts";
import { isPoiError } from "../src/poiErrors.ts";
import { createSender, type CreateSenderParameters, type Journal, type Sender } from "../src/sender.ts";
import { sleep } from "../src/sleep.ts";
import { CHAIN_ID, FakeChain } from "./fake-chain.ts";

const MNEMONIC =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const wallet = await DirectSecp256k1HdWallet.fromMnemonic(MNEMONIC, { prefix: "assay" });
const [account] = await wallet.getAccounts();
const address = account?.address ?? "";

/** A message that can be told from the others. */
function numbered(n: number): EncodeObject {
  return challenge({ challenger: address, epoch: BigInt(n), slot: 0n, model: Uint8Array.of(1), item: 0 });
}

function numberOf(message: EncodeObject): number {
  return Number((message.value as { epoch: bigint }).epoch);
}

/** What was going on when the process ended stays as it is; nothing is awaited. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => error,
  );
}

describe("sender", () => {
  let chain: FakeChain;
  let client: AssayClient;
  let stop: AbortController;
  let ticking: Promise<void>;

  /** Makes a block every few milliseconds. */
  function tick(): void {
    ticking = (async () => {
      while (!stop.signal.aborted) {
        chain.produceBlock();
        await sleep(25);
      }
    })();
  }

  function open(parameters: Partial<CreateSenderParameters> = {}): Sender {
    return createSender({
      client,
      signer: wallet,
      address,
      signal: stop.signal,
      pollMs: 10,
      rebroadcastMs: 60,
      timeoutBlocks: 1000,
      ...parameters,
    });
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(5);
  }

  beforeEach(async () => {
    stop = new AbortController();
    ticking = Promise.resolve();
    chain = new FakeChain(address);
    await chain.start();
    client = await createClient({ rpcUrl: chain.url, chainId: CHAIN_ID, timeoutMs: 1000, attempts: 1 });
  });

  afterEach(async () => {
    stop.abort();
    await ticking;
    await chain.stop();
  });

  describe("batches", () => {
    it("puts concurrent sends into one transaction and gives each its own part of the result", async () => {
      tick();
      const sender = open();
      const [a, b] = await Promise.all([
        sender.send([numbered(1), numbered(2)]),
        sender.send([setTip({ hotKey: address, tip: Uint8Array.of(3) })]),
      ]);
      expect(chain.included.size).to.equal(1);
      expect(a.hash).to.equal(b.hash);
      expect(a.msgResponses.map(({ value }) => value)).to.deep.equal([Uint8Array.of(0), Uint8Array.of(1)]);
      expect(b.msgResponses).to.deep.equal([
        { typeUrl: "/assay.poi.v1.MsgSetTipResponse", value: Uint8Array.of(2) },
      ]);
      expect(b.events).to.deep.equal([
        {
          type: "message",
          attributes: [
            { key: "action", value: "/assay.poi.v1.MsgSetTip" },
            { key: "msg_index", value: "0" },
          ],
        },
      ]);
    });

    it("keeps the limits of a transaction", async () => {
      tick();
      const sender = open({ maxBatch: { messages: 2 } });
      await Promise.all([1, 2, 3, 4, 5].map((n) => sender.send([numbered(n)], { gas: 1 })));
      const sizes = [...chain.included.values()].map(({ messages }) => messages.length);
      expect(sizes).to.deep.equal([2, 2, 1]);
      expect(chain.executed.map(numberOf)).to.deep.equal([1, 2, 3, 4, 5]);
    });

    it("keeps other callers' messages apart from one that fails in a block", async () => {
      tick();
      chain.fails = (message) =>
        numberOf(message) === 2 ? { code: 6, codespace: "poi", log: "epoch 2: wrong phase" } : undefined;
      const sender = open();
      const sent = await Promise.allSettled([1, 2, 3].map((n) => sender.send([numbered(n)], { gas: 1 })));
      expect(sent.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
      expect(chain.executed.map(numberOf)).to.have.members([1, 3]);
      const reason = sent[1]?.status === "rejected" ? (sent[1].reason as TxFailedError) : expect.fail();
      expect(reason).to.be.instanceOf(TxFailedError);
      expect(reason).to.include({ stage: "deliver", code: 6, codespace: "poi", log: "epoch 2: wrong phase" });
      expect(isPoiError(reason, "wrongPhase")).to.equal(true);
      expect(isPoiError(reason, "wrongEpoch")).to.equal(false);
    });

    it("keeps other callers' messages apart from one that the mempool refuses", async () => {
      tick();
      chain.refuses = (messages) =>
        messages.some((message) => numberOf(message) === 2)
          ? { code: 2, codespace: "sdk", log: "tx parse error" }
          : undefined;
      const sender = open();
      const sent = await Promise.allSettled([1, 2, 3].map((n) => sender.send([numbered(n)])));
      expect(sent.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
      expect(chain.executed.map(numberOf)).to.have.members([1, 3]);
    });

    it("tells a message's failure from its simulation, before anything is paid", async () => {
      chain.fails = () => ({ code: 6, codespace: "poi", log: "epoch 1: wrong phase" });
      const error = await rejection(open().send([numbered(1)]));
      expect(error).to.be.instanceOf(TxFailedError).and.to.include({ stage: "simulate", code: undefined });
      expect(isPoiError(error, "wrongPhase")).to.equal(true);
      expect((error as TxFailedError).log).to.equal(
        "failed to execute message; message index: 0: epoch 1: wrong phase",
      );
      expect(chain.broadcasts).to.deep.equal([]);
    });
  });

  describe("sequences", () => {
    it("sends many transactions in one block, in order", async () => {
      const sender = open({ maxBatch: { messages: 1 } });
      const all = Promise.all([1, 2, 3, 4].map((n) => sender.send([numbered(n)], { gas: 1 })));
      await until(() => chain.mempool.length === 4);
      chain.produceBlock();
      const heights = (await all).map(({ height }) => height);
      expect(new Set(heights).size).to.equal(1);
      expect(chain.executed.map(numberOf)).to.deep.equal([1, 2, 3, 4]);
    });

    it("goes on when another program has used the key", async () => {
      tick();
      const sender = open();
      await sender.send([numbered(1)]);
      chain.useSequence();
      await sender.send([numbered(2)]);
      expect(chain.executed.map(numberOf)).to.deep.equal([1, 2]);
    });

    it("signs anew when another transaction took its sequence after it was accepted", async () => {
      const sender = open();
      const sent = sender.send([numbered(1)]);
      await until(() => chain.mempool.length === 1);
      chain.mempool = [];
      chain.useSequence();
      tick();
      await sent;
      expect(chain.executed.map(numberOf)).to.deep.equal([1]);
      expect(new Set(chain.broadcasts).size).to.equal(2);
    });

    it("counts a transaction that failed in a block", async () => {
      tick();
      chain.fails = (message) =>
        numberOf(message) === 1 ? { code: 3, codespace: "poi", log: "no" } : undefined;
      const sender = open();
      await rejection(sender.send([numbered(1)], { gas: 1 }));
      await sender.send([numbered(2)]);
      expect(chain.sequence).to.equal(2);
    });
  });

  describe("losses", () => {
    for (const when of ["before", "after"] as const) {
      it(`survives a broadcast that was lost ${when} it arrived`, async () => {
        tick();
        chain.losses.push({ method: "broadcast_tx_sync", when });
        await open().send([numbered(1)]);
        expect(chain.executed.map(numberOf)).to.deep.equal([1]);
        expect(new Set(chain.broadcasts).size).to.equal(1);
      });
    }

    it("does not double messages whose lost broadcast is followed by others", async () => {
      chain.losses.push({ method: "broadcast_tx_sync", when: "before" });
      const sender = open({ maxBatch: { messages: 1 } });
      const all = Promise.all([1, 2, 3].map((n) => sender.send([numbered(n)], { gas: 1 })));
      tick();
      await all;
      expect(chain.executed.map(numberOf)).to.deep.equal([1, 2, 3]);
    });

    it("broadcasts the same bytes again when the node lost its mempool", async () => {
      const sender = open();
      const sent = sender.send([numbered(1)]);
      await until(() => chain.mempool.length === 1);
      chain.mempool = [];
      await until(() => chain.mempool.length === 1);
      chain.produceBlock();
      await sent;
      expect(new Set(chain.broadcasts).size).to.equal(1);
    });

    it("waits for a node that restarts", async () => {
      const sender = open();
      const sent = sender.send([numbered(1)]);
      await until(() => chain.mempool.length === 1);
      await chain.stop();
      await sleep(50);
      await chain.start();
      tick();
      await sent;
      expect(chain.executed.map(numberOf)).to.deep.equal([1]);
    });

    it("waits for a node that is away when the gas is to be simulated", async () => {
      await chain.stop();
      const sent = open().send([numbered(1)]);
      const impatient = new AbortController();
      const other = rejection(open().send([numbered(2)], { signal: impatient.signal }));
      await sleep(50);
      impatient.abort();
      await chain.start();
      tick();
      await Promise.all([sent, other]);
      await open().send([numbered(3)]);
      expect(chain.executed.map(numberOf)).to.deep.equal([1, 3]);
    });

    it("does not take a node at its word before the node's first block after a start", async () => {
      const unauthorized = { code: 4, codespace: "sdk", log: "please verify account number (0)" };
      const start = chain.height;
      chain.refuses = () => (chain.height === start ? unauthorized : undefined);
      const sent = open().send([numbered(1)]);
      await until(() => chain.broadcasts.length === 1);
      tick();
      await sent;
      expect(new Set(chain.broadcasts).size).to.equal(1);
      chain.refuses = () => unauthorized;
      expect(await rejection(open().send([numbered(2)]))).to.include({ stage: "check", code: 4 });
    });

    it("says when an ordered transaction has expired, and goes on", async () => {
      const sender = open({ timeoutBlocks: 3, rebroadcastMs: 60_000 });
      const sent = rejection(sender.send([numbered(1)]));
      await until(() => chain.mempool.length === 1);
      chain.mempool = [];
      tick();
      expect(await sent).to.be.instanceOf(TxTimeoutError);
      await sender.send([numbered(2)]);
      expect(chain.executed.map(numberOf)).to.deep.equal([2]);
    });

    it("says when an unordered transaction has expired", async () => {
      const sender = open({ unorderedTtlMs: 3000, rebroadcastMs: 60_000 });
      const sent = rejection(sender.send([numbered(1)], { unordered: true }));
      await until(() => chain.mempool.length === 1);
      chain.mempool = [];
      tick();
      expect(await sent).to.be.instanceOf(TxTimeoutError);
    });
  });

  describe("unordered", () => {
    it("needs no sequence and no two are the same", async () => {
      tick();
      const sender = open({ maxBatch: { messages: 1 } });
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => sender.send([numbered(n)], { unordered: true })),
      );
      expect(chain.executed).to.have.length(20);
      expect(chain.sequence).to.equal(0);
    });

    it("is refused to signers that only know amino", async () => {
      const signer = await Secp256k1HdWallet.fromMnemonic(MNEMONIC, { prefix: "assay" });
      const error = await rejection(open({ signer }).send([numbered(1)], { unordered: true }));
      expect(error).to.be.instanceOf(SignerError);
    });
  });

  describe("restarts", () => {
    /** Ends a sender at once, like a process. */
    function start(journal: Journal): { sender: Sender; kill: () => void } {
      const process = new AbortController();
      const signal = AbortSignal.any([process.signal, stop.signal]);
      return { sender: open({ journal, signal }), kill: () => process.abort() };
    }

    it("finds what was in a block already", async () => {
      const journal = createMemoryJournal();
      const first = start(journal);
      const lost = rejection(first.sender.send([numbered(1)], { id: "one" }));
      await until(() => chain.mempool.length === 1);
      first.kill();
      expect(await lost).to.be.instanceOf(SenderStoppedError);
      chain.produceBlock();
      const result = await start(journal).sender.send([numbered(1)], { id: "one" });
      expect(result.height).to.equal(2);
      expect(chain.executed.map(numberOf)).to.deep.equal([1]);
    });

    it("broadcasts what was signed but never arrived", async () => {
      const journal = createMemoryJournal();
      const first = start(journal);
      chain.losses.push({ method: "broadcast_tx_sync", when: "before" });
      const lost = rejection(first.sender.send([numbered(1)], { id: "one" }));
      await until(() => chain.losses.length === 0);
      first.kill();
      await lost;
      tick();
      await start(journal).sender.send([numbered(1)], { id: "one" });
      expect(chain.executed.map(numberOf)).to.deep.equal([1]);
    });

    it("signs anew what has expired meanwhile", async () => {
      const journal = createMemoryJournal();
      const first = start(journal);
      const lost = rejection(first.sender.send([numbered(1)], { id: "one" }));
      await until(() => chain.mempool.length === 1);
      first.kill();
      await lost;
      chain.mempool = [];
      chain.height += 2000;
      tick();
      await start(journal).sender.send([numbered(1)], { id: "one" });
      expect(chain.executed.map(numberOf)).to.deep.equal([1]);
    });

    it("remembers a result for good", async () => {
      tick();
      const journal = createMemoryJournal();
      const sent = await start(journal).sender.send([numbered(1)], { id: "one" });
      expect(await journal.get("one")).to.deep.include({ result: sent, txBytes: new Uint8Array() });
      chain.included.clear();
      expect(await start(journal).sender.send([numbered(1)], { id: "one" })).to.deep.equal(sent);
      expect(chain.broadcasts).to.have.length(1);
    });

    it("sends alone what shared a transaction that failed while nobody watched", async () => {
      chain.fails = (message) =>
        numberOf(message) === 2 ? { code: 3, codespace: "poi", log: "no" } : undefined;
      const journal = createMemoryJournal();
      const first = start(journal);
      const lost = [1, 2].map((n) => rejection(first.sender.send([numbered(n)], { id: `id${n}`, gas: 1 })));
      await until(() => chain.mempool.length === 1);
      first.kill();
      await Promise.all(lost);
      tick();
      const second = start(journal).sender;
      const [one, two] = await Promise.allSettled(
        [1, 2].map((n) => second.send([numbered(n)], { id: `id${n}`, gas: 1 })),
      );
      expect([one?.status, two?.status]).to.deep.equal(["fulfilled", "rejected"]);
      expect(chain.executed.map(numberOf)).to.deep.equal([1]);
      expect(await journal.get("id2")).to.equal(undefined);
    });

    it("gives concurrent sends of one id one transaction", async () => {
      tick();
      const { sender } = start(createMemoryJournal());
      const [a, b] = await Promise.all([1, 1].map((n) => sender.send([numbered(n)], { id: "one" })));
      expect(a).to.deep.equal(b);
      expect(chain.executed).to.have.length(1);
    });

    it("sends nothing that it could not write down", async () => {
      const journal = createMemoryJournal();
      const full = new Error("disk full");
      const sender = open({ journal: { ...journal, put: () => Promise.reject(full) } });
      expect(await rejection(sender.send([numbered(1)], { id: "one" }))).to.equal(full);
      expect(chain.broadcasts).to.deep.equal([]);
    });
  });

  describe("errors", () => {
    it("names the account that does not exist", async () => {
      chain.accountExists = false;
      const error = await rejection(open().send([numbered(1)]));
      expect(error).to.be.instanceOf(AccountNotFoundError).and.to.include({ address });
    });

    it("names who lacks how much", async () => {
      chain.refuses = () => ({
        code: 5,
        codespace: "sdk",
        log: "spendable balance 5uassay is smaller than 10uassay: insufficient funds",
      });
      const error = await rejection(open().send([numbered(1)]));
      expect(error)
        .to.be.instanceOf(InsufficientFundsError)
        .and.to.include({ address, required: "10uassay", available: "5uassay" });
      expect((error as Error).message).to.equal(
        `${address} needs 10uassay but can spend 5uassay. Send the difference to that address.`,
      );
    });

    it("refuses what no node would accept", async () => {
      const huge = setTip({ hotKey: address, tip: new Uint8Array(800_000) });
      expect(await rejection(open().send([huge]))).to.be.instanceOf(TxTooLargeError);
    });

    it("says when the node cannot tell results", async () => {
      chain.indexing = false;
      expect(await rejection(open().send([claimRewards({ owner: address })]))).to.be.instanceOf(
        IndexingDisabledError,
      );
    });

    it("ends one caller's waiting without ending the others'", async () => {
      const sender = open();
      const impatient = new AbortController();
      const one = rejection(sender.send([numbered(1)], { signal: impatient.signal }));
      const two = sender.send([numbered(2)]);
      await until(() => chain.mempool.length === 1);
      const reason = new Error("enough");
      impatient.abort(reason);
      expect(await one).to.equal(reason);
      chain.produceBlock();
      await two;
      expect(chain.executed.map(numberOf)).to.deep.equal([1, 2]);
    });

    it("takes messages of a caller that gave up out of the queue", async () => {
      const sender = open({ maxInFlight: 1 });
      const first = sender.send([numbered(1)]);
      await until(() => chain.mempool.length === 1);
      const impatient = new AbortController();
      const second = rejection(sender.send([numbered(2)], { signal: impatient.signal }));
      await sleep(50);
      impatient.abort();
      await second;
      tick();
      await first;
      await sender.send([numbered(3)]);
      expect(chain.executed.map(numberOf)).to.deep.equal([1, 3]);
    });
  });
});
