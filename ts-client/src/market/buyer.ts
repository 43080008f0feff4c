import { toHex } from "@cosmjs/encoding";
import { getChannels } from "../actions/getChannels.ts";
import type { AssayClient } from "../client.ts";
import { ChannelStatus, type Channel as ChannelOnChain } from "../generated/assay/marketplace/v1/channel.ts";
import type { Service } from "../generated/assay/marketplace/v1/service.ts";
import type { Program } from "../intonnx/check.ts";
import { itemBytes as programItemBytes } from "../intonnx/run.ts";
import { itemBytes } from "../oip/tensors.ts";
import type { Sender } from "../sender.ts";
import type { Budget } from "./budget.ts";
import { CallFailedError, MalformedAnswerError, WrongAnswerError } from "./buyer-errors.ts";
import type { BuyerStore } from "./buyer-store.ts";
import type { Receipt, Signed } from "./bytes.ts";
import { Caller, callOf, checkPrice, newCall, sameItems } from "./caller.ts";
import {
  ChannelBook,
  type Bought,
  type Channel,
  type Lane,
  type Pending,
  type VoucherKey,
} from "./channel-book.ts";
import * as webCrypto from "./ed25519.ts";
import type { Answer, Call } from "./exchange.ts";
import { rerunReceipt } from "./receipt.ts";
import { checkCallable, Services, type Tensors } from "./services.ts";
import { createFetchTransport, type Transport } from "./transport.ts";
import type { ReceiptFile } from "./x402.ts";

export interface CreateBuyerParameters {
  client: AssayClient;
  /** Opens, tops up and closes channels. With a journal it does so once, whatever is restarted. */
  sender: Sender;
  /** No two buyers use one at a time. */
  store: BuyerStore;
  /** What may be locked without asking. Default: 5 ASSAY in a channel, 25 ASSAY in all. */
  budget?: Budget;
  /**
   * Tops a channel up while there is still something in it, so that no call waits for a block. Default true; false for
   * a program that asks somebody before it locks more: then it does so when `quote` says it.
   */
  topUpInAdvance?: boolean;
  /** Lanes of new channels, 1 to 64: the most calls that one service answers at a time. Default 16. */
  lanes?: number;
  /** Whose coins are deposited, by its approval of the sender. Default: the sender's own. */
  funder?: string;
  /** Default: `fetch`. */
  transport?: Transport;
  /** Default: WebCrypto. `@assay/service-kit/ed25519` is faster in Node. */
  ed25519?: Ed25519;
  /** For one request, in milliseconds. Default 30,000. */
  timeoutMs?: number;
  /** How long a call waits in all for a provider that is busy, in milliseconds. Default 30,000. */
  patienceMs?: number;
  now?(): number;
  /** Told what happens in the background. Default: nobody. */
  log?(message: string, details: Record<string, unknown>): void;
}

export interface Ed25519 {
  importSigningKey(seed: Uint8Array): Promise<VoucherKey> | VoucherKey;
  verifySignature(key: Uint8Array, digest: Uint8Array, signature: Uint8Array): Promise<boolean> | boolean;
}

export interface QuoteParameters {
  service: bigint;
  /** Of one call. Default 1. */
  items?: number;
}

/** What a call would cost; amounts in base units of `denom`. */
export interface Quote {
  service: bigint;
  provider: string;
  /** Id in lower-case hex; undefined for a service without an exact model, whose answers nobody can verify. */
  model: string | undefined;
  denom: string;
  /** Of one item. */
  price: bigint;
  /** Of the call. */
  cost: bigint;
  /** What the buyer does by itself before the call: it locks `amount`. */
  first: { kind: "nothing" } | { kind: "open" | "top-up"; amount: bigint };
  /** Calls like this that are paid for already; undefined when the service is free. */
  callsLeft: bigint | undefined;
  /** Of the model, smoothed, in parts per million; 0 when it was never scored. */
  accuracy: number;
  /** What the provider promises of it; 0 for nothing. */
  promise: number;
}

