import { toHex } from "@cosmjs/encoding";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ChannelStatus } from "../../src/generated/assay/marketplace/v1/channel.ts";
import type { Service } from "../../src/generated/assay/marketplace/v1/service.ts";
import {
  callHash,
  inputRoot,
  outputRoot,
  receiptDigest,
  voucherDigest,
  type Receipt,
  type Signed,
  type Voucher,
} from "../../src/market/bytes.ts";
import {
  decodePayment,
  decodeSalt,
  encodePaymentRequired,
  encodeReceipt,
  HEADER,
  paymentRequiredBody,
  type PaymentRequired,
} from "../../src/market/x402.ts";
import { HEADER_LENGTH } from "../../src/oip/body.ts";
import { writeMetadata } from "../../src/oip/metadata.ts";
import { parseRequest } from "../../src/oip/request.ts";
import { writeResponse } from "../../src/oip/response.ts";
import { itemsOf, onlyTensor, tensorOfOutputs, type TensorSpec } from "../../src/oip/tensors.ts";
import { sleep } from "../../src/sleep.ts";

import type { FakeMarket } from "./fake-market.ts";
import { newKey, verifySignature, type NodeKey } from "./keys.ts";
import { CHAIN } from "./samples.ts";

export const INPUT: TensorSpec = { name: "pixels", datatype: "UINT8", itemShape: [4] };
export const OUTPUT: TensorSpec = { name: "logits", datatype: "INT32", itemShape: [2] };

/** The sum of an item's bytes, and the negative of it. */
export function sums(item: Uint8Array): Int32Array {
  const sum = item.reduce((total, value) => total + value, 0);
  return Int32Array.of(sum, -sum);
}

/** What a provider may do to one call. */
export interface Mischief {
  /** Answer with this status and code; nothing is recorded. */
  status?: { status: number; code: string; headers?: Record<string, string> };
  /** 402 with this code and these terms. */
  terms?: { code: string; price?: bigint; lastVoucher?: Signed<Voucher> };
  /** Break the connection: before anything is recorded, or with the answer done. */
  die?: "before" | "after";
  /** Wait before answering. */
  delayMs?: number;
  /** Send only the beginning of the body, and close. */
  truncate?: boolean;
  /** Send the beginning of the body, and the rest never. */
  stall?: boolean;
  /** Send another body. */
  body?: Uint8Array;
  /** Answer this instead; the receipt is over it. */
  outputs?: (item: Uint8Array) => Int32Array;
  /** Answer this instead; the receipt is over the right one. */
  swap?: (item: Uint8Array) => Int32Array;
  /** Sign this instead. */
  receipt?: (receipt: Receipt) => Receipt;
  /** Sign with another key. */
  key?: NodeKey;
  /** Give this header, or none. */
  header?: string | null;
  /** Claim to be of another chain. */
  chainId?: string;
}

interface LaneState {
  charged: Signed<Voucher> | undefined;
  answer: Int32Array[] | undefined;
  open: { voucher: Signed<Voucher>; running: Promise<void> | undefined } | undefined;
}

/**
 * A provider over real HTTP that keeps lanes as the protocol says, signs receipts, and misbehaves exactly as a test
 * asks. It sees the chain at once.
 */
export class FakeProvider {
  readonly key = newKey();
  readonly calls: { voucher: Signed<Voucher> | undefined; items: number }[] = [];
  /** What is done to calls; nothing by default. `number` counts the calls from 0. */
  mischief: (number: number, voucher: Voucher | undefined) => Mischief = () => ({});
  input = INPUT;
  output = OUTPUT;
  model: (item: Uint8Array) => Int32Array = sums;
  running = 0;
  mostRunning = 0;
  /** What every call takes. */
  delayMs = 0;
  /** Items run, replays not counted. */
  ran = 0;
  readonly #market: FakeMarket;
  readonly #service: bigint;
  #lanes = new Map<string, LaneState>();
  #server: Server | undefined;
  #port = 0;

