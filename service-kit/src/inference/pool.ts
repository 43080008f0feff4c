import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { AssayError } from "@assay/client/errors";
import type { Request, Response, RunRequest } from "./protocol.ts";

/** A model could not be run on some inputs. */
export class InferenceError extends AssayError {}

/** Models a task may have: few enough that late work stops soon and that threads share the models of a slot. */
export const MAX_TASK_MODELS = 8;

export interface InferenceTask {
  /** 1 to {@link MAX_TASK_MODELS} different models, sha256 in hex. */
  models: string[];
  /** Called only for models that the thread does not have yet. */
  file: (modelHex: string) => Promise<Uint8Array>;
  spec: Pick<ArenaSpec, "inputType" | "inputShape">;
  /** Raw items, row-major, concatenated. */
  inputs: Uint8Array;
  items: number;
  /** Drops the task if it is still waiting, and its result if it runs. */
  signal: AbortSignal;
}

interface Pending extends InferenceTask {
  resolve: (logits: Int32Array[]) => void;
  reject: (error: unknown) => void;
}

export interface PoolOptions {
  threads: number;
  /** Sessions a thread keeps, at least {@link MAX_TASK_MODELS}; the one unused for longest makes room. */
  sessionsPerThread: number;
}

/** Requests a thread has at a time: the second is there so that it never waits for this one. */
const DEPTH = 2;

/** Runs models with onnxruntime in worker threads, so that the main thread keeps answering the chain. */
export class InferencePool {
  readonly #threads: Thread[];
  #waiting: Pending[] = [];
  #closed = false;

  constructor({ threads, sessionsPerThread }: PoolOptions) {
    this.#threads = Array.from({ length: threads }, () => new Thread(sessionsPerThread));
  }

  /**
   * For each model the logits of every item, concatenated. Throws {@link InferenceError}, or the signal's reason
   * once it is aborted.
   */
  run(task: InferenceTask): Promise<Int32Array[]> {
    checkTask(task);
    task.signal.throwIfAborted();
    if (this.#closed) return Promise.reject(new InferenceError("the inference pool is closed"));
    return new Promise<Int32Array[]>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== pending);
        reject(task.signal.reason as Error);
      };
      const settle =
        <Value>(with_: (value: Value) => void) =>
        (value: Value): void => {
          task.signal.removeEventListener("abort", onAbort);
          with_(value);
        };
      const pending: Pending = { ...task, resolve: settle(resolve), reject: settle(reject) };
      task.signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(pending);
      this.#dispatch();
    });
  }

  /** Lets running tasks end, then ends the threads. Waiting tasks are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0))
      reject(new InferenceError("the inference pool is closed"));
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #dispatch(): void {
    for (;;) {
      const [task] = this.#waiting;
      const free = this.#threads.filter((thread) => thread.load < DEPTH);
      if (task === undefined || free.length === 0) return;
      // The least busy thread; among equals the one that has to load least.
      free.sort((a, b) => a.load - b.load || a.missing(task.models) - b.missing(task.models));
      const thread = free[0] as Thread;
      this.#waiting.shift();
      void thread
        .run(task)
        .then(task.resolve, task.reject)
        .finally(() => this.#dispatch());
    }
  }
}

function checkTask({ models, spec, inputs, items }: InferenceTask): void {
  if (models.length === 0 || models.length > MAX_TASK_MODELS)
    throw new RangeError(`${models.length} models in a task`);
  const width = spec.inputType === TensorType.INT16 ? 2 : 1;
  const expected = spec.inputShape.reduce((product, dimension) => product * dimension, width * items);
  if (inputs.length === expected && items > 0) return;
  throw new InferenceError(`${inputs.length} bytes of inputs for ${items} items, expected ${expected}`);
}

/** Bytes that fill their buffer: sending a view sends all of the buffer behind it, and an odd offset breaks int16. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

interface Reply {
  resolve: (logits: Int32Array[]) => void;
  reject: (error: InferenceError) => void;
}

/** A worker thread and what is known of it. It is started on first use, and again after it died. */
class Thread {
  /** Tasks it was given and has not answered. */
  load = 0;
  readonly #capacity: number;
  #worker: Worker | undefined;
  /** Models it has, least recently used first. */
  readonly #models = new Set<string>();
  readonly #replies = new Map<number, Reply>();
  #nextTask = 0;
  /** Requests must reach the worker in the order in which #models changed. */
  #order: Promise<unknown> = Promise.resolve();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many of the models it would have to load. */
  missing(models: string[]): number {
    return models.filter((modelHex) => !this.#models.has(modelHex)).length;
  }

  async run(task: InferenceTask): Promise<Int32Array[]> {
    this.load++;
    try {
      const sent = this.#order.then(() => this.#send(task));
      this.#order = sent.catch(() => undefined);
      return await (
        await sent
      ).answer;
    } finally {
      this.load--;
    }
  }

  async close(): Promise<void> {
    await this.#order;
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = once(worker, "exit");
    worker.postMessage({ kind: "close" } satisfies Request);
    await ended;
  }

  async #send(task: InferenceTask): Promise<{ answer: Promise<Int32Array[]> }> {
    const files = new Map<string, Uint8Array>();
    for (const modelHex of task.models) {
      if (!this.#models.has(modelHex)) files.set(modelHex, ownCopy(await task.file(modelHex)));
    }
    task.signal.throwIfAborted();
    // From here on nothing waits: the worker cannot change under us.
    const worker = (this.#worker ??= this.#start());
    const models = task.models.map((modelHex) => ({ modelHex, file: files.get(modelHex) }));
    const evict = this.#makeRoom(task.models);
    const id = this.#nextTask++;
    const { promise, resolve, reject } = Promise.withResolvers<Int32Array[]>();
    this.#replies.set(id, {
      resolve,
      reject: (error) => {
        // It may not have got as far as making their sessions.
        for (const modelHex of files.keys()) this.#models.delete(modelHex);
        reject(error);
      },
    });
    const { spec, inputs, items } = task;
    const own = ownCopy(inputs);
    const request = {
      kind: "run",
      task: id,
      models,
      evict,
      inputType: spec.inputType,
      shape: [items, ...spec.inputShape],
      inputs: own,
    } satisfies RunRequest;
    // A copy made here is handed over; what is the caller's is copied on the way.
    worker.postMessage(request, own === inputs ? [] : [own.buffer as ArrayBuffer]);
    // Wrapped, so that awaiting the send does not await the answer.
    return { answer: promise };
  }

  /** Makes `wanted` the models used last; returns those that have to go. */
  #makeRoom(wanted: string[]): string[] {
    for (const modelHex of wanted) {
      this.#models.delete(modelHex);
      this.#models.add(modelHex);
    }
    const evict = [...this.#models].slice(0, Math.max(0, this.#models.size - this.#capacity));
    for (const modelHex of evict) this.#models.delete(modelHex);
    return evict;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url));
    worker.on("message", (response: Response) => {
      const reply = this.#replies.get(response.task);
      this.#replies.delete(response.task);
      if (response.ok) reply?.resolve(response.logits);
      else reply?.reject(new InferenceError(`onnxruntime failed: ${response.message}`));
    });
    worker.on("error", (error) => this.#died(worker, error));
    worker.on("exit", () => this.#died(worker, undefined));
    return worker;
  }

  #died(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#models.clear();
    const replies = [...this.#replies.values()];
    this.#replies.clear();
    for (const { reject } of replies)
      reject(new InferenceError("the inference thread ended unexpectedly", { cause }));
  }
}
