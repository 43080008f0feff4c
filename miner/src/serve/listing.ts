import { join } from "node:path";
import { getArenas } from "@assay/client/actions/getArenas";
import { getMarketParams } from "@assay/client/actions/getMarketParams";
import { getModel } from "@assay/client/actions/getModel";
import { getModelFile } from "@assay/client/actions/getModelFile";
import { getModels } from "@assay/client/actions/getModels";
import { getServices } from "@assay/client/actions/getServices";
import type { AssayClient } from "@assay/client/client";
import { ServiceStatus, type Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { listService, updateService, type Message } from "@assay/client/messages";
import type { TxResult } from "@assay/client/result";
import type { SendOptions } from "@assay/client/sender";
import { loadSigningKey, saveSigningKey, type SigningKey } from "@assay/service-kit/ed25519";
import { codeOf, messageOf, SetupError } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { access } from "node:fs/promises";
import { orUndefined } from "../chain.ts";
import type { ServeSettings, ServiceSettings } from "../config.ts";
import { arenaNamed } from "../setup.ts";

/** The only interface that is spoken here. */
export const INTERFACE = "oip.v2";

/** What listing reads and sends. */
export interface Market {
  /** The id in hex of a model named by arena and name. Throws {@link SetupError}. */
  modelNamed(arena: string, name: string): Promise<string>;
  /** Whether the chain has the model. */
  hasModel(modelHex: string): Promise<boolean>;
  /** Its file, or undefined when the chain does not keep it. */
  modelFile(modelHex: string): Promise<Uint8Array | undefined>;
  /** All services of an account, closed ones too. */
  services(provider: string): Promise<Service[]>;
  /** The least bond of a service with a model, in uassay. */
  leastBond(): Promise<bigint>;
}

export function marketOf(client: AssayClient): Market {
  return {
    modelNamed: async (arenaName, name) => {
      const arena = arenaNamed(await getArenas(client), arenaName);
      const found = (await getModels(client, { arena: arena.id })).filter((model) => model.name === name);
      const [model] = found;
      if (!model)
        throw new SetupError(
          `no model of arena ${arenaName} is called "${name}": register it first (assay-miner register), or name its id`,
        );
      if (found.length > 1)
        throw new SetupError(
          `${found.length} models of arena ${arenaName} are called "${name}": name the id of the one you mean`,
        );
      return Buffer.from(model.id).toString("hex");
    },
    hasModel: async (modelHex) => (await orUndefined(getModel(client, { modelHex }))) !== undefined,
    modelFile: (modelHex) => orUndefined(getModelFile(client, { modelHex })),
    services: async (provider) =>
      (await getServices(client, { provider, all: true })).flatMap(({ service }) => service ?? []),
    leastBond: async () => BigInt((await getMarketParams(client)).serviceBond),
  };
}

/** The model of a service's settings with its file. */
export interface OwnModel {
  readonly hex: string;
  readonly file: Uint8Array;
}

/** Finds the model a service is to serve. Throws {@link SetupError} when it is not on the chain with its file. */
export async function modelOf(market: Market, name: string): Promise<OwnModel> {
  const slash = name.indexOf("/");
  const hex = slash < 0 ? name : await market.modelNamed(name.slice(0, slash), name.slice(slash + 1));
  if (!(await market.hasModel(hex)))
    throw new SetupError(`the chain has no model ${hex}: register it first (assay-miner register)`);
  const file = await market.modelFile(hex);
  if (!file)
    throw new SetupError(`the chain does not keep the file of model ${hex} any more: serve another model`);
  return { hex, file };
}

/** Where the serving key of a service is kept. */
export function servingKeyPath(settings: Pick<ServeSettings, "data">, service: ServiceSettings): string {
  return service.servingKey ?? join(settings.data, "serving-keys", `${service.name}.json`);
}

/** The key at a path, made (mode 600) when there is none. Throws KeyFileError. */
export async function servingKeyAt(path: string, log: Logger): Promise<SigningKey> {
  const exists = await access(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "ENOENT") return false;
      throw new SetupError(`cannot read the serving key ${path}: ${messageOf(error)}`);
    },
  );
  if (exists) return loadSigningKey(path);
  const key = await saveSigningKey(path);
  log.info({ path, key: key.publicKey }, "new serving key; keep a copy: without it the service cannot go on");
  return key;
}

