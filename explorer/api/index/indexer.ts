import { AssayError, ChainUnreachableError, RpcTimeoutError, WrongChainIdError } from "@assay/client/errors";
import { sleep } from "@assay/client/sleep";
import { SetupError } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { Counter, Histogram, type Registry } from "@assay/service-kit/metrics";
import type { Kysely } from "kysely";
import type { Head, Status } from "../../wire/network.ts";
import type { Area } from "../area.ts";
import type { Database } from "../db/schema.ts";
import type { DecodedBlock } from "./block.ts";
import { emptyDecoder, type ChainDecoder, type Decoder } from "./decode.ts";
import { readDecoder, updateDescriptors } from "./descriptors.ts";
import { ChainNode, type NodeStatus } from "./node.ts";
import { parseBlock } from "./parse.ts";
import { askAll } from "./questions.ts";
import { pack, readStored, type RawBlock } from "./raw.ts";
import { replay } from "./reindex.ts";
import { NewBlocks } from "./wake.ts";
import { createCursor, readCursor, writeBlock, type Cursor, type RawRows } from "./write.ts";

export interface IndexerOptions {
  /** With all tables, see `createTables`. */
  db: Kysely<Database>;
  areas: readonly Area[];
  /** RPC address of the node, http or https. */
  rpcUrl: string;
  /** Refuses a node of any other chain. Without it the first one is taken. */
  chainId: string | undefined;
  log: Logger;
  registry: Registry;
  /** Ends everything. */
  signal: AbortSignal;
}

/** Follows the chain into the database. */
export interface Indexer {
  readonly status: Status;
  /** Newest block that is indexed; undefined before the first. */
  readonly head: Head | undefined;
  /** Calls `listener` with every change, until `signal`. */
  onStatus(listener: (status: Status) => void, signal: AbortSignal): void;
  onHead(listener: (head: Head) => void, signal: AbortSignal): void;
  /** Knows the chain's types as soon as they were read, from the database or from the node. */
  readonly decoder: Decoder;
  /**
   * Indexes block after block until `signal`, then rejects with its reason. Waits while the node is away.
   *
   * Throws SetupError and WrongChainIdError when node and database do not belong together, and whatever the database
   * or an area throws.
   */
  run(signal: AbortSignal): Promise<never>;
}

/** Blocks that are fetched ahead of the one that is written. */
const AHEAD = 8;
/** How often to look for new blocks, without and with a subscription to them. */
const POLL_MS = 500;
const POLL_SUBSCRIBED_MS = 3_000;
/** A chain without a new block for so long stands still. */
const STALLED_MS = 15_000;
/** So many blocks behind the node is catching up, not just being late. */
const BEHIND = 3;
/** Catching up, listeners are told this often. */
const TELL_MS = 500;
const FIRST_BACKOFF_MS = 250;
const LAST_BACKOFF_MS = 5_000;

export function createIndexer(options: IndexerOptions): Indexer {
  return new ChainIndexer(options);
}

class ChainIndexer implements Indexer {
  readonly #options: IndexerOptions;
  readonly #node: ChainNode;
  readonly #news = new NewBlocks();
  readonly #statusListeners = new Set<(status: Status) => void>();
  readonly #headListeners = new Set<(head: Head) => void>();
  readonly #blockSeconds: Histogram;
  readonly #nodeErrors: Counter;
  #decoder: ChainDecoder = emptyDecoder;
  #cursor: Cursor | undefined;
  /** Height of the first block that is indexed. */
  #first: number | undefined;
  #status: Status;
  #head: Head | undefined;
  /** When the node's newest block was seen first, by the monotonic clock and by the wall's. */
  #newsAt = performance.now();
  #newsTime = new Date().toISOString();
  #toldAt = 0;

