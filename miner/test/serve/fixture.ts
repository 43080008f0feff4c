import {
  callHash,
  channelId,
  inputRoot,
  voucherDigest,
  type Signed,
  type Voucher,
} from "@assay/client/market/bytes";
import { encodePayment, type Payment } from "@assay/client/market/x402";
import type { AssayEvent } from "@assay/client/events";
import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { Params } from "@assay/client/generated/assay/marketplace/v1/params";
import { Service, ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { generateSigningKey, verifySignature, type SigningKey } from "@assay/service-kit/ed25519";
import { silentLogger } from "@assay/service-kit/log";
import { Registry } from "@assay/service-kit/metrics";
import { openStore, type Store } from "@assay/service-kit/store";
import { MIGRATIONS } from "../../src/records.ts";
import type { Channel, Head, ServeChain } from "../../src/serve/chain/chain.ts";
import { ChainView } from "../../src/serve/chain/view.ts";
import type { Replay, Run } from "../../src/serve/gate.ts";
import { PaymentGate } from "../../src/serve/payments/gate.ts";
import { Lanes } from "../../src/serve/payments/lanes.ts";
import { VoucherLog } from "../../src/serve/payments/log.ts";
import { createPaymentMetrics, type PaymentMetrics } from "../../src/serve/payments/metrics.ts";
import { OWNER, STRANGER } from "../support/fixture.ts";

export const CHAIN_ID = "assay-test-1";
export const SERVICE = 7n;
export const FREE_SERVICE = 8n;
export const PRICE = 100n;
export const BLOCK_MS = 1_000;
export const GRACE = 40;

/** A chain that moves when a test says so. Queries count; `away` makes them fail. */
export class FakeServeChain implements ServeChain {
  height = 1;
  timeMs = 1_000_000;
  away = false;
  readonly services = new Map<bigint, Service>();
  readonly records = new Map<string, Channel>();
  readonly blocks = new Map<number, AssayEvent[]>();
  readonly asked: string[] = [];

  constructor() {
    this.services.set(SERVICE, serviceOf());
    this.services.set(FREE_SERVICE, serviceOf({ id: FREE_SERVICE, price: 0n }));
  }

  /** Makes a block with these events. */
  block(...events: AssayEvent[]): void {
    this.height++;
    this.timeMs += BLOCK_MS;
    this.blocks.set(this.height, events);
  }

  put(changes: Partial<Channel> & { service?: bigint } = {}): Channel {
    const id = changes.id ?? channelId(CHAIN_ID, new Uint8Array(20).fill(9), BigInt(this.records.size));
    const channel: Channel = {
      service: SERVICE,
      payer: STRANGER,
      voucherKey: payerKey.publicKey,
      status: ChannelStatus.OPEN,
      closeHeight: 0n,
      graceBlocks: GRACE,
      denom: "uassay",
      avail: 10_000n,
      lanes: [0n, 0n],
      ...changes,
      id,
      idHex: hex(id),
    };
    this.records.set(channel.idHex, channel);
    return channel;
  }

  change(channel: Channel, changes: Partial<Channel>): void {
    this.records.set(channel.idHex, { ...this.records.get(channel.idHex)!, ...changes });
  }

  changeService(changes: Partial<Service>): void {
    this.services.set(SERVICE, { ...this.services.get(SERVICE)!, ...changes });
  }

  #answer<T>(what: string, value: () => T): Promise<T> {
    this.asked.push(what);
    return this.away ? Promise.reject(new Error("connection refused")) : Promise.resolve(value());
  }

  head(): Promise<Head> {
    return this.#answer("head", () => ({ height: this.height, timeMs: this.timeMs }));
  }

  header(height: number): Promise<Head> {
    return this.#answer("header", () => ({
      height,
      timeMs: this.timeMs - (this.height - height) * BLOCK_MS,
    }));
  }

  events(height: number): Promise<AssayEvent[]> {
    return this.#answer(`events ${height}`, () => this.blocks.get(height) ?? []);
  }

  params(): Promise<Params> {
    return this.#answer("params", () =>
      Params.fromPartial({ graceBlocks: GRACE, denoms: [{ denom: "uassay", minDeposit: "1000" }] }),
    );
  }

  service(id: bigint): Promise<Service | undefined> {
    return this.#answer(`service ${id}`, () => this.services.get(id));
  }

  channel(idHex: string): Promise<Channel | undefined> {
    return this.#answer(`channel ${idHex}`, () => this.records.get(idHex));
  }

  channels(service: bigint): Promise<Channel[]> {
    return this.#answer(`channels ${service}`, () =>
      [...this.records.values()].filter((channel) => channel.service === service),
    );
  }
}

