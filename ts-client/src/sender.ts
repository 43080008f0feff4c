import type { EncodeObject, OfflineSigner } from "@cosmjs/proto-signing";
import { AminoTypes, calculateFee } from "@cosmjs/stargate";
import type { comet38 } from "@cosmjs/tendermint-rpc";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { getAccount } from "./actions/getAccount.ts";
import { createAminoConverters } from "./amino.ts";
import {
  broadcast,
  findTx,
  isRefusalOfFreshNode,
  isWrongSequence,
  nextBlock,
  refusalError,
  type BroadcastOutcome,
} from "./broadcast.ts";
import type { AssayClient } from "./client.ts";
import {
  ChainUnreachableError,
  QueryError,
  RpcError,
  RpcTimeoutError,
  SenderStoppedError,
  TxTimeoutError,
  TxTooLargeError,
  type TxRefusal,
} from "./errors.ts";
import { estimateGas, messagesLength } from "./gas.ts";
import type { Journal, JournalRecord } from "./journal.ts";
import { createRegistry } from "./registry.ts";
import { sliceResult, type TxResult } from "./result.ts";
import { sleep, untilAborted } from "./sleep.ts";
import { signTx, txSequence, type TxOrder } from "./transaction.ts";

export type { Journal, JournalRecord } from "./journal.ts";
export type { TxResult } from "./result.ts";

export interface SendOptions {
  /** Gas of these messages; simulated when left out (see `gas.ts` for formulas). */
  gas?: number;
  /**
   * Send without a place in the account's order, at once and independent of every other transaction. Needs a
   * signer that signs directly.
   */
  unordered?: boolean;
  /**
   * Makes the send happen once, whatever is restarted: with a journal, sending the same id again returns the
   * first send's result or continues it. One id stands for the same messages always.
   */
  id?: string;
  /** Ends the waiting. Messages that were broadcast may still get into a block. */
  signal?: AbortSignal;
}

/** Sends the transactions of one key. Many callers share it. */
export interface Sender {
  readonly address: string;
  /**
   * Sends messages in one transaction, all or none, maybe together with other callers', and waits until it is in
   * a block. Another caller's message that fails does not fail these. Messages that need the effect of earlier
   * ones go into the same send, or wait for its result. While the node is away it waits for it.
   *
   * Throws TxFailedError and its subclasses InsufficientFundsError, FeeTooLowError and OutOfGasError;
   * TxTimeoutError, TxTooLargeError, AccountNotFoundError, SignerError, SenderStoppedError, and what reads throw.
   */
  send(msgs: readonly EncodeObject[], options?: SendOptions): Promise<TxResult>;
}

export interface BatchLimits {
  messages: number;
  /** Of the encoded messages. */
  bytes: number;
  gas: number;
}

export interface CreateSenderParameters {
  client: AssayClient;
  signer: OfflineSigner;
  /** Account that signs and pays. There should be no second sender for it. */
  address: string;
  journal?: Journal;
  /** Amount and denomination per unit of gas, e.g. "0.01uassay". Default "0uassay". */
  gasPrice?: string;
  /** Pays the fees in the place of `address`, by a fee grant. */
  feeGranter?: string;
  /** Limits of a transaction that carries several sends; a single send above them goes alone. */
  maxBatch?: Partial<BatchLimits>;
  /** Transactions under way at a time. Default 8. */
  maxInFlight?: number;
  /** Blocks after which an ordered transaction expires. Default 30. */
  timeoutBlocks?: number;
  /** Time after which an unordered transaction expires, by the chain's clock, in milliseconds. Default 60,000. */
  unorderedTtlMs?: number;
  /** How often to look for results, in milliseconds. Default 300. */
  pollMs?: number;
  /** After how long a transaction that is in no block is broadcast again, in milliseconds. Default 5,000. */
  rebroadcastMs?: number;
  /** Ends the sender: everything that waits rejects with SenderStoppedError. */
  signal?: AbortSignal;
}

