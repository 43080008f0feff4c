/** One inference thread: one onnxruntime session per model it was given. */
import { parentPort } from "node:worker_threads";
import type { Request, Response, RunRequest } from "./protocol.ts";
import { loadSession, runSession, type InferenceSession } from "./session.ts";

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
    const buffers = logits.map(({ buffer }) => buffer);
    port.postMessage({ task, ok: true, logits } satisfies Response, buffers);
  } catch (error) {
    port.postMessage({
      task,
      ok: false,
      message: error instanceof Error ? error.message : String(error),
    } satisfies Response);
  }
}

async function run({ models, evict, ...batch }: RunRequest): Promise<Int32Array<ArrayBuffer>[]> {
  for (const modelHex of evict) {
    await sessions.get(modelHex)?.release();
    sessions.delete(modelHex);
  }
  const logits: Int32Array<ArrayBuffer>[] = [];
  for (const { modelHex, file } of models) {
    const session = sessions.get(modelHex) ?? (await load(modelHex, file));
    logits.push(await runSession(session, batch));
  }
  return logits;
}

async function load(modelHex: string, file: Uint8Array | undefined): Promise<InferenceSession> {
  if (file === undefined) throw new Error(`model ${modelHex} was not given to this thread`);
  const session = await loadSession(file);
  sessions.set(modelHex, session);
  return session;
}