export const payerKey: SigningKey = generateSigningKey();
export const servingKey: SigningKey = generateSigningKey();
export const SALT = new Uint8Array(16).fill(3);

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export function serviceOf(changes: Partial<Service> = {}): Service {
  return Service.fromPartial({
    id: SERVICE,
    provider: OWNER,
    name: "digits",
    endpoint: "http://127.0.0.1:8080",
    interface: "oip.v2",
    price: PRICE,
    denom: "uassay",
    servingKey: servingKey.publicKey,
    model: new Uint8Array(32).fill(1),
    status: ServiceStatus.ACTIVE,
    bond: "1000000",
    ...changes,
  });
}

export interface CallOptions {
  lane?: number;
  /** Raw items; one of four bytes when left out. */
  items?: Uint8Array[];
  salt?: Uint8Array;
  /** Signs for another chain. */
  chainId?: string;
  key?: SigningKey;
  changes?: Partial<Signed<Voucher>>;
  accepted?: Partial<Payment["accepted"]>;
  service?: bigint;
}

/** The header of a call as an honest client makes it, but for `options`. */
export function paymentOf(channel: Channel, amount: bigint, options: CallOptions = {}): string {
  const { lane = 0, items = [ITEM], salt = SALT, chainId = CHAIN_ID, key = payerKey } = options;
  const hash = callHash(salt, options.service ?? SERVICE, inputRoot(items));
  const voucher = { channel: channel.id, lane, amount, callHash: hash };
  const signed = { ...voucher, signature: key.sign(voucherDigest(chainId, voucher)) };
  return encodePayment({
    accepted: { chainId: CHAIN_ID, amount: PRICE, asset: "uassay", payTo: OWNER, ...options.accepted },
    voucher: { ...signed, ...options.changes },
    salt,
  });
}

export const ITEM = Uint8Array.of(1, 2, 3, 4);
export const OUTPUTS = [Int32Array.of(-5, 70_000)];

/** Everything between a request's head and the model, over a real store and a fake chain. */
export class Bench {
  readonly chain: FakeServeChain;
  readonly folder: string;
  nowMs = 1_000_000;
  store: Store;
  log: VoucherLog;
  lanes: Lanes;
  view: ChainView;
  gate: PaymentGate;
  metrics: PaymentMetrics;

  private constructor(folder: string, chain: FakeServeChain) {
    this.folder = folder;
    this.chain = chain;
    this.store = openStore(folder, { migrations: MIGRATIONS });
    this.log = new VoucherLog(this.store);
    this.lanes = new Lanes(this.log);
    this.metrics = createPaymentMetrics(new Registry());
    this.view = new ChainView({
      chain,
      services: [SERVICE, FREE_SERVICE],
      log: silentLogger,
      now: () => this.nowMs,
    });
    this.gate = new PaymentGate({
      chainId: CHAIN_ID,
      services: [SERVICE, FREE_SERVICE].map((id) => ({
        id,
        url: `http://127.0.0.1:8080/v2/models/${id}/infer`,
        sign: servingKey.sign,
      })),
      view: this.view,
      lanes: this.lanes,
      log: this.log,
      verify: verifySignature,
      exposure: 1_000n,
      metrics: this.metrics,
      logger: silentLogger,
    });
  }

  static async start(folder: string, chain = new FakeServeChain()): Promise<Bench> {
    const bench = new Bench(folder, chain);
    bench.nowMs = chain.timeMs;
    await bench.view.advance();
    return bench;
  }

  /** As after kill -9: what was not written is gone. */
  async restart(): Promise<Bench> {
    this.store.close();
    return Bench.start(this.folder, this.chain);
  }

  /** Makes a block, and lets the view see it. */
  async block(...events: AssayEvent[]): Promise<void> {
    this.chain.block(...events);
    this.nowMs = this.chain.timeMs;
    await this.view.advance();
  }

  async bind(
    header: string | undefined,
    options: { items?: Uint8Array[]; service?: bigint; headers?: Record<string, string> } = {},
  ): Promise<Run | Replay> {
    const { items = [ITEM], service = SERVICE, headers = {} } = options;
    const admission = await this.gate.admit({
      service,
      headers: { ...headers, ...(header !== undefined && { "payment-signature": header }) },
      remote: "127.0.0.1",
    });
    return admission.bind(items);
  }

  /** A call from head to answer; returns the response headers, by lower-case name. */
  async call(channel: Channel, amount: bigint, options: CallOptions = {}): Promise<Record<string, string>> {
    const items = options.items ?? [ITEM];
    const run = await this.bind(paymentOf(channel, amount, options), { items });
    const headers = run.kind === "replay" ? run.headers : await run.served(items.map(() => OUTPUTS[0]!));
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  }
}