/** The service that a serving key was listed with, if any. */
export function serviceOfKey(services: readonly Service[], key: Uint8Array): Service | undefined {
  return services.find(({ servingKey }) => Buffer.compare(servingKey, key) === 0);
}

export interface Listing {
  readonly settings: ServiceSettings;
  readonly endpoint: string;
  readonly servingKey: Uint8Array;
  /** Undefined for a service without an exact model. */
  readonly modelHex: string | undefined;
}

/** Sends messages of the provider and waits until they are in a block (`Sender.send`). */
export type SendAndSee = (messages: readonly Message<unknown>[], options: SendOptions) => Promise<TxResult>;

/**
 * Puts a service on the chain, or brings what the chain has in line with its settings. A serving key is one service
 * for ever, so it is found again by it, whatever was lost.
 *
 * @returns its number.
 * Throws {@link SetupError} when the service of this key is closed, convicted, or not this one; what sending throws.
 */
export async function list(
  {
    chainId,
    provider,
    market,
    send,
    log,
    signal,
  }: {
    chainId: string;
    provider: string;
    market: Market;
    send: SendAndSee;
    log: Logger;
    signal: AbortSignal;
  },
  listing: Listing,
): Promise<bigint> {
  const { settings, endpoint, servingKey, modelHex } = listing;
  const { name, description, price, denom, promise } = settings;
  const known = serviceOfKey(await market.services(provider), servingKey);
  if (known) {
    checkSame(known, listing);
    if (isUpToDate(known, listing)) return known.id;
    const texts = { name, description, endpoint };
    await send([updateService({ provider, service: known.id, ...texts, price, promise })], { signal });
    log.info({ service: known.id, name, price, promise }, "service updated");
    return known.id;
  }
  const model = Buffer.from(modelHex ?? "", "hex");
  const bond = modelHex === undefined ? 0n : (settings.bond ?? (await market.leastBond()));
  const id = `list/${chainId}/${Buffer.from(servingKey).toString("hex")}`;
  const message = listService({
    provider,
    name,
    description,
    endpoint,
    interface: INTERFACE,
    model,
    price,
    denom,
    promise,
    servingKey,
    bond,
  });
  await send([message], { id, signal });
  const listed = serviceOfKey(await market.services(provider), servingKey);
  if (!listed)
    throw new SetupError(
      `the service ${name} was listed, but the chain does not have it: is the data directory of an earlier ` +
        `network of the same chain id? Then move it aside`,
    );
  log.info({ service: listed.id, name, bond }, "service listed");
  return listed.id;
}

/** Throws {@link SetupError} unless the service can be the one of the settings: these never change on the chain. */
function checkSame(known: Service, { settings, modelHex }: Listing): void {
  const newKey = "choose another servingKey file, which makes a new service";
  if (known.status === ServiceStatus.CONVICTED)
    throw new SetupError(`service ${known.id} (${settings.name}) was convicted of a wrong answer; ${newKey}`);
  if (known.status !== ServiceStatus.ACTIVE)
    throw new SetupError(`service ${known.id} (${settings.name}) is closed; ${newKey}`);
  const model = Buffer.from(known.model).toString("hex");
  if (model !== (modelHex ?? ""))
    throw new SetupError(
      `service ${known.id} serves model ${model || "none"}, not ${modelHex ?? "none"}; ${newKey}`,
    );
  if (known.denom !== settings.denom)
    throw new SetupError(`service ${known.id} is priced in ${known.denom}, not ${settings.denom}; ${newKey}`);
}

function isUpToDate(known: Service, { settings, endpoint }: Listing): boolean {
  const { name, description, price, promise } = settings;
  return (
    known.name === name &&
    known.description === description &&
    known.endpoint === endpoint &&
    known.price === price &&
    known.promise === promise
  );
}