export interface InferParameters {
  service: bigint;
  /** Raw, row-major, in the model's input type. */
  items: readonly Uint8Array[];
  /** Run the model here too and compare. Default false. */
  rerun?: boolean;
  /** Highest price per item. Default: what the service cost when its channel was opened. */
  maxPrice?: bigint;
  /** Ends the waiting. What was sent may still be charged. */
  signal?: AbortSignal;
}

/** How the answer was checked: bit by bit, by its provider's signature (and bond), or not at all. */
export type Verified = "rerun" | "receipt" | "unverified";

export interface InferReturnType {
  /** Of each item. */
  outputs: Int32Array[];
  receipt: Signed<Receipt> | undefined;
  /** Proves the answer; write it with `encodeReceiptFile` of `market/x402`. */
  receiptFile: ReceiptFile | undefined;
  verified: Verified;
  /** Base units, for this call. */
  paid: bigint;
  /** Calls like this that are paid for; undefined when the service is free. */
  callsLeft: bigint | undefined;
  latencyMs: number;
}

/** A channel as the chain has it; amounts in base units of `denom`. */
export interface ChannelSummary {
  /** Id in lower-case hex. */
  channel: string;
  service: bigint;
  status: "open" | "closing";
  /** When it is closing: from this height on `close` gets back what is left. */
  closeHeight: number | undefined;
  denom: string;
  deposited: bigint;
  /** Not claimed yet. */
  avail: bigint;
  /** Calls of one item at today's price. */
  callsLeft: bigint;
  /** Whether this buyer has its key; without it the channel can only be closed. */
  usable: boolean;
}

/** What came of a call that a restart interrupted. */
export interface Resumed {
  service: bigint;
  channel: string;
  lane: number;
  /** Why its provider could not be asked. It is asked before the next call on the lane. */
  error: CallFailedError | undefined;
  /** Undefined if it was not charged, or if the answer cannot be asked for again because its items were too large. */
  answer: (Answer & { items: readonly Uint8Array[]; receiptFile: ReceiptFile | undefined }) | undefined;
}

/** Buys answers from services of the market. Any number of calls may run at a time. */
export interface Buyer {
  /**
   * What a call would cost, by the chain. Throws BudgetExceededError if the budget does not allow it,
   * ServiceClosedError, ServiceConvictedError, UnsupportedServiceError, and what reads throw.
   */
  quote(parameters: QuoteParameters): Promise<Quote>;
  /**
   * Gets an answer that its provider has signed for. Opens and tops up the service's channel as needed.
   *
   * Throws what `quote` throws; ItemsError, PriceTooHighError; the kinds of CallFailedError when the provider does not
   * do its part; WrongAnswerError when a rerun differs; ChannelClosedError when the provider closed the channel
   * meanwhile; what the sender throws; the signal's reason.
   */
  infer(parameters: InferParameters): Promise<InferReturnType>;
  /**
   * Closes a channel (id in hex) and, where a grace is due, once more after it: returns the height from which on that
   * can be done, undefined when the rest is paid back.
   */
  close(channel: string): Promise<number | undefined>;
  /** The account's channels that are not closed, read from the chain. */
  channels(): Promise<ChannelSummary[]>;
  /** After a restart: finishes openings, and asks again for every answer that was paid for and did not come. */
  resume(signal?: AbortSignal): Promise<Resumed[]>;
}

export function createBuyer(parameters: CreateBuyerParameters): Buyer {
  return new ChannelBuyer(parameters);
}

class ChannelBuyer implements Buyer {
  readonly #p: CreateBuyerParameters;
  readonly #services: Services;
  readonly #book: ChannelBook;
  readonly #caller: Caller;
  readonly #now: () => number;
  /** Base units that calls under way will cost, by service. */
  readonly #demand = new Map<bigint, bigint>();

