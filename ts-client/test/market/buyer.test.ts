import { toBech32, toHex } from "@cosmjs/encoding";
import { expect } from "chai";
import { NotFoundError } from "../../src/errors.ts";
import { ChannelStatus, type Channel } from "../../src/generated/assay/marketplace/v1/channel.ts";
import { ServiceStatus } from "../../src/generated/assay/marketplace/v1/service.ts";
import {
  BudgetExceededError,
  CallFailedError,
  ChannelClosedError,
  ItemsError,
  MalformedAnswerError,
  PaymentRefusedError,
  PriceTooHighError,
  ProviderBusyError,
  ProviderError,
  ProviderTimeoutError,
  ProviderUnreachableError,
  QuoteTooHighError,
  ServiceClosedError,
  ServiceConvictedError,
  ServiceLeftError,
  UnsupportedServiceError,
  WrongAnswerError,
  WrongReceiptError,
} from "../../src/market/buyer-errors.ts";
import { createMemoryStore, type BuyerStore } from "../../src/market/buyer-store.ts";
import { createBuyer, type Buyer, type CreateBuyerParameters } from "../../src/market/buyer.ts";
import type { Signed, Voucher } from "../../src/market/bytes.ts";
import { answerChallenge } from "../../src/market/challenge.ts";
import { verifyReceipt } from "../../src/market/receipt.ts";
import { decodeReceiptFile, encodeReceiptFile } from "../../src/market/x402.ts";
import { sleep } from "../../src/sleep.ts";
import { corpus, readCorpusFile } from "../intonnx/corpus.ts";
import { FakeMarket } from "./fake-market.ts";
import { FakeProvider, sums, type Mischief } from "./fake-provider.ts";
import { newKey } from "./keys.ts";
import { filled } from "./samples.ts";

const PAYER = toBech32("assay", filled(7, 20));
const SERVICE = 7n;
const PRICE = 100n;

const item = (n: number) => Uint8Array.of(n & 255, (n >> 8) & 255, 3, 4);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => error as Error,
  );
}

