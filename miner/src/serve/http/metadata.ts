import type { Request, RequestHandler, Response } from "express";
import { writeMetadata } from "@assay/client/oip/metadata";
import { Refusal, type Gate } from "../gate.ts";
import type { Runs } from "./drain.ts";
import { loaded, versionOf, type ServedService, type Services } from "./services.ts";

/** Of URLs that name a model, and perhaps its version. */
export interface ModelParams {
  model: string;
  version?: string;
}

/** GET /v2 */
export function serverMetadata(name: string, version: string): RequestHandler {
  return (_request, response) => {
    response.json({ name, version, extensions: ["binary_tensor_data", "x402"] });
  };
}

/** GET /v2/health/live: the process runs and answers. */
export function live(): RequestHandler {
  return (_request, response) => {
    response.json({ live: true });
  };
}

export interface ReadinessOptions {
  services: Services;
  gate: Gate;
  runs: Runs;
}

/** GET /v2/health/ready: every service would be served now. */
export function ready({ services, gate, runs }: ReadinessOptions): RequestHandler {
  return async (_request, response) => {
    const trouble = runs.draining ? "draining" : gate.trouble();
    if (trouble !== undefined) throw unready(trouble);
    const all = await Promise.all(services.all.map(isReady));
    if (all.includes(false)) throw unready("not_ready");
    response.json({ ready: true });
  };
}

/** GET /v2/models/{model}/ready */
export function modelReady({ services, gate, runs }: ReadinessOptions): RequestHandler<ModelParams> {
  return async (request, response) => {
    const service = services.find(request.params.model, request.params.version);
    const trouble = runs.draining ? "draining" : gate.trouble();
    if (trouble !== undefined) throw unready(trouble);
    if (!(await isReady(service))) throw unready("not_ready");
    response.json({ name: request.params.model, ready: true });
  };
}

async function isReady({ backend }: ServedService): Promise<boolean> {
  return backend !== undefined && (await backend.ready());
}

function unready(code: string): Refusal {
  return new Refusal(503, code, `not ready: ${code}`);
}

/** GET /v2/models/{model} */
export function modelMetadata(services: Services): RequestHandler<ModelParams> {
  return (request: Request<ModelParams>, response: Response) => {
    const { model, version } = request.params;
    const service = services.find(model, version);
    const { platform, tensors } = loaded(service);
    response.json(
      writeMetadata({
        name: model,
        versions: [versionOf(service)],
        platform,
        inputs: [tensors.input],
        outputs: [tensors.output],
      }),
    );
  };
}
