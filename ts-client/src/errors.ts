/**
 * Every error this package throws on purpose is an AssayError: a message of one line that says what happened and
 * what to do, `details` for logs, and the `cause` it came from.
 */

export type ErrorDetails = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

export class AssayError extends Error {
  /** Facts about the error, for logs and for callers that want more than the message. */
  readonly details: ErrorDetails;

  constructor(message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details ?? {};
  }

  /**
   * Follows the chain of causes, this error first. Without a predicate it returns the root cause; with one the
   * first error that satisfies it, or undefined.
   */
  walk(): unknown;
  walk<T>(predicate: (error: unknown) => error is T): T | undefined;
  walk(predicate: (error: unknown) => boolean): unknown;
  walk(predicate?: (error: unknown) => boolean): unknown {
    if (predicate?.(this)) return this;
    let error = this.cause;
    for (;;) {
      if (error !== undefined && predicate?.(error)) return error;
      const cause = error instanceof Error ? error.cause : undefined;
      if (cause === undefined) return predicate ? undefined : (error ?? this);
      error = cause;
    }
  }
}

/** Nothing answers at the URL. */
export class ChainUnreachableError extends AssayError {
  constructor(url: string, cause?: unknown) {
    super(`No node answers at ${url}. Is it running, and is this its RPC address?`, {
      cause,
      details: { url },
    });
  }
}

/** The node did not answer in time. */
export class RpcTimeoutError extends AssayError {
  constructor(url: string, method: string, timeoutMs: number, cause?: unknown) {
    super(`${url} did not answer "${method}" within ${timeoutMs} ms. Try again, or raise timeoutMs.`, {
      cause,
      details: { url, method, timeoutMs },
    });
  }
}

/** The node sent more than we are willing to read. */
export class ResponseTooLargeError extends AssayError {
  constructor(url: string, method: string, limit: number) {
    super(
      `The answer of ${url} to "${method}" is longer than ${limit} bytes. Ask for less, or raise maxResponseBytes.`,
      {
        details: { url, method, limit },
      },
    );
  }
}

/** The node answered, but not with what the protocol promises. */
export class MalformedResponseError extends AssayError {
  constructor(what: string, cause?: unknown) {
    super(`The node's answer is malformed: ${what}. Does the node run this version of the chain?`, { cause });
  }
}

/** The node answered a JSON-RPC call with an error. */
export class RpcError extends AssayError {
  readonly code: number;
  readonly data: string;

  constructor(method: string, code: number, message: string, data: string) {
    super(`The node refused "${method}": ${message}${data ? `: ${data}` : ""}`, {
      details: { method, code },
    });
    this.code = code;
    this.data = data;
  }
}

/** The node belongs to another chain. */
export class WrongChainIdError extends AssayError {
  constructor(url: string, expected: string, got: string) {
    super(
      `${url} is a node of chain "${got}", not of "${expected}". Change the RPC address or the chain id.`,
      {
        details: { url, expected, got },
      },
    );
  }
}

/** A query was refused by the chain. */
export class QueryError extends AssayError {
  readonly path: string;
  readonly code: number;
  readonly codespace: string;
  readonly log: string;

  constructor(path: string, code: number, codespace: string, log: string) {
    super(`Query ${path} failed: ${log}`, { details: { path, code, codespace } });
    this.path = path;
    this.code = code;
    this.codespace = codespace;
    this.log = log;
  }
}

/** What the query asked for does not exist (any more). */
export class NotFoundError extends QueryError {}

/** What any read may throw. */
export type ReadErrorType =
  | ChainUnreachableError
  | RpcTimeoutError
  | ResponseTooLargeError
  | MalformedResponseError
  | RpcError
  | QueryError;

/** A model file is not the file its id names: the node is broken or lies. */
export class FileHashError extends AssayError {
  constructor(modelHex: string, got: string) {
    super(
      `The node served a file with sha256 ${got} as model ${modelHex}. Do not trust this node; use another one.`,
      {
        details: { modelHex, got },
      },
    );
  }
}

/** No account holds this address yet. */
export class AccountNotFoundError extends AssayError {
  readonly address: string;

  constructor(address: string, cause?: unknown) {
    super(`Account ${address} does not exist on the chain. Send it some tokens first.`, {
      cause,
      details: { address },
    });
    this.address = address;
  }
}

/** The signer has no key for the address it is asked to sign for. */
export class SignerError extends AssayError {}

/** Where a transaction was refused: before it was sent, at the mempool's door, or in a block (then its fee is paid). */
export type TxStage = "simulate" | "check" | "deliver";

/** What is known of a refused transaction. */
export interface TxRefusal {
  stage: TxStage;
  /** ABCI code within the codespace; undefined at stage "simulate", where nodes do not tell. */
  code?: number;
  codespace?: string;
  log: string;
  /** Upper-case hex; undefined at stage "simulate". */
  hash?: string;
}

