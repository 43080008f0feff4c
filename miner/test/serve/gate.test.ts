import { createHash } from "node:crypto";
import { callHash, inputRoot, outputRoot, receiptDigest, voucherDigest } from "@assay/client/market/bytes";
import {
  decodePaymentRequired,
  decodePaymentResponse,
  decodeReceipt,
  encodeSalt,
  SCHEME,
} from "@assay/client/market/x402";
import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { generateSigningKey, importSigningKey, verifySignature } from "@assay/service-kit/ed25519";
import { errorOf, withFolder } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import { z } from "zod";
import type { Channel } from "../../src/serve/chain/chain.ts";
import { Refusal, type Replay, type Run } from "../../src/serve/gate.ts";
import {
  Bench,
  BLOCK_MS,
  CHAIN_ID,
  FREE_SERVICE,
  GRACE,
  hex,
  ITEM,
  OUTPUTS,
  paymentOf,
  PRICE,
  SALT,
  SERVICE,
  servingKey,
  type CallOptions,
} from "./fixture.ts";

/** Status and code of what a call is refused with. */
async function refusal(work: () => Promise<unknown>): Promise<Refusal> {
  const error = await errorOf(work);
  if (!(error instanceof Refusal)) throw error;
  return error;
}

const coded = async (work: () => Promise<unknown>): Promise<string> => {
  const { status, code } = await refusal(work);
  return `${status} ${code}`;
};

const run = (outcome: Run | Replay): Run => {
  expect(outcome.kind).to.equal("run");
  return outcome as Run;
};

const withBench = (body: (bench: Bench) => Promise<void>) => () =>
  withFolder(async (folder) => {
    const bench = await Bench.start(folder);
    try {
      await body(bench);
    } finally {
      bench.store.close();
    }
  });

