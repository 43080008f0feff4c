import type { ModelTensors } from "@assay/client/oip/model";
import { HEADER_LENGTH } from "@assay/client/oip/body";
import { writeRequest } from "@assay/client/oip/request";
import { parseResponse } from "@assay/client/oip/response";
import { outputsOf, tensorOf } from "@assay/client/oip/tensors";
import { silentLogger } from "@assay/service-kit/log";
import { createRegistry, type Registry } from "@assay/service-kit/metrics";
import type { Backend } from "../../../src/serve/backends/backend.ts";
import type { Admission, CallHead, Gate, Replay, ResponseHeaders, Run } from "../../../src/serve/gate.ts";
import { createEdge, type Edge, type EdgeOptions } from "../../../src/serve/http/edge.ts";
import { DEFAULT_EDGE_LIMITS, type EdgeLimits } from "../../../src/serve/http/limits.ts";
import { createEdgeMetrics } from "../../../src/serve/http/metrics.ts";
import type { ServedService } from "../../../src/serve/http/services.ts";

export const MODEL = "ab".repeat(32);

export const TENSORS: ModelTensors = {
  input: { name: "pair", datatype: "UINT8", itemShape: [2] },
  output: { name: "sums", datatype: "INT32", itemShape: [2] },
};

/** Sum and difference of an item's two numbers. */
export const sums = (item: Uint8Array): Int32Array => Int32Array.of(item[0]! + item[1]!, item[0]! - item[1]!);

/** A backend for tests; `hold` lets them decide when a run ends. */
export class FakeBackend implements Backend {
  tensors: ModelTensors | undefined = TENSORS;
  readonly platform = "fake";
  up = true;
  runs = 0;
  hold: (() => Promise<unknown>) | undefined;

  ready = () => Promise.resolve(this.up);

  async run(items: readonly Uint8Array[], signal: AbortSignal): Promise<Int32Array[]> {
    this.runs++;
    if (this.hold !== undefined) {
      const aborted = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => aborted.reject(signal.reason as Error));
      await Promise.race([this.hold(), aborted.promise]);
    }
    return items.map(sums);
  }
}

/** A gate that writes down what it was asked, and does what a test tells it. */
export class FakeGate implements Gate {
  readonly log: string[] = [];
  heads: CallHead[] = [];
  items: (readonly Uint8Array[])[] = [];
  failures: unknown[] = [];
  headers: ResponseHeaders = {};
  onTrouble: () => string | undefined = () => undefined;
  onAdmit: () => void = () => undefined;
  onBind: () => Replay | undefined = () => undefined;
  onServed: () => void = () => undefined;

  trouble = () => this.onTrouble();

  async admit(head: CallHead): Promise<Admission> {
    this.log.push("admit");
    this.heads.push(head);
    this.onAdmit();
    return { bind: (items) => this.#bind(items) };
  }

  async #bind(items: readonly Uint8Array[]): Promise<Run | Replay> {
    this.log.push("bind");
    this.items.push(items);
    return (
      this.onBind() ?? {
        kind: "run",
        served: async () => {
          this.log.push("served");
          this.onServed();
          return this.headers;
        },
        failed: async (cause) => {
          this.log.push("failed");
          this.failures.push(cause);
        },
      }
    );
  }
}

export interface Started {
  edge: Edge;
  url: string;
  port: number;
  gate: FakeGate;
  backend: FakeBackend;
  registry: Registry;
}

const edges: Edge[] = [];

/** An edge with one service, 7, also called "pairs"; it does not listen yet. */
export function create(
  limits: Partial<EdgeLimits> = {},
  options: Partial<EdgeOptions> = {},
  service: Partial<ServedService> = {},
): Omit<Started, "url" | "port"> {
  const gate = new FakeGate();
  const backend = new FakeBackend();
  const registry = createRegistry();
  const edge = createEdge({
    name: "assay-miner",
    version: "1.2.3",
    services: [{ id: 7n, name: "pairs", modelHex: MODEL, backend, ...service }],
    gate,
    limits: { ...DEFAULT_EDGE_LIMITS, ...limits },
    metrics: createEdgeMetrics(registry),
    log: silentLogger,
    ...options,
  });
  edges.push(edge);
  return { edge, gate, backend, registry };
}

/** The same on a free port. */
export async function start(...options: Parameters<typeof create>): Promise<Started> {
  const created = create(...options);
  const port = await created.edge.listen({ host: "127.0.0.1", port: 0 });
  return { ...created, url: `http://127.0.0.1:${port}`, port };
}

/** Ends all edges of a test. */
export async function stopAll(): Promise<void> {
  await Promise.all(edges.splice(0).map((edge) => edge.drain(0)));
}

export const INFER = "/v2/models/7/infer";

/** A call for items, in binary; answers with status, headers and outputs or error. */
export async function call(
  url: string,
  items: Uint8Array[],
  headers: Record<string, string> = {},
  path = INFER,
) {
  const message = writeRequest({ inputs: [tensorOf(TENSORS.input, items)], binaryOutput: true });
  const response = await fetch(url + path, {
    method: "POST",
    headers: { ...message.headers, ...headers },
    body: message.body,
  });
  return answerOf(response);
}

/** A call with a JSON body. */
export async function callJson(url: string, body: object | string, path = INFER) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: text,
  });
  return answerOf(response);
}

export async function answerOf(response: Response) {
  const { status, headers } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (status === 200) {
    const parsed = parseResponse(bytes, headers.get(HEADER_LENGTH));
    return {
      status,
      headers,
      code: undefined,
      error: undefined,
      parsed,
      outputs: outputsOf(parsed.outputs[0]!),
    };
  }
  const body = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
  return { status, headers, code: body.code, error: body.error, body, outputs: undefined };
}

/** Settles when a condition holds; the test's own time limit ends the waiting. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}
