import { InsufficientFundsError, TxFailedError } from "@assay/client/errors";
import { Service, ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import {
  MsgChallengeAnswerResponse,
  type MsgChallengeAnswer,
} from "@assay/client/generated/assay/marketplace/v1/tx";
import type { ChannelSummary, InferParameters } from "@assay/client/market/buyer";
import * as errors from "@assay/client/market/buyer-errors";
import type { ReceiptFile } from "@assay/client/market/x402";
import { sleep } from "@assay/client/sleep";
import type { TxResult } from "@assay/client/sender";
import type { EncodeObject } from "@cosmjs/proto-signing";
import { expect } from "chai";
import type { CallResult } from "../../src/probes/buyer.ts";
import { MarketBuyer, Stopwatch } from "../../src/probes/market-buyer.ts";
import { errorOf } from "@assay/service-kit/testing/support";
import { OTHER } from "../support.ts";

const service = Service.fromPartial({ id: 7n, price: 10n });
const { signal } = new AbortController();

const receiptFile: ReceiptFile = {
  chainId: "assay-test-1",
  receipt: {
    service: 7n,
    channel: new Uint8Array(32).fill(1),
    lane: 0,
    amount: 20n,
    callHash: new Uint8Array(32).fill(2),
    items: 2,
    inputRoot: new Uint8Array(32).fill(3),
    outputRoot: new Uint8Array(32).fill(4),
    signature: new Uint8Array(64).fill(5),
  },
  salt: new Uint8Array(16),
  items: [Uint8Array.of(1, 2), Uint8Array.of(3, 4)],
  outputs: [Int32Array.of(5), Int32Array.of(-6)],
  servingKey: new Uint8Array(32).fill(6),
  model: new Uint8Array(32).fill(7),
};

function openChannel(channel: string, id: bigint, closeHeight?: number): ChannelSummary {
  return {
    channel,
    service: id,
    closeHeight,
    denom: "uassay",
    usable: true,
    status: closeHeight === undefined ? "open" : "closing",
    deposited: 100n,
    avail: 100n,
    callsLeft: 10n,
  };
}

/** What the probes see of a market in which one call goes as told. */
class Market {
  readonly asked: InferParameters[] = [];
  readonly closed: string[] = [];
  readonly sent: { messages: readonly EncodeObject[]; id: string | undefined }[] = [];
  channels: ChannelSummary[] = [];
  error: Error | undefined;
  convicts: boolean | Error = true;
  status: ServiceStatus = ServiceStatus.ACTIVE;
  readonly stopwatch = { lastMs: 12, reset: () => undefined };

  readonly buyer = new MarketBuyer({
    stopwatch: this.stopwatch,
    status: async () => this.status,
    sender: {
      address: OTHER,
      send: async (messages, { id } = {}) => {
        this.sent.push({ messages, id });
        if (this.convicts instanceof Error) throw this.convicts;
        return resultOf(this.convicts);
      },
    },
    buyer: {
      infer: async (parameters) => {
        this.asked.push(parameters);
        if (this.error !== undefined) throw this.error;
        const outputs = parameters.items.map(() => Int32Array.of(0));
        const rest = { receipt: undefined, receiptFile: undefined, callsLeft: 1n } as const;
        return { ...rest, outputs, verified: "rerun", paid: 20n, latencyMs: 5_000 };
      },
      channels: async () => this.channels,
      close: async (channel) => {
        this.closed.push(channel);
        return undefined;
      },
    },
  });

  call(): Promise<CallResult> {
    return this.buyer.call({ service, items: [Uint8Array.of(1), Uint8Array.of(2)], maxPaid: 20n, signal });
  }
}

function resultOf(convicted: boolean): TxResult {
  const value = MsgChallengeAnswerResponse.encode({ convicted }).finish();
  const typeUrl = "/assay.marketplace.v1.MsgChallengeAnswerResponse";
  const attributes = [
    ["service", '"7"'],
    ["slashed", '{"denom":"uassay","amount":"1000"}'],
    ["rewarded", `"${OTHER}"`],
    ["reward", '{"denom":"uassay","amount":"100"}'],
  ].map(([key, value_]) => ({ key: key as string, value: value_ as string }));
  const events = convicted ? [{ type: "assay.marketplace.v1.EventServiceConvicted", attributes }] : [];
  return {
    hash: "00",
    height: 1,
    gasUsed: 1n,
    events,
    msgResponses: [{ typeUrl, value }],
  };
}

describe("buyer of probes", () => {
  it("pays no more than was listed, re-runs the answer, and times the request alone", async () => {
    const market = new Market();
    expect(await market.call()).to.deep.equal({ outcome: "answered", paid: 20n, latencyMs: 12 });
    expect(market.asked[0]).to.include({ service: 7n, rerun: true, maxPrice: 10n, signal });
  });

  const url = "http://127.0.0.1:1";
  const cases: [string, Error, Partial<CallResult>][] = [
    ["a server that is away", new errors.ProviderUnreachableError(7n, url, undefined), failed(20n)],
    ["one that is slow", new errors.ProviderTimeoutError(7n, url, 1), failed(20n)],
    ["a receipt for something else", new errors.WrongReceiptError(7n, "input_root"), failed(20n)],
    [
      "a wrong answer without a receipt",
      new errors.WrongAnswerError(7n, 0, Int32Array.of(1), undefined),
      failed(20n),
    ],
    ["metadata that are not the model's", new errors.ItemsError("3 bytes, expected 2"), failed(0n)],
    [
      "a service that was left alone",
      new errors.ServiceLeftError(7n, 1, undefined),
      { outcome: "spoiled", paid: 0n },
    ],
    [
      "a price raised meanwhile",
      new errors.PriceTooHighError(7n, "uassay", 11n, 10n),
      { outcome: "spoiled", paid: 0n },
    ],
    [
      "a service closed meanwhile",
      new errors.ServiceClosedError(7n, undefined),
      { outcome: "spoiled", paid: 0n },
    ],
    ["a channel closed meanwhile", new errors.ChannelClosedError("aa"), { outcome: "spoiled", paid: 20n }],
  ];
  function failed(paid: bigint): Partial<CallResult> {
    return { outcome: "failed", paid };
  }
  for (const [what, error, expected] of cases) {
    it(`knows whom to blame for ${what}: ${expected.outcome}`, async () => {
      const market = new Market();
      market.error = error;
      expect(await market.call()).to.include({ ...expected, reason: error.message });
    });
  }

  it("throws what is nobody's fault", async () => {
    const market = new Market();
    market.error = new DOMException("stopped", "AbortError");
    expect(await errorOf(() => market.call())).to.equal(market.error);
  });

  it("shows the chain the item that was answered wrongly", async () => {
    const market = new Market();
    market.error = new errors.WrongAnswerError(7n, 1, Int32Array.of(6), receiptFile);
    const result = await market.call();
    if (result.outcome !== "wrong") throw new Error(result.outcome);
    expect(await market.buyer.challenge(result.evidence, signal)).to.equal(true);
    const [{ messages, id }] = market.sent as [(typeof market.sent)[0]];
    const message = messages[0]?.value as MsgChallengeAnswer;
    expect(id).to.equal("challenge/7");
    expect(message).to.include({ sender: OTHER, index: 1 });
    expect(message.receipt).to.deep.include(receiptFile.receipt);
    expect([...message.input]).to.deep.equal([3, 4]);
    expect([...new Int32Array(message.output.slice().buffer)]).to.deep.equal([-6]);
    market.convicts = false;
    expect(await market.buyer.challenge(result.evidence, signal)).to.equal(false);
    // Somebody else was faster, or the chain has another reason.
    const refusal = { stage: "deliver", code: 2, codespace: "marketplace", log: "no", hash: "00" } as const;
    market.convicts = new TxFailedError(refusal);
    expect(await errorOf(() => market.buyer.challenge(result.evidence, signal))).to.equal(market.convicts);
    market.status = ServiceStatus.CONVICTED;
    expect(await market.buyer.challenge(result.evidence, signal)).to.equal(true);
  });

  it("begins a new channel when one has had all it may have", async () => {
    const market = new Market();
    market.channels = [openChannel("aa", 7n), openChannel("bb", 8n), openChannel("cc", 7n, 50)];
    const excess = { denom: "uassay", allowed: 100n, used: 100n, needed: 10n };
    market.error = new errors.BudgetExceededError({ limit: "maxDeposit", ...excess });
    expect(await market.call()).to.include({ outcome: "spoiled", paid: 0n });
    expect(market.closed).to.deep.equal(["aa"]);
    // A deposit that no channel may have is the settings' fault.
    market.error = new errors.BudgetExceededError({ limit: "maxDeposit", ...excess, used: 0n });
    expect(await errorOf(() => market.call())).to.equal(market.error);
  });

  it("gets back what is deposited with services that are gone and, when coins run out, with those not in turn", async () => {
    const market = new Market();
    market.channels = [openChannel("gone", 1n), openChannel("planned", 2n), openChannel("other", 3n)];
    market.channels.push(openChannel("ripe", 4n, 100), openChannel("grace", 4n, 101));
    const state = { listed: new Set([2n, 3n, 4n]), planned: new Set([2n]), height: 100n, signal };
    await market.buyer.tidy(state);
    expect(market.closed.splice(0)).to.deep.equal(["gone", "ripe"]);
    market.error = new InsufficientFundsError(OTHER, {
      stage: "simulate",
      code: undefined,
      codespace: undefined,
      log: "insufficient funds",
      hash: undefined,
    });
    expect(await errorOf(() => market.call())).to.equal(market.error);
    await market.buyer.tidy(state);
    expect(market.closed.splice(0)).to.deep.equal(["gone", "other", "ripe"]);
    await market.buyer.tidy(state);
    expect(market.closed, "once").to.deep.equal(["gone", "ripe"]);
  });

  it("times inference requests, and gives all requests of a call the time of one", async () => {
    const stopwatch = new Stopwatch(400);
    const after = (ms: number) =>
      stopwatch.around(async ({ signal: late }) => {
        await sleep(ms, late);
        return { status: 200, header: () => undefined, body: new Uint8Array() };
      });
    const quick = after(30);
    const get = { method: "GET", url, headers: {}, maxBytes: 1, signal } as const;
    const post = { ...get, method: "POST" } as const;
    stopwatch.reset();
    await quick(get);
    expect(stopwatch.lastMs).to.equal(0);
    await quick(post);
    expect(stopwatch.lastMs).to.be.within(28, 300);
    await errorOf(() => after(60_000)(post));
    expect(stopwatch.lastMs, "what was left").to.be.below(400);
    expect((await errorOf(() => quick(post))).message).to.equal("the time for this call is over");
    stopwatch.reset();
    await quick(post);
  });
});
