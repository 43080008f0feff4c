/**
 * What may keep a buyer from an answer. Errors below {@link CallFailedError} are the provider's doing: the buyer
 * leaves the service for a while, and the caller had better ask another one. The others say what the caller can do.
 */
import { AssayError, type ErrorDetails } from "../errors.ts";
import type { ReceiptFile } from "./x402.ts";

/** Going on would lock more than the budget allows. */
export class BudgetExceededError extends AssayError {
  readonly limit: "maxDeposit" | "maxTotal" | "denoms";
  readonly denom: string;
  /** Base units: the limit, what of it is used, and what would have been deposited at least. */
  readonly allowed: bigint;
  readonly used: bigint;
  readonly needed: bigint;

  constructor(excess: Pick<BudgetExceededError, "limit" | "denom" | "allowed" | "used" | "needed">) {
    const { limit, denom, allowed, used, needed } = excess;
    super(
      limit === "denoms"
        ? `The budget names no limits for ${denom}. Add budget.denoms.${denom} to pay in it.`
        : `A deposit of ${needed}${denom} is needed, but of ${limit} = ${allowed}${denom} only ` +
            `${allowed - used}${denom} are left. Raise ${limit}` +
            (limit === "maxDeposit" ? ", or close the channel to begin a new one." : "."),
      { details: { limit, denom, allowed, used, needed } },
    );
    this.limit = limit;
    this.denom = denom;
    this.allowed = allowed;
    this.used = used;
    this.needed = needed;
  }
}

/** The service costs more than the caller accepts: its provider raised the price since the channel was opened. */
export class PriceTooHighError extends AssayError {
  /** Base units per item. */
  readonly price: bigint;
  readonly accepted: bigint;

  constructor(service: bigint, denom: string, price: bigint, accepted: bigint) {
    super(
      `Service ${service} costs ${price}${denom} an item now, at most ${accepted}${denom} is accepted. ` +
        `Pass maxPrice: ${price}n to accept it.`,
      { details: { service, denom, price, accepted } },
    );
    this.price = price;
    this.accepted = accepted;
  }
}

/** The service is off the market. What is left in a channel comes back by closing it. */
export class ServiceClosedError extends AssayError {
  constructor(service: bigint, channel: string | undefined) {
    super(`Service ${service} is closed. ${reclaim(channel)}`, { details: { service, channel } });
  }
}

/** The service gave a wrong answer and was convicted. What is left in a channel comes back at once by closing it. */
export class ServiceConvictedError extends AssayError {
  constructor(service: bigint, channel: string | undefined) {
    super(`Service ${service} was convicted of a wrong answer. ${reclaim(channel)}`, {
      details: { service, channel },
    });
  }
}

function reclaim(channel: string | undefined): string {
  return channel === undefined
    ? "Choose another one."
    : `Choose another one, and close channel ${channel} to get back what is left.`;
}

/** The channel is closing or closed, so that nothing more can be paid with it. */
export class ChannelClosedError extends AssayError {
  readonly channel: string;

  constructor(channel: string) {
    super(`Channel ${channel} is closing or closed. The next call opens a new one.`, {
      details: { channel },
    });
    this.channel = channel;
  }
}

/** The service speaks a protocol that this library does not. */
export class UnsupportedServiceError extends AssayError {
  constructor(service: bigint, why: string) {
    super(`Service ${service} cannot be called from here: ${why}. Choose another one.`, {
      details: { service },
    });
  }
}

/** The items are not what the model takes. Nothing was paid. */
export class ItemsError extends AssayError {}

/** The chain's own file of the model gives another answer. The receipt proves it: see `market/challenge`. */
export class WrongAnswerError extends AssayError {
  /** Proof of the answer; save it, it is worth a tenth of the service's bond. */
  readonly receiptFile: ReceiptFile | undefined;
  /** The item, and the answer it should have got. */
  readonly index: number;
  readonly expected: Int32Array;

  constructor(service: bigint, index: number, expected: Int32Array, receiptFile: ReceiptFile | undefined) {
    super(
      `Service ${service} gave a wrong answer to item ${index}. ` +
        (receiptFile
          ? "The receipt proves it: send answerChallenge(sender, receiptFile, index), and close the channel."
          : "Without a receipt nothing can be proved; choose another service."),
      { details: { service, index } },
    );
    this.receiptFile = receiptFile;
    this.index = index;
    this.expected = expected;
  }
}

