/**
 * Runs one model with onnxruntime's WASM build, the way providers and scorers run it natively. A worker, so that a model
 * that takes long does not stop the page, and can be ended; and because only workers' documents may compile WASM.
 */
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { WorkerAnswer, WorkerRequest } from "./protocol.ts";

env.wasm.wasmPaths = { wasm };
// More would need a page that is isolated from other origins, and no model of the profile is large enough to gain.
env.wasm.numThreads = 1;
env.logLevel = "error";

let session: InferenceSession | undefined;
// One request at a time: the runtime refuses a second run while one is under way.
let last: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<WorkerRequest>) => {
  last = last.then(async () => {
    const answer: WorkerAnswer = await handle(data).then(
      (outputs) => ({ id: data.id, outputs }),
      (error: unknown) => ({ id: data.id, error: error instanceof Error ? error.message : String(error) }),
    );
    postMessage(answer);
  });
});

async function handle(request: WorkerRequest): Promise<Int32Array<ArrayBuffer> | undefined> {
  if (request.kind === "open") {
    session = await InferenceSession.create(request.file, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
    return undefined;
  }
  const [input] = session?.inputNames ?? [];
  const [output] = session?.outputNames ?? [];
  if (!session || input === undefined || output === undefined) throw new Error("no model is open");
  const result = (await session.run({ [input]: tensorOf(request) }, [output]))[output];
  if (!(result?.data instanceof Int32Array))
    throw new Error(`the model returns ${result?.type}, expected int32`);
  return result.data.slice();
}

function tensorOf({ type, shape, items }: WorkerRequest & { kind: "run" }): Tensor {
  switch (type) {
    case "uint8":
      return new Tensor("uint8", items, shape);
    case "int8":
      return new Tensor("int8", new Int8Array(items.buffer), shape);
    case "int16":
      return new Tensor("int16", new Int16Array(items.buffer), shape);
  }
}
