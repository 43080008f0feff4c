import { toHex } from "@cosmjs/encoding";
import { getModelFile } from "../actions/getModelFile.ts";
import { getService } from "../actions/getService.ts";
import type { AssayClient } from "../client.ts";
import type { ServiceEntry } from "../generated/assay/marketplace/v1/query.ts";
import { ServiceStatus, type Service } from "../generated/assay/marketplace/v1/service.ts";
import { check, type Program } from "../intonnx/check.ts";
import { parseMetadata } from "../oip/metadata.ts";
import type { TensorSpec } from "../oip/tensors.ts";
import { required } from "../rpc.ts";
import {
  MalformedAnswerError,
  ProviderError,
  ServiceClosedError,
  ServiceConvictedError,
  UnsupportedServiceError,
} from "./buyer-errors.ts";
import { send, type Wire } from "./exchange.ts";

/** A service as listed, with what the chain measured of its model. */
export type Listing = ServiceEntry & { readonly service: Service };

/** The one input and the one output of a service's model. */
export interface Tensors {
  readonly input: TensorSpec;
  readonly output: TensorSpec;
}

const INTERFACE = "oip.v2";
/** After this time a service is read again, while calls go on with what is known. */
const STALE_MS = 30_000;
const MAX_METADATA_BYTES = 64 * 1024;
const MAX_PROGRAMS = 16;

/** What is known of services: from the chain, and of their tensors from their servers. Reads each thing once. */
export class Services {
  readonly #client: AssayClient;
  readonly #wire: Wire;
  readonly #now: () => number;
  readonly #listings = new Map<bigint, { at: number; listing: Promise<Listing> }>();
  readonly #tensors = new Map<string, Promise<Tensors>>();
  readonly #programs = new Map<string, Promise<Program>>();

  constructor(client: AssayClient, wire: Wire, now: () => number) {
    this.#client = client;
    this.#wire = wire;
    this.#now = now;
  }

  /** A service as the chain listed it within the last half minute, or a little earlier. */
  get(id: bigint): Promise<Listing> {
    const known = this.#listings.get(id);
    if (!known) return this.refresh(id);
    if (this.#now() - known.at > STALE_MS) {
      known.at = this.#now();
      // Should the node be away, what is known is good enough: nobody is paid more than it says.
      this.#read(id).then(
        (listing) => this.#listings.set(id, { at: this.#now(), listing: Promise.resolve(listing) }),
        () => undefined,
      );
    }
    return known.listing;
  }

  /** A service as the chain lists it now. */
  refresh(id: bigint): Promise<Listing> {
    const listing = this.#read(id);
    const entry = { at: this.#now(), listing };
    this.#listings.set(id, entry);
    listing.catch(() => {
      if (this.#listings.get(id) === entry) this.#listings.delete(id);
    });
    return listing;
  }

  async #read(id: bigint): Promise<Listing> {
    const entry = await getService(this.#client, { id });
    return { ...entry, service: required(entry.service, "ServiceEntry.service") };
  }

  /** What the server says its model takes and gives. A lie only makes calls fail. */
  tensors(service: Service): Promise<Tensors> {
    const key = tensorsKey(service);
    const known = this.#tensors.get(key);
    if (known) return known;
    const reading = this.#readTensors(service);
    this.#tensors.set(key, reading);
    reading.catch(() => this.#tensors.delete(key));
    return reading;
  }

  forgetTensors(service: Service): void {
    this.#tensors.delete(tensorsKey(service));
  }

  async #readTensors({ id, endpoint }: Service): Promise<Tensors> {
    const url = `${endpoint}/v2/models/${id}`;
    const request = { method: "GET", url, headers: {}, maxBytes: MAX_METADATA_BYTES } as const;
    const { status, body } = await send(this.#wire, id, request);
    if (status !== 200)
      throw new ProviderError(id, status, undefined, `it says nothing of its model at ${url}.`);
    try {
      const { inputs, outputs } = parseMetadata(body);
      const [input] = inputs;
      const [output] = outputs;
      if (inputs.length !== 1 || outputs.length !== 1 || !input || output?.datatype !== "INT32")
        throw new UnsupportedServiceError(id, "its model does not have one input and one INT32 output");
      return { input, output };
    } catch (error) {
      if (error instanceof UnsupportedServiceError) throw error;
      throw new MalformedAnswerError(id, `its metadata (${(error as Error).message})`, error);
    }
  }

  /** The model of a service, checked, from the chain's own file. The newest ones are kept. */
  program(service: Service): Promise<Program> {
    const modelHex = toHex(service.model);
    const known = this.#programs.get(modelHex);
    if (known) return known;
    const loading = getModelFile(this.#client, { modelHex }).then((file) => check(file));
    this.#programs.set(modelHex, loading);
    loading.catch(() => this.#programs.delete(modelHex));
    for (const oldest of this.#programs.keys()) {
      if (this.#programs.size <= MAX_PROGRAMS) break;
      this.#programs.delete(oldest);
    }
    return loading;
  }
}

/** Throws if a service cannot be called; `channel` is the one that should be closed then. */
export function checkCallable(service: Service, channel?: string): void {
  const { id, status } = service;
  if (status === ServiceStatus.CONVICTED) throw new ServiceConvictedError(id, channel);
  if (status !== ServiceStatus.ACTIVE) throw new ServiceClosedError(id, channel);
  if (service.interface !== INTERFACE)
    throw new UnsupportedServiceError(id, `it speaks "${service.interface}", not "${INTERFACE}"`);
}

function tensorsKey({ id, endpoint }: Service): string {
  return `${id} ${endpoint}`;
}
