/**
 * A model behind bare express, as one would serve it without a market: the baseline of bench/market.ts.
 *
 *     node scripts/bench/upstream.ts MODEL PORT
 *
 * `POST /infer` takes one raw item and returns the logits as int32 little-endian. `POST /chat/completions` does the same
 * in the form of OpenAI's API, item and logits in base64, for gateways that speak nothing else.
 */
import { readFile } from "node:fs/promises";
import express from "express";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { z } from "zod";

const [modelFile, port] = z.tuple([z.string(), z.coerce.number().int()]).parse(process.argv.slice(2));
const session = await InferenceSession.create(await readFile(modelFile), { intraOpNumThreads: 1 });
const [input] = session.inputNames as [string];
const [output] = session.outputNames as [string];
const shape = z.tuple([z.unknown(), z.int(), z.int(), z.int()]);
const [metadata] = session.inputMetadata;
if (metadata?.isTensor !== true) throw new Error("the model's input is no tensor");
const [, ...dimensions] = shape.parse(metadata.shape);

async function run(item: Uint8Array): Promise<Buffer> {
  const outputs = await session.run({ [input]: new Tensor("uint8", item, [1, ...dimensions]) });
  const logits = outputs[output]?.data;
  if (!(logits instanceof Int32Array)) throw new Error("the model's output is not int32");
  return Buffer.from(logits.buffer, logits.byteOffset, logits.byteLength);
}

const completion = z.object({ messages: z.tuple([z.object({ content: z.string() })]) });

const app = express();
app.post("/infer", express.raw({ type: () => true, limit: "1mb" }), async (request, response) => {
  response.type("application/octet-stream").send(await run(request.body as Buffer));
});
app.post("/chat/completions", express.json({ limit: "1mb" }), async (request, response) => {
  const [{ content }] = completion.parse(request.body).messages;
  const logits = await run(Buffer.from(content, "base64"));
  response.json({
    id: "bench",
    object: "chat.completion",
    created: 0,
    model: "bench",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: logits.toString("base64") },
        finish_reason: "stop",
      },
    ],
  });
});
app.listen(port, "127.0.0.1");