  constructor(options: IndexerOptions) {
    this.#options = options;
    this.#node = new ChainNode(options.rpcUrl, options.signal);
    this.#status = {
      state: "starting",
      reason: null,
      since: this.#newsTime,
      chainId: options.chainId ?? "",
      height: 0,
      nodeHeight: 0,
    };
    const registers = [options.registry];
    this.#blockSeconds = new Histogram({
      name: "assay_explorer_block_seconds",
      help: "Time to write a block and everything derived from it.",
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
      registers,
    });
    this.#nodeErrors = new Counter({
      name: "assay_explorer_node_errors_total",
      help: "Times the node did not answer, or not what it should.",
      registers,
    });
  }

  get status(): Status {
    return this.#status;
  }

  get head(): Head | undefined {
    return this.#head;
  }

  readonly decoder: Decoder = { decode: (typeUrl, bytes) => this.#decoder.decode(typeUrl, bytes) };

  onStatus(listener: (status: Status) => void, signal: AbortSignal): void {
    listen(this.#statusListeners, listener, signal);
  }

  onHead(listener: (head: Head) => void, signal: AbortSignal): void {
    listen(this.#headListeners, listener, signal);
  }

  async run(signal: AbortSignal): Promise<never> {
    const { rpcUrl, log } = this.#options;
    await this.#load(signal);
    const subscription = new AbortController();
    const news = this.#news.run(rpcUrl, log, AbortSignal.any([signal, subscription.signal]));
    try {
      return await this.#follow(signal);
    } finally {
      subscription.abort();
      await news;
    }
  }

  /** What the database knows, and what in it is still to be derived. */
  async #load(signal: AbortSignal): Promise<void> {
    const { db, areas, log } = this.#options;
    this.#decoder = (await readDecoder(db)) ?? emptyDecoder;
    this.#cursor = await readCursor(db);
    if (!this.#cursor) return;
    const { height, epoch, phase, chainId } = this.#cursor;
    this.#update({ chainId, height });
    const [oldest] = await readStored(db, 0, 1);
    this.#first = oldest?.height ?? height + 1;
    const [newest] = await readStored(db, height, 1);
    if (newest?.height === height) {
      const { raw, answers } = newest;
      const block = parseBlock(raw, { decoder: this.#decoder, answers, first: height === this.#first });
      this.#head = headOf(block, { epoch, phase });
      this.#newsTime = block.time;
    }
    // After a change of the tables all of them are made again here.
    this.#cursor = await replay({
      db,
      areas,
      log,
      signal,
      decoder: this.#decoder,
      cursor: this.#cursor,
      onBlock: (block, cursor) => {
        if (this.#status.state === "starting") this.#setState("syncing", null);
        this.#written(block, cursor);
      },
    });
  }

  async #follow(signal: AbortSignal): Promise<never> {
    const { log } = this.#options;
    for (let failures = 0; ;) {
      try {
        for (let status = await this.#connect(); ; status = await this.#ask()) {
          this.#heard(status.latest);
          await this.#catchUp(status, signal);
          failures = 0;
          this.#judge();
          await this.#news.next(this.#news.connected ? POLL_SUBSCRIBED_MS : POLL_MS, signal);
        }
      } catch (error) {
        signal.throwIfAborted();
        if (!isOfNode(error)) throw error;
        this.#nodeErrors.inc();
        const away = error instanceof ChainUnreachableError || error instanceof RpcTimeoutError;
        if (failures++ === 0) log.warn({ error }, "the node does not answer as it should; trying again");
        this.#setState("stale", away ? "unreachable" : "refused");
        await sleep(Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures, 8)), signal);
      }
    }
  }

  #ask(): Promise<NodeStatus> {
    // A chain without a block is one to connect to later.
    return this.#cursor ? this.#node.status() : this.#connect();
  }

  /** Makes sure that node and database are of one chain, and that its types are known. */
  async #connect(): Promise<NodeStatus> {
    const { db, log, chainId, rpcUrl } = this.#options;
    const status = await this.#node.status();
    if (chainId !== undefined && status.chainId !== chainId) {
      throw new WrongChainIdError(rpcUrl, chainId, status.chainId);
    }
    const { latest, earliest } = status;
    if (latest === 0) return status;
    if (!this.#cursor) {
      this.#cursor = await createCursor(db, status.chainId, earliest);
      this.#first = earliest;
      this.#update({ chainId: status.chainId });
      if (earliest > 1)
        log.warn({ earliest }, "the node has forgotten earlier blocks: the index begins there");
    }
    await this.#checkChain(this.#cursor, status);
    const decoder = await updateDescriptors(db, this.#node, Math.max(this.#cursor.height, earliest) + 1);
    if (decoder) this.#decoder = decoder;
    return status;
  }

  async #checkChain({ chainId, height }: Cursor, status: NodeStatus): Promise<void> {
    const { db, rpcUrl } = this.#options;
    if (status.chainId !== chainId) {
      throw new SetupError(
        `the database is an index of chain "${chainId}", but ${rpcUrl} is a node of "${status.chainId}": ` +
          `use another database or another node`,
      );
    }
    const common = Math.min(height, status.latest);
    if (common < status.earliest) return;
    const [stored] = await readStored(db, common, 1);
    if (stored?.height !== common) return;
    if ((await this.#node.hash(common)) !== stored.raw.block.block_id.hash) throw anotherChain(common);
  }

  /** Indexes everything that the node has. */
  async #catchUp({ latest, earliest }: NodeStatus, signal: AbortSignal): Promise<void> {
    const { db, areas, log } = this.#options;
    if (!this.#cursor || latest <= this.#cursor.height) return;
    let from = this.#cursor.height + 1;
    if (earliest > from) {
      log.warn({ from, to: earliest - 1 }, "the node has forgotten blocks: the index goes on without them");
      from = earliest;
      // A node that prunes may forget the very first one while it is being asked for.
      if (this.#first !== undefined && this.#cursor.height < this.#first) this.#first = from;
    }
    if (latest - this.#cursor.height > BEHIND && this.#status.state !== "syncing") {
      this.#setState("syncing", null);
    }
    for await (const { raw, block, rows } of this.#fetch(from, latest)) {
      signal.throwIfAborted();
      const before = raw.block.block.header.last_block_id.hash;
      const last = this.#head;
      if (last?.height === block.height - 1 && before !== last.hash) throw anotherChain(last.height);
      const end = this.#blockSeconds.startTimer();
      this.#cursor = await writeBlock(db, areas, block, this.#cursor, rows);
      end();
      this.#written(block, this.#cursor);
    }
  }

  /** Reads blocks in order, some ahead. */
  async *#fetch(from: number, to: number): AsyncGenerator<Fetched> {
    const ahead: Promise<Fetched>[] = [];
    for (let next = from; next <= to || ahead.length > 0;) {
      for (; next <= to && ahead.length < AHEAD; next++) {
        const fetched = this.#fetchOne(next);
        fetched.catch(() => undefined); // it is awaited, but maybe not before it fails
        ahead.push(fetched);
      }
      const first = ahead.shift();
      if (first) yield await first;
    }
  }

  async #fetchOne(height: number): Promise<Fetched> {
    const { areas } = this.#options;
    const raw = await this.#node.block(height);
    const [packed, { block, answers }] = await Promise.all([
      pack(raw),
      askAll(this.#node, areas, raw, { decoder: this.#decoder, first: height === this.#first }),
    ]);
    return { raw, block, rows: { ...packed, answers: answers.all() } };
  }

  #heard(latest: number): void {
    if (latest <= this.#status.nodeHeight) return;
    this.#newsAt = performance.now();
    this.#newsTime = new Date().toISOString();
    this.#status = { ...this.#status, nodeHeight: latest };
  }

  #written(block: DecodedBlock, cursor: Cursor): void {
    this.#head = headOf(block, cursor);
    this.#status = { ...this.#status, height: block.height };
    const newest = block.height >= this.#status.nodeHeight;
    if (newest && this.#status.state !== "live" && this.#status.nodeHeight > 0) {
      this.#status = { ...this.#status, state: "live", reason: null, since: new Date().toISOString() };
    }
    if (!newest && performance.now() - this.#toldAt < TELL_MS) return;
    this.#toldAt = performance.now();
    for (const listener of this.#headListeners) listener(this.#head);
    this.#tellStatus();
  }

  /** Having caught up: whether the chain goes on. */
  #judge(): void {
    if (performance.now() - this.#newsAt > STALLED_MS) this.#setState("stale", "stalled");
    else if (this.#status.height > 0 || this.#status.nodeHeight > 0) this.#setState("live", null);
  }

  #setState(state: Status["state"], reason: Status["reason"]): void {
    if (this.#status.state === state && this.#status.reason === reason) return;
    this.#update({ state, reason, since: state === "stale" ? this.#newsTime : new Date().toISOString() });
  }

  #update(changes: Partial<Status>): void {
    this.#status = { ...this.#status, ...changes };
    this.#tellStatus();
  }

  #tellStatus(): void {
    for (const listener of this.#statusListeners) listener(this.#status);
  }
}

interface Fetched {
  raw: RawBlock;
  block: DecodedBlock;
  rows: RawRows;
}

function headOf(block: DecodedBlock, { epoch, phase }: Pick<Cursor, "epoch" | "phase">): Head {
  return { height: block.height, time: block.time, hash: block.hash, txs: block.txs.length, epoch, phase };
}

function anotherChain(height: number): SetupError {
  return new SetupError(
    `block ${height} of the node is not the one in the database: the chain was started anew. ` +
      `Delete the database, or use another one`,
  );
}

/** Whether trying again may help: everything the node did, or did not, but what it will always be. */
function isOfNode(error: unknown): boolean {
  return (
    error instanceof AssayError && !(error instanceof SetupError) && !(error instanceof WrongChainIdError)
  );
}

function listen<T>(
  listeners: Set<(value: T) => void>,
  listener: (value: T) => void,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
}
