import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { HEADER_LENGTH } from "@assay/client/oip/body";
import { OipError } from "@assay/client/oip/errors";
import { parseMetadata } from "@assay/client/oip/metadata";
import type { ModelTensors } from "@assay/client/oip/model";
import { writeRequest } from "@assay/client/oip/request";
import { parseError, parseResponse } from "@assay/client/oip/response";
import { onlyTensor, outputsOf, tensorOf, type TensorSpec } from "@assay/client/oip/tensors";
import { codeOf, messageOf } from "@assay/service-kit/errors";
import { Refusal } from "../gate.ts";
import type { Backend } from "./backend.ts";

export interface UpstreamOptions {
  /** Base URL of any server of the protocol: Triton, KServe, another node. */
  url: URL;
  /** Name of the model there, and its version if not the server's choice. */
  model: string;
  version?: string | undefined;
  /** Runs the exact model again; every answer must be the same. Undefined for services without one. */
  judge?: Backend | undefined;
  /** For one answer of the upstream. */
  timeoutMs?: number;
  maxResponseBytes?: number;
  /** Connections at a time. */
  connections?: number;
  /** Called for every answer that differs from the judge's. */
  onWrong?: () => void;
  now?: () => number;
}

/** How long an answer about readiness is good for: strangers ask often. */
const READY_MS = 1_000;
const READY_TIMEOUT_MS = 2_000;

/**
 * Runs a model on another server. With a judge an answer counts only if the exact model gives the same numbers; a
 * different one is an error (`upstream_wrong`), and the judge's own answer is not used in its place: an operator whose
 * engine is wrong has to know.
 */
export class UpstreamBackend implements Backend {
  readonly platform = "oip_v2";
  readonly #options: Required<Omit<UpstreamOptions, "version" | "judge">>;
  readonly #judge: Backend | undefined;
  readonly #path: string;
  readonly #agent: HttpAgent | HttpsAgent;
  #tensors: ModelTensors | undefined;
  #ready: { at: number; answer: Promise<boolean> } | undefined;

