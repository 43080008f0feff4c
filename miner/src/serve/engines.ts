import { InferencePool, MAX_TASK_MODELS } from "@assay/service-kit/inference/pool";
import type { Logger } from "@assay/service-kit/log";
import { retry } from "@assay/service-kit/timers";
import type { ServiceSettings } from "../config.ts";
import type { Backend } from "./backends/backend.ts";
import { EmbeddedBackend } from "./backends/embedded.ts";
import { UpstreamBackend } from "./backends/upstream.ts";
import type { OwnModel } from "./listing.ts";

export interface EnginesOptions {
  readonly threads: number;
  readonly services: number;
  /** Told of every answer of an upstream that was not the model's. */
  readonly onWrong: (service: bigint) => void;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What runs the models of all services. */
export class Engines {
  readonly #options: EnginesOptions;
  readonly #pool: InferencePool;
  readonly #upstreams: UpstreamBackend[] = [];

  constructor(options: EnginesOptions) {
    this.#options = options;
    const sessionsPerThread = Math.max(MAX_TASK_MODELS, options.services);
    this.#pool = new InferencePool({ threads: options.threads, sessionsPerThread });
  }

  /**
   * The backend of a service. With a model and an upstream the model judges every answer of the upstream; one that
   * does not answer is asked again until it does, and its service is not ready meanwhile.
   */
  async backendOf(id: bigint, settings: ServiceSettings, model: OwnModel | undefined): Promise<Backend> {
    const { threads, onWrong, log, signal } = this.#options;
    const embedded =
      model &&
      (await EmbeddedBackend.load({ pool: this.#pool, threads, modelHex: model.hex, file: model.file }));
    const { upstream } = settings;
    if (!upstream) {
      if (!embedded) throw new TypeError(`service ${settings.name} has neither model nor upstream`);
      return embedded;
    }
    const { url, model: name, version } = upstream;
    const backend = new UpstreamBackend({
      url: new URL(url),
      model: name,
      version,
      judge: embedded,
      onWrong: () => onWrong(id),
    });
    this.#upstreams.push(backend);
    const what = `reach the upstream ${url} of service ${settings.name}`;
    void retry(() => backend.load(signal), { what, log, signal }).catch((error: unknown) => {
      if (!signal.aborted) log.error({ error }, `cannot ${what}`);
    });
    return backend;
  }

  async close(): Promise<void> {
    for (const upstream of this.#upstreams) upstream.close();
    await this.#pool.close();
  }
}
