import type { AssayClient } from "@assay/client/client";
import { getService } from "@assay/client/actions/getService";
import { InsufficientFundsError, TxFailedError } from "@assay/client/errors";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { createBuyer, type Buyer } from "@assay/client/market/buyer";
import {
  BudgetExceededError,
  CallFailedError,
  ChannelClosedError,
  ItemsError,
  PriceTooHighError,
  ServiceClosedError,
  ServiceConvictedError,
  ServiceLeftError,
  UnsupportedServiceError,
  WrongAnswerError,
} from "@assay/client/market/buyer-errors";
import type { BuyerStore } from "@assay/client/market/buyer-store";
import { answerChallenge, convictionOf } from "@assay/client/market/challenge";
import { createFetchTransport, type Transport } from "@assay/client/market/transport";
import { decodeReceiptFile, encodeReceiptFile } from "@assay/client/market/x402";
import type { Sender } from "@assay/client/sender";
import * as ed25519 from "@assay/service-kit/ed25519";
import { messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { z } from "zod";
import type { CallResult, ProbeBuyer, ProbeCall, TidyState } from "./buyer.ts";

export interface CreateMarketBuyerParameters {
  client: AssayClient;
  /** Of the probing account. */
  sender: Sender;
  store: BuyerStore;
  /** Most uassay deposited in one channel. */
  deposit: bigint;
  /** What a service has to answer a call, all repetitions included. */
  timeoutMs: number;
  log: Logger;
}

/** What the account has is the limit: an epoch's budget says how fast it is spent. */
const NO_LIMIT = 2n ** 63n;

/** Probes with the client's own buyer. */
export function createMarketBuyer(parameters: CreateMarketBuyerParameters): MarketBuyer {
  const { client, sender, store, deposit, timeoutMs, log } = parameters;
  const stopwatch = new Stopwatch(timeoutMs);
  const buyer = createBuyer({
    client,
    sender,
    store,
    ed25519,
    timeoutMs,
    budget: { maxDeposit: deposit, maxTotal: NO_LIMIT },
    // Calls go one at a time.
    lanes: 1,
    patienceMs: timeoutMs,
    transport: stopwatch.around(createFetchTransport()),
    log: (message, details) => log.debug(details, message),
  });
  const status = async (id: bigint) => (await getService(client, { id })).service?.status;
  return new MarketBuyer({ buyer, sender, status, stopwatch });
}

/**
 * Measures what a service takes, which is not what opening a channel or running the model here takes, and limits it:
 * all requests of a call together have the time of one.
 */
export class Stopwatch {
  readonly #limitMs: number;
  #leftMs = 0;
  /** How long the last inference request took. */
  lastMs = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Begins a call. */
  reset(): void {
    this.#leftMs = this.#limitMs;
  }

  around(transport: Transport): Transport {
    return async (request) => {
      if (this.#leftMs <= 0) throw new DOMException("the time for this call is over", "TimeoutError");
      const late = AbortSignal.timeout(Math.ceil(this.#leftMs));
      const start = performance.now();
      try {
        return await transport({ ...request, signal: AbortSignal.any([request.signal, late]) });
      } finally {
        const elapsed = performance.now() - start;
        // A timer may be early by a fraction of a millisecond.
        this.#leftMs = late.aborted ? 0 : this.#leftMs - elapsed;
        if (request.method === "POST") this.lastMs = elapsed;
      }
    };
  }
}

export interface MarketBuyerOptions {
  buyer: Pick<Buyer, "infer" | "channels" | "close">;
  sender: Pick<Sender, "address" | "send">;
  /** Of a service, now. */
  status: (service: bigint) => Promise<ServiceStatus | undefined>;
  stopwatch: Pick<Stopwatch, "lastMs" | "reset">;
}

const evidenceSchema = z.strictObject({ index: z.int().min(0), receiptFile: z.string() });

export class MarketBuyer implements ProbeBuyer {
  readonly #with: MarketBuyerOptions;
  /** Whether the account had too little for a channel. */
  #short = false;

  constructor(options: MarketBuyerOptions) {
    this.#with = options;
  }

  async call({ service, items, maxPaid, signal }: ProbeCall): Promise<CallResult> {
    const { buyer, stopwatch } = this.#with;
    stopwatch.reset();
    try {
      const { id, price } = service;
      const { paid } = await buyer.infer({ service: id, items, rerun: true, maxPrice: price, signal });
      return { outcome: "answered", paid, latencyMs: stopwatch.lastMs };
    } catch (error) {
      return this.#resultOf(error, service.id, maxPaid);
    }
  }

  /** Throws the error if it says nothing about the service. */
  async #resultOf(error: unknown, service: bigint, maxPaid: bigint): Promise<CallResult> {
    const reason = messageOf(error);
    if (error instanceof WrongAnswerError && error.receiptFile !== undefined) {
      const { index, receiptFile } = error;
      const evidence = JSON.stringify({ index, receiptFile: encodeReceiptFile(receiptFile) });
      return { outcome: "wrong", paid: maxPaid, evidence };
    }
    // Asked again too early: the failures that made the buyer leave it are counted already.
    if (error instanceof ServiceLeftError) return { outcome: "spoiled", paid: 0n, reason };
    if (error instanceof CallFailedError || error instanceof WrongAnswerError)
      return { outcome: "failed", paid: maxPaid, reason };
    // By the arena the items are right, and the chain says that it can be called: its server says otherwise.
    if (error instanceof UnsupportedServiceError || error instanceof ItemsError)
      return { outcome: "failed", paid: 0n, reason };
    if (error instanceof ChannelClosedError) return { outcome: "spoiled", paid: maxPaid, reason };
    if (
      error instanceof PriceTooHighError ||
      error instanceof ServiceClosedError ||
      error instanceof ServiceConvictedError
    )
      return { outcome: "spoiled", paid: 0n, reason };
    if (error instanceof BudgetExceededError && error.limit === "maxDeposit" && error.used > 0n) {
      // The channel has had all it may have: the next call opens another.
      const { buyer } = this.#with;
      const used = (await buyer.channels()).filter((open) => open.service === service);
      for (const { channel, status } of used) if (status === "open") await buyer.close(channel);
      return { outcome: "spoiled", paid: 0n, reason };
    }
    if (error instanceof InsufficientFundsError) this.#short = true;
    throw error;
  }

  async tidy({ listed, planned, height, signal }: TidyState): Promise<void> {
    const { buyer } = this.#with;
    const short = this.#short;
    this.#short = false;
    for (const { channel, service, closeHeight } of await buyer.channels()) {
      signal.throwIfAborted();
      const ripe = closeHeight !== undefined && BigInt(closeHeight) <= height;
      const needed = listed.has(service) && (!short || planned.has(service));
      if (ripe || (closeHeight === undefined && !needed)) await buyer.close(channel);
    }
  }

  async challenge(evidence: string, signal: AbortSignal): Promise<boolean> {
    const { sender, status } = this.#with;
    const { index, receiptFile } = evidenceSchema.parse(JSON.parse(evidence));
    const file = decodeReceiptFile(receiptFile);
    const { service } = file.receipt;
    try {
      const message = answerChallenge(sender.address, file, index);
      return convictionOf(await sender.send([message], { id: `challenge/${service}`, signal })) !== undefined;
    } catch (error) {
      // Somebody else was first.
      if (error instanceof TxFailedError && (await status(service)) === ServiceStatus.CONVICTED) return true;
      throw error;
    }
  }
}
