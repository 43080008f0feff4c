import type { Service } from "../generated/assay/marketplace/v1/service.ts";
import { itemBytes } from "../oip/tensors.ts";
import { compareBytes } from "../protocol/hash.ts";
import { sleep } from "../sleep.ts";
import { max, min } from "./budget.ts";
import {
  ItemsError,
  MalformedAnswerError,
  PriceTooHighError,
  QuoteTooHighError,
  ServiceLeftError,
  type CallFailedError,
} from "./buyer-errors.ts";
import { callHash, inputRoot, SALT_SIZE, voucherDigest, type Signed, type Voucher } from "./bytes.ts";
import type { Bought, Channel, ChannelBook, Lane, Pending } from "./channel-book.ts";
import { exchange, type Answer, type Call, type Outcome, type Wire } from "./exchange.ts";
import { Lanes } from "./lanes.ts";
import { checkCallable, type Services, type Tensors } from "./services.ts";

/** Attempts of one call before its service is left. */
const MAX_FAILURES = 3;
/** How often a call may agree anew with its provider on where the lane stands. */
const MAX_AGREEMENTS = 3;
const FIRST_RETRY_MS = 100;
/** How long a service is left alone; twice as long every time in a row, up to 64 times. */
const LEAVE_MS = 10_000;
const MAX_DOUBLINGS = 6;

export interface CallerParameters {
  wire: Wire;
  services: Services;
  book: ChannelBook;
  /** Calls that a free service is asked at a time. */
  parallel: number;
  patienceMs: number;
  now(): number;
}

/** Gets answers, however often it has to ask, at the cost of one price per lane for what does not come. */
export class Caller {
  readonly #p: CallerParameters;
  readonly #free = new Map<bigint, Lanes<number>>();
  /** Services that failed. */
  readonly #left = new Map<bigint, { times: number; until: number; cause: unknown }>();

  constructor(parameters: CallerParameters) {
    this.#p = parameters;
  }