const DEFAULTS = {
  gasPrice: "0uassay",
  maxInFlight: 8,
  timeoutBlocks: 30,
  unorderedTtlMs: 60_000,
  pollMs: 300,
  rebroadcastMs: 5_000,
};
const DEFAULT_LIMITS: BatchLimits = { messages: 64, bytes: 600_000, gas: 50_000_000 };
/** A node's RPC body ends at 1 MB and carries the transaction in base64. */
const MAX_TX_BYTES = 740_000;
/** Time for concurrent callers to get into the same transaction. */
const GATHER_MS = 20;
/** How often one send may lose its place to somebody else who uses our key. */
const MAX_SEQUENCE_RETRIES = 10;
/** How often in a row a node may answer with an error before everything that waits is told. */
const MAX_NODE_ERRORS = 20;

/** One call of `send`. */
interface Job {
  readonly id: string | undefined;
  readonly msgs: readonly EncodeObject[];
  readonly messages: readonly Any[];
  readonly bytes: number;
  readonly unordered: boolean;
  gas: number | undefined;
  /** Goes by itself, because a transaction it shared with others failed. */
  alone: boolean;
  sequenceRetries: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: TxResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Where a job's messages are in a transaction. */
interface Part {
  readonly job: Job;
  readonly firstMessage: number;
  readonly endMessage: number;
}

/** A signed transaction whose fate is not known yet. */
interface InFlight {
  readonly hash: string;
  readonly txBytes: Uint8Array;
  readonly parts: readonly Part[];
  /** Whether it carries more than one send. */
  readonly shared: boolean;
  /** Undefined for an unordered one. */
  readonly sequence: number | undefined;
  readonly timeoutHeight: number | undefined;
  readonly timeoutMs: number | undefined;
  /** Taken over from the journal: its caller has just asked to send, so when it is lost we sign anew. */
  readonly resumed: boolean;
  lastBroadcast: number;
  /** What a node said when it was broadcast again. */
  refusal: TxRefusal | undefined;
  /** Another transaction took its sequence. */
  overtaken: boolean;
  /** Height from which on it cannot get into a block. */
  deadFrom: number | undefined;
}

/** Makes the sender of one key. It works only while something is to be sent. */
export function createSender(parameters: CreateSenderParameters): Sender {
  return new QueueSender(parameters);
}

/**
 * A queue, and the transactions under way. A transaction leaves the latter in one of three ways only: it is found
 * in a block; it has expired (every transaction carries a height or a time after which no block takes it); or
 * another one has used its sequence. Until then the same bytes are broadcast again, and nothing is signed twice.
 */
class QueueSender implements Sender {
  readonly address: string;
  readonly #options: CreateSenderParameters & typeof DEFAULTS;
  readonly #limits: BatchLimits;
  readonly #registry = createRegistry();
  readonly #aminoTypes = new AminoTypes(createAminoConverters());
  readonly #byId = new Map<string, Promise<TxResult>>();
  #queue: Job[] = [];
  #inFlight: InFlight[] = [];
  #accountNumber: bigint | undefined;
  /** Of the next ordered transaction; undefined when it must be read from the chain. */
  #sequence: number | undefined;
  #unorderedCount = 0;
  #running = false;
  #nudge: () => void = () => undefined;

