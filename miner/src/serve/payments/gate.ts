import { callHash, inputRoot, voucherDigest } from "@assay/client/market/bytes";
import { decodePayment, decodeSalt, HEADER, X402Error, type Payment } from "@assay/client/market/x402";
import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { DiskFullError, messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { Channel } from "../chain/chain.ts";
import type { ChainView } from "../chain/view.ts";
import { Refusal, type Admission, type CallHead, type Gate, type Replay, type Run } from "../gate.ts";
import { paymentHeader, receiptHeader, type Input, type Sign } from "./answer.ts";
import { isSame, type Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import { isKept, type VoucherLog } from "./log.ts";
import type { PaymentMetrics } from "./metrics.ts";
import { refusalOf, type Fault, type Offer } from "./offer.ts";

/** A service as it is sold here. */
export interface Sold {
  readonly id: bigint;
  /** Where its calls go. */
  readonly url: string;
  /** By the serving key; undefined for a service without receipts. */
  readonly sign: Sign | undefined;
}

export interface PaymentGateOptions {
  readonly chainId: string;
  readonly services: readonly Sold[];
  readonly view: ChainView;
  readonly lanes: Lanes;
  readonly log: VoucherLog;
  /** Strict ed25519. */
  readonly verify: (key: Uint8Array, digest: Uint8Array, signature: Uint8Array) => boolean;
  /** What may be newly signed, in base units, while nothing is heard of the chain. */
  readonly exposure: bigint;
  readonly metrics: PaymentMetrics;
  readonly logger: Logger;
}

interface Call extends Offer {
  readonly sold: Sold;
}

interface PaidCall extends Call {
  readonly payment: Payment;
  readonly channel: Channel;
}

/** Checks vouchers, records them before anything runs, and signs receipts. */
export class PaymentGate implements Gate {
  readonly #options: PaymentGateOptions;
  readonly #sold: ReadonlyMap<bigint, Sold>;
  /** What was signed since the view was at this height. */
  #unseen = { height: 0, amount: 0n };

  constructor(options: PaymentGateOptions) {
    this.#options = options;
    this.#sold = new Map(options.services.map((sold) => [sold.id, sold]));
  }

  trouble(): string | undefined {
    const { view, log, exposure } = this.#options;
    if (!view.params) return "not_ready";
    if (view.isStale(view.params.graceBlocks)) return "stale_chain";
    if (log.failure !== undefined) return "log_full";
    return view.away() && this.unseen() >= exposure ? "exposure" : undefined;
  }

  /** What was signed since the last block seen, in base units. */
  unseen(): bigint {
    const { height } = this.#options.view;
    if (this.#unseen.height !== height) this.#unseen = { height, amount: 0n };
    return this.#unseen.amount;
  }

  async admit({ service, headers }: CallHead): Promise<Admission> {
    const call = this.#call(service);
    if (call.service.price === 0n) {
      this.#checkService(call);
      const salt = headers[HEADER.call.toLowerCase()];
      return {
        bind: async (items) => this.#bindFree(call, salt === undefined ? undefined : String(salt), items),
      };
    }
    const payment = this.#readPayment(call, headers[HEADER.payment.toLowerCase()]);
    const idHex = Buffer.from(payment.voucher.channel).toString("hex");
    const channel = this.#options.view.channel(idHex) ?? (await this.#options.view.find(idHex));
    const paid = { ...call, payment, channel: this.#checkChannel(call, channel) };
    this.#checkLane(paid);
    this.#checkSignature(paid);
    return { bind: (items) => this.#bind(service, payment, idHex, items) };
  }

  #call(id: bigint): Call {
    const { view, chainId } = this.#options;
    const sold = this.#sold.get(id);
    if (!sold) throw new Refusal(404, "unknown_model", `service ${id} is not served here`);
    const service = view.service(id);
    if (!service || !view.params)
      throw later("not_ready", "the chain has not been read yet; try again in a moment", 2);
    return { chainId, sold, service, params: view.params, url: sold.url };
  }

  #readPayment(call: Call, value: string | string[] | undefined): Payment {
    const { service, chainId } = call;
    if (value === undefined) {
      const message = `an item costs ${service.price}${service.denom}: pay with ${HEADER.payment}`;
      throw refusalOf(call, { code: "payment_required", message });
    }
    let payment: Payment;
    try {
      payment = decodePayment(String(value));
    } catch (error) {
      if (!(error instanceof X402Error)) throw error;
      throw refusalOf(call, { code: "bad_payment_header", message: error.message, cause: error });
    }
    const { accepted } = payment;
    if (
      accepted.chainId !== chainId ||
      accepted.asset !== service.denom ||
      accepted.payTo !== service.provider
    ) {
      const message =
        `the service is paid on ${chainId} in ${service.denom} to ${service.provider}, ` +
        `not on ${accepted.chainId} in ${accepted.asset} to ${accepted.payTo}`;
      throw refusalOf(call, { code: "wrong_network", message });
    }
    return payment;
  }

  #checkChannel(call: Call, channel: Channel | undefined): Channel {
    const { view } = this.#options;
    const refuse = (code: string, message: string): Refusal => refusalOf(call, { code, message });
    if (!channel)
      throw refuse("unknown_channel", "no such channel is known here; if it is new, try again in a second");
    if (channel.service !== call.service.id)
      throw refuse("wrong_service", `the channel is for service ${channel.service}, not ${call.service.id}`);
    if (channel.status === ChannelStatus.CLOSED)
      throw refuse("channel_closed", "the channel is closed: open another one");
    if (channel.status !== ChannelStatus.OPEN)
      throw refuse("channel_closing", "the channel is closing: open another one");
    this.#checkService(call);
    if (view.isStale(channel.graceBlocks)) {
      const seconds = Math.round(view.headAgeMs() / 1000);
      throw later("stale_chain", `the last block seen here is ${seconds} s old; try again later`, 5);
    }
    return channel;
  }

  #checkService(call: Call): void {
    const { id, status } = call.service;
    const refuse = (code: string, message: string): Refusal => refusalOf(call, { code, message });
    if (status === ServiceStatus.CONVICTED)
      throw refuse("convicted", `service ${id} was convicted of a wrong answer`);
    if (status !== ServiceStatus.ACTIVE) throw refuse("service_closed", `service ${id} is closed`);
  }

  /** What can be said of lane and amount before the number of items is known, and whether the channel covers them. */
  #checkLane(call: PaidCall): void {
    const { channel, payment } = call;
    const { voucher } = payment;
    if (voucher.lane >= channel.lanes.length) {
      const message = `the channel has lanes 0 to ${channel.lanes.length - 1}, the voucher names ${voucher.lane}`;
      throw refusalOf(call, { code: "bad_lane", message });
    }
    const lane = this.#options.lanes.get(channel.idHex, voucher.lane);
    if (isSame(lane.charged, voucher)) return;
    if (isSame(lane.open?.voucher, voucher)) {
      if (!lane.open?.running) this.#checkCover(call, lane);
      return;
    }
    const charged = chargedOn(lane, channel, voucher.lane);
    if (voucher.amount === lane.charged?.amount && voucher.amount === charged)
      throw this.#refuse(call, lane, {
        status: 409,
        code: "lane_busy",
        message: `amount ${charged} of the lane has paid for another call, which was answered`,
      });
    if (voucher.amount <= charged)
      throw this.#refuse(call, lane, {
        code: "amount_too_low",
        message: `the lane was charged ${charged} so far, a voucher of ${voucher.amount} pays nothing`,
      });
    if (lane.open?.running)
      throw this.#refuse(call, lane, {
        status: 409,
        code: "lane_busy",
        message: "another call runs on the lane; wait for its answer or use another lane",
      });
    this.#checkCover(call, lane);
  }

  #checkCover(call: PaidCall, lane: Lane): void {
    const { channel, payment } = call;
    const { lane: number, amount } = payment.voucher;
    const { lanes, view, exposure } = this.#options;
    const unsettled = lanes.unsettled(channel, number) + amount - (channel.lanes[number] ?? 0n);
    if (unsettled > channel.avail)
      throw refusalOf(call, {
        code: "overcommitted",
        message: `unsettled vouchers would add up to ${unsettled}, the channel has ${channel.avail}: top it up`,
      });
    const cost = amount - chargedOn(lane, channel, number);
    if (view.away() && this.unseen() + cost > exposure)
      throw later("exposure", "nothing is heard of the chain here; try again later", 5);
  }

  #checkSignature(call: PaidCall): void {
    const { channel, payment, chainId } = call;
    const { voucher } = payment;
    if (this.#options.verify(channel.voucherKey, voucherDigest(chainId, voucher), voucher.signature)) return;
    const message = "the signature is not by the channel's voucher key over this voucher on this chain";
    throw refusalOf(call, { code: "bad_signature", message });
  }

  async #bind(
    service: bigint,
    payment: Payment,
    idHex: string,
    items: readonly Uint8Array[],
  ): Promise<Run | Replay> {
    const { voucher, salt } = payment;
    const input = { items: items.length, root: inputRoot(items) };
    if (Buffer.compare(callHash(salt, service, input.root), voucher.callHash) !== 0) {
      const message = "the voucher's call hash is not that of these items under its salt";
      throw refusalOf(this.#call(service), { code: "call_hash_mismatch", message, items: items.length });
    }
    for (;;) {
      // The body may have taken seconds: what holds now decides.
      const terms = this.#call(service);
      const channel = this.#checkChannel(terms, this.#options.view.channel(idHex));
      const call = { ...terms, payment, channel };
      this.#checkLane(call);
      const lane = this.#options.lanes.get(idHex, voucher.lane);
      if (isSame(lane.charged, voucher)) return this.#again(call, lane, input);
      if (!isSame(lane.open?.voucher, voucher) || !lane.open?.running) return this.#start(call, lane, input);
      await lane.open.running;
    }
  }

  /**
   * Records the voucher, then lets the call run. The record outlives this process when the run begins, and a power cut
   * when the answer is given: the disk works while the model does.
   */
  async #start(call: PaidCall, lane: Lane, input: Input): Promise<Run> {
    const { channel, payment, service } = call;
    const { voucher } = payment;
    const before = { ...lane };
    const isRetry = isSame(lane.open?.voucher, voucher);
    if (!isRetry) this.#charge(call, lane, input.items);
    const cost = voucher.amount - chargedOn(before, channel, voucher.lane);
    const { promise, resolve } = Promise.withResolvers<void>();
    lane.open = { voucher, running: promise };
    this.#options.lanes.keep(channel.idHex, voucher.lane, lane);
    // The voucher of a call that failed is on disk already.
    const flushed = isRetry ? Promise.resolve() : this.#record(call, lane, { flush: true });
    flushed.catch(() => undefined); // looked at in `served`
    try {
      if (!isRetry) await this.#record(call, lane, { flush: false });
    } catch (error) {
      Object.assign(lane, before);
      resolve();
      throw unrecorded(error);
    }
    this.#unseen = { height: this.#options.view.height, amount: this.unseen() + cost };
    const fail = (): void => {
      lane.open = { voucher, running: undefined };
      resolve();
    };
    return {
      kind: "run",
      served: async (outputs) => {
        let headers: Record<string, string>;
        try {
          headers = this.#headers(call, input, outputs);
          await flushed.catch((error: unknown) => {
            throw unrecorded(error);
          });
        } catch (error) {
          fail();
          throw error;
        }
        lane.charged = voucher;
        lane.answer = isKept(outputs) ? outputs : undefined;
        lane.open = undefined;
        resolve();
        this.#options.metrics.charged.inc(
          { service: service.id.toString(), denom: service.denom },
          Number(cost),
        );
        await this.#record(call, lane, { flush: false }).catch((error: unknown) => {
          // The voucher itself is on disk; its lane is written again with the next one.
          this.#options.logger.error(
            { error },
            `cannot record that a call was answered: ${messageOf(error)}`,
          );
        });
        return headers;
      },
      failed: async (cause) => {
        this.#options.logger.debug({ error: cause, service: service.id }, "a paid call failed");
        fail();
      },
    };
  }

  /**
   * Checks that a new voucher adds exactly the price of its items to what was charged. A payer may also go on from a
   * voucher whose call counts as failed here: it says by its signature that it was answered. So nothing is lost when
   * a process ends between an answer and its record.
   */
  #charge(call: PaidCall, lane: Lane, items: number): void {
    const { channel, payment, service } = call;
    const { amount, lane: number } = payment.voucher;
    const charged = chargedOn(lane, channel, number);
    const cost = service.price * BigInt(items);
    if (amount === charged + cost) return;
    const failed = lane.open?.voucher;
    if (failed && failed.amount > charged && amount === failed.amount + cost) {
      lane.charged = failed;
      lane.answer = undefined;
      return;
    }
    throw this.#refuse(call, lane, {
      code: amount < charged + cost ? "amount_too_low" : "amount_too_high",
      message: `the lane was charged ${charged}, ${items} items add ${cost}: expected ${charged + cost}, not ${amount}`,
      items,
    });
  }

  /** The answer of a voucher that was charged. One that was too large to keep is made again, and is the same. */
  #again(call: PaidCall, lane: Lane, input: Input): Run | Replay {
    if (lane.answer)
      return { kind: "replay", outputs: lane.answer, headers: this.#headers(call, input, lane.answer) };
    return {
      kind: "run",
      served: async (outputs) => {
        if (isSame(lane.charged, call.payment.voucher) && isKept(outputs)) lane.answer = outputs;
        return this.#headers(call, input, outputs);
      },
      failed: async () => undefined,
    };
  }

  #bindFree({ chainId, service, sold }: Call, salt: string | undefined, items: readonly Uint8Array[]): Run {
    const { sign } = sold;
    const failed = async (): Promise<void> => undefined;
    if (!sign || salt === undefined) return { kind: "run", served: async () => ({}), failed };
    const input = { items: items.length, root: inputRoot(items) };
    const call = { chainId, service: service.id, callHash: callHash(readSalt(salt), service.id, input.root) };
    return { kind: "run", served: async (outputs) => receiptHeader(sign, call, input, outputs), failed };
  }

  #headers(call: PaidCall, input: Input, outputs: readonly Int32Array[]): Record<string, string> {
    const { chainId, sold, service, payment, channel } = call;
    const { voucher } = payment;
    const left = channel.avail - this.#options.lanes.unsettled(channel);
    return {
      ...paymentHeader({
        chainId,
        payer: channel.payer,
        amount: voucher.amount,
        callsLeft: left > 0n ? left / service.price : 0n,
      }),
      ...(sold.sign &&
        receiptHeader(
          sold.sign,
          { chainId, service: service.id, callHash: voucher.callHash, voucher },
          input,
          outputs,
        )),
    };
  }

  #record({ channel, payment }: PaidCall, state: Lane, options: { flush: boolean }): Promise<void> {
    return this.#options.log.write({ channel: channel.id, lane: payment.voucher.lane, state }, options);
  }

  /** With the client's own last voucher, for one that lost its state. */
  #refuse(call: PaidCall, { charged }: Lane, fault: Fault): Refusal {
    return refusalOf(call, { ...fault, lastVoucher: charged });
  }
}

/** What a call pays could not be written down. */
function unrecorded(error: unknown): Refusal {
  const code = error instanceof DiskFullError ? "log_full" : "log_failed";
  return later(code, "what the call pays cannot be recorded here; try again later", 5, error);
}

/** Not the caller's fault. */
function later(code: string, message: string, seconds: number, cause?: unknown): Refusal {
  return new Refusal(503, code, message, { headers: { "Retry-After": String(seconds) }, cause });
}

/** What a new voucher adds to: charged here or, after a lost log, settled on the chain. */
function chargedOn(lane: Lane, channel: Channel, number: number): bigint {
  const charged = lane.charged?.amount ?? 0n;
  const settled = channel.lanes[number] ?? 0n;
  return charged > settled ? charged : settled;
}

function readSalt(value: string): Uint8Array {
  try {
    return decodeSalt(value);
  } catch (error) {
    if (!(error instanceof X402Error)) throw error;
    throw new Refusal(400, "bad_call_header", error.message, { cause: error });
  }
}