describe("payment gate", () => {
  it(
    "serves a paid call: terms, voucher on disk before the run, receipt and balance after it",
    withBench(async (bench) => {
      const channel = bench.chain.put();
      const unpaid = await refusal(() => bench.bind(undefined));
      expect([unpaid.status, unpaid.code]).to.deep.equal([402, "payment_required"]);
      const { terms, resource } = decodePaymentRequired(unpaid.headers["PAYMENT-REQUIRED"]!);
      expect(terms).to.deep.include({
        chainId: CHAIN_ID,
        amount: PRICE,
        asset: "uassay",
        service: SERVICE,
        price: PRICE,
        minDeposit: 1000n,
        graceBlocks: GRACE,
      });
      expect(resource.url).to.equal("http://127.0.0.1:8080/v2/models/7/infer");
      expect(unpaid.body).to.deep.include({ x402Version: 2, code: "payment_required" });

      const items = [ITEM, Uint8Array.of(9, 9, 9, 9)];
      const started = run(await bench.bind(paymentOf(channel, 2n * PRICE, { items }), { items }));
      const stored = bench.store.all("SELECT open_amount FROM lane", z.object({ open_amount: z.string() }));
      expect(stored, "before anything ran").to.deep.equal([{ open_amount: "200" }]);
      const outputs = [OUTPUTS[0]!, Int32Array.of(1, 2)];
      const headers = await started.served(outputs);

      expect(decodePaymentResponse(headers["PAYMENT-RESPONSE"]!)).to.deep.equal({
        chainId: CHAIN_ID,
        payer: channel.payer,
        amount: 200n,
        callsLeft: 98n,
      });
      const { chainId, receipt } = decodeReceipt(headers["Assay-Receipt"]!);
      const root = inputRoot(items);
      expect(receipt).to.deep.include({
        service: SERVICE,
        lane: 0,
        amount: 200n,
        items: 2,
        channel: channel.id,
        callHash: callHash(SALT, SERVICE, root),
        inputRoot: root,
        outputRoot: outputRoot(outputs),
      });
      expect(verifySignature(servingKey.publicKey, receiptDigest(chainId, receipt), receipt.signature)).to.be
        .true;
    }),
  );

  it(
    "serves free calls to anyone, with a receipt for those who ask",
    withBench(async (bench) => {
      const plain = run(await bench.bind(undefined, { service: FREE_SERVICE }));
      expect(await plain.served(OUTPUTS)).to.deep.equal({});
      const asked = run(
        await bench.bind(undefined, {
          service: FREE_SERVICE,
          headers: { "assay-call": encodeSalt(SALT) },
        }),
      );
      const { receipt } = decodeReceipt((await asked.served(OUTPUTS))["Assay-Receipt"]!);
      expect(receipt).to.deep.include({
        service: FREE_SERVICE,
        lane: 0,
        amount: 0n,
        channel: new Uint8Array(32),
      });
      expect(receipt.callHash).to.deep.equal(callHash(SALT, FREE_SERVICE, inputRoot([ITEM])));
      const headers = { "assay-call": "zz" };
      expect(await coded(() => bench.bind(undefined, { service: FREE_SERVICE, headers }))).to.equal(
        "400 bad_call_header",
      );
      expect(await coded(() => bench.bind(undefined, { service: 99n }))).to.equal("404 unknown_model");
    }),
  );

  describe("refuses", () => {
    const payer = generateSigningKey();
    /** What is wrong with the first call of a channel of 10,000 with two lanes, at one item of 100. */
    const cases: [string, CallOptions & { amount?: bigint }, string][] = [
      ["another chain's payment", { accepted: { chainId: "assay-other-1" } }, "402 wrong_network"],
      ["another coin", { accepted: { asset: "uatom" } }, "402 wrong_network"],
      ["another payee", { accepted: { payTo: "assay1xyz" } }, "402 wrong_network"],
      ["a voucher for another chain id", { chainId: "assay-other-1" }, "402 bad_signature"],
      ["a voucher signed by another key", { key: payer }, "402 bad_signature"],
      ["a voucher signed over another lane", { changes: { lane: 1 } }, "402 bad_signature"],
      [
        "a voucher signed over another amount",
        { amount: 200n, changes: { amount: 100n } },
        "402 bad_signature",
      ],
      [
        "a voucher signed over another call",
        { changes: { callHash: new Uint8Array(32) } },
        "402 bad_signature",
      ],
      ["another channel", { changes: { channel: new Uint8Array(32).fill(8) } }, "402 unknown_channel"],
      ["a signature of zeros", { changes: { signature: new Uint8Array(64) } }, "402 bad_signature"],
      ["a lane the channel does not have", { lane: 2 }, "402 bad_lane"],
      ["too much for one item", { amount: 101n }, "402 amount_too_high"],
      ["too little for one item", { amount: 99n }, "402 amount_too_low"],
      ["nothing", { amount: 0n }, "402 amount_too_low"],
      ["more than the channel holds", { amount: 10_001n }, "402 overcommitted"],
      ["the most a voucher can say", { amount: 2n ** 64n - 1n }, "402 overcommitted"],
      ["the call of another service", { service: FREE_SERVICE }, "402 call_hash_mismatch"],
    ];
    for (const [name, { amount = PRICE, ...options }, expected] of cases) {
      it(
        name,
        withBench(async (bench) => {
          const channel = bench.chain.put();
          await bench.view.refresh(channel.idHex);
          expect(await coded(() => bench.bind(paymentOf(channel, amount, options)))).to.equal(expected);
          expect(bench.store.all("SELECT * FROM lane", z.unknown()), "nothing is recorded").to.be.empty;
          await bench.call(channel, PRICE);
        }),
      );
    }

    it(
      "amounts that are no u64, and headers that are no payment",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        const good = JSON.parse(Buffer.from(paymentOf(channel, PRICE), "base64").toString()) as {
          accepted: { scheme: string };
          payload: Record<string, unknown>;
        };
        const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
        for (const amount of ["-100", (2n ** 64n).toString(), "1e2", "0100", "", 100])
          expect(
            await coded(() => bench.bind(encode({ ...good, payload: { ...good.payload, amount } }))),
            String(amount),
          ).to.equal("402 bad_payment_header");
        expect(good.accepted.scheme).to.equal(SCHEME);
        const exact = { ...good, accepted: { ...good.accepted, scheme: "exact" } };
        for (const header of ["", "%%%", encode("x"), encode({}), encode(exact), "A".repeat(9000)])
          expect(await coded(() => bench.bind(header))).to.equal("402 bad_payment_header");
        for (const signature of ["00", `${"0".repeat(127)}g`])
          expect(
            await coded(() => bench.bind(encode({ ...good, payload: { ...good.payload, signature } }))),
          ).to.equal("402 bad_payment_header");
      }),
    );

    it(
      "signatures that only a lax check takes: parts of small order, and keys of small order",
      withBench(async (bench) => {
        const seed = new Uint8Array(32).fill(5);
        const { publicKey } = importSigningKey(seed);
        const channel = bench.chain.put({ voucherKey: publicKey });
        const voucher = { channel: channel.id, lane: 0, amount: PRICE };
        const hash = callHash(SALT, SERVICE, inputRoot([ITEM]));
        const digest = voucherDigest(CHAIN_ID, { ...voucher, callHash: hash });
        const honest = importSigningKey(seed).sign(digest);
        // RFC 8032: S = r + h * a. With r = 0 the equation holds up to a part of small order, whichever R has.
        const expanded = sha512(seed);
        const a = scalar(expanded.subarray(0, 32).map(clamp));
        const sign = (R: Uint8Array, r: bigint): Uint8Array => {
          const h = scalar(sha512(Buffer.concat([R, publicKey, digest])));
          return Buffer.concat([R, bytesOf((r + h * a) % ORDER)]);
        };
        const r = scalar(sha512(Buffer.concat([expanded.subarray(32), digest])));
        expect(hex(sign(honest.subarray(0, 32), r)), "the arithmetic").to.equal(hex(honest));
        const call = (on: Channel, signature: Uint8Array) =>
          coded(() => bench.bind(paymentOf(on, PRICE, { changes: { signature } })));
        expect(await call(channel, sign(ORDER_TWO, 0n))).to.equal("402 bad_signature");
        // Any digest is signed by these under a key of small order, as far as the chain's rule goes.
        const small = bench.chain.put({ voucherKey: NEUTRAL });
        expect(await call(small, Buffer.concat([NEUTRAL, new Uint8Array(32)]))).to.equal("402 bad_signature");
        // Plus the order: the same number to a check that does not reduce.
        const malleable = bytesOf(scalar(honest.subarray(32)) + ORDER);
        expect(await call(channel, Buffer.concat([honest.subarray(0, 32), malleable]))).to.equal(
          "402 bad_signature",
        );
        expect(
          (await bench.bind(paymentOf(channel, PRICE, { changes: { signature: honest } }))).kind,
        ).to.equal("run");
      }),
    );

    it(
      "another body, other items, and another salt than the voucher's",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        const other = [Uint8Array.of(1, 2, 3, 5)];
        const header = paymentOf(channel, PRICE);
        expect(await coded(() => bench.bind(header, { items: other }))).to.equal("402 call_hash_mismatch");
        expect(await coded(() => bench.bind(header, { items: [ITEM, ITEM] }))).to.equal(
          "402 call_hash_mismatch",
        );
        const { payload, ...rest } = JSON.parse(Buffer.from(header, "base64").toString()) as {
          payload: object;
        };
        const resalted = { ...rest, payload: { ...payload, salt: "00".repeat(16) } };
        const encoded = Buffer.from(JSON.stringify(resalted)).toString("base64");
        expect(await coded(() => bench.bind(encoded))).to.equal("402 call_hash_mismatch");
      }),
    );

    it(
      "channels that are closing, closed or of another service, and what was convicted or closed",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        const call = () => bench.bind(paymentOf(channel, PRICE));
        const show = async (changes: Parameters<typeof bench.chain.change>[1]) => {
          bench.chain.change(channel, { status: ChannelStatus.OPEN, ...changes });
          await bench.view.refresh(channel.idHex);
        };
        await show({ status: ChannelStatus.CLOSING, closeHeight: 99n });
        expect(await coded(call)).to.equal("402 channel_closing");
        await show({ status: ChannelStatus.CLOSED });
        expect(await coded(call)).to.equal("402 channel_closed");
        const foreign = bench.chain.put({ service: 55n });
        expect(await coded(() => bench.bind(paymentOf(foreign, PRICE)))).to.equal("402 unknown_channel");
        await show({});
        const [admitted] = [
          await bench.gate.admit({
            service: SERVICE,
            headers: { "payment-signature": paymentOf(channel, PRICE) },
            remote: "",
          }),
        ];
        bench.chain.changeService({ status: ServiceStatus.CONVICTED });
        await bench.block({ name: "EventServiceConvicted", value: { ...convicted, service: SERVICE } });
        expect(await coded(call)).to.equal("402 convicted");
        expect(await coded(() => admitted.bind([ITEM])), "while the body came").to.equal("402 convicted");
        bench.chain.changeService({ status: ServiceStatus.CLOSED });
        await bench.block({ name: "EventServiceClosed", value: { service: SERVICE, unlockHeight: 9n } });
        expect(await coded(call)).to.equal("402 service_closed");
      }),
    );

    it(
      "a channel of our other service",
      withBench(async (bench) => {
        const channel = bench.chain.put({ service: FREE_SERVICE });
        expect(await coded(() => bench.bind(paymentOf(channel, PRICE)))).to.equal("402 wrong_service");
      }),
    );
  });

  it(
    "asks lanes over-committed together to be topped up",
    withBench(async (bench) => {
      const channel = bench.chain.put({ avail: 250n, lanes: [500n, 0n] });
      const first = run(await bench.bind(paymentOf(channel, 600n)));
      expect((await bench.call(channel, 100n, { lane: 1 }))["payment-response"]).to.be.a("string");
      expect(await coded(() => bench.bind(paymentOf(channel, 200n, { lane: 1 })))).to.equal(
        "402 overcommitted",
      );
      // A call that fails sets its amount free.
      await first.failed(new Error("no"));
      await bench.call(channel, 200n, { lane: 1 });
      expect(await coded(() => bench.bind(paymentOf(channel, 600n))), "and its retry is checked").to.equal(
        "402 overcommitted",
      );
      bench.chain.change(channel, { avail: 350n });
      await bench.view.refresh(channel.idHex);
      await bench.call(channel, 600n);
    }),
  );

  it(
    "shows a client that lost its state its own last voucher",
    withBench(async (bench) => {
      const channel = bench.chain.put();
      await bench.call(channel, 100n);
      await bench.call(channel, 200n, { salt: new Uint8Array(16).fill(4) });
      const lost = await refusal(() => bench.bind(paymentOf(channel, 50n)));
      expect(lost.code).to.equal("amount_too_low");
      const { terms } = decodePaymentRequired(lost.headers["PAYMENT-REQUIRED"]!);
      const { lastVoucher } = terms;
      expect(lastVoucher).to.deep.include({ lane: 0, amount: 200n, channel: channel.id });
      const digest = voucherDigest(CHAIN_ID, lastVoucher!);
      expect(verifySignature(channel.voucherKey, digest, lastVoucher!.signature)).to.be.true;
      await bench.call(channel, lastVoucher!.amount + PRICE);
    }),
  );

  describe("the same amount again", () => {
    const other = { items: [Uint8Array.of(7, 7, 7, 7)] };

    it(
      "replays the answer of the same voucher, and refuses another call",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        const first = await bench.call(channel, PRICE);
        const again = await bench.bind(paymentOf(channel, PRICE));
        expect(again.kind).to.equal("replay");
        const replay = again as Replay;
        expect(replay.outputs).to.deep.equal(OUTPUTS);
        expect(replay.headers["Assay-Receipt"]).to.equal(first["assay-receipt"]);
        expect(replay.headers["PAYMENT-RESPONSE"]).to.equal(first["payment-response"]);
        expect(await coded(() => bench.call(channel, PRICE, other))).to.equal("409 lane_busy");
        // Not even when the channel has nothing left.
        bench.chain.change(channel, { avail: 100n });
        await bench.view.refresh(channel.idHex);
        expect((await bench.bind(paymentOf(channel, PRICE))).kind).to.equal("replay");
      }),
    );

    it(
      "lets the same voucher wait for the call that runs, and sends others away",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        const first = run(await bench.bind(paymentOf(channel, PRICE)));
        const second = bench.bind(paymentOf(channel, PRICE));
        expect(await coded(() => bench.call(channel, PRICE, other))).to.equal("409 lane_busy");
        expect(await coded(() => bench.call(channel, 2n * PRICE, other))).to.equal("409 lane_busy");
        await first.served(OUTPUTS);
        expect((await second).kind).to.equal("replay");
      }),
    );

    it(
      "is good for any call after one that failed",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        const first = run(await bench.bind(paymentOf(channel, PRICE)));
        const waiting = bench.bind(paymentOf(channel, PRICE));
        await first.failed(new Error("the upstream is down"));
        const retry = run(await waiting);
        await retry.failed(new Error("still down"));
        await bench.call(channel, PRICE, other);
        expect(await coded(() => bench.call(channel, PRICE))).to.equal("409 lane_busy");
      }),
    );

    it(
      "may be another amount when the call that failed had more items",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        await bench.call(channel, 100n);
        const items = [ITEM, ITEM, ITEM];
        await run(await bench.bind(paymentOf(channel, 400n, { items }), { items })).failed(new Error("no"));
        await bench.call(channel, 200n, other);
        expect(bench.lanes.get(channel.idHex, 0).charged?.amount).to.equal(200n);
      }),
    );

    it(
      "runs large answers again instead of keeping them, and charges nothing for it",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        const large = [new Int32Array(5000).fill(7)];
        const first = run(await bench.bind(paymentOf(channel, PRICE)));
        const headers = await first.served(large);
        const again = run(await bench.bind(paymentOf(channel, PRICE)));
        expect(await again.served(large)).to.deep.equal(headers);
        expect(bench.lanes.unsettled(channel)).to.equal(100n);
      }),
    );
  });

  describe("after a restart", () => {
    it("replays what was answered, with the same receipt", () =>
      withFolder(async (folder) => {
        let bench = await Bench.start(folder);
        const channel = bench.chain.put();
        const first = await bench.call(channel, PRICE);
        bench = await bench.restart();
        const again = (await bench.bind(paymentOf(channel, PRICE))) as Replay;
        expect(again.kind).to.equal("replay");
        expect(again.outputs).to.deep.equal(OUTPUTS);
        expect(again.headers["Assay-Receipt"]).to.equal(first["assay-receipt"]);
        expect(await coded(() => bench.call(channel, PRICE, { salt: new Uint8Array(16) }))).to.equal(
          "409 lane_busy",
        );
        await bench.call(channel, 2n * PRICE);
        bench.store.close();
      }));

    for (const [name, then] of [
      ["the same voucher", {}],
      ["another call at the same amount", { salt: new Uint8Array(16).fill(5) }],
    ] as const) {
      it(`takes ${name} when the process ended between record and run`, () =>
        withFolder(async (folder) => {
          let bench = await Bench.start(folder);
          const channel = bench.chain.put();
          await bench.call(channel, 100n);
          run(await bench.bind(paymentOf(channel, 200n)));
          bench = await bench.restart();
          expect(bench.lanes.claimable(channel), "nothing is charged").to.equal(100n);
          await bench.call(channel, 200n, then);
          expect(bench.lanes.claimable(channel)).to.equal(200n);
          bench.store.close();
        }));
    }

    it("takes the next amount from a payer who had got the answer", () =>
      withFolder(async (folder) => {
        let bench = await Bench.start(folder);
        const channel = bench.chain.put();
        // Answered, but the process ended before it could say so in its log.
        run(await bench.bind(paymentOf(channel, 100n)));
        bench = await bench.restart();
        const salt = new Uint8Array(16).fill(6);
        const next = run(await bench.bind(paymentOf(channel, 200n, { salt })));
        await next.failed(new Error("no"));
        expect(bench.lanes.claimable(channel), "the payer said so by its signature").to.equal(100n);
        await bench.call(channel, 200n, { salt });
        bench = await bench.restart();
        expect(bench.lanes.claimable(channel)).to.equal(200n);
        bench.store.close();
      }));

    it("starts from what is settled when the log is lost", () =>
      withFolder(async (folder) => {
        const bench = await Bench.start(folder);
        const channel = bench.chain.put({ lanes: [300n, 0n] });
        expect(await coded(() => bench.call(channel, 300n))).to.equal("402 amount_too_low");
        expect(await coded(() => bench.call(channel, 600n))).to.equal("402 amount_too_high");
        await bench.call(channel, 400n);
        bench.store.close();
      }));
  });

  describe("when the chain is away", () => {
    it(
      "serves up to its exposure, then stops until there is a block",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        await bench.call(channel, 100n);
        bench.chain.away = true;
        await errorOf(() => bench.view.advance());
        expect(bench.gate.unseen()).to.equal(100n);
        for (let amount = 200n; amount <= 1_000n; amount += 100n) await bench.call(channel, amount);
        expect(bench.gate.trouble()).to.equal("exposure");
        expect(await coded(() => bench.call(channel, 1_100n))).to.equal("503 exposure");
        bench.chain.away = false;
        await bench.block();
        expect(bench.gate.trouble()).to.equal(undefined);
        await bench.call(channel, 1_100n);
      }),
    );

    it(
      "stops when its head is older than a quarter of the grace",
      withBench(async (bench) => {
        const channel = bench.chain.put();
        await bench.call(channel, 100n);
        bench.nowMs += (GRACE / 4) * BLOCK_MS;
        await bench.call(channel, 200n);
        bench.nowMs += 1;
        expect(await coded(() => bench.call(channel, 300n))).to.equal("503 stale_chain");
        expect(bench.gate.trouble()).to.equal("stale_chain");
        // A node that answers, but lags behind the network, is no better.
        bench.chain.block();
        bench.nowMs += 20 * BLOCK_MS;
        await bench.view.advance();
        expect(await coded(() => bench.call(channel, 300n))).to.equal("503 stale_chain");
        bench.nowMs = bench.chain.timeMs;
        await bench.block();
        await bench.call(channel, 300n);
      }),
    );
  });

  it(
    "serves nothing that it cannot record, and goes on once there is room",
    withBench(async (bench) => {
      const channel = bench.chain.put({ avail: 10n ** 12n, lanes: Array.from({ length: 64 }, () => 0n) });
      await bench.call(channel, 100n);
      const limit = (pages: bigint) => bench.store.get(`PRAGMA max_page_count = ${pages}`, z.unknown());
      const count = bench.store.get("PRAGMA page_count", z.object({ page_count: z.bigint() }))!.page_count;
      limit(count);
      // Fills the page there is.
      let refused: Refusal | undefined;
      let lane = 1;
      for (; refused === undefined && lane < 64; lane++) {
        const before = lane;
        await bench.call(channel, 100n, { lane: before }).catch((error: Refusal) => (refused = error));
      }
      expect([refused?.status, refused?.code]).to.deep.equal([503, "log_full"]);
      expect(bench.gate.trouble()).to.equal("log_full");
      expect(await coded(() => bench.call(channel, 200n, { lane: 63 }))).to.match(/503 log_full|402/);
      const signed = bench.lanes.unsettled(channel);
      limit(1_000_000n);
      bench.log.retry();
      expect(bench.gate.trouble()).to.equal(undefined);
      await bench.call(channel, 100n, { lane: lane - 1 });
      expect(bench.lanes.unsettled(channel)).to.equal(signed + 100n);
    }),
  );
});

/** Of the base point. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The neutral element, and the point of order two. */
const NEUTRAL = Uint8Array.of(1, ...new Uint8Array(31));
const ORDER_TWO = Uint8Array.of(0xec, ...new Uint8Array(30).fill(0xff), 0x7f);

const sha512 = (bytes: Uint8Array): Uint8Array => createHash("sha512").update(bytes).digest();
const scalar = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
const bytesOf = (value: bigint): Uint8Array =>
  Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
/** RFC 8032, section 5.1.5. */
const clamp = (byte: number, i: number): number =>
  i === 0 ? byte & 0xf8 : i === 31 ? (byte & 0x7f) | 0x40 : byte;

const convicted = {
  challenger: "",
  index: 0,
  callHash: new Uint8Array(32),
  rewarded: "",
};