describe("buyer", () => {
  let market: FakeMarket;
  let provider: FakeProvider;
  let store: BuyerStore;
  let now: number;

  /** A buyer of a new process on the same store and account. */
  function open(parameters: Partial<CreateBuyerParameters> = {}): Buyer {
    return createBuyer({
      client: market.client,
      sender: market.senderOf(PAYER),
      store,
      now: () => now,
      timeoutMs: 500,
      patienceMs: 500,
      log: () => undefined,
      ...parameters,
    });
  }

  /** Lets the next calls, from now on, suffer this; then nothing. */
  function mischief(...acts: Mischief[]): void {
    const from = provider.calls.length;
    provider.mischief = (number) => acts[number - from] ?? {};
  }

  function always(act: Mischief): void {
    provider.mischief = () => act;
  }

  const ask = (buyer: Buyer, n = 1, more = {}) =>
    buyer.infer({ service: SERVICE, items: [item(n)], ...more });

  function channel(): Channel {
    const [only, ...others] = market.channels.values();
    expect(others).to.deep.equal([]);
    return only!;
  }

  beforeEach(async () => {
    now = Date.UTC(2030, 0, 1);
    market = new FakeMarket();
    provider = new FakeProvider(market, SERVICE);
    store = createMemoryStore();
    await provider.start();
  });

  afterEach(() => provider.stop());

  describe("a call", () => {
    it("opens a channel, pays and returns what the receipt proves", async () => {
      const buyer = open();
      const result = await buyer.infer({ service: SERVICE, items: [item(1), item(2)] });
      expect(result.outputs).to.deep.equal([sums(item(1)), sums(item(2))]);
      expect(result).to.include({ verified: "receipt", paid: 200n });
      expect(result.receipt).to.include({ service: SERVICE, lane: 0, amount: 200n, items: 2 });
      // 100 calls like the first are deposited, one is used.
      expect(channel().deposited).to.equal("20000");
      expect(result.callsLeft).to.equal(99n);
      const file = decodeReceiptFile(encodeReceiptFile(result.receiptFile!));
      await verifyReceipt({ ...file, service: SERVICE });
    });

    it("uses the same channel again, and another one for another service", async () => {
      const buyer = open();
      await ask(buyer, 1);
      const second = await ask(buyer, 2);
      expect(second.receipt?.amount).to.equal(200n);
      expect(market.channels.size).to.equal(1);
      const other = new FakeProvider(market, 8n);
      await other.start();
      try {
        await buyer.infer({ service: 8n, items: [item(1)] });
        expect(market.channels.size).to.equal(2);
      } finally {
        await other.stop();
      }
    });

    it("refuses items that the model does not take before it pays", async () => {
      const buyer = open();
      const error = await failure(buyer.infer({ service: SERVICE, items: [item(1), filled(1, 5)] }));
      expect(error).to.be.instanceOf(ItemsError);
      expect(error.message).to.match(/Item 1 has 5 bytes, the model of service 7 takes 4/);
      expect(await failure(buyer.infer({ service: SERVICE, items: [] }))).to.be.instanceOf(ItemsError);
      expect(market.channels.size).to.equal(0);
    });

    it("says when a service does not exist, or cannot be called", async () => {
      const buyer = open();
      expect(await failure(buyer.infer({ service: 99n, items: [item(1)] }))).to.be.instanceOf(NotFoundError);
      market.list({ id: 8n, interface: "openai.v1" });
      expect(await failure(buyer.infer({ service: 8n, items: [item(1)] }))).to.be.instanceOf(
        UnsupportedServiceError,
      );
      market.list({ id: 9n, status: ServiceStatus.CLOSED });
      expect(await failure(buyer.quote({ service: 9n }))).to.be.instanceOf(ServiceClosedError);
    });

    it("takes answers of services without a model as unverified, with or without a receipt", async () => {
      market.services.get(SERVICE)!.model = new Uint8Array();
      const buyer = open();
      expect(await ask(buyer)).to.include({ verified: "unverified" });
      mischief({ header: null });
      const result = await ask(buyer);
      expect(result).to.include({ verified: "unverified", receipt: undefined, receiptFile: undefined });
      mischief({ header: "forged" }, { header: "forged" }, { header: "forged" });
      expect(await failure(ask(buyer))).to.be.instanceOf(WrongReceiptError);
    });

    it("asks free services without a channel, and checks their receipts", async () => {
      market.services.get(SERVICE)!.price = 0n;
      const buyer = open();
      const result = await ask(buyer);
      expect(result).to.include({ verified: "receipt", paid: 0n, callsLeft: undefined });
      expect(result.receipt).to.deep.include({ channel: new Uint8Array(32), lane: 0, amount: 0n });
      expect(market.channels.size).to.equal(0);
      mischief({ status: { status: 500, code: "boom" } });
      await ask(buyer);
      always({ key: newKey() });
      expect(await failure(ask(buyer))).to.be.instanceOf(WrongReceiptError);
      expect(provider.calls).to.have.length(6);
    });
  });

  describe("a provider that misbehaves", () => {
    const WRONG: [string, Mischief, string][] = [
      ["no receipt", { header: null }, "missing"],
      ["a receipt that is no header", { header: "nonsense" }, "malformed"],
      ["a receipt of another chain", { chainId: "other-1" }, "chain"],
      ["a receipt of another service", { receipt: (r) => ({ ...r, service: 8n }) }, "service"],
      ["a receipt of another channel", { receipt: (r) => ({ ...r, channel: filled(1) }) }, "channel"],
      ["a receipt of another lane", { receipt: (r) => ({ ...r, lane: 5 }) }, "lane"],
      ["a receipt over another amount", { receipt: (r) => ({ ...r, amount: r.amount + 1n }) }, "amount"],
      ["a receipt of another call", { receipt: (r) => ({ ...r, callHash: filled(1) }) }, "call_hash"],
      ["a receipt over more items", { receipt: (r) => ({ ...r, items: 2 }) }, "items"],
      ["a receipt for another input", { receipt: (r) => ({ ...r, inputRoot: filled(1) }) }, "input_root"],
      ["a receipt for another output", { receipt: (r) => ({ ...r, outputRoot: filled(1) }) }, "output_root"],
      ["an answer that is not the one signed", { swap: () => Int32Array.of(1, 2) }, "output_root"],
      ["a receipt by another key", { key: newKey() }, "signature"],
    ];
    for (const [what, act, fault] of WRONG) {
      it(`is left for ${what}, at the cost of one call`, async () => {
        always(act);
        const buyer = open();
        const error = await failure(ask(buyer));
        expect(error).to.be.instanceOf(WrongReceiptError);
        expect((error as WrongReceiptError).fault).to.equal(fault);
        expect(provider.calls).to.have.length(3);
        expect(new Set(provider.calls.map(({ voucher }) => voucher!.amount))).to.deep.equal(new Set([PRICE]));
        expect(provider.claimable).to.equal(PRICE);
        const left = await failure(ask(buyer));
        expect(left).to.be.instanceOf(ServiceLeftError);
        expect((left as ServiceLeftError).cause).to.equal(error);
        expect(provider.calls).to.have.length(3);
      });
    }

    it("is asked again about what was paid for without another payment, in any order", async () => {
      const buyer = open({ lanes: 4 });
      for (let n = 1; n <= 4; n++) await ask(buyer, n);
      const before = provider.claimable;
      always({ die: "after" });
      const lost = [10, 11, 12].map((n) => ask(buyer, n).catch((error: unknown) => error));
      for (const outcome of await Promise.all(lost)) expect(outcome).to.be.instanceOf(CallFailedError);
      expect(provider.claimable).to.equal(before + 3n * PRICE);
      always({});
      now += 60_000;
      // A new question finds a lane with an answer that is owed to another one: that is kept.
      expect(await ask(buyer, 13)).to.include({ paid: PRICE });
      for (const n of [12, 10, 11]) {
        const result = await ask(buyer, n);
        expect(result.outputs).to.deep.equal([sums(item(n))]);
        await verifyReceipt({ ...result.receiptFile!, service: SERVICE });
      }
      expect(provider.claimable).to.equal(before + 4n * PRICE);
    });

    it("gets another chance after a while, and then answers what was paid for", async () => {
      always({ header: null });
      const buyer = open();
      await failure(ask(buyer, 1));
      always({});
      now += 60_000;
      const result = await ask(buyer, 2);
      expect(result.receipt?.amount).to.equal(200n);
      // The first call was charged, and answered now without anybody to read it.
      expect(provider.calls.map(({ voucher }) => voucher!.amount)).to.deep.equal([
        100n,
        100n,
        100n,
        100n,
        200n,
      ]);
    });

    const PASSING: [string, Mischief][] = [
      ["a broken connection", { die: "before" }],
      ["a connection that breaks with the answer done", { die: "after" }],
      ["a truncated body", { truncate: true }],
      ["a body that never ends", { stall: true }],
      ["a body that is no answer", { body: Uint8Array.of(1, 2, 3) }],
      ["an error of the server", { status: { status: 500, code: "boom" } }],
      ["a wrong receipt", { receipt: (r) => ({ ...r, inputRoot: filled(1) }) }],
    ];
    for (const [what, act] of PASSING) {
      it(`is asked again for the same call, with the same voucher, after ${what}`, async () => {
        mischief(act);
        const result = await ask(open());
        expect(result.outputs).to.deep.equal([sums(item(1))]);
        expect(result.paid).to.equal(PRICE);
        const [first, second] = provider.calls;
        expect(second!.voucher).to.deep.equal(first!.voucher);
        expect(provider.ran).to.equal(1);
        expect(provider.claimable).to.equal(PRICE);
      });
    }

    const LASTING: [string, Mischief, new (...args: never[]) => Error][] = [
      ["broken connections", { die: "before" }, ProviderUnreachableError],
      ["bodies that never end", { stall: true }, ProviderTimeoutError],
      ["slow answers", { delayMs: 2_000 }, ProviderTimeoutError],
      ["answers that are none", { body: Uint8Array.of(1, 2, 3) }, MalformedAnswerError],
      ["answers that are too long", { body: new Uint8Array(200_000) }, MalformedAnswerError],
      ["errors of the server", { status: { status: 500, code: "boom" } }, ProviderError],
      ["refusing what is right", { terms: { code: "bad_signature" } }, PaymentRefusedError],
      ["too low an amount that is right", { terms: { code: "amount_too_low" } }, PaymentRefusedError],
      ["a lane that is always busy", { terms: { code: "lane_busy" } }, PaymentRefusedError],
    ];
    for (const [what, act, type] of LASTING) {
      it(`is left after three times of ${what}`, async () => {
        always(act);
        const buyer = open({ timeoutMs: 100 });
        const error = await failure(ask(buyer));
        expect(error).to.be.instanceOf(type);
        expect(error).to.be.instanceOf(CallFailedError);
        expect(provider.calls).to.have.length(3);
        expect(provider.claimable).to.equal(PRICE);
        expect(await failure(ask(buyer))).to.be.instanceOf(ServiceLeftError);
      });
    }

    it("is unreachable when nothing listens", async () => {
      await provider.stop();
      const error = await failure(ask(open()));
      expect(error).to.be.instanceOf(ProviderUnreachableError);
      expect(market.channels.size).to.equal(0);
    });

    it("is not asked again for what it refuses for good", async () => {
      const buyer = open();
      mischief({ status: { status: 413, code: "too_large" } });
      const error = await failure(ask(buyer));
      expect(error).to.be.instanceOf(ProviderError);
      expect(provider.calls).to.have.length(1);
      // Nothing was charged: the amount is used for the next call.
      expect((await ask(buyer, 2)).receipt?.amount).to.equal(PRICE);
    });

    it("may be busy for a while, but not for ever", async () => {
      const busy = (status: number): Mischief => ({
        status: { status, code: "busy", headers: { "retry-after": "0" } },
      });
      const buyer = open({ patienceMs: 400, now: () => Date.now() });
      mischief(busy(429), busy(503), { terms: { code: "unknown_channel" } });
      // The last one is waited for longer than patience lasts.
      expect(await failure(ask(buyer))).to.be.instanceOf(PaymentRefusedError);
      mischief(busy(429), busy(503));
      expect((await ask(buyer)).paid).to.equal(PRICE);
      always(busy(503));
      const error = await failure(ask(buyer));
      expect(error).to.be.instanceOf(ProviderBusyError);
      always({});
      expect((await ask(buyer)).receipt?.amount).to.equal(200n);
    });

    it("is never paid above the listed price", async () => {
      always({ terms: { code: "amount_too_low", price: PRICE + 1n } });
      const error = await failure(ask(open()));
      expect(error).to.be.instanceOf(QuoteTooHighError);
      expect(error).to.include({ quoted: 101n, listed: 100n });
      expect(provider.claimable).to.equal(PRICE);
    });

    it("cannot make the buyer adopt a voucher that it did not sign", async () => {
      const forged = { lane: 0, amount: 50_000n, callHash: filled(1), signature: filled(2, 64) };
      const buyer = open();
      await ask(buyer);
      always({ terms: { code: "amount_too_low", lastVoucher: { channel: channel().id, ...forged } } });
      const error = await failure(ask(buyer));
      expect(error).to.be.instanceOf(MalformedAnswerError);
      expect(error.message).to.match(/never signed/);
      expect(provider.claimable).to.equal(200n);
    });

    it("cannot make the buyer adopt its own voucher of another lane", async () => {
      const buyer = open();
      await ask(buyer, 1);
      await Promise.all([ask(buyer, 2), ask(buyer, 3)]);
      const foreign = provider.calls.find(({ voucher }) => voucher!.lane === 1)!.voucher!;
      always({ terms: { code: "amount_too_low", lastVoucher: foreign } });
      expect(await failure(ask(buyer))).to.be.instanceOf(MalformedAnswerError);
    });

    it("cannot make the buyer pay again by showing the voucher that it does not answer", async () => {
      for (const code of ["amount_too_low", "lane_busy"]) {
        provider.mischief = (_, voucher) => ({ terms: { code, lastVoucher: voucher as Signed<Voucher> } });
        expect(await failure(ask(open()))).to.be.instanceOf(PaymentRefusedError);
      }
      expect(provider.calls).to.have.length(6);
      expect(provider.claimable).to.equal(PRICE);
    });

    it("cannot keep a voucher that it pretended to refuse, and be paid for another", async () => {
      const buyer = open({ patienceMs: 1 });
      always({ status: { status: 503, code: "busy" } });
      expect(await failure(ask(buyer, 1))).to.be.instanceOf(ProviderBusyError);
      const kept = provider.calls[0]!.voucher!;
      always({ terms: { code: "lane_busy", lastVoucher: kept } });
      expect(await failure(ask(buyer, 2))).to.be.instanceOf(PaymentRefusedError);
      market.claim(toHex(kept.channel), 0, kept.amount);
      always({ terms: { code: "amount_too_low" } });
      now += 60_000;
      expect(await failure(ask(buyer, 3))).to.be.instanceOf(PaymentRefusedError);
      expect(provider.claimable).to.equal(PRICE);
    });

    it("that lost its log is paid on from what is settled", async () => {
      const buyer = open();
      for (let n = 0; n < 4; n++) await ask(buyer, n);
      market.claim(toHex(channel().id), 0, 200n);
      provider.loseLog();
      const result = await ask(buyer, 9);
      expect(result.receipt).to.include({ lane: 0, amount: 300n });
    });
  });

  describe("a rerun", () => {
    const entry = corpus.find(({ file }) => file === "good-mlp.onnx")!;
    const [vector] = entry.vectors!;
    const input = Uint8Array.from(Buffer.from(vector!.input, "hex"));

    beforeEach(() => {
      const modelHex = entry.info!.sha256;
      market.files.set(modelHex, readCorpusFile("good-mlp.onnx"));
      market.services.get(SERVICE)!.model = Uint8Array.from(Buffer.from(modelHex, "hex"));
      provider.input = { name: "x", datatype: "INT8", itemShape: [6] };
      provider.output = { name: "y", datatype: "INT32", itemShape: [3] };
      provider.model = () => Int32Array.from(vector!.output);
    });

    it("verifies an answer bit by bit", async () => {
      const result = await open().infer({ service: SERVICE, items: [input, input], rerun: true });
      expect(result).to.include({ verified: "rerun", paid: 200n });
    });

    it("throws the proof of a wrong answer, ready for a challenge", async () => {
      let count = 0;
      provider.model = () => Int32Array.from(vector!.output, (value) => value + (count++ < 3 ? 0 : 1));
      const buyer = open();
      const error = (await failure(
        buyer.infer({ service: SERVICE, items: [input, input], rerun: true }),
      )) as WrongAnswerError;
      expect(error).to.be.instanceOf(WrongAnswerError);
      expect(error.index).to.equal(1);
      expect([...error.expected]).to.deep.equal(vector!.output);
      const { value } = answerChallenge(PAYER, error.receiptFile!, error.index);
      expect(value).to.deep.include({ index: 1, input });
      expect(value.receipt?.channel).to.deep.equal(channel().id);
      expect(await failure(ask(buyer))).to.be.instanceOf(ServiceLeftError);
    });

    it("pays nothing when the file is not the model's, or the server's metadata not of it", async () => {
      const modelHex = entry.info!.sha256;
      market.files.set(modelHex, readCorpusFile("good-cnn.onnx"));
      const error = await failure(open().infer({ service: SERVICE, items: [input], rerun: true }));
      expect(error.message).to.match(/Do not trust this node/);
      market.files.set(modelHex, readCorpusFile("good-mlp.onnx"));
      provider.input = { name: "x", datatype: "INT8", itemShape: [4] };
      const other = await failure(open().infer({ service: SERVICE, items: [item(1)], rerun: true }));
      expect(other).to.be.instanceOf(MalformedAnswerError);
      expect(provider.calls).to.deep.equal([]);
    });
  });

  describe("lanes", () => {
    it("grow with every verified answer", async () => {
      provider.delayMs = 20;
      const buyer = open({ lanes: 8 });
      const calls = Array.from({ length: 40 }, (_, n) => ask(buyer, n));
      await calls[0];
      expect(provider.mostRunning).to.equal(1);
      const results = await Promise.all(calls);
      results.forEach(({ outputs }, n) => expect(outputs).to.deep.equal([sums(item(n))]));
      expect(provider.mostRunning).to.equal(8);
      expect(provider.claimable).to.equal(40n * PRICE);
    });

    it("answer a thousand parallel calls on one channel", async () => {
      market.blockMs = 20;
      const buyer = open();
      const results = await Promise.all(Array.from({ length: 1000 }, (_, n) => ask(buyer, n)));
      results.forEach(({ outputs }, n) => expect(outputs).to.deep.equal([sums(item(n))]));
      expect(
        market.sent
          .map(({ typeUrl }) => typeUrl.split(".").at(-1))
          .filter((name) => name === "MsgOpenChannel"),
      ).to.have.length(1);
      expect(BigInt(channel().deposited) >= 1000n * PRICE).to.equal(true);
      expect(provider.claimable).to.equal(1000n * PRICE);
    });

    it("lose at most one price each to a provider that takes everything and gives nothing", async () => {
      const buyer = open({ lanes: 4 });
      await Promise.all(Array.from({ length: 20 }, (_, n) => ask(buyer, n)));
      const before = provider.claimable;
      always({ die: "after" });
      const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => ask(buyer, n)));
      expect(outcomes.every(({ status }) => status === "rejected")).to.equal(true);
      expect(provider.claimable - before <= 4n * PRICE).to.equal(true);
      // Calls that failed together count as one failure: a minute, not an hour.
      always({});
      now += 60_000;
      expect((await ask(buyer, 1)).outputs).to.deep.equal([sums(item(1))]);
    });

    it("are given up by a call that is aborted, and stay usable", async () => {
      provider.delayMs = 100;
      const buyer = open();
      const stop = new AbortController();
      const first = ask(buyer, 1, { signal: stop.signal });
      await until(() => provider.calls.length >= 1);
      const waiting = ask(buyer, 2, { signal: stop.signal });
      const third = ask(buyer, 3);
      stop.abort(new Error("enough"));
      expect((await failure(first)).message).to.equal("enough");
      expect((await failure(waiting)).message).to.equal("enough");
      expect((await third).outputs).to.deep.equal([sums(item(3))]);
      // Nothing was signed for the call that waited.
      expect(provider.claimable).to.equal(200n);
      expect(await failure(ask(buyer, 4, { signal: AbortSignal.abort(new Error("no")) }))).to.have.property(
        "message",
        "no",
      );
    });
  });

  describe("the budget", () => {
    const types = () => market.sent.map(({ typeUrl }) => typeUrl.split(".").at(-1));

    it("is never exceeded in one channel", async () => {
      const buyer = open({ budget: { maxDeposit: 1_500n } });
      const error = await (async () => {
        for (let n = 0; n < 20; n++) await ask(buyer, n).catch((e: unknown) => Promise.reject(e as Error));
        return expect.fail("20 calls for 15");
      })().catch((e: unknown) => e as BudgetExceededError);
      expect(error).to.be.instanceOf(BudgetExceededError);
      expect(error).to.include({ limit: "maxDeposit", allowed: 1_500n, used: 1_500n, needed: 100n });
      expect(error.message).to.match(/Raise maxDeposit, or close the channel/);
      expect(provider.ran).to.equal(15);
      expect(channel().deposited).to.equal("1500");
    });

    it("is never exceeded in all channels together, closed ones included", async () => {
      const buyer = open({ budget: { maxDeposit: 10_000n, maxTotal: 10_500n } });
      await ask(buyer);
      await buyer.close(toHex(channel().id));
      const error = await failure(ask(buyer));
      expect(error).to.be.instanceOf(BudgetExceededError);
      expect(error).to.include({ limit: "maxTotal", allowed: 10_500n, used: 10_000n, needed: 1_000n });
      const later = open({ budget: { maxDeposit: 10_000n, maxTotal: 11_000n } });
      await ask(later);
      expect(market.channels.size).to.equal(2);
    });

    it("must allow the least deposit of the chain", async () => {
      const error = await failure(ask(open({ budget: { maxDeposit: 999n } })));
      expect(error).to.be.instanceOf(BudgetExceededError);
      expect(error).to.include({ needed: 1_000n });
    });

    it("is one for each coin", async () => {
      const other = new FakeProvider(market, 8n);
      await other.start({ denom: "uother", price: 5n });
      try {
        const error = await failure(open().infer({ service: 8n, items: [item(1)] }));
        expect(error.message).to.match(/Add budget.denoms.uother/);
        const denoms = { uother: { maxDeposit: 2_000n, maxTotal: 2_000n } };
        const buyer = open({ budget: { maxTotal: 10_000n, denoms } });
        await buyer.infer({ service: 8n, items: [item(1)] });
        await ask(buyer);
        expect(
          [...market.channels.values()].map(({ denom, deposited }) => [denom, deposited]),
        ).to.have.deep.members([
          ["uother", "1000"],
          ["uassay", "10000"],
        ]);
      } finally {
        await other.stop();
      }
    });

    it("is used in steps that double when they do not last", async () => {
      const buyer = open();
      for (let n = 0; n < 200; n++) await ask(buyer, n);
      expect(types()).to.deep.equal(["MsgOpenChannel", "MsgTopUp", "MsgTopUp"].slice(0, types().length));
      expect(BigInt(channel().deposited)).to.equal(30_000n);
    });

    it("is used only when a quote says so, if nothing is to be locked in advance", async () => {
      const buyer = open({ topUpInAdvance: false });
      for (let n = 0; n < 100; n++) {
        expect((await buyer.quote({ service: SERVICE })).first.kind).to.equal(n === 0 ? "open" : "nothing");
        await ask(buyer, n);
      }
      expect(types()).to.deep.equal(["MsgOpenChannel"]);
      const { first } = await buyer.quote({ service: SERVICE });
      expect(first).to.deep.equal({ kind: "top-up", amount: 20_000n });
      await ask(buyer, 100);
      expect(types()).to.deep.equal(["MsgOpenChannel", "MsgTopUp"]);
      expect(BigInt(channel().deposited)).to.equal(30_000n);
    });

    it("is topped up once for many calls that wait", async () => {
      market.blockMs = 30;
      const buyer = open({ budget: { maxDeposit: 1_000_000n } });
      await ask(buyer);
      await Promise.all(Array.from({ length: 300 }, (_, n) => ask(buyer, n)));
      expect(types().filter((name) => name === "MsgTopUp").length).to.be.lessThan(4);
      expect(provider.claimable).to.equal(301n * PRICE);
    });
  });

  describe("prices", () => {
    it("that rise are paid only if the caller accepts them", async () => {
      const buyer = open();
      await ask(buyer);
      market.services.get(SERVICE)!.price = 150n;
      const error = await failure(ask(buyer));
      expect(error).to.be.instanceOf(PriceTooHighError);
      expect(error.message).to.match(
        /costs 150uassay an item now, at most 100uassay is accepted. Pass maxPrice: 150n/,
      );
      const result = await ask(buyer, 2, { maxPrice: 150n });
      expect(result.paid).to.equal(150n);
      expect(await failure(ask(buyer, 3, { maxPrice: 149n }))).to.be.instanceOf(PriceTooHighError);
    });

    it("that fall are paid at once", async () => {
      const buyer = open();
      await ask(buyer);
      market.services.get(SERVICE)!.price = 60n;
      const result = await ask(buyer);
      expect(result.paid).to.equal(60n);
      expect(result.receipt?.amount).to.equal(160n);
    });

    it("that fall to nothing are not paid at all", async () => {
      const buyer = open();
      await ask(buyer);
      market.services.get(SERVICE)!.price = 0n;
      now += 31_000;
      expect((await ask(buyer)).paid).to.equal(0n);
      expect(provider.claimable).to.equal(PRICE);
    });

    it("that a free service gets are not paid unasked", async () => {
      market.services.get(SERVICE)!.price = 0n;
      const buyer = open();
      await ask(buyer);
      market.services.get(SERVICE)!.price = 5n;
      expect(await failure(ask(buyer))).to.be.instanceOf(PriceTooHighError);
      expect((await ask(buyer, 1, { maxPrice: 5n })).paid).to.equal(5n);
    });
  });

  describe("a quote", () => {
    it("says what a first call, a next call and a large call need", async () => {
      const buyer = open();
      const first = await buyer.quote({ service: SERVICE, items: 2 });
      expect(first).to.deep.include({
        price: 100n,
        cost: 200n,
        denom: "uassay",
        callsLeft: 0n,
        accuracy: 900_000,
      });
      expect(first.first).to.deep.equal({ kind: "open", amount: 20_000n });
      expect(first.model).to.equal("09".repeat(32));
      await ask(buyer);
      const next = await buyer.quote({ service: SERVICE });
      expect(next).to.deep.include({ first: { kind: "nothing" }, callsLeft: 99n });
      const large = await buyer.quote({ service: SERVICE, items: 150 });
      expect(large.first).to.deep.equal({ kind: "top-up", amount: 20_000n });
      expect(market.sent).to.have.length(1);
    });

    it("says when the budget is too small", async () => {
      const buyer = open({ budget: { maxDeposit: 5_000n } });
      expect(await failure(buyer.quote({ service: SERVICE, items: 51 }))).to.be.instanceOf(
        BudgetExceededError,
      );
    });

    it("is nothing for a free service", async () => {
      market.services.get(SERVICE)!.price = 0n;
      const quote = await open().quote({ service: SERVICE });
      expect(quote).to.deep.include({ cost: 0n, first: { kind: "nothing" }, callsLeft: undefined });
    });
  });

  describe("closing", () => {
    it("takes a grace, and gives back what is left", async () => {
      const buyer = open();
      await ask(buyer);
      const id = toHex(channel().id);
      expect(await buyer.channels()).to.deep.equal([
        {
          channel: id,
          service: SERVICE,
          status: "open",
          closeHeight: undefined,
          denom: "uassay",
          deposited: 10_000n,
          avail: 10_000n,
          callsLeft: 99n,
          usable: true,
        },
      ]);
      const height = await buyer.close(id);
      expect(height).to.equal(Number(channel().closeHeight));
      expect(await buyer.channels()).to.deep.include.members([
        {
          channel: id,
          service: SERVICE,
          status: "closing",
          closeHeight: height,
          denom: "uassay",
          deposited: 10_000n,
          avail: 10_000n,
          callsLeft: 0n,
          usable: false,
        },
      ]);
      expect(await buyer.close(id)).to.equal(height);
      market.height = height!;
      expect(await buyer.close(id)).to.equal(undefined);
      expect(channel().returned).to.equal("10000");
      // What came back is in the account, not left as a credit.
      expect(market.sent.at(-1)?.typeUrl).to.match(/MsgWithdraw$/);
      expect(market.credits.size).to.equal(0);
      expect(await buyer.channels()).to.deep.equal([]);
      expect(await buyer.close(id)).to.equal(undefined);
    });

    it("waits for calls under way, and the next call opens another channel", async () => {
      const buyer = open();
      await ask(buyer);
      provider.delayMs = 200;
      const running = ask(buyer, 2);
      const waiting = [3, 4, 5].map((n) => ask(buyer, n).catch((error: unknown) => error));
      await until(() => provider.calls.length >= 2);
      await buyer.close(toHex(channel().id));
      expect((await running).outputs).to.deep.equal([sums(item(2))]);
      const outcomes = await Promise.all(waiting);
      expect(outcomes.some((outcome) => outcome instanceof ChannelClosedError)).to.equal(true);
      await ask(buyer, 6);
      expect(market.channels.size).to.equal(2);
    });

    it("by the provider is told, and the next call opens another channel", async () => {
      const buyer = open();
      await ask(buyer);
      channel().status = ChannelStatus.CLOSED;
      expect(await failure(ask(buyer))).to.be.instanceOf(ChannelClosedError);
      await ask(buyer);
      expect(market.channels.size).to.equal(2);
    });

    it("of a service, or its conviction, is told with the channel to close", async () => {
      const buyer = open();
      await ask(buyer);
      const id = toHex(channel().id);
      market.services.get(SERVICE)!.status = ServiceStatus.CLOSED;
      always({ terms: { code: "service_closed" } });
      const closed = await failure(ask(buyer));
      expect(closed).to.be.instanceOf(ServiceClosedError);
      expect(closed.message).to.include(`close channel ${id}`);
      market.services.get(SERVICE)!.status = ServiceStatus.CONVICTED;
      now += 31_000;
      await failure(ask(buyer));
      expect(await failure(ask(buyer))).to.be.instanceOf(ServiceConvictedError);
      expect(await buyer.close(id)).to.equal(undefined);
      expect(channel().returned).to.equal("10000");
    });
  });

  describe("a restart", () => {
    /** A store that stops as if the process ended: what is put later is lost, and never resolves. */
    function breakable(): BuyerStore & { breakAfter: (puts: number) => void } {
      const inner = store;
      let left = Infinity;
      return {
        ...inner,
        put: (key, value) => (left-- > 0 ? inner.put(key, value) : new Promise(() => undefined)),
        breakAfter: (puts) => (left = puts),
      };
    }

    it("goes on with the channel and the lanes", async () => {
      await ask(open(), 1);
      const result = await ask(open(), 2);
      expect(result.receipt?.amount).to.equal(200n);
      expect(market.channels.size).to.equal(1);
    });

    it("between signing and answer asks again with the same voucher, and pays once", async () => {
      const first = open();
      await ask(first, 1);
      provider.delayMs = 60;
      // This process ends while the provider works: nobody awaits it.
      ask(first, 2).catch(() => undefined);
      await until(() => provider.calls.length >= 2);
      const second = open();
      const [resumed, ...others] = await second.resume();
      expect(others).to.deep.equal([]);
      expect(resumed).to.include({ service: SERVICE, lane: 0 });
      expect(resumed!.answer?.items).to.deep.equal([item(2)]);
      expect(resumed!.answer?.outputs).to.deep.equal([sums(item(2))]);
      expect(provider.calls[2]!.voucher).to.deep.equal(provider.calls[1]!.voucher);
      expect((await ask(second, 3)).receipt?.amount).to.equal(300n);
      expect(provider.claimable).to.equal(300n);
    });

    it("reports a provider that cannot be asked, and goes on with others", async () => {
      const other = new FakeProvider(market, 8n);
      await other.start();
      try {
        const first = open();
        const each = (act: Mischief) => {
          for (const one of [provider, other]) one.mischief = () => act;
        };
        each({ header: null });
        await failure(ask(first, 1));
        await failure(first.infer({ service: 8n, items: [item(2)] }));
        each({});
        await provider.stop();
        const resumed = await open().resume();
        expect(resumed[0]).to.deep.include({ service: SERVICE, lane: 0, answer: undefined });
        expect(resumed[0]!.error).to.be.instanceOf(ProviderUnreachableError);
        expect(resumed[1]).to.deep.include({ service: 8n, error: undefined });
        expect(resumed[1]!.answer!.outputs).to.deep.equal([sums(item(2))]);
      } finally {
        await other.stop();
      }
    });

    it("before the voucher was sent sends it", async () => {
      const broken = breakable();
      const transport = () => new Promise<never>(() => undefined);
      const first = open({ store: broken });
      await ask(first, 1);
      const stuck = open({
        store: broken,
        transport: async (request) => {
          if (request.method === "POST") return transport();
          return {
            status: 200,
            header: () => undefined,
            body: new Uint8Array(await (await fetch(request.url)).arrayBuffer()),
          };
        },
      });
      ask(stuck, 2).catch(() => undefined);
      await until(async () => (await store.get(await laneKey(0)))?.includes('"amount":"200"') ?? false);
      const [resumed] = await open().resume();
      expect(resumed?.answer?.outputs).to.deep.equal([sums(item(2))]);
      expect(provider.claimable).to.equal(200n);
    });

    it("is never ahead of the store: what is not recorded is not sent", async () => {
      const broken = breakable();
      const buyer = open({ store: broken });
      await ask(buyer, 1);
      broken.breakAfter(0);
      ask(buyer, 2).catch(() => undefined);
      await sleep(50);
      expect(provider.calls).to.have.length(1);
    });

    it("without resume settles a pending voucher before the lane is used", async () => {
      const first = open();
      await ask(first, 1);
      mischief({ die: "after" }, { die: "after" }, { die: "after" });
      await failure(ask(first, 2));
      always({});
      const result = await ask(open(), 3);
      expect(result.receipt?.amount).to.equal(300n);
      expect(provider.ran).to.equal(3);
    });

    it("with items too large to store learns from the provider what was charged", async () => {
      provider.input = { name: "pixels", datatype: "UINT8", itemShape: [70_000] };
      const large = (n: number) => new Uint8Array(70_000).fill(n);
      const first = open();
      const call = (buyer: Buyer, n: number) => buyer.infer({ service: SERVICE, items: [large(n)] });
      await call(first, 1);
      mischief({ die: "after" }, { die: "after" }, { die: "after" });
      await failure(call(first, 2));
      always({});
      const second = open();
      const [resumed] = await second.resume();
      expect(resumed).to.deep.include({ lane: 0, answer: undefined });
      expect((await call(second, 3)).receipt?.amount).to.equal(300n);

      mischief({ die: "before" }, { die: "before" }, { die: "before" });
      await failure(call(second, 4));
      always({});
      expect((await call(open(), 5)).receipt?.amount).to.equal(400n);
    });

    it("on an old backup adopts the newest voucher that is its own", async () => {
      const buyer = open();
      await ask(buyer, 1);
      const backup = await copy(store);
      await ask(buyer, 2);
      expect((await ask(open({ store: await copy(backup) }), 6)).receipt?.amount).to.equal(300n);
      for (let n = 3; n < 6; n++) await ask(open(), n);
      const result = await ask(open({ store: await copy(backup) }), 6);
      expect(result.receipt?.amount).to.equal(700n);
      expect(result.outputs).to.deep.equal([sums(item(6))]);
    });

    it("without its store can still close its channels", async () => {
      await ask(open(), 1);
      const lost = open({ store: createMemoryStore() });
      const [summary] = await lost.channels();
      expect(summary).to.deep.include({ usable: false, callsLeft: 0n, status: "open" });
      expect(await lost.close(summary!.channel)).to.equal(Number(channel().closeHeight));
    });

    for (const when of ["before", "after"] as const) {
      it(`${when} its opening took effect opens one channel`, async () => {
        market.losses.push(when);
        expect((await failure(ask(open()))).message).to.match(/the process ended/);
        const buyer = open();
        await buyer.resume();
        await ask(buyer);
        expect(market.channels.size).to.equal(1);
        expect(channel().deposited).to.equal("10000");
      });
    }

    it("counts a top-up of which it does not know against the budget", async () => {
      const budget = { maxDeposit: 3_000n };
      const first = open({ budget: { maxDeposit: 1_000n } });
      for (let n = 0; n < 10; n++) await ask(first, n);
      market.losses.push("after");
      await failure(ask(open({ budget }), 10));
      const buyer = open({ budget });
      for (let n = 0; n < 20; n++) await ask(buyer, n);
      expect(await failure(ask(buyer))).to.be.instanceOf(BudgetExceededError);
      expect(channel().deposited).to.equal("3000");
    });

    it("of the account's counter by another program is noticed", async () => {
      const buyer = open();
      const counter = market.client.marketplace.PayerCounter.bind(market.client.marketplace);
      let stale = true;
      const client = {
        ...market.client,
        marketplace: {
          ...market.client.marketplace,
          PayerCounter: async (request: { payer: string }) => {
            const answer = await counter(request);
            if (stale) market.useCounter();
            stale = false;
            return answer;
          },
        },
      } as CreateBuyerParameters["client"];
      expect((await ask(open({ client }))).paid).to.equal(PRICE);
      expect(await buyer.channels()).to.have.length(1);
    });

    async function copy(from: BuyerStore): Promise<BuyerStore> {
      const to = createMemoryStore();
      for (const key of await from.keys("")) await to.put(key, (await from.get(key))!);
      return to;
    }

    async function laneKey(lane: number): Promise<string> {
      const keys = await store.keys("");
      return keys.find((key) => key.endsWith(`/${lane}`)) ?? "";
    }
  });
});
