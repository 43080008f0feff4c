import { SetupError } from "@assay/service-kit/errors";
import type { Backend } from "../backends/backend.ts";
import { Refusal } from "../gate.ts";

/** A service as the edge knows it. */
export interface ServedService {
  /** Number on the chain. */
  readonly id: bigint;
  /** Another name for URLs, as people write them. */
  readonly name: string;
  /** Id of the model in hex; undefined for a service without an exact model. */
  readonly modelHex: string | undefined;
  /** Undefined until its model is there. */
  readonly backend: Backend | undefined;
}

/** The services of a server by what URLs call them. */
export class Services {
  readonly all: readonly ServedService[];
  readonly #byName = new Map<string, ServedService>();

  constructor(services: readonly ServedService[]) {
    this.all = services;
    for (const service of services) {
      for (const name of new Set([service.id.toString(), service.name])) {
        if (this.#byName.has(name)) throw new SetupError(`two services are called ${name}: rename one`);
        this.#byName.set(name, service);
      }
    }
  }

  /** The service, which has one version only: its model. Throws 404 `unknown_model`. */
  find(name: string, version: string | undefined): ServedService {
    const service = this.#byName.get(name);
    if (service === undefined || (version !== undefined && version !== versionOf(service)))
      throw new Refusal(404, "unknown_model", "no service of this name and version is served here");
    return service;
  }
}

/** The version in URLs. */
export function versionOf({ modelHex }: ServedService): string {
  return modelHex ?? "1";
}

/** The service's backend if its tensors are known. Throws 503 `not_ready`. */
export function loaded({ backend }: ServedService): Backend & { tensors: NonNullable<Backend["tensors"]> } {
  if (backend?.tensors === undefined)
    throw new Refusal(503, "not_ready", "the model is not loaded yet; try again soon", {
      headers: { "Retry-After": "2" },
    });
  return backend as Backend & { tensors: NonNullable<Backend["tensors"]> };
}