  constructor(parameters: CreateSenderParameters) {
    this.address = parameters.address;
    this.#options = { ...DEFAULTS, ...withoutUndefined(parameters) };
    this.#limits = { ...DEFAULT_LIMITS, ...parameters.maxBatch };
    parameters.signal?.addEventListener("abort", () => this.#stop(), { once: true });
  }

  async send(msgs: readonly EncodeObject[], options: SendOptions = {}): Promise<TxResult> {
    const { id, signal } = options;
    const underWay = id === undefined ? undefined : this.#byId.get(id);
    return untilAborted(underWay ?? this.#start(msgs, options), signal);
  }

  #start(msgs: readonly EncodeObject[], options: SendOptions): Promise<TxResult> {
    const { id, gas, unordered = false, signal } = options;
    const { promise, resolve, reject } = Promise.withResolvers<TxResult>();
    const messages = msgs.map((msg) => this.#registry.encodeAsAny(msg));
    const job: Job = {
      id,
      msgs,
      messages,
      unordered,
      gas,
      signal,
      resolve,
      reject,
      bytes: messagesLength(messages),
      alone: false,
      sequenceRetries: 0,
    };
    // A caller that gives up takes its messages out of the queue; once signed, they go their way.
    const withdraw = () => this.#withdraw(job);
    signal?.addEventListener("abort", withdraw, { once: true });
    if (id !== undefined) this.#byId.set(id, promise);
    const settled = () => {
      signal?.removeEventListener("abort", withdraw);
      if (id !== undefined) this.#byId.delete(id);
    };
    promise.then(settled, settled);
    this.#accept(job).catch(reject);
    return promise;
  }

  async #accept(job: Job): Promise<void> {
    if (this.#stopped) throw this.#stopError();
    if (job.bytes > MAX_TX_BYTES) throw new TxTooLargeError(job.bytes, MAX_TX_BYTES);
    const record = job.id === undefined ? undefined : await this.#options.journal?.get(job.id);
    if (record?.result) job.resolve(record.result);
    else if (record) this.#resume(job, record);
    else await this.#enqueue(job);
  }

  async #enqueue(job: Job): Promise<void> {
    const { client, signer, pollMs } = this.#options;
    while (job.gas === undefined) {
      try {
        job.gas = await estimateGas(client, signer, this.address, job.messages);
      } catch (error) {
        if (!isUnreachable(error) || job.signal?.aborted || this.#stopped) throw error;
        await sleep(pollMs);
      }
    }
    if (this.#stopped) throw this.#stopError();
    job.signal?.throwIfAborted();
    this.#queue.push(job);
    this.#wake();
  }

  #enqueueAgain(jobs: readonly Job[]): void {
    for (const job of jobs) this.#enqueue(job).catch(job.reject);
  }

  #withdraw(job: Job): void {
    if (!this.#queue.includes(job)) return;
    this.#queue = this.#queue.filter((other) => other !== job);
    job.reject(new SenderStoppedError());
  }

  /** Continues what an earlier process began. New ordered transactions wait until its fate is known. */
  #resume(job: Job, record: JournalRecord): void {
    const { hash, txBytes, firstMessage, endMessage, shared, timeoutHeight, timeoutMs } = record;
    this.#inFlight.push({
      hash,
      txBytes,
      shared,
      timeoutHeight,
      timeoutMs,
      parts: [{ job, firstMessage, endMessage }],
      sequence: timeoutHeight === undefined ? undefined : txSequence(txBytes),
      resumed: true,
      lastBroadcast: 0,
      refusal: undefined,
      overtaken: false,
      deadFrom: undefined,
    });
    this.#sequence = undefined;
    this.#wake();
  }

  get #stopped(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  #stopError(): SenderStoppedError {
    return new SenderStoppedError(this.#options.signal?.reason);
  }

