import type { Amount } from "@assay/client/coins";
import { ChannelStatus, ClaimStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import {
  MsgClaimResponse,
  MsgCloseChannelResponse,
  type MsgClaim,
  type MsgCloseChannel,
} from "@assay/client/generated/assay/marketplace/v1/tx";
import type { Message } from "@assay/client/messages";
import type { TxResult } from "@assay/client/result";
import { silentLogger } from "@assay/service-kit/log";
import { withFolder } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import type { Channel } from "../../src/serve/chain/chain.ts";
import { Claimer, type ClaimRule } from "../../src/serve/claims/claimer.ts";
import { Bench, CHAIN_ID, paymentOf, SERVICE } from "./fixture.ts";
import { OWNER } from "../support/fixture.ts";

const never = new AbortController().signal;
const RULE: ClaimRule = { above: 1_000n, afterMs: 60_000, withdrawAbove: 500n };

/** A claimer over a bench whose chain settles what is claimed, by the rules of the market. */
class Till {
  readonly bench: Bench;
  readonly sent: { id: string | undefined; messages: readonly Message<unknown>[] }[] = [];
  credits: Amount[] = [];
  nowMs = 0;
  fails: Error | undefined;
  status: ClaimStatus | undefined;
  claimer: Claimer;

  constructor(bench: Bench, rule: Partial<ClaimRule> = {}) {
    this.bench = bench;
    const { view, lanes, log, metrics } = bench;
    this.claimer = new Claimer({
      chainId: CHAIN_ID,
      provider: OWNER,
      view,
      lanes,
      log,
      metrics,
      logger: silentLogger,
      credits: () => Promise.resolve(this.credits),
      send: (messages, { id }) => this.#send(messages, id),
      rule: { ...RULE, ...rule },
      now: () => this.nowMs,
    });
  }

  /** What was claimed, message by message: channel's first byte of the id, lane, amount. */
  claims(): string[][] {
    return this.sent.flatMap(({ messages }) =>
      messages
        .filter(({ typeUrl }) => typeUrl.endsWith("MsgClaim"))
        .map(({ value }) => (value as MsgClaim).vouchers.map(({ lane, amount }) => `${lane}:${amount}`)),
    );
  }

  names(): string[] {
    return this.sent.flatMap(({ messages }) => messages.map(({ typeUrl }) => typeUrl.split(".").at(-1)!));
  }

  async #send(messages: readonly Message<unknown>[], id: string | undefined): Promise<TxResult> {
    if (this.fails) throw this.fails;
    this.sent.push({ id, messages });
    const msgResponses = messages.map(({ typeUrl, value }) => ({
      typeUrl,
      value: this.#apply(typeUrl, value),
    }));
    return { hash: "AB", height: 1, gasUsed: 0n, events: [], msgResponses };
  }

  #apply(typeUrl: string, value: unknown): Uint8Array {
    if (typeUrl.endsWith("MsgWithdraw")) {
      this.credits = [];
      return new Uint8Array();
    }
    const { vouchers } = value as MsgClaim | MsgCloseChannel;
    const results = vouchers.map(({ channel, lane, amount }) => {
      const record = this.bench.chain.records.get(Buffer.from(channel).toString("hex"))!;
      if (this.status !== undefined) return { status: this.status, moved: 0n, released: 0n };
      const settled = record.lanes[lane]!;
      const due = amount > settled ? amount - settled : 0n;
      const moved = due < record.avail ? due : record.avail;
      this.bench.chain.change(record, {
        avail: record.avail - moved,
        lanes: record.lanes.with(lane, settled + moved),
      });
      const status = due === 0n ? ClaimStatus.NOOP : moved < due ? ClaimStatus.PARTIAL : ClaimStatus.OK;
      return { status, moved, released: moved };
    });
    if (typeUrl.endsWith("MsgClaim")) return MsgClaimResponse.encode({ results }).finish();
    const record = this.bench.chain.records.get(
      Buffer.from((value as MsgCloseChannel).channel).toString("hex"),
    )!;
    this.bench.chain.change(record, { status: ChannelStatus.CLOSED, avail: 0n });
    return MsgCloseChannelResponse.encode({ closeHeight: 0n, results }).finish();
  }

  /** Calls on a lane up to an amount. */
  async earn(channel: Channel, amount: bigint, lane = 0): Promise<void> {
    for (let paid = channel.lanes[lane]! + 100n; paid <= amount; paid += 100n)
      await this.bench.call(channel, paid, { lane, salt: Buffer.alloc(16, Number(paid % 251n)) });
  }

  async collect(): Promise<void> {
    await this.claimer.collect(never);
  }
}