  /** Throws {@link ServiceLeftError} while a service is left alone. */
  checkLeft(service: bigint): void {
    const left = this.#left.get(service);
    if (left && this.#p.now() < left.until) throw new ServiceLeftError(service, left.until, left.cause);
  }

  /** From now on the service is left alone, and calls that wait for it fail. Returns `cause`. */
  leave<Cause>(service: bigint, lanes: Lanes<Lane> | Lanes<number> | undefined, cause: Cause): Cause {
    const now = this.#p.now();
    let left = this.#left.get(service);
    // Calls that fail together count once.
    if (!left || now >= left.until) {
      const times = (left?.times ?? 0) + 1;
      const until = now + LEAVE_MS * 2 ** Math.min(times - 1, MAX_DOUBLINGS);
      this.#left.set(service, (left = { times, until, cause }));
    }
    lanes?.reset(new ServiceLeftError(service, left.until, left.cause));
    return cause;
  }

  /** Asks a free service. Undefined if it is free no more. */
  async askFree(
    service: Service,
    tensors: Tensors,
    call: Call,
    signal: AbortSignal | undefined,
  ): Promise<Answer | undefined> {
    const { id } = service;
    let lanes = this.#free.get(id);
    if (!lanes)
      this.#free.set(id, (lanes = new Lanes(Array.from({ length: this.#p.parallel }, (_, i) => i))));
    const lane = await lanes.acquire(signal);
    try {
      this.checkLeft(id);
      const attempts = this.#attempts(id, lanes, signal);
      for (;;) {
        const outcome = await exchange(this.#p.wire, service, tensors, call, undefined, signal);
        if (outcome.kind === "answer") return this.#succeed(id, lanes, outcome.answer);
        if (outcome.kind === "disagreement" && (await this.#p.services.refresh(id)).service.price > 0n)
          return undefined;
        if (outcome.kind === "refusal") throw this.#refused(service, outcome.cause);
        if (outcome.kind === "wait") await attempts.wait(outcome);
        else await attempts.fail(outcome.cause);
      }
    } finally {
      lanes.release(lane);
    }
  }

  /**
   * Buys an answer on a lane that the caller holds, for at most `accepted` base units per item. Undefined if the
   * service is free by now. An answer that is still owed on the lane comes first: if it is to the same items, it is
   * this call's, else it is kept for whoever asks about them again.
   */
  async buy(
    tensors: Tensors,
    channel: Channel,
    lane: Lane,
    call: Call,
    accepted: bigint,
    signal: AbortSignal | undefined,
  ): Promise<Bought | undefined> {
    const { services } = this.#p;
    this.checkLeft(channel.service);
    if (lane.pending) {
      const { owed } = lane;
      const bought = await this.#collect(channel, lane, lane.pending, signal);
      if (bought && owed && sameItems(bought.call.items, call.items)) return bought;
      if (bought && owed) channel.unclaimed.splice(0, channel.unclaimed.push(bought) - channel.all.length);
    }
    const attempts = this.#attempts(channel.service, channel.lanes, signal);
    for (let agreements = 0; ; agreements++) {
      const { service } = await services.get(channel.service);
      if (service.price === 0n) return undefined;
      checkPrice(service, accepted);
      const paid = service.price * BigInt(call.items.length);
      const { salt, callHash, items } = call;
      const amount = lane.charged + paid;
      const { exposed } = lane;
      await this.#p.book.reserve(channel, lane, amount, signal);
      lane.pending = { amount, salt, callHash, items };
      const [voucher] = await Promise.all([
        this.#sign(channel, lane.index, lane.pending),
        this.#p.book.save(channel, lane),
      ]);
      const answer = await this.#settle(
        service,
        tensors,
        channel,
        lane,
        call,
        voucher,
        attempts,
        agreements,
        exposed,
        signal,
      );
      if (answer) return { call, answer, paid };
    }
  }

  async #collect(
    channel: Channel,
    lane: Lane,
    pending: Pending,
    signal: AbortSignal | undefined,
  ): Promise<Bought | undefined> {
    const call = callOf(pending);
    const before = lane.charged;
    const answer = await this.clear(channel, lane, signal);
    return answer && call && { call, answer, paid: lane.charged - before };
  }

  /**
   * Finds out what became of the voucher that is pending on a lane: by asking for its answer again, or, when its items
   * are not known any more, for the newest voucher. Returns the answer, if there is one.
   */
  async clear(channel: Channel, lane: Lane, signal: AbortSignal | undefined): Promise<Answer | undefined> {
    const { services, book } = this.#p;
    const { pending } = lane;
    const { service } = await services.get(channel.service);
    const tensors = await services.tensors(service);
    const call = pending && callOf(pending);
    if (pending && call) {
      const attempts = this.#attempts(service.id, channel.lanes, signal);
      const voucher = await this.#sign(channel, lane.index, pending);
      return this.#settle(service, tensors, channel, lane, call, voucher, attempts, 0, lane.exposed, signal);
    }
    const newest = await this.#inquire(service, tensors, channel, lane, signal);
    const settled = (await book.refresh(channel)).lanes[lane.index] ?? 0n;
    lane.charged = max(max(lane.charged, newest?.amount ?? 0n), settled);
    lane.exposed = max(lane.exposed, lane.charged);
    lane.pending = undefined;
    return undefined;
  }

  /**
   * Asks until there is an answer. Undefined when buyer and provider had to agree anew on the lane or the price: then
   * nothing is pending, and a voucher for another amount may be signed.
   */
  async #settle(
    service: Service,
    tensors: Tensors,
    channel: Channel,
    lane: Lane,
    call: Call,
    voucher: Signed<Voucher>,
    attempts: Attempts,
    agreements: number,
    exposed: bigint,
    signal: AbortSignal | undefined,
  ): Promise<Answer | undefined> {
    const { pending } = lane;
    for (;;) {
      const outcome = await exchange(this.#p.wire, service, tensors, call, voucher, signal);
      switch (outcome.kind) {
        case "answer":
          lane.charged = voucher.amount;
          lane.pending = undefined;
          return this.#succeed(service.id, channel.lanes, outcome.answer);
        case "refusal":
          lane.pending = undefined;
          throw this.#refused(service, outcome.cause);
        case "wait":
          // The provider has not taken the voucher: should this be the end, nothing is pending.
          lane.pending = undefined;
          await attempts.wait(outcome);
          lane.pending = pending;
          break;
        case "disagreement":
          if (
            agreements < MAX_AGREEMENTS &&
            (await this.#agree(service, channel, lane, voucher, exposed, outcome))
          ) {
            lane.pending = undefined;
            return undefined;
          }
          await attempts.fail(outcome.cause);
          break;
        case "failure":
          await attempts.fail(outcome.cause);
      }
    }
  }

  /**
   * Looks at the chain, and at the newest voucher that the provider shows, for what to think of lane and price.
   * `exposed` is the most that was known to be signed before the voucher in question. Returns whether there is something
   * new. Throws if the service or the channel is closed, or the quote too high.
   */
  async #agree(
    { id, price: known }: Service,
    channel: Channel,
    lane: Lane,
    voucher: Voucher,
    exposed: bigint,
    { required }: Outcome & { kind: "disagreement" },
  ): Promise<boolean> {
    const { services, book } = this.#p;
    const { service } = await services.refresh(id);
    checkCallable(service, channel.hex);
    if (required.terms.price > service.price)
      throw this.leave(id, channel.lanes, new QuoteTooHighError(id, required.terms.price, service.price));
    const settled = (await book.refresh(channel)).lanes[lane.index] ?? 0n;
    const newest = await this.#ownVoucher(channel, lane, required.terms.lastVoucher);
    const before = lane.charged;
    // The voucher in question itself is to be answered, not to be shown or claimed.
    const isNews = newest && compareBytes(newest.callHash, voucher.callHash) !== 0;
    const shown = max(isNews ? newest.amount : 0n, settled === voucher.amount ? 0n : settled);
    if (required.code === "amount_too_high") {
      // The provider has lost its log.
      lane.charged = min(before, newest?.amount ?? settled);
    } else if (shown > exposed) {
      // We have lost records. What we remember was answered, or is to be answered first.
      lane.charged = shown;
      lane.exposed = max(lane.exposed, shown);
    }
    return lane.charged !== before || service.price !== known;
  }

  /** Asks with a voucher over nothing, which no provider takes, for the newest voucher of the lane. */
  async #inquire(
    service: Service,
    tensors: Tensors,
    channel: Channel,
    lane: Lane,
    signal: AbortSignal | undefined,
  ): Promise<Voucher | undefined> {
    const call = newCall(service.id, tensors, [new Uint8Array(itemBytes(tensors.input))]);
    const voucher = await this.#sign(channel, lane.index, { ...call, amount: 0n });
    const attempts = this.#attempts(service.id, channel.lanes, signal);
    for (;;) {
      const outcome = await exchange(this.#p.wire, service, tensors, call, voucher, signal);
      if (outcome.kind === "disagreement")
        return this.#ownVoucher(channel, lane, outcome.required.terms.lastVoucher);
      if (outcome.kind === "wait") await attempts.wait(outcome);
      else if (outcome.kind === "failure") await attempts.fail(outcome.cause);
      else await attempts.fail(new MalformedAnswerError(service.id, "it takes a voucher over nothing"));
    }
  }

  /** Throws if a provider shows a voucher of this lane that is not ours. */
  async #ownVoucher(
    channel: Channel,
    lane: Lane,
    shown: Signed<Voucher> | undefined,
  ): Promise<Voucher | undefined> {
    if (!shown) return undefined;
    const { chainId, verifySignature } = this.#p.wire;
    const own =
      compareBytes(shown.channel, channel.id) === 0 &&
      shown.lane === lane.index &&
      (await verifySignature(channel.key.publicKey, voucherDigest(chainId, shown), shown.signature));
    if (own) return shown;
    const error = new MalformedAnswerError(
      channel.service,
      "it shows a voucher that this buyer never signed",
    );
    throw this.leave(channel.service, channel.lanes, error);
  }

  async #sign(
    { id, key }: Channel,
    lane: number,
    { amount, callHash }: Pick<Pending, "amount" | "callHash">,
  ): Promise<Signed<Voucher>> {
    const voucher = { channel: id, lane, amount, callHash };
    return { ...voucher, signature: await key.sign(voucherDigest(this.#p.wire.chainId, voucher)) };
  }

  #succeed(service: bigint, lanes: Lanes<Lane> | Lanes<number>, answer: Answer): Answer {
    this.#left.delete(service);
    lanes.grow();
    return answer;
  }

  /** The server may have another model by now. */
  #refused<Cause>(service: Service, cause: Cause): Cause {
    this.#p.services.forgetTensors(service);
    return cause;
  }

  /** Counts what went wrong with one call. */
  #attempts(service: bigint, lanes: Lanes<Lane> | Lanes<number>, signal: AbortSignal | undefined): Attempts {
    const { now, patienceMs } = this.#p;
    const deadline = now() + patienceMs;
    let failures = 0;
    return {
      wait: async ({ ms, overload, cause }) => {
        if (overload) lanes.halve();
        if (now() + ms > deadline) throw cause;
        await sleep(ms, signal);
      },
      fail: async (cause) => {
        failures++;
        if (failures >= MAX_FAILURES) throw this.leave(service, lanes, cause);
        await sleep(FIRST_RETRY_MS * 2 ** (failures - 1), signal);
      },
    };
  }
}

