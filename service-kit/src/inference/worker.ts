/** One inference thread: one onnxruntime session per model it was given. */
import { parentPort } from "node:worker_threads";
import { TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Request, Response, RunRequest } from "./protocol.ts";

if (parentPort === null) throw new Error("this module runs in a worker thread only");
const port = parentPort;
const sessions = new Map<string, InferenceSession>();
// session.run is asynchronous: without the queue a later request could run before its session is made.
let queue = Promise.resolve();

port.on("message", (request: Request) => {
  queue = queue.then(() => handle(request));
});

async function handle(request: Request): Promise<void> {
  if (request.kind === "close") {
    for (const session of sessions.values()) await session.release();
    port.close();
    return;
  }
  const { task } = request;
  try {
    const logits = await run(request);
    const buffers = logits.map(({ buffer }) => buffer as ArrayBuffer);
    port.postMessage({ task, ok: true, logits } satisfies Response, buffers);
  } catch (error) {
    port.postMessage({
      task,
      ok: false,
      message: error instanceof Error ? error.message : String(error),
    } satisfies Response);
  }
}

async function run({ models, evict, inputType, shape, inputs }: RunRequest): Promise<Int32Array[]> {
  for (const modelHex of evict) {
    await sessions.get(modelHex)?.release();
    sessions.delete(modelHex);
  }
  const tensor = tensorOf(inputType, shape, inputs);
  const logits: Int32Array[] = [];
  for (const { modelHex, file } of models) {
    const session = sessions.get(modelHex) ?? (await load(modelHex, file));
    const [input] = session.inputNames;
    const [output] = session.outputNames;
    if (input === undefined || output === undefined)
      throw new Error(`model ${modelHex} has no input or no output`);
    const result = (await session.run({ [input]: tensor }, [output]))[output];
    if (!(result?.data instanceof Int32Array))
      throw new Error(`model ${modelHex} returns ${result?.type}, expected int32`);
    // A copy that owns its buffer, so that it can be handed over without another one.
    logits.push(result.data.slice());
  }
  return logits;
}

async function load(modelHex: string, file: Uint8Array | undefined): Promise<InferenceSession> {
  if (file === undefined) throw new Error(`model ${modelHex} was not given to this thread`);
  // One thread per session: the pool's size decides how many cores are used.
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const session = await InferenceSession.create(file, options);
  sessions.set(modelHex, session);
  return session;
}

function tensorOf(type: TensorType, shape: number[], bytes: Uint8Array): Tensor {
  const { buffer, byteOffset, length } = bytes;
  switch (type) {
    case TensorType.UINT8:
      return new Tensor("uint8", bytes, shape);
    case TensorType.INT8:
      return new Tensor("int8", new Int8Array(buffer, byteOffset, length), shape);
    case TensorType.INT16:
      return new Tensor("int16", new Int16Array(buffer, byteOffset, length / 2), shape);
    default:
      throw new Error(`unknown tensor type ${type}`);
  }
}
