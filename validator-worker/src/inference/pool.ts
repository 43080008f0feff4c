import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { AssayError } from "@assay/client/errors";
import type { Request, Response } from "./protocol.ts";

/** A model could not be run on some inputs. */
export class InferenceError extends AssayError {}

export interface InferenceTask {
  modelHex: string;
  /** Called only when the thread does not have the model yet. */
  file: () => Promise<Uint8Array>;
  spec: Pick<ArenaSpec, "inputType" | "inputShape">;
  /** Raw items, row-major, concatenated. */
  inputs: Uint8Array;
  items: number;
  /** Drops the task if it is still waiting, and its result if it runs. */
  signal: AbortSignal;
}

interface Pending extends InferenceTask {
  resolve: (logits: Int32Array) => void;
  reject: (error: unknown) => void;
}

export interface PoolOptions {
  threads: number;
  /** Sessions a thread keeps; the one unused for longest makes room. */
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
   * The logits of every item, concatenated. Throws {@link InferenceError}, or the signal's reason
   * once it is aborted.
   */
  run(task: InferenceTask): Promise<Int32Array> {
    checkSize(task);
    task.signal.throwIfAborted();
    if (this.#closed) return Promise.reject(new InferenceError("the inference pool is closed"));
    return new Promise<Int32Array>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== pending);
        reject(task.signal.reason);
      };
      const settle = <Value>(with_: (value: Value) => void) => (value: Value): void => {
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
    for (const { reject } of this.#waiting.splice(0)) reject(new InferenceError("the inference pool is closed"));
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #dispatch(): void {
    for (;;) {
      const free = this.#threads.filter((thread) => thread.load < DEPTH).sort((a, b) => a.load - b.load);
      const [first] = free;
      if (first === undefined || this.#waiting.length === 0) return;
      // A thread that has the model of the oldest task saves a copy of the session.
      const task = this.#waiting.shift() as Pending;
      const thread = free.find((other) => other.load === first.load && other.has(task.modelHex)) ?? first;
      void thread
        .run(task)
        .then(task.resolve, task.reject)
        .finally(() => this.#dispatch());
    }
  }
}

function checkSize({ modelHex, spec, inputs, items }: InferenceTask): void {
  const width = spec.inputType === TensorType.INT16 ? 2 : 1;
  const expected = spec.inputShape.reduce((product, dimension) => product * dimension, width * items);
  if (inputs.length === expected && items > 0) return;
  throw new InferenceError(`${inputs.length} bytes for ${items} items of model ${modelHex}, expected ${expected}`);
}

/** Bytes that fill their buffer: sending a view sends all of the buffer behind it, and an odd offset breaks int16. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

interface Reply {
  resolve: (logits: Int32Array) => void;
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

  has(modelHex: string): boolean {
    return this.#models.has(modelHex);
  }

  async run(task: InferenceTask): Promise<Int32Array> {
    this.load++;
    try {
      const sent = this.#order.then(() => this.#send(task));
      this.#order = sent.catch(() => undefined);
      return await (await sent).answer;
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

  async #send(task: InferenceTask): Promise<{ answer: Promise<Int32Array> }> {
    const { modelHex, spec, inputs, items } = task;
    const file = this.#models.has(modelHex) ? undefined : ownCopy(await task.file());
    task.signal.throwIfAborted();
    const worker = (this.#worker ??= this.#start());
    let evict: string | undefined;
    if (file !== undefined && this.#models.size >= this.#capacity) [evict] = this.#models;
    if (evict !== undefined) this.#models.delete(evict);
    this.#models.delete(modelHex);
    this.#models.add(modelHex);
    const id = this.#nextTask++;
    const { promise, resolve, reject } = Promise.withResolvers<Int32Array>();
    this.#replies.set(id, {
      resolve,
      reject: (error) => {
        reject(error);
        // It may not have got as far as making the session.
        if (file !== undefined) this.#models.delete(modelHex);
      },
    });
    worker.postMessage({
      kind: "run",
      task: id,
      modelHex,
      file,
      evict,
      inputType: spec.inputType,
      shape: [items, ...spec.inputShape],
      inputs: ownCopy(inputs),
    } satisfies Request);
    // Wrapped, so that awaiting the send does not await the answer.
    return { answer: promise };
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
    for (const { reject } of replies) reject(new InferenceError("the inference thread ended unexpectedly", { cause }));
  }
}