  constructor(parameters: CreateBuyerParameters) {
    const { client, sender, store, budget = {}, lanes = 16, funder, ed25519 = webCrypto } = parameters;
    const { now = Date.now, log = () => undefined, timeoutMs = 30_000, patienceMs = 30_000 } = parameters;
    const { transport = createFetchTransport(), topUpInAdvance = true } = parameters;
    const { importSigningKey, verifySignature } = ed25519;
    const wire = { transport, verifySignature, chainId: client.chainId, timeoutMs };
    this.#p = parameters;
    this.#now = now;
    this.#services = new Services(client, wire, now);
    this.#book = new ChannelBook({
      client,
      sender,
      store,
      budget,
      topUpInAdvance,
      lanes,
      funder,
      importSigningKey,
      now,
      log,
    });
    const { services, book } = { services: this.#services, book: this.#book };
    this.#caller = new Caller({ wire, services, book, parallel: lanes, patienceMs, now });
  }

  async quote({ service: id, items = 1 }: QuoteParameters): Promise<Quote> {
    await this.#book.load();
    const { service, smoothed } = await this.#services.refresh(id);
    checkCallable(service, this.#book.idOf(id));
    const { price, denom, provider, model, promise } = service;
    const cost = price * BigInt(items);
    const channel = await this.#book.find(id);
    let first: Quote["first"] = { kind: "nothing" };
    if (cost > 0n && !channel)
      first = { kind: "open", amount: await this.#book.firstDeposit(service, cost, 0n) };
    if (channel && channel.room < cost)
      first = { kind: "top-up", amount: this.#book.nextDeposit(channel, cost - channel.room) };
    return {
      service: id,
      provider,
      denom,
      price,
      cost,
      first,
      promise,
      accuracy: smoothed,
      model: model.length > 0 ? toHex(model) : undefined,
      callsLeft: cost === 0n ? undefined : (channel?.room ?? 0n) / cost,
    };
  }

  async infer(parameters: InferParameters): Promise<InferReturnType> {
    const { service: id, items, rerun = false, maxPrice, signal } = parameters;
    signal?.throwIfAborted();
    const startedAt = this.#now();
    await this.#book.load();
    const { service } = await this.#services.get(id);
    checkCallable(service, this.#book.idOf(id));
    this.#caller.checkLeft(id);
    const tensors = await this.#services.tensors(service);
    const call = newCall(id, tensors, items);
    const isExact = service.model.length > 0;
    // Fetched before anything is paid.
    const program = rerun && isExact ? await this.#services.program(service) : undefined;
    if (program && programItemBytes(program.info.input) !== itemBytes(tensors.input))
      throw new MalformedAnswerError(id, "its metadata is not that of the model on the chain");
    const done = await this.#ask(service, tensors, call, maxPrice, signal);
    const { answer, paid, channel } = done;
    const receiptFile = receiptFileOf(this.#p.client.chainId, service, done.call, answer);
    if (program) this.#rerun(program, service, done, receiptFile);
    return {
      ...answer,
      receiptFile,
      paid,
      verified: program ? "rerun" : isExact ? "receipt" : "unverified",
      callsLeft: channel && channel.room / paid,
      latencyMs: this.#now() - startedAt,
    };
  }

  async #ask(
    listed: Service,
    tensors: Tensors,
    call: Call,
    maxPrice: bigint | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Done> {
    let accepted = maxPrice;
    for (let service = listed; ; service = (await this.#services.get(service.id)).service) {
      if (service.price > 0n) {
        const done = await this.#buy(service, tensors, call, accepted, signal);
        if (done) return done;
      } else {
        const answer = await this.#caller.askFree(service, tensors, call, signal);
        if (answer) return { call, answer, paid: 0n, channel: undefined };
        // Its provider has put a price on it since we looked.
        accepted ??= 0n;
      }
    }
  }

  async #buy(
    service: Service,
    tensors: Tensors,
    call: Call,
    maxPrice: bigint | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Done | undefined> {
    const { id, price } = service;
    if (maxPrice !== undefined) checkPrice(service, maxPrice);
    const cost = price * BigInt(call.items.length);
    const demand = () => this.#demand.get(id) ?? 0n;
    this.#demand.set(id, demand() + cost);
    try {
      const channel = await this.#book.ensure(service, cost, demand, signal);
      // Asking again about what was paid for costs nothing.
      const unclaimed = channel.unclaimed.findIndex((bought) => sameItems(bought.call.items, call.items));
      if (unclaimed >= 0) return { ...channel.unclaimed.splice(unclaimed, 1)[0]!, channel };
      const lane =
        channel.lanes.takeWhere(({ owed, pending }) => owed && sameItems(pending?.items, call.items)) ??
        (await channel.lanes.acquire(signal));
      try {
        const accepted = maxPrice ?? channel.price;
        const bought = await this.#caller.buy(tensors, channel, lane, call, accepted, signal);
        return bought && { ...bought, channel };
      } finally {
        lane.owed = lane.pending !== undefined;
        // The next voucher records that this one is settled; without one, a restart need not ask again.
        if (!lane.pending && channel.lanes.quiet) this.#book.saveLater(channel, lane);
        channel.lanes.release(lane);
      }
    } finally {
      this.#demand.set(id, demand() - cost);
    }
  }

  /** Compares an answer with that of the chain's own file of the model. */
  #rerun(program: Program, { id, model }: Service, done: Done, file: ReceiptFile | undefined): void {
    const { items } = done.call;
    const wrong = rerunReceipt(program, { model, items, outputs: done.answer.outputs });
    if (!wrong) return;
    const error = new WrongAnswerError(id, wrong.index, wrong.expected, file);
    throw this.#caller.leave(id, done.channel?.lanes, error);
  }

  async close(channel: string): Promise<number | undefined> {
    await this.#book.load();
    return this.#book.close(channel);
  }

  async channels(): Promise<ChannelSummary[]> {
    const { client, sender } = this.#p;
    await this.#book.load();
    const usable = new Map((await this.#book.activateAll()).map((channel) => [channel.hex, channel]));
    const all = await getChannels(client, { payer: sender.address });
    const open = all.filter(({ status }) => status !== ChannelStatus.CLOSED);
    return Promise.all(open.map((view) => this.#summary(view, usable.get(toHex(view.id)))));
  }

  async #summary(view: ChannelOnChain, channel: Channel | undefined): Promise<ChannelSummary> {
    const { service, denom, deposited, avail, closeHeight } = view;
    const isOpen = view.status === ChannelStatus.OPEN;
    const { price } = (await this.#services.get(service)).service;
    const room = isOpen && channel ? channel.room : 0n;
    return {
      channel: toHex(view.id),
      service,
      denom,
      usable: isOpen && channel !== undefined,
      status: isOpen ? "open" : "closing",
      closeHeight: isOpen ? undefined : Number(closeHeight),
      deposited: BigInt(deposited),
      avail: BigInt(avail),
      callsLeft: price === 0n ? 0n : room / price,
    };
  }

  async resume(signal?: AbortSignal): Promise<Resumed[]> {
    await this.#book.load();
    const resumed: Resumed[] = [];
    for (const channel of await this.#book.activateAll()) {
      for (const lane of channel.all) {
        // A lane in use is being looked after.
        if (!lane.pending || !channel.lanes.take(lane)) continue;
        try {
          resumed.push(await this.#resumeLane(channel, lane, lane.pending, signal));
        } finally {
          channel.lanes.release(lane);
        }
        if (resumed.at(-1)?.error) break;
      }
    }
    return resumed;
  }

  async #resumeLane(
    channel: Channel,
    lane: Lane,
    pending: Pending,
    signal: AbortSignal | undefined,
  ): Promise<Resumed> {
    const where = { service: channel.service, channel: channel.hex, lane: lane.index };
    try {
      const answer = await this.#caller.clear(channel, lane, signal);
      this.#book.saveLater(channel, lane);
      const call = callOf(pending);
      if (!answer || !call) return { ...where, error: undefined, answer: undefined };
      const { service } = await this.#services.get(channel.service);
      const receiptFile = receiptFileOf(this.#p.client.chainId, service, call, answer);
      return { ...where, error: undefined, answer: { ...answer, items: call.items, receiptFile } };
    } catch (error) {
      if (error instanceof CallFailedError) return { ...where, error, answer: undefined };
      throw error;
    }
  }
}

/** A call with its answer, and on which channel it was paid. */
interface Done extends Bought {
  channel: Channel | undefined;
}

function receiptFileOf(
  chainId: string,
  { servingKey, model }: Service,
  { salt, items }: Call,
  { outputs, receipt }: Answer,
): ReceiptFile | undefined {
  return receipt && { chainId, receipt, salt, items, outputs, servingKey, model };
}