const withTill = (body: (till: Till) => Promise<void>, rule?: Partial<ClaimRule>) => () =>
  withFolder(async (folder) => {
    const till = new Till(await Bench.start(folder), rule);
    try {
      await body(till);
    } finally {
      till.bench.store.close();
    }
  });

describe("claimer", () => {
  it(
    "claims when enough has come together, newest voucher of every lane, and only once",
    withTill(async (till) => {
      const channel = till.bench.chain.put();
      await till.earn(channel, 600n);
      await till.earn(channel, 300n, 1);
      await till.collect();
      expect(till.claims()).to.deep.equal([]);
      await till.bench.call(channel, 400n, { lane: 1 });
      await till.collect();
      expect(till.claims()).to.deep.equal([["0:600", "1:400"]]);
      expect(till.bench.view.channel(channel.idHex)?.lanes).to.deep.equal([600n, 400n]);
      await till.collect();
      expect(till.claims()).to.have.length(1);
      expect((await till.bench.metrics.released.get()).values[0]?.value).to.equal(1_000);
      expect((await till.bench.metrics.rows.get()).values).to.deep.equal([
        { labels: { status: "ok" }, value: 2 },
      ]);
    }),
  );

  it(
    "claims what has waited long enough",
    withTill(async (till) => {
      const channel = till.bench.chain.put();
      await till.earn(channel, 100n);
      await till.collect();
      till.nowMs += 59_999;
      await till.collect();
      expect(till.claims()).to.deep.equal([]);
      till.nowMs += 1;
      await till.collect();
      expect(till.claims()).to.deep.equal([["0:100"]]);
      // What comes later waits anew.
      await till.bench.call(channel, 200n, { salt: new Uint8Array(16) });
      await till.collect();
      expect(till.claims()).to.have.length(1);
    }),
  );

  it(
    "claims at once what is on a closing channel, that channel first",
    withTill(async (till) => {
      const { chain } = till.bench;
      const [calm, leaving] = [chain.put(), chain.put()];
      await till.earn(calm, 100n);
      await till.earn(leaving, 200n);
      chain.change(leaving, { status: ChannelStatus.CLOSING, closeHeight: 99n });
      await till.bench.view.refresh(leaving.idHex);
      await till.collect();
      expect(till.claims()).to.deep.equal([["0:200", "0:100"]]);
    }),
  );

  it(
    "takes a hundred rows at a time",
    withTill(async (till) => {
      const channels = [0, 1].map(() =>
        till.bench.chain.put({ lanes: Array.from({ length: 64 }, () => 0n) }),
      );
      for (const channel of channels)
        await Promise.all(channel.lanes.map((_, lane) => till.bench.call(channel, 100n, { lane })));
      await till.collect();
      expect(till.claims().map(({ length }) => length)).to.deep.equal([100, 28]);
    }),
  );

  it("names the same claim alike after a restart, and another one after a top-up", () =>
    withFolder(async (folder) => {
      const till = new Till(await Bench.start(folder), { above: 100n });
      const channel = till.bench.chain.put({ avail: 300n });
      await till.earn(channel, 300n);
      till.fails = new Error("the node is away");
      await till.collect();
      const again = new Till(await till.bench.restart(), { above: 100n });
      // As if somebody else had got a part of it.
      till.bench.chain.change(channel, { avail: 100n });
      await again.bench.view.refresh(channel.idHex);
      await again.collect();
      expect(again.claims()).to.deep.equal([["0:300"]]);
      expect((await again.bench.metrics.rows.get()).values[0]?.labels).to.deep.equal({ status: "partial" });
      await again.collect();
      expect(again.claims(), "nothing is left to be had").to.have.length(1);
      again.bench.chain.change(channel, { avail: 500n });
      await again.bench.view.refresh(channel.idHex);
      await again.collect();
      expect(again.claims()).to.have.length(2);
      expect(new Set(again.sent.map(({ id }) => id)).size).to.equal(2);
      expect(again.bench.view.channel(channel.idHex)?.lanes[0]).to.equal(300n);
      again.bench.store.close();
    }));

  it(
    "tries again after a failure, but not at once",
    withTill(async (till) => {
      await till.earn(till.bench.chain.put(), 1_000n);
      till.fails = new Error("the node is away");
      await till.collect();
      till.fails = undefined;
      await till.collect();
      expect(till.claims()).to.deep.equal([]);
      till.nowMs += 10_000;
      await till.collect();
      expect(till.claims()).to.have.length(1);
    }),
  );

  for (const status of [ClaimStatus.BAD_SIGNATURE, ClaimStatus.UNKNOWN_CHANNEL, ClaimStatus.CONVICTED])
    it(
      `does not send again what the chain refuses (status ${status})`,
      withTill(async (till) => {
        const channel = till.bench.chain.put();
        await till.earn(channel, 1_000n);
        till.status = status;
        await till.collect();
        await till.collect();
        expect(till.claims()).to.have.length(1);
        till.status = undefined;
        await till.bench.call(channel, 1_100n, { salt: new Uint8Array(16) });
        await till.collect();
        expect(till.claims(), "but what came after it").to.deep.equal([["0:1000"], ["0:1100"]]);
      }),
    );

  it(
    "claims nothing of a convicted service, and nothing for calls that failed",
    withTill(async (till) => {
      const channel = till.bench.chain.put();
      await till.earn(channel, 100n);
      const { bench } = till;
      const run = await bench.bind(paymentOf(channel, 200n));
      if (run.kind === "run") await run.failed(new Error("no"));
      await till.claimer.settle(never);
      expect(till.claims()).to.deep.equal([["0:100"]]);
      await bench.call(channel, 200n);
      bench.chain.changeService({ status: ServiceStatus.CONVICTED });
      await bench.block({
        name: "EventServiceConvicted",
        value: { service: SERVICE, challenger: "", index: 0, callHash: new Uint8Array(), rewarded: "" },
      });
      await till.claimer.settle(never);
      expect(till.claims()).to.have.length(1);
    }),
  );

  it(
    "closes the channels of a closed service with their last vouchers, once their calls have ended",
    withTill(async (till) => {
      const { bench } = till;
      const [used, unused, busy] = [bench.chain.put(), bench.chain.put(), bench.chain.put()];
      await bench.block();
      for (const channel of [used, unused, busy]) await bench.view.refresh(channel.idHex);
      await till.earn(used, 200n);
      const run = await bench.bind(paymentOf(busy, 100n));
      bench.chain.changeService({ status: ServiceStatus.CLOSED });
      await bench.block({ name: "EventServiceClosed", value: { service: SERVICE, unlockHeight: 9n } });
      await till.collect();
      expect(till.names()).to.deep.equal(["MsgCloseChannel", "MsgCloseChannel"]);
      expect(bench.chain.records.get(used.idHex)?.lanes[0]).to.equal(200n);
      expect(bench.chain.records.get(busy.idHex)?.status).to.equal(ChannelStatus.OPEN);
      if (run.kind === "run") await run.served([Int32Array.of(1)]);
      await till.collect();
      expect(bench.chain.records.get(busy.idHex)?.lanes[0]).to.equal(100n);
      await till.collect();
      expect(bench.log.load(), "what is over is forgotten").to.deep.equal([]);
    }),
  );

  it(
    "withdraws credits above its limit, and looks after every claim",
    withTill(async (till) => {
      till.credits = [{ denom: "uassay", amount: 499n }];
      await till.collect();
      till.nowMs += 60_000;
      await till.collect();
      expect(till.names()).to.deep.equal([]);
      till.credits = [{ denom: "uassay", amount: 500n }];
      till.nowMs += 60_000;
      await till.collect();
      expect(till.names()).to.deep.equal(["MsgWithdraw"]);
      await till.earn(till.bench.chain.put(), 1_000n);
      till.credits = [{ denom: "uassay", amount: 980n }];
      await till.collect();
      expect(till.names()).to.deep.equal(["MsgWithdraw", "MsgClaim", "MsgWithdraw"]);
      expect((await till.bench.metrics.withdrawn.get()).values[0]?.value).to.equal(1_480);
    }),
  );

  it(
    "measures what is unsettled, and channels by status",
    withTill(async (till) => {
      const channel = till.bench.chain.put();
      await till.earn(channel, 300n);
      till.claimer.measure();
      till.claimer.measure();
      expect((await till.bench.metrics.unsettled.get()).values).to.deep.equal([
        { labels: { denom: "uassay" }, value: 300 },
      ]);
      expect((await till.bench.metrics.channels.get()).values).to.deep.equal([
        { labels: { status: "open" }, value: 1 },
      ]);
    }),
  );
});
