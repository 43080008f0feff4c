import { createHash } from "node:crypto";
import { TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { check } from "@assay/client/intonnx/check";
import { modelTensors, type ModelTensors } from "@assay/client/oip/model";
import { elementsOf, itemBytes } from "@assay/client/oip/tensors";
import { FileError } from "@assay/service-kit/errors";
import type { InferencePool } from "@assay/service-kit/inference/pool";
import { loadSession, runSession, type InferenceSession } from "@assay/service-kit/inference/session";
import { Refusal } from "../gate.ts";
import type { Backend } from "./backend.ts";

const TYPES = { UINT8: TensorType.UINT8, INT8: TensorType.INT8, INT16: TensorType.INT16 } as const;

export interface EmbeddedOptions {
  /** Shared by all services of the process. */
  pool: InferencePool;
  /** Threads of the pool. */
  threads: number;
  /** Id of the model: sha256 of its file, in lower-case hex. */
  modelHex: string;
  file: Uint8Array;
}

/**
 * Models up to this cost (MACs + output elements) run where their calls are: some 20 microseconds an item, less than it
 * takes to hand them to a thread and back.
 */
const HERE_COST = 100_000;

/** Items that run together. Larger batches make the calls in them wait for one another and gain nothing. */
const MAX_BATCH = 64;

interface Call {
  items: readonly Uint8Array[];
  resolve: (outputs: Int32Array[]) => void;
  reject: (error: Error) => void;
}

/**
 * Runs a model with onnxruntime, in the worker threads of a pool unless it is tiny. While all threads are busy, calls
 * that come in gather and then run as one batch: the model is an exact function of each item, so that nobody can tell.
 */
export class EmbeddedBackend implements Backend {
  readonly tensors: ModelTensors;
  readonly platform = "onnxruntime_onnx";
  readonly #options: EmbeddedOptions;
  readonly #spec: { inputType: TensorType; inputShape: number[] };
  readonly #outputs: number;
  /** Of a tiny model. */
  readonly #session: InferenceSession | undefined;
  #waiting: Call[] = [];
  #running = 0;
  // The pool's threads finish what they were given; calls end their waiting on their own.
  readonly #never = new AbortController().signal;

  private constructor(
    options: EmbeddedOptions,
    tensors: ModelTensors,
    session: InferenceSession | undefined,
  ) {
    const { datatype, itemShape } = tensors.input;
    if (datatype === "INT32") throw new TypeError("no model of the profile takes INT32");
    this.#options = options;
    this.tensors = tensors;
    this.#session = session;
    this.#spec = { inputType: TYPES[datatype], inputShape: [...itemShape] };
    this.#outputs = elementsOf(tensors.output.itemShape);
  }

  /**
   * Checks the file and has every thread run the model once, so that no call waits for that. Throws
   * {@link FileError} if it is not the file that `modelHex` names, IntOnnxError if it is outside the profile.
   */
  static async load(options: EmbeddedOptions): Promise<EmbeddedBackend> {
    const { file, modelHex, threads } = options;
    const got = createHash("sha256").update(file).digest("hex");
    if (got !== modelHex)
      throw new FileError(
        `the file of model ${modelHex} has sha256 ${got}: fetch it again, from another node`,
      );
    const { info } = check(file);
    const session = info.macs + info.elements <= HERE_COST ? await loadSession(file) : undefined;
    const backend = new EmbeddedBackend(options, modelTensors(file, info), session);
    const item = new Uint8Array(itemBytes(backend.tensors.input));
    // Past the batching: as many at a time as the pool spreads over all of its threads.
    await Promise.all(Array.from({ length: 2 * threads }, () => backend.#infer(item, 1)));
    return backend;
  }

  ready(): Promise<boolean> {
    return Promise.resolve(true);
  }

  run(items: readonly Uint8Array[], signal: AbortSignal): Promise<Int32Array[]> {
    return new Promise<Int32Array[]>((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== call);
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      const call: Call = {
        items,
        resolve: (outputs) => {
          signal.removeEventListener("abort", onAbort);
          resolve(outputs);
        },
        reject: (error) => {
          signal.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      this.#waiting.push(call);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    // One run for every thread, and one that waits there so that the thread never waits for us.
    while (this.#waiting.length > 0 && this.#running < 2 * this.#options.threads) {
      this.#running++;
      void this.#runBatch(this.#nextBatch()).finally(() => {
        this.#running--;
        this.#dispatch();
      });
    }
  }

  /** At least one call, and as many as fit {@link MAX_BATCH} items. */
  #nextBatch(): Call[] {
    let items = 0;
    const end = this.#waiting.findIndex((call, i) => (items += call.items.length) > MAX_BATCH && i > 0);
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #runBatch(calls: Call[]): Promise<void> {
    try {
      const items = calls.flatMap((call) => call.items);
      const logits = await this.#infer(joined(items), items.length);
      let at = 0;
      for (const { items: own, resolve } of calls)
        resolve(own.map(() => logits.subarray(at, (at += this.#outputs))));
    } catch (error) {
      const refusal = new Refusal(500, "model_failed", "the model could not be run", { cause: error });
      for (const { reject } of calls) reject(refusal);
    }
  }

  async #infer(inputs: Uint8Array, items: number): Promise<Int32Array> {
    const { modelHex } = this.#options;
    const logits = await (this.#session
      ? this.#inferHere(this.#session, inputs, items)
      : this.#inferInPool(inputs, items));
    if (logits?.length !== items * this.#outputs)
      throw new Error(`model ${modelHex} returned ${logits?.length} numbers for ${items} items`);
    return logits;
  }

  #inferHere(session: InferenceSession, inputs: Uint8Array, items: number): Promise<Int32Array> {
    const { inputType, inputShape } = this.#spec;
    return runSession(session, { inputType, shape: [items, ...inputShape], inputs });
  }

  async #inferInPool(inputs: Uint8Array, items: number): Promise<Int32Array | undefined> {
    const { pool, modelHex, file } = this.#options;
    const [logits] = await pool.run({
      models: [modelHex],
      file: () => Promise.resolve(file),
      spec: this.#spec,
      inputs,
      items,
      signal: this.#never,
    });
    return logits;
  }
}

function joined(items: readonly Uint8Array[]): Uint8Array {
  const [first] = items;
  if (first === undefined) throw new RangeError("a call needs at least one item");
  if (items.length === 1) return first;
  const all = new Uint8Array(items.length * first.length);
  for (const [i, item] of items.entries()) all.set(item, i * first.length);
  return all;
}