  constructor(market: FakeMarket, service: bigint) {
    this.#market = market;
    this.#service = service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get service(): Service {
    return this.#market.services.get(this.#service)!;
  }

  /** Starts listening, and lists the service. */
  async start(service: Partial<Service> = {}): Promise<void> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    if (!this.#market.services.has(this.#service))
      this.#market.list({
        id: this.#service,
        endpoint: this.url,
        servingKey: this.key.publicKey,
        ...service,
      });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    this.#server = undefined;
  }

  /** Forgets every voucher, as one that lost its log. */
  loseLog(): void {
    this.#lanes = new Map();
  }

  /** What it could claim at most: the highest voucher of every lane that it ever saw. */
  get claimable(): bigint {
    const highest = new Map<string, bigint>();
    for (const { voucher } of this.calls) {
      if (!voucher) continue;
      const key = `${toHex(voucher.channel)}/${voucher.lane}`;
      if ((highest.get(key) ?? 0n) < voucher.amount) highest.set(key, voucher.amount);
    }
    return [...highest.values()].reduce((sum, amount) => sum + amount, 0n);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET") {
      const name = String(this.#service);
      const metadata = { name, versions: [], platform: "fake", inputs: [this.input], outputs: [this.output] };
      response.end(JSON.stringify(writeMetadata(metadata)));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = new Uint8Array(Buffer.concat(chunks));
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      await this.#answer(request, response, body);
    } finally {
      this.running--;
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, body: Uint8Array): Promise<void> {
    const header = (name: string) => request.headers[name.toLowerCase()] as string | undefined;
    const parsed = parseRequest(body, header(HEADER_LENGTH));
    const items = itemsOf(onlyTensor(parsed.inputs, this.input));
    const paymentHeader = header(HEADER.payment);
    const payment = paymentHeader === undefined ? undefined : decodePayment(paymentHeader);
    const voucher = payment?.voucher;
    const mischief = this.mischief(this.calls.length, voucher);
    this.calls.push({ voucher, items: items.length });

    if (mischief.die === "before") return void request.socket.destroy();
    if (mischief.status) {
      const { status, code, headers } = mischief.status;
      return void response.writeHead(status, headers).end(JSON.stringify({ error: code, code }));
    }
    if (mischief.terms) return this.#refuse(response, mischief.terms);
    await sleep(this.delayMs + (mischief.delayMs ?? 0));

    const salt = payment?.salt ?? decodeSalt(header(HEADER.call) ?? "00".repeat(16));
    const run = async () => {
      this.ran += items.length;
      return items.map(mischief.outputs ?? this.model);
    };
    let outputs: Int32Array[];
    if (this.service.price === 0n) outputs = await run();
    else {
      const found = this.#charge(response, voucher, items.length);
      if (!found) return;
      if (compare(callHash(salt, this.#service, inputRoot(items)), voucher!.callHash))
        return this.#refuse(response, { code: "call_hash_mismatch" });
      const { lane } = found;
      if (found.replay) outputs = lane.answer!;
      else {
        outputs = await run();
        lane.charged = voucher;
        lane.answer = outputs;
        lane.open = undefined;
      }
    }
    if (mischief.die === "after") return void request.socket.destroy();

    const receipt: Receipt = {
      service: this.#service,
      channel: voucher?.channel ?? new Uint8Array(32),
      lane: voucher?.lane ?? 0,
      amount: voucher?.amount ?? 0n,
      items: items.length,
      callHash: callHash(salt, this.#service, inputRoot(items)),
      inputRoot: inputRoot(items),
      outputRoot: outputRoot(outputs),
    };
    const signed = mischief.receipt?.(receipt) ?? receipt;
    const signature = (mischief.key ?? this.key).sign(receiptDigest(CHAIN, signed));
    const proof =
      mischief.header !== undefined
        ? mischief.header
        : encodeReceipt({ chainId: mischief.chainId ?? CHAIN, receipt: { ...signed, signature } });
    const sent = mischief.swap ? items.map(mischief.swap) : outputs;
    const message = writeResponse(
      { modelName: String(this.#service), outputs: [tensorOfOutputs(this.output, sent)] },
      { binary: parsed.binaryOutput },
    );
    const bytes = mischief.body ?? message.body;
    response.writeHead(200, {
      ...message.headers,
      ...(proof === null ? {} : { [HEADER.receipt]: proof }),
      "content-length": String(bytes.length),
    });
    if (!mischief.truncate && !mischief.stall) return void response.end(bytes);
    response.write(bytes.subarray(0, bytes.length - 3));
    if (mischief.truncate) setTimeout(() => request.socket.destroy(), 20);
  }

  /** The checks of a voucher, and whether it was answered before. Writes the refusal otherwise. */
  #charge(
    response: ServerResponse,
    voucher: Signed<Voucher> | undefined,
    items: number,
  ): { lane: LaneState; replay: boolean } | undefined {
    const refuse = (code: string, lastVoucher?: Signed<Voucher>) =>
      void this.#refuse(response, { code, lastVoucher });
    if (!voucher) return refuse("payment_required");
    const channel = this.#market.channels.get(toHex(voucher.channel));
    if (!channel) return refuse("unknown_channel");
    if (channel.status === ChannelStatus.CLOSING) return refuse("channel_closing");
    if (channel.status === ChannelStatus.CLOSED) return refuse("channel_closed");
    if (voucher.lane >= channel.lanes.length) return refuse("bad_lane");
    const key = `${toHex(voucher.channel)}/${voucher.lane}`;
    const lane = this.#lanes.get(key) ?? { charged: undefined, answer: undefined, open: undefined };
    this.#lanes.set(key, lane);
    if (!verifySignature(channel.voucherKey, voucherDigest(CHAIN, voucher), voucher.signature))
      return refuse("bad_signature");
    if (same(lane.charged, voucher)) return { lane, replay: true };
    const settled = channel.lanes[voucher.lane]!;
    const last = lane.charged?.amount ?? 0n;
    const charged = last > settled ? last : settled;
    if (voucher.amount === lane.charged?.amount) return refuse("lane_busy", lane.charged);
    const expected = charged + this.service.price * BigInt(items);
    if (voucher.amount < expected) return refuse("amount_too_low", lane.charged);
    if (voucher.amount > expected) return refuse("amount_too_high", lane.charged);
    let unsettled = 0n;
    channel.lanes.forEach((amount, i) => {
      const signed = i === voucher.lane ? voucher.amount : this.#chargedOn(channel.id, i);
      if (signed > amount) unsettled += signed - amount;
    });
    if (unsettled > BigInt(channel.avail)) return refuse("overcommitted");
    return { lane, replay: false };
  }

  #chargedOn(channel: Uint8Array, lane: number): bigint {
    return this.#lanes.get(`${toHex(channel)}/${lane}`)?.charged?.amount ?? 0n;
  }

  #refuse(
    response: ServerResponse,
    { code, price = this.service.price, lastVoucher }: NonNullable<Mischief["terms"]>,
  ): void {
    const { provider, denom, servingKey, model } = this.service;
    const required: PaymentRequired = {
      error: `refused: ${code}`,
      code,
      resource: { url: this.url, description: "", mimeType: "application/json" },
      terms: {
        chainId: CHAIN,
        amount: price,
        asset: denom,
        payTo: provider,
        maxTimeoutSeconds: 60,
        service: this.#service,
        price,
        servingKey,
        model,
        minDeposit: 1n,
        graceBlocks: 20,
        lastVoucher,
      },
    };
    response.writeHead(code === "lane_busy" ? 409 : 402, {
      [HEADER.required]: encodePaymentRequired(required),
    });
    response.end(JSON.stringify(paymentRequiredBody(required)));
  }
}

function same(a: Signed<Voucher> | undefined, b: Signed<Voucher>): boolean {
  return a !== undefined && a.amount === b.amount && compare(a.callHash, b.callHash) === 0;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}