  constructor({ judge, version, ...options }: UpstreamOptions) {
    this.#options = {
      timeoutMs: 10_000,
      maxResponseBytes: 8 * 1024 * 1024,
      connections: 64,
      onWrong: () => undefined,
      now: Date.now,
      ...options,
    };
    this.#judge = judge;
    const base = options.url.pathname.replace(/\/+$/, "");
    const versions = version === undefined ? "" : `/versions/${encodeURIComponent(version)}`;
    this.#path = `${base}/v2/models/${encodeURIComponent(options.model)}${versions}`;
    const Agent = options.url.protocol === "https:" ? HttpsAgent : HttpAgent;
    this.#agent = new Agent({ keepAlive: true, maxSockets: this.#options.connections, scheduling: "lifo" });
  }

  get tensors(): ModelTensors | undefined {
    return this.#tensors;
  }

  /** Asks the upstream for the model's tensors. Throws {@link Refusal} when it is away, or serves another model. */
  async load(signal: AbortSignal): Promise<void> {
    const tensors = await this.#metadata(signal);
    const exact = this.#judge?.tensors;
    if (exact !== undefined) {
      checkSame(tensors.input, exact.input);
      checkSame(tensors.output, exact.output);
    }
    this.#tensors = tensors;
  }

  ready(): Promise<boolean> {
    if (this.#tensors === undefined) return Promise.resolve(false);
    const { now } = this.#options;
    if (this.#ready === undefined || now() - this.#ready.at > READY_MS)
      this.#ready = { at: now(), answer: this.#isReady() };
    return this.#ready.answer;
  }

  async run(items: readonly Uint8Array[], signal: AbortSignal): Promise<Int32Array[]> {
    const [answer, truth] = await Promise.all([this.#infer(items, signal), this.#judge?.run(items, signal)]);
    if (truth !== undefined && !same(answer, truth)) {
      this.#options.onWrong();
      throw new Refusal(
        502,
        "upstream_wrong",
        "the upstream server's answer is not the model's; it is not passed on",
      );
    }
    return answer;
  }

  /** Ends idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #infer(items: readonly Uint8Array[], signal: AbortSignal): Promise<Int32Array[]> {
    const tensors = this.#tensors;
    if (tensors === undefined)
      throw new Refusal(503, "not_ready", "the upstream server has not been reached yet");
    const { input, output } = tensors;
    const message = writeRequest({
      inputs: [tensorOf(input, items)],
      outputs: [{ name: output.name, binary: true }],
      binaryOutput: false,
    });
    const { body, headerLength } = await this.#fetch("POST", "/infer", signal, message);
    return this.#parsed(() => {
      const answer = onlyTensor(parseResponse(body, headerLength).outputs, output);
      if (answer.shape[0] !== items.length)
        throw new OipError("bad_shape", `${answer.shape[0]} answers to ${items.length} items`);
      return outputsOf(answer);
    });
  }

  async #metadata(signal: AbortSignal): Promise<ModelTensors> {
    const { body } = await this.#fetch("GET", "", signal);
    return this.#parsed(() => {
      const { inputs, outputs } = parseMetadata(body);
      const [input] = inputs;
      const [output] = outputs;
      if (input === undefined || output === undefined || inputs.length + outputs.length !== 2)
        throw new OipError("unknown_tensor", "the model does not have one input and one output");
      if (output.datatype !== "INT32")
        throw new OipError("bad_datatype", `the model returns ${output.datatype}, expected INT32`);
      return { input, output };
    });
  }

  async #isReady(): Promise<boolean> {
    try {
      await this.#fetch("GET", "/ready", AbortSignal.timeout(READY_TIMEOUT_MS));
      return true;
    } catch (error) {
      if (error instanceof Refusal || (error as Error).name === "TimeoutError") return false;
      throw error;
    }
  }

  #parsed<Result>(parse: () => Result): Result {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof OipError)) throw error;
      const what = `the upstream server's answer is malformed: ${error.message}`;
      throw new Refusal(502, "upstream_malformed", what, { cause: error });
    }
  }

  /** One exchange; the body of its 200. Throws {@link Refusal}, or the signal's reason. */
  async #fetch(
    method: "GET" | "POST",
    path: string,
    signal: AbortSignal,
    message?: Message,
  ): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#exchange(method, path, signal, message);
      } catch (error) {
        // The server closed an idle connection just when we used it: nothing was answered, and a model has no
        // side effects. Anything else may be overload, which trying again makes worse.
        if (error instanceof StaleConnectionError && attempt < this.#options.connections) continue;
        signal.throwIfAborted();
        if (error instanceof Refusal) throw error;
        const what = `the upstream server cannot be reached: ${messageOf(error)}`;
        throw new Refusal(502, "upstream_unreachable", what, { cause: error });
      }
    }
  }

  #exchange(method: string, path: string, signal: AbortSignal, message?: Message): Promise<Answer> {
    const { url, timeoutMs, maxResponseBytes } = this.#options;
    const options: RequestOptions = {
      method,
      agent: this.#agent,
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port,
      path: this.#path + path,
      headers: { ...message?.headers, ...(message && { "content-length": message.body.length }) },
      signal,
    };
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => {
      const what = `the upstream server did not answer within ${timeoutMs} ms`;
      // Before the request ends with an error of its own.
      reject(new Refusal(504, "upstream_timeout", what));
      request.destroy();
    }, timeoutMs);
    const request = url.protocol === "https:" ? httpsRequest(options) : httpRequest(options);
    request.on("error", (error) => {
      const stale = request.reusedSocket && ["ECONNRESET", "EPIPE"].includes(codeOf(error) ?? "");
      reject(stale ? new StaleConnectionError() : error);
    });
    request.on("response", (response) => {
      collect(response, maxResponseBytes).then((body) => {
        if (response.statusCode === 200) resolve({ body, headerLength: lengthHeader(response) });
        else reject(refused(response.statusCode, body));
      }, reject);
    });
    request.on("close", () => clearTimeout(timer));
    request.end(message?.body);
    return promise;
  }
}

interface Message {
  body: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

interface Answer {
  body: Uint8Array;
  headerLength: string | undefined;
}

class StaleConnectionError extends Error {}

function lengthHeader(response: IncomingMessage): string | undefined {
  const value = response.headers[HEADER_LENGTH];
  return Array.isArray(value) ? value.join() : value;
}

async function collect(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes)
      throw new Refusal(
        502,
        "upstream_malformed",
        `the upstream server's answer is longer than ${maxBytes} bytes`,
      );
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

function refused(status: number | undefined, body: Uint8Array): Refusal {
  let reason = "";
  try {
    reason = `: ${parseError(body).error}`;
  } catch (error) {
    if (!(error instanceof OipError))
      return new Refusal(502, "upstream_error", messageOf(error), { cause: error });
  }
  return new Refusal(502, "upstream_error", `the upstream server answers with status ${status}${reason}`);
}

function checkSame(got: TensorSpec, expected: TensorSpec): void {
  const text = ({ name, datatype, itemShape }: TensorSpec): string =>
    `${name} ${datatype}[${itemShape.join(",")}]`;
  if (text(got) !== text(expected)) {
    const what = `the upstream server serves another model: it has ${text(got)}, the model's file ${text(expected)}`;
    throw new Refusal(502, "upstream_wrong", what);
  }
}

function same(a: readonly Int32Array[], b: readonly Int32Array[]): boolean {
  return (
    a.length === b.length &&
    a.every((own, i) => own.length === b[i]!.length && own.every((value, j) => value === b[i]![j]))
  );
}
