import type { Request, Response } from "express";
import { HEADER_LENGTH } from "@assay/client/oip/body";
import { parseRequest, wantsBinary } from "@assay/client/oip/request";
import { writeResponse } from "@assay/client/oip/response";
import { itemsOf, onlyTensor, tensorOfOutputs } from "@assay/client/oip/tensors";
import { Refusal, type Gate, type ResponseHeaders, type Run } from "../gate.ts";
import type { Backend } from "../backends/backend.ts";
import type { BlockList } from "./block-list.ts";
import { checkBody, readBody } from "./body.ts";
import type { Runs } from "./drain.ts";
import type { EdgeLimits } from "./limits.ts";
import type { ModelParams } from "./metadata.ts";
import type { EdgeMetrics } from "./metrics.ts";
import { remoteOf } from "./remote.ts";
import { loaded, versionOf, type Services } from "./services.ts";

export interface InferOptions {
  services: Services;
  gate: Gate;
  limits: EdgeLimits;
  runs: Runs;
  blockList: BlockList;
  metrics: EdgeMetrics;
}

interface Served {
  readonly outputs: readonly Int32Array[];
  readonly headers: ResponseHeaders;
}

/** POST /v2/models/{model}/infer: head, gate, body, gate, model, answer. */
export function infer(options: InferOptions) {
  const { services, gate, limits, runs, blockList, metrics } = options;
  return async (request: Request<ModelParams>, response: Response): Promise<void> => {
    const started = performance.now();
    const { model, version } = request.params;
    const service = services.find(model, version);
    const backend = loaded(service);
    const { input, output } = backend.tensors;
    checkBody(request, limits.bodyBytes);
    const head = { service: service.id, headers: request.headers, remote: request.ip ?? "unknown" };
    const admission = await gate.admit(head).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === "bad_signature") blockList.strike(remoteOf(request));
      throw error;
    });

    const body = await runs.run(limits.bodyMs, slowBody(limits.bodyMs), (signal) =>
      readBody(request, limits.bodyBytes, signal),
    );
    const header = request.headers[HEADER_LENGTH];
    const parsed = parseRequest(body, Array.isArray(header) ? header.join() : header, { raw: input });
    const items = itemsOf(onlyTensor(parsed.inputs, input));
    const binary = wantsBinary(parsed, output);
    if (items.length > limits.items)
      throw new Refusal(
        413,
        "too_many_items",
        `the call has ${items.length} items, at most ${limits.items} are taken; split it`,
      );

    const passage = await admission.bind(items);
    const { outputs, headers } =
      passage.kind === "replay" ? passage : await runAndServe(passage, backend, items, runs, limits.runMs);
    const message = writeResponse(
      {
        modelName: model,
        modelVersion: versionOf(service),
        id: parsed.id,
        outputs: [tensorOfOutputs(output, outputs)],
      },
      { binary },
    );
    const label = { service: service.id.toString() };
    metrics.answered.inc(label);
    metrics.items.inc(label, items.length);
    metrics.seconds.observe(label, (performance.now() - started) / 1000);
    response.writeHead(200, {
      ...headers,
      ...message.headers,
      "content-length": message.body.length,
      ...(runs.draining && { connection: "close" }),
    });
    response.end(message.body);
  };
}

function slowBody(bodyMs: number): () => Refusal {
  return () => new Refusal(408, "slow_body", `the body did not arrive within ${bodyMs} ms`);
}

function slowModel(runMs: number): () => Refusal {
  return () => new Refusal(504, "timeout", `the model did not answer within ${runMs} ms`);
}

/** A run that failed is reported, so that the client may try again at the same amount. */
async function runAndServe(
  passage: Run,
  backend: Backend,
  items: readonly Uint8Array[],
  runs: Runs,
  runMs: number,
): Promise<Served> {
  let outputs: Int32Array[];
  try {
    outputs = await runs.run(runMs, slowModel(runMs), (signal) => backend.run(items, signal));
  } catch (error) {
    await passage.failed(error);
    throw error;
  }
  return { outputs, headers: await passage.served(outputs) };
}
