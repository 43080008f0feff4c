import { getModelFile } from "@assay/client/actions/getModelFile";
import { createClient } from "@assay/client/client";
import { AssayError } from "@assay/client/errors";
import { check, type Info, type Program } from "@assay/client/intonnx/check";
import { itemBytes } from "@assay/client/intonnx/run";
import type { WorkerAnswer, WorkerRequest } from "./protocol.ts";
import { startModelWorker } from "./start-worker.ts";

/** A file is at most 1 MiB; the node's JSON carries it in base64. */
const MAX_RESPONSE_BYTES = 4 * 2 ** 20;
/** Most that is run at a time, in bytes of items. */
const MAX_RUN_BYTES = 16 * 2 ** 20;
/** The runtime itself has to be loaded first: 14 MB. */
const OPEN_TIMEOUT_MS = 60_000;
const RUN_TIMEOUT_MS = 30_000;

/** The runtime failed, or took too long. It says nothing about the answer that was to be checked. */
export class ModelRunError extends AssayError {}

/** A model that this browser runs by itself, from the chain's own bytes. */
export interface OpenModel {
  /** What the checker proved: id, shapes, cost. */
  readonly info: Info;
  /** For what else is to be run or checked with it. */
  readonly program: Program;
  readonly fileBytes: number;
  /** Of one raw item. */
  readonly itemBytes: number;
  /** Numbers in the output of one item. */
  readonly outputWidth: number;
  /**
   * Runs the model on `count` items that stand back to back.
   *
   * @param items raw, row-major, little-endian.
   * @returns the int32 outputs of all items, back to back.
   * Throws RangeError for items of another size, {@link ModelRunError}, and the signal's reason once it is aborted.
   */
  run(items: Uint8Array, count: number): Promise<Int32Array>;
  /** Ends the worker; runs that wait reject. */
  close(): void;
}

export interface OpenModelParameters {
  /** Id of the model: sha256 of its file in lower-case hex. */
  modelHex: string;
  /** Ends everything, the worker too. */
  signal: AbortSignal;
}

/**
 * Fetches a model's file from the chain, checks that it is the one that was asked for and that the profile's proof holds
 * for it, and opens it in a worker.
 *
 * Throws NotFoundError when the chain has deleted the file, FileHashError, IntOnnxError, {@link ModelRunError}, what
 * reads of the chain throw, and the signal's reason.
 */
export async function openModel({ modelHex, signal }: OpenModelParameters): Promise<OpenModel> {
  const client = await createClient({
    rpcUrl: `${location.origin}/api/rpc`,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    signal,
  });
  return openFile(await getModelFile(client, { modelHex }), signal);
}

/** Opens a file that is at hand. Throws IntOnnxError, {@link ModelRunError} and the signal's reason. */
export async function openFile(file: Uint8Array, signal: AbortSignal): Promise<OpenModel> {
  const program = check(file);
  const { info } = program;
  signal.throwIfAborted();
  const worker = new ModelWorker(startModelWorker(), signal);
  try {
    await worker.ask({ kind: "open", file: Uint8Array.from(file) }, OPEN_TIMEOUT_MS);
  } catch (error) {
    worker.end(error as Error);
    throw error;
  }
  const size = itemBytes(info.input);
  const outputWidth = info.outputs.reduce((product, side) => product * side, 1);
  return {
    info,
    program,
    fileBytes: file.length,
    itemBytes: size,
    outputWidth,
    run: async (items, count) => {
      if (!Number.isInteger(count) || count < 1 || items.length !== count * size)
        throw new RangeError(`${count} items of ${size} bytes expected, got ${items.length} bytes`);
      if (items.length > MAX_RUN_BYTES)
        throw new RangeError(`${items.length} bytes exceed the ${MAX_RUN_BYTES} that are run at a time`);
      const { type, shape } = info.input;
      const outputs = await worker.ask(
        { kind: "run", type, shape: [count, ...shape], items: Uint8Array.from(items) },
        RUN_TIMEOUT_MS,
      );
      if (outputs?.length !== count * outputWidth)
        throw new ModelRunError(
          `The runtime gave ${outputs?.length ?? 0} numbers, expected ${count * outputWidth}.`,
        );
      return outputs;
    },
    close: () => worker.end(new ModelRunError("The model was closed.")),
  };
}

type Request = WorkerRequest extends infer R ? (R extends { id: number } ? Omit<R, "id"> : never) : never;

interface Waiting {
  resolve(outputs: Int32Array | undefined): void;
  reject(reason: unknown): void;
}

/** Requests and answers of one worker. Whatever goes wrong ends it. */
class ModelWorker {
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #ended: Error | undefined;

  constructor(worker: Worker, signal: AbortSignal) {
    this.#worker = worker;
    this.#signal = signal;
    worker.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => this.#settle(data));
    worker.addEventListener("error", ({ message }) =>
      this.end(
        new ModelRunError(`The runtime did not start in this browser${message ? `: ${message}` : "."}`),
      ),
    );
    signal.addEventListener("abort", this.#abort, { once: true });
  }

  async ask(request: Request, timeoutMs: number): Promise<Int32Array | undefined> {
    if (this.#ended !== undefined) throw this.#ended;
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Int32Array | undefined>();
    this.#waiting.set(id, { resolve, reject });
    const timer = setTimeout(
      () => this.end(new ModelRunError(`The model took longer than ${timeoutMs / 1000} s in this browser.`)),
      timeoutMs,
    );
    this.#worker.postMessage({ ...request, id });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  end(reason: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#signal.removeEventListener("abort", this.#abort);
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(reason);
  }

  readonly #abort = (): void => this.end(this.#signal.reason as Error);

  #settle(answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer.outputs);
    else waiting?.reject(new ModelRunError(`The runtime failed: ${answer.error}`));
  }
}