/** The provider did not do its part. At most one price per lane is lost, however often it is asked. */
export class CallFailedError extends AssayError {
  readonly service: bigint;

  constructor(service: bigint, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, { ...options, details: { service, ...options.details } });
    this.service = service;
  }
}

/** Nothing answers there, or the connection broke. */
export class ProviderUnreachableError extends CallFailedError {
  constructor(service: bigint, url: string, cause: unknown) {
    super(service, `Service ${service} does not answer at ${url}. Choose another one, or try later.`, {
      cause,
      details: { url },
    });
  }
}

/** The server did not answer in time. */
export class ProviderTimeoutError extends CallFailedError {
  constructor(service: bigint, url: string, timeoutMs: number) {
    super(
      service,
      `Service ${service} did not answer within ${timeoutMs} ms. Choose another one, or raise timeoutMs.`,
      { details: { url, timeoutMs } },
    );
  }
}

/** The server has too much to do, or is not ready, for longer than this buyer waits. */
export class ProviderBusyError extends CallFailedError {
  constructor(service: bigint, status: number, said: string) {
    super(service, `Service ${service} is busy (${status}: ${said}). Choose another one, or try later.`, {
      details: { status },
    });
  }
}

/** The answer is not one of the protocol. */
export class MalformedAnswerError extends CallFailedError {
  constructor(service: bigint, what: string, cause?: unknown) {
    super(service, `The answer of service ${service} is malformed: ${what}. Choose another one.`, { cause });
  }
}

/** The server answered with an error of its own, in HTTP status and words. */
export class ProviderError extends CallFailedError {
  readonly status: number;
  readonly code: string | undefined;

  constructor(service: bigint, status: number, code: string | undefined, said: string) {
    super(service, `Service ${service} failed (${status}${code ? ` ${code}` : ""}): ${said}`, {
      details: { status, code },
    });
    this.status = status;
    this.code = code;
  }
}

/** The server does not take a payment that is in order. */
export class PaymentRefusedError extends CallFailedError {
  readonly code: string | undefined;

  constructor(service: bigint, code: string | undefined, said: string) {
    super(service, `Service ${service} refused the payment (${code ?? "no code"}): ${said}`, {
      details: { code },
    });
    this.code = code;
  }
}

/** The server asks for more than the price on the chain. */
export class QuoteTooHighError extends CallFailedError {
  /** Base units per item. */
  readonly quoted: bigint;
  readonly listed: bigint;

  constructor(service: bigint, quoted: bigint, listed: bigint) {
    super(
      service,
      `Service ${service} asks for ${quoted} an item, but ${listed} is its price on the chain. Choose another one.`,
      { details: { quoted, listed } },
    );
    this.quoted = quoted;
    this.listed = listed;
  }
}

/** What a receipt has to say, and may say otherwise. */
export type ReceiptFault =
  | "missing"
  | "malformed"
  | "chain"
  | "service"
  | "channel"
  | "lane"
  | "amount"
  | "call_hash"
  | "items"
  | "input_root"
  | "output_root"
  | "signature";

/** The receipt is not one for this call and this answer, so the answer is none. */
export class WrongReceiptError extends CallFailedError {
  readonly fault: ReceiptFault;

  constructor(service: bigint, fault: ReceiptFault, cause?: unknown) {
    super(
      service,
      fault === "missing"
        ? `Service ${service} gave no receipt with its answer. Choose another one.`
        : `The receipt of service ${service} is wrong (${fault}), so its answer counts for nothing. Choose another one.`,
      { cause, details: { fault } },
    );
    this.fault = fault;
  }
}

/** This buyer has left the service after failures and asks it nothing until a while has passed. */
export class ServiceLeftError extends CallFailedError {
  /** Unix time in milliseconds from which on it is tried again. */
  readonly until: number;

  constructor(service: bigint, until: number, cause: unknown) {
    super(
      service,
      `Service ${service} failed before and is left alone until ${new Date(until).toISOString()}. Choose another one.`,
      { cause, details: { until } },
    );
    this.until = until;
  }
}