/** The chain refused a transaction. */
export class TxFailedError extends AssayError {
  readonly stage: TxStage;
  /** ABCI code within the codespace; undefined at stage "simulate", where nodes do not tell. */
  readonly code: number | undefined;
  readonly codespace: string | undefined;
  readonly log: string;
  /** Hash in upper-case hex; undefined at stage "simulate". */
  readonly hash: string | undefined;

  constructor(
    refusal: TxRefusal,
    message = `Transaction refused (${describeRefusal(refusal)}): ${refusal.log}`,
  ) {
    super(message, {
      details: { stage: refusal.stage, code: refusal.code, codespace: refusal.codespace, hash: refusal.hash },
    });
    this.stage = refusal.stage;
    this.code = refusal.code;
    this.codespace = refusal.codespace;
    this.log = refusal.log;
    this.hash = refusal.hash;
  }
}

function describeRefusal(refusal: TxRefusal): string {
  const where = { simulate: "in simulation", check: "before any block", deliver: "in a block" }[
    refusal.stage
  ];
  return refusal.code === undefined ? where : `${where}, ${refusal.codespace ?? ""} code ${refusal.code}`;
}

/** Whether the chain refused a transaction with this error of a module, wherever it did so. */
export function isRefusedWith(
  error: unknown,
  codespace: string,
  refusal: { code: number; text: string },
): error is TxFailedError {
  if (!(error instanceof TxFailedError)) return false;
  if (error.code !== undefined) return error.codespace === codespace && error.code === refusal.code;
  // Nodes give a failed simulation's text only; wrapped errors end with their root.
  return error.log.endsWith(refusal.text);
}

/** The account cannot pay for what the transaction does, or for its fee. */
export class InsufficientFundsError extends TxFailedError {
  readonly address: string;
  /** What the chain says was needed and what was there, e.g. "10uassay"; undefined when it did not say. */
  readonly required: string | undefined;
  readonly available: string | undefined;

  constructor(address: string, refusal: TxRefusal) {
    const amounts = /([0-9]+[a-z][a-z0-9/]*)? ?is smaller than ([0-9]+[a-z][a-z0-9/]*)/.exec(refusal.log);
    const required = amounts?.[2];
    const available = amounts ? (amounts[1] ?? "0") : undefined;
    super(
      refusal,
      required
        ? `${address} needs ${required} but can spend ${available}. Send the difference to that address.`
        : `${address} has too little to spend: ${refusal.log}. Send tokens to that address.`,
    );
    this.address = address;
    this.required = required;
    this.available = available;
  }
}

/** The fee is below what the node asks for. */
export class FeeTooLowError extends TxFailedError {
  constructor(refusal: TxRefusal) {
    super(refusal, `The node wants a higher fee: ${refusal.log}. Raise gasPrice.`);
  }
}

/** The transaction used up its gas. */
export class OutOfGasError extends TxFailedError {
  constructor(refusal: TxRefusal) {
    super(refusal, `The transaction ran out of gas: ${refusal.log}. Pass a larger gas.`);
  }
}

/** The transaction is longer than a node's RPC accepts. */
export class TxTooLargeError extends AssayError {
  constructor(bytes: number, limit: number) {
    super(`The transaction has ${bytes} bytes, nodes accept ${limit}. Send fewer or smaller messages.`, {
      details: { bytes, limit },
    });
  }
}

/**
 * The transaction did not get into a block before it expired. It never will: nothing was changed and no fee was
 * paid, so sending again is safe.
 */
export class TxTimeoutError extends AssayError {
  readonly hash: string;

  constructor(hash: string, expiry: string) {
    super(`Transaction ${hash} was in no block ${expiry} and has expired; nothing changed, send it again.`, {
      details: { hash },
    });
    this.hash = hash;
  }
}

/** The node keeps no index of transactions, so nobody can learn a transaction's result from it. */
export class IndexingDisabledError extends AssayError {
  constructor(cause: unknown) {
    super(
      'The node does not index transactions. Set indexer = "kv" in its config.toml, or use another node.',
      { cause },
    );
  }
}

/** The sender was stopped while the send was waiting. With a journal, sending the same id again resumes it. */
export class SenderStoppedError extends AssayError {
  constructor(cause?: unknown) {
    super("The transaction sender was stopped before the result was known.", { cause });
  }
}

/** What `sender.send` may throw beside the errors of reads. */
export type SendErrorType =
  | TxFailedError
  | TxTimeoutError
  | TxTooLargeError
  | AccountNotFoundError
  | SignerError
  | IndexingDisabledError
  | SenderStoppedError;
