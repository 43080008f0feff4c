/**
 * What stands between the HTTP edge and the model: who may pass, what it costs, and what an answer is signed with.
 * The edge knows nothing of payments and a gate knows nothing of HTTP bodies or tensors.
 *
 *     admit(head)          header, channel, lane and amount, sum, signature: nothing of the body has been read
 *       └ bind(items)      call_hash, exact amount, durable record of the voucher
 *           ├ "run"        the edge runs the model, then calls served(outputs) or failed(cause), exactly once
 *           └ "replay"     the same voucher was answered before: same outputs, same headers, no run, no charge
 */
import type { IncomingHttpHeaders } from "node:http";
import { AssayError } from "@assay/client/errors";

/** Response headers by name, e.g. `PAYMENT-RESPONSE`. */
export type ResponseHeaders = Readonly<Record<string, string>>;

export interface RefusalOptions {
  headers?: ResponseHeaders;
  /** The whole JSON body, where it is more than `{error, code}`; these two are added to it. */
  body?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/** A request that is not served. The edge's error handler writes it as it is; throw nothing else on purpose. */
export class Refusal extends AssayError {
  /** Of the HTTP response. */
  readonly status: number;
  /** For programs, in snake_case; people read the message. */
  readonly code: string;
  readonly headers: ResponseHeaders;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    { headers = {}, body = {}, cause }: RefusalOptions = {},
  ) {
    super(message, { cause, details: { status, code } });
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.body = body;
  }
}

/** A call as far as it is known before its body is read. */
export interface CallHead {
  /** Number of the service on the chain. */
  readonly service: bigint;
  /** Names in lower case, as Node gives them. */
  readonly headers: IncomingHttpHeaders;
  /** Address of the caller, for logs. */
  readonly remote: string;
}

/** The call has to be run. Exactly one of the two is called, once. */
export interface Run {
  readonly kind: "run";
  /**
   * The answer, one entry per item: makes it the answer of every replay, signs the receipt, and returns the response
   * headers. When it throws, the client gets the error and no answer; the edge does not call `failed` after it.
   */
  served(outputs: readonly Int32Array[]): Promise<ResponseHeaders>;
  /** Nothing was answered: another call may take the same amount on the lane. Never throws. */
  failed(cause: unknown): Promise<void>;
}

/** The call was answered before; the outputs are those of then. */
export interface Replay {
  readonly kind: "replay";
  readonly outputs: readonly Int32Array[];
  readonly headers: ResponseHeaders;
}

export interface Admission {
  /**
   * Ties the call to its raw row-major items. What the voucher pays is recorded durably when this resolves, so that
   * the edge may run the model. The same voucher while its first call still runs waits for that call's answer.
   * Throws {@link Refusal}: `call_hash_mismatch`, `amount_too_low`, `amount_too_high`, `lane_busy`, `log_full`, …
   */
  bind(items: readonly Uint8Array[]): Promise<Run | Replay>;
}

export interface Gate {
  /** Code of what keeps all calls from being served at this moment, e.g. `stale_chain`; for readiness. */
  trouble(): string | undefined;
  /**
   * Checks everything that does not need the body. Holds nothing: an admission that is dropped needs no clean-up, and
   * `bind` checks again what may have changed meanwhile (the body may take seconds).
   * Throws {@link Refusal}; its code `bad_signature` counts towards blocking the remote address.
   */
  admit(call: CallHead): Promise<Admission>;
}
