import type { Kysely } from "kysely";
import type { AssayClient } from "@assay/client/client";
import {
  ChainUnreachableError,
  MalformedResponseError,
  NotFoundError,
  QueryError,
  ResponseTooLargeError,
  RpcError,
  RpcTimeoutError,
  WrongChainIdError,
} from "@assay/client/errors";
import { sleep } from "@assay/client/sleep";
import { isAbort } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { Status } from "../../wire/network.ts";
import { insertMany } from "../db/insert.ts";
import type { Database } from "../db/schema.ts";
import { HttpError } from "../http/errors.ts";

/** The node's answer at a height. `stale` when the node could not be asked since a newer block. */
export interface Stated<T> {
  value: T;
  height: number;
  stale: boolean;
}

/** The node's present state: each question is asked at most once per block, however many visitors ask it. */
export interface NodeState {
  /**
   * @param key names question and parameters, e.g. "arena/3"; answers are kept under it in the database.
   * @param read asks the node; must return JSON (no bigint, bytes or undefined), cleaned.
   *
   * Throws NotFoundError as the client does, and HttpError 503 when the node is away and never answered this.
   */
  ask<T>(key: string, read: (client: AssayClient) => Promise<T>): Promise<Stated<T>>;
}

export interface NodeStateOptions {
  db: Kysely<Database>;
  /** The connection to the node; rejects while the node is away. */
  client: () => Promise<AssayClient>;
  /** What is known of the node: its newest height, and whether it answers. */
  status: () => Pick<Status, "state" | "reason" | "nodeHeight">;
  log: Logger;
  /** Answers kept in the database, the newest ones. */
  keep?: number;
  /** Time between two writes to the database. */
  writeMs?: number;
}

export interface RunningNodeState extends NodeState {
  /** Writes answers to the database from time to time, and a last time when `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Answers kept in memory at a time, and questions under way. */
const MAX_IN_MEMORY = 10_000;
const MAX_UNDER_WAY = 64;
/** While nobody hears of new blocks, such as when the index is made again. */
const MAX_AGE_MS = 10_000;
/** Longer answers are not kept for an outage, in characters. */
const MAX_KEPT_LENGTH = 1 << 20;

interface Answer {
  height: number;
  json: string;
}

/** A {@link NodeState} over a client, with its answers written through to the table `node_answer`. */
export function createNodeState(options: NodeStateOptions): RunningNodeState {
  return new CachedNodeState(options);
}

class CachedNodeState implements RunningNodeState {
  readonly #options: NodeStateOptions;
  /** Answers read at `#height`, and what is under way. */
  readonly #current = new Map<string, Promise<unknown>>();
  #height = 0;
  #since = -Infinity;
  #underWay = 0;
  /** Answers the database does not have yet. */
  readonly #unwritten = new Map<string, Answer>();

  constructor(options: NodeStateOptions) {
    this.#options = options;
  }

  async ask<T>(key: string, read: (client: AssayClient) => Promise<T>): Promise<Stated<T>> {
    const { nodeHeight } = this.#options.status();
    if (nodeHeight !== this.#height || performance.now() - this.#since > MAX_AGE_MS) {
      this.#height = nodeHeight;
      this.#since = performance.now();
      this.#current.clear();
    }
    let asked = this.#current.get(key) as Promise<T> | undefined;
    if (asked === undefined) {
      asked = this.#read(key, nodeHeight, read);
      this.#remember(key, asked);
    }
    try {
      return { value: await asked, height: nodeHeight, stale: this.#away };
    } catch (error) {
      if (!isAway(error)) throw error;
      const answer = await this.#lastAnswer(key);
      if (answer !== undefined)
        return { value: JSON.parse(answer.json) as T, height: answer.height, stale: true };
      this.#options.log.debug({ error, key }, "the node cannot be asked");
      throw new HttpError(503, "The chain's node does not answer right now; try again in a minute.", {
        "Retry-After": "30",
      });
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { writeMs = 5_000, log } = this.#options;
    while (!signal.aborted) {
      try {
        await sleep(writeMs, signal);
      } catch (error) {
        if (!isAbort(error)) throw error;
      }
      try {
        await this.#write();
      } catch (error) {
        log.error({ error }, "the node's answers cannot be kept for an outage");
      }
    }
  }

  get #away(): boolean {
    const { state, reason } = this.#options.status();
    return state === "stale" && reason === "unreachable";
  }

  async #read<T>(key: string, height: number, read: (client: AssayClient) => Promise<T>): Promise<T> {
    if (this.#underWay >= MAX_UNDER_WAY) {
      throw new HttpError(503, "Too many questions to the chain's node at once; try again.", {
        "Retry-After": "2",
      });
    }
    this.#underWay++;
    try {
      const value = await read(await this.#options.client());
      const json = JSON.stringify(value);
      if (json.length <= MAX_KEPT_LENGTH) {
        this.#unwritten.delete(key);
        this.#unwritten.set(key, { height, json });
        dropOldest(this.#unwritten, MAX_IN_MEMORY);
      }
      return value;
    } finally {
      this.#underWay--;
    }
  }

  #remember(key: string, asked: Promise<unknown>): void {
    this.#current.set(key, asked);
    dropOldest(this.#current, MAX_IN_MEMORY);
    asked.catch((error: unknown) => {
      // That something is not there holds until the next block; a failure may be over at the next question.
      if (!(error instanceof NotFoundError) && this.#current.get(key) === asked) this.#current.delete(key);
    });
  }

  async #lastAnswer(key: string): Promise<Answer | undefined> {
    return (
      this.#unwritten.get(key) ??
      (await this.#options.db
        .selectFrom("node_answer")
        .select(["height", "json"])
        .where("key", "=", key)
        .executeTakeFirst())
    );
  }

  async #write(): Promise<void> {
    if (this.#unwritten.size === 0) return;
    const { db, keep = 10_000 } = this.#options;
    const written = [...this.#unwritten];
    const rows = written.map(([key, answer]) => ({ key, ...answer }));
    await db.transaction().execute(async (tx) => {
      await insertMany(tx, "node_answer", rows, { replace: ["key"] });
      const newest = tx.selectFrom("node_answer").select("key").orderBy("height", "desc").orderBy("key");
      await tx.deleteFrom("node_answer").where("key", "not in", newest.limit(keep)).execute();
    });
    for (const [key, answer] of written) {
      if (this.#unwritten.get(key) === answer) this.#unwritten.delete(key);
    }
  }
}

/** Whether the node could not be asked, rather than having said no. A restarting node answers with errors for a while. */
function isAway(error: unknown): boolean {
  if (error instanceof NotFoundError) return false;
  return [
    ChainUnreachableError,
    RpcTimeoutError,
    ResponseTooLargeError,
    MalformedResponseError,
    RpcError,
    QueryError,
    WrongChainIdError,
  ].some((kind) => error instanceof kind);
}

/** Maps keep their insertion order. */
function dropOldest<Value>(map: Map<string, Value>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