interface Attempts {
  /** Waits until a busy provider may be asked again. Throws the cause when patience ends. */
  wait(outcome: Outcome & { kind: "wait" }): Promise<void>;
  /** Waits before another attempt. Leaves the service and throws the cause after the last one. */
  fail(cause: CallFailedError): Promise<void>;
}

/** A call of these items. Throws {@link ItemsError}. */
export function newCall(service: bigint, { input }: Tensors, items: readonly Uint8Array[]): Call {
  const bytes = itemBytes(input);
  if (items.length === 0) throw new ItemsError("The call has no items. Pass at least one.");
  const wrong = items.findIndex(({ length }) => length !== bytes);
  if (wrong >= 0)
    throw new ItemsError(
      `Item ${wrong} has ${items[wrong]!.length} bytes, the model of service ${service} takes ${bytes}. ` +
        "Preprocess it for the model's arena.",
    );
  const root = inputRoot(items);
  const salt = newSalt();
  return { items, salt, inputRoot: root, callHash: callHash(salt, service, root) };
}

/** Random bytes that no salt has used yet: asking for many at a time is cheaper. */
let unused = new Uint8Array();

function newSalt(): Uint8Array {
  if (unused.length < SALT_SIZE) unused = crypto.getRandomValues(new Uint8Array(256 * SALT_SIZE));
  const salt = unused.slice(0, SALT_SIZE);
  unused = unused.subarray(SALT_SIZE);
  return salt;
}

/** The call that is pending; undefined when its items are not known any more. */
export function callOf({ items, salt, callHash }: Pending): Call | undefined {
  return items && { items, salt, callHash, inputRoot: inputRoot(items) };
}

/** Whether two calls ask the same. */
export function sameItems(a: readonly Uint8Array[] | undefined, b: readonly Uint8Array[]): boolean {
  return a?.length === b.length && a.every((item, i) => compareBytes(item, b[i]!) === 0);
}

/** Throws {@link PriceTooHighError}. */
export function checkPrice({ id, denom, price }: Service, accepted: bigint): void {
  if (price > accepted) throw new PriceTooHighError(id, denom, price, accepted);
}