  #stop(): void {
    this.#rejectAll(this.#stopError());
    this.#nudge();
  }

  #rejectAll(error: unknown): void {
    const waiting = [...this.#queue, ...this.#inFlight.flatMap(jobsOf)];
    this.#queue = [];
    this.#inFlight = [];
    this.#sequence = undefined;
    for (const job of waiting) job.reject(error);
  }

  #wake(): void {
    this.#nudge();
    if (!this.#running) {
      this.#running = true;
      void this.#run();
    }
  }

  get #idle(): boolean {
    return this.#queue.length === 0 && this.#inFlight.length === 0;
  }

  async #run(): Promise<void> {
    await sleep(GATHER_MS);
    let nodeErrors = 0;
    while (!this.#idle && !this.#stopped) {
      try {
        await this.#settleInFlight();
        while (!this.#stopped && this.#maySend()) await this.#sendBatch();
        nodeErrors = 0;
      } catch (error) {
        // Nodes restart: what waits here goes on when ours is back.
        const answered = error instanceof RpcError || error instanceof QueryError;
        if (!isUnreachable(error) && !(answered && ++nodeErrors < MAX_NODE_ERRORS)) this.#rejectAll(error);
      }
      if (!this.#idle && !this.#stopped) await this.#pause();
    }
    this.#running = false;
    // What was being signed or broadcast when the stop came was in neither list then.
    if (this.#stopped) this.#rejectAll(this.#stopError());
  }

  /** Until it is time to look again, or something new is to be sent. */
  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), this.#options.pollMs);
    this.#nudge = () => resolve(true);
    if (await promise) await sleep(GATHER_MS);
    clearTimeout(timer);
  }

  #maySend(): boolean {
    const next = this.#queue[0];
    if (!next || this.#inFlight.length >= this.#options.maxInFlight) return false;
    // The chain knows the next sequence only when none of ours is under way.
    return next.unordered || this.#sequence !== undefined || !this.#hasOrderedInFlight();
  }

  #hasOrderedInFlight(): boolean {
    return this.#inFlight.some(({ sequence }) => sequence !== undefined);
  }

  /** Takes what fits into one transaction from the queue, in order. */
  #takeBatch(): Job[] {
    const batch: Job[] = [];
    const total = { messages: 0, bytes: 0, gas: 0 };
    for (const job of this.#queue) {
      total.messages += job.messages.length;
      total.bytes += job.bytes;
      total.gas += job.gas ?? 0;
      const [first] = batch;
      if (first) {
        if (first.alone || job.alone || first.unordered !== job.unordered) break;
        const { messages, bytes, gas } = this.#limits;
        if (total.messages > messages || total.bytes > bytes || total.gas > gas) break;
      }
      batch.push(job);
    }
    this.#queue = this.#queue.slice(batch.length);
    return batch;
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#takeBatch();
    let tx: InFlight;
    try {
      tx = await this.#sign(batch);
      await this.#record(tx);
    } catch (error) {
      // Nobody has seen it.
      if (!isUnreachable(error) && !(error instanceof QueryError))
        return batch.forEach((job) => job.reject(error));
      this.#queue.unshift(...batch);
      throw error;
    }
    if (this.#stopped) return batch.forEach((job) => job.reject(this.#stopError()));
    const outcome = await this.#broadcastFirst(tx);
    switch (outcome.kind) {
      case "accepted":
      case "unknown":
        this.#inFlight.push(tx);
        if (tx.sequence !== undefined) this.#sequence = tx.sequence + 1;
        break;
      case "sequence":
        // What the node expects counts our own transactions under way, so it is right only when there are none.
        this.#sequence = this.#hasOrderedInFlight() ? undefined : outcome.expected;
        this.#retryWithNewSequence(tx, outcome.refusal);
        break;
      case "refused":
        this.#refuse(tx, outcome.refusal);
    }
  }

  async #broadcastFirst(tx: InFlight): Promise<BroadcastOutcome> {
    const { client, signal } = this.#options;
    const outcome = await broadcast(client.comet, tx.txBytes, tx.hash);
    if (outcome.kind !== "refused" || !isRefusalOfFreshNode(outcome.refusal)) return outcome;
    try {
      await nextBlock(client.comet, signal);
    } catch (error) {
      if (isUnreachable(error)) return { kind: "unknown" };
      throw error;
    }
    return broadcast(client.comet, tx.txBytes, tx.hash);
  }

  async #sign(batch: readonly Job[]): Promise<InFlight> {
    const { client, signer, gasPrice, feeGranter, timeoutBlocks, unorderedTtlMs } = this.#options;
    const unordered = batch[0]?.unordered === true;
    if (this.#accountNumber === undefined || (!unordered && this.#sequence === undefined)) {
      const account = await getAccount(client, { address: this.address });
      this.#accountNumber = account.accountNumber;
      if (!this.#hasOrderedInFlight()) this.#sequence ??= account.sequence;
    }
    const { syncInfo } = await client.comet.status();
    const timeoutMs = syncInfo.latestBlockTime.getTime() + unorderedTtlMs;
    const timeoutHeight = syncInfo.latestBlockHeight + timeoutBlocks;
    const sequence = this.#sequence ?? 0;
    const order: TxOrder = unordered
      ? { unordered, timeout: this.#uniqueTimeout(timeoutMs) }
      : { unordered, sequence, timeoutHeight };
    const gas = batch.reduce((sum, job) => sum + (job.gas ?? 0), 0);
    const fee = calculateFee(gas, gasPrice).amount.filter(({ amount }) => amount !== "0");
    const { txBytes, hash } = await signTx(
      { signer, address: this.address, chainId: client.chainId, accountNumber: this.#accountNumber },
      {
        messages: batch.flatMap(({ messages }) => messages),
        msgs: batch.flatMap(({ msgs }) => msgs),
        gas,
        fee,
        feeGranter,
        order,
      },
      this.#aminoTypes,
    );
    return {
      hash,
      txBytes,
      parts: partsOf(batch),
      shared: batch.length > 1,
      sequence: unordered ? undefined : sequence,
      timeoutHeight: unordered ? undefined : timeoutHeight,
      timeoutMs: unordered ? timeoutMs : undefined,
      resumed: false,
      lastBroadcast: Date.now(),
      refusal: undefined,
      overtaken: false,
      deadFrom: undefined,
    };
  }

  /** Deadlines are what tells unordered transactions apart, so no two are the same. */
  #uniqueTimeout(timeoutMs: number): { seconds: bigint; nanos: number } {
    this.#unorderedCount = (this.#unorderedCount + 1) % 1_000_000;
    const seconds = Math.floor(timeoutMs / 1000);
    return { seconds: BigInt(seconds), nanos: (timeoutMs % 1000) * 1_000_000 + this.#unorderedCount };
  }

  /** Writes down where each send's messages went, before anybody else can see them. */
  async #record(tx: InFlight): Promise<void> {
    for (const part of tx.parts) await this.#put(tx, part);
  }

  async #put(tx: InFlight, part: Part, result?: TxResult): Promise<void> {
    if (part.job.id === undefined) return;
    const { hash, timeoutHeight, timeoutMs, shared } = tx;
    // Once it is in a block nobody will broadcast it again.
    const txBytes = result ? new Uint8Array() : tx.txBytes;
    const { firstMessage, endMessage } = part;
    await this.#options.journal?.put(part.job.id, {
      hash,
      txBytes,
      timeoutHeight,
      timeoutMs,
      firstMessage,
      endMessage,
      shared,
      ...(result && { result }),
    });
  }

  /** Looks for the transactions under way, and broadcasts again what may have been lost. */
  async #settleInFlight(): Promise<void> {
    if (this.#inFlight.length === 0) return;
    const { comet } = this.#options.client;
    const { latestBlockHeight: height, latestBlockTime } = (await comet.status()).syncInfo;
    for (const tx of this.#inFlight) {
      // The height was read first: what is dead there and is not found now never will be.
      const found = await findTx(comet, tx.hash);
      if (this.#stopped) return;
      if (found) {
        this.#remove(tx);
        await this.#settle(tx, found);
      } else if (tx.deadFrom !== undefined && height > tx.deadFrom) {
        this.#remove(tx);
        this.#lose(tx);
      } else if (tx.deadFrom === undefined && isExpired(tx, height, latestBlockTime.getTime())) {
        // One block more, for the node to index what was in the last one.
        tx.deadFrom = height;
      } else if (Date.now() - tx.lastBroadcast >= this.#options.rebroadcastMs) {
        await this.#broadcastAgain(tx, height);
      }
    }
  }

  #remove(tx: InFlight): void {
    this.#inFlight = this.#inFlight.filter((other) => other !== tx);
  }

  async #settle(tx: InFlight, found: comet38.TxResponse): Promise<void> {
    const { code, codespace = "", log = "" } = found.result;
    const refusal: TxRefusal = { stage: "deliver", code, codespace, log, hash: tx.hash };
    if (code === 0) {
      for (const part of tx.parts) {
        const result = sliceResult(found, tx.hash, part);
        await this.#put(tx, part, result).then(() => part.job.resolve(result), part.job.reject);
      }
    } else if (isWrongSequence(refusal)) {
      this.#sequence = undefined;
      this.#retryWithNewSequence(tx, refusal);
    } else {
      this.#refuse(tx, refusal);
    }
  }

  #lose(tx: InFlight): void {
    if (tx.sequence !== undefined) this.#sequence = undefined;
    if (tx.resumed || tx.overtaken) return this.#enqueueAgain(jobsOf(tx));
    const error = tx.refusal
      ? refusalError(this.address, tx.refusal)
      : new TxTimeoutError(tx.hash, tx.timeoutHeight ? `up to height ${tx.timeoutHeight}` : "in its time");
    for (const job of jobsOf(tx)) this.#fail(job, error);
  }

  async #broadcastAgain(tx: InFlight, height: number): Promise<void> {
    const { client } = this.#options;
    tx.lastBroadcast = Date.now();
    const outcome = await broadcast(client.comet, tx.txBytes, tx.hash);
    tx.refusal = outcome.kind === "refused" ? outcome.refusal : undefined;
    if (outcome.kind === "sequence" && tx.sequence !== undefined && tx.deadFrom === undefined) {
      const account = await getAccount(client, { address: this.address });
      tx.overtaken = account.sequence > tx.sequence;
      // A block may have come since the height was read.
      if (tx.overtaken) tx.deadFrom = height + 1;
    }
  }

  #retryWithNewSequence(tx: InFlight, refusal: TxRefusal): void {
    const jobs = jobsOf(tx);
    const again = jobs.filter((job) => ++job.sequenceRetries <= MAX_SEQUENCE_RETRIES);
    for (const job of jobs) if (!again.includes(job)) this.#fail(job, refusalError(this.address, refusal));
    this.#queue.unshift(...again);
  }

  /** A transaction failed. Which send is to blame is known only when it was alone. */
  #refuse(tx: InFlight, refusal: TxRefusal): void {
    const jobs = jobsOf(tx);
    if (!tx.shared) return jobs.forEach((job) => this.#fail(job, refusalError(this.address, refusal)));
    for (const job of jobs) job.alone = true;
    this.#enqueueAgain(jobs);
  }

  /** The send did nothing and never will: the same id may be sent anew. */
  #fail(job: Job, error: unknown): void {
    if (job.id === undefined || !this.#options.journal) return job.reject(error);
    this.#options.journal.delete(job.id).then(() => job.reject(error), job.reject);
  }
}

function jobsOf(tx: InFlight): Job[] {
  return tx.parts.map(({ job }) => job);
}

function partsOf(batch: readonly Job[]): Part[] {
  let end = 0;
  return batch.map((job) => {
    const firstMessage = end;
    end += job.messages.length;
    return { job, firstMessage, endMessage: end };
  });
}

function isExpired(tx: InFlight, height: number, timeMs: number): boolean {
  if (tx.timeoutHeight !== undefined) return height > tx.timeoutHeight;
  return tx.timeoutMs !== undefined && timeMs > tx.timeoutMs + 1;
}

function isUnreachable(error: unknown): boolean {
  return error instanceof ChainUnreachableError || error instanceof RpcTimeoutError;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
