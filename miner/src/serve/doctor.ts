import { createServer } from "node:http";
import { randomBytes } from "node:crypto";
import { access } from "node:fs/promises";
import { getBalance } from "@assay/client/actions/getBalance";
import { getMarketParams } from "@assay/client/actions/getMarketParams";
import type { AssayClient } from "@assay/client/client";
import { ServiceStatus, type Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { parseMetadata } from "@assay/client/oip/metadata";
import { loadSigningKey } from "@assay/service-kit/ed25519";
import { codeOf, messageOf, SetupError } from "@assay/service-kit/errors";
import { loadKey } from "@assay/service-kit/keys";
import { openStore, StoreLockedError } from "@assay/service-kit/store";
import type { ServeSettings, ServiceSettings } from "../config.ts";
import { MIGRATIONS } from "../records.ts";
import { connect } from "../setup.ts";
import { UpstreamBackend } from "./backends/upstream.ts";
import { marketOf, modelOf, serviceOfKey, servingKeyPath } from "./listing.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do about it, when it is not well. */
  readonly todo?: string;
}

/** Older than this a head is no head: the node stands still, lags behind, or one of the clocks is wrong. */
const MAX_HEAD_AGE_MS = 30_000;
/** A header's time is in the past: further ahead of our clock than this, the clock is wrong. */
const MAX_AHEAD_MS = 5_000;
const FETCH_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const PROBE_PATH = "/assay-doctor";

/** Something is not well; the todo says what helps. */
class Ill extends Error {
  readonly todo: string;

  constructor(found: string, todo: string) {
    super(found);
    this.todo = todo;
  }
}

/** The `doctor` command: looks at everything that serving needs. It makes the data directory, and changes nothing else. */
export async function doctor(settings: ServeSettings, signal: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  const check = async <T>(
    name: string,
    look: () => Promise<{ found: string; value: T }>,
  ): Promise<T | undefined> => {
    try {
      const { found, value } = await look();
      findings.push({ check: name, ok: true, found });
      return value;
    } catch (error) {
      signal.throwIfAborted();
      const todo = error instanceof Ill ? error.todo : undefined;
      findings.push({ check: name, ok: false, found: messageOf(error), ...(todo !== undefined && { todo }) });
      return undefined;
    }
  };
  const key = await check("account key", async () => {
    const value = await loadKey(settings.key);
    return { found: `${settings.key} is of ${value.address}`, value };
  });
  const client = await check("chain", async () => {
    const value = await connect(settings, signal);
    return { found: `${settings.rpc} is a node of ${value.chainId}`, value };
  });
  if (client) await check("clock", () => clock(client));
  const listed = client && key && (await marketOf(client).services(key.address));
  if (client && key && listed) await check("balance", () => balance(client, settings, key.address, listed));
  const running = await check("data directory", () => dataFolder(settings));
  for (const service of settings.services) {
    const modelHex =
      client && service.model !== undefined
        ? await check(`model of ${service.name}`, async () => {
            const model = await modelOf(marketOf(client), service.model ?? "");
            return {
              found: `${model.hex}, its file has ${model.file.length} bytes and this hash`,
              value: model.hex,
            };
          })
        : undefined;
    const known = await check(`serving key of ${service.name}`, () =>
      servingKey(settings, service, listed ?? [], modelHex),
    );
    if (service.upstream) await check(`upstream of ${service.name}`, () => upstream(service, signal));
    if (running && known) await check(`endpoint of ${service.name}`, () => endpoint(settings, known, signal));
  }
  if (running === false) await check("public URL", () => publicUrl(settings, signal));
  return findings;
}

async function clock(client: AssayClient): Promise<{ found: string; value: void }> {
  const { syncInfo } = await client.comet.status();
  const ageMs = Date.now() - syncInfo.latestBlockTime.getTime();
  const found = `block ${syncInfo.latestBlockHeight} is ${(ageMs / 1000).toFixed(1)} s old by this machine's clock`;
  if (syncInfo.catchingUp) throw new Ill("the node is catching up", "wait until it has, or use another node");
  if (ageMs < -MAX_AHEAD_MS)
    throw new Ill(found, "set this machine's clock (NTP): it is behind the network's");
  if (ageMs > MAX_HEAD_AGE_MS)
    throw new Ill(found, "check that the node makes blocks, and set this machine's clock (NTP)");
  return { found, value: undefined };
}

/** The bonds of services that are still to be listed; fees need something beside them. */
async function balance(
  client: AssayClient,
  settings: ServeSettings,
  address: string,
  listed: readonly Service[],
): Promise<{ found: string; value: void }> {
  const held = await getBalance(client, { address });
  const leastBond = BigInt((await getMarketParams(client)).serviceBond);
  let bonds = 0n;
  for (const service of settings.services) {
    if (service.model === undefined || (await isListed(settings, service, listed))) continue;
    bonds += service.bond ?? leastBond;
  }
  const found = `${address} holds ${held}uassay, bonds still to be locked take ${bonds}uassay`;
  if (held < bonds) throw new Ill(found, `send at least ${bonds - held}uassay to it, and something for fees`);
  if (held === 0n && !settings.gasPrice.startsWith("0uassay"))
    throw new Ill(found, "send some uassay to it: claims cost a fee");
  return { found, value: undefined };
}

async function isListed(
  settings: ServeSettings,
  service: ServiceSettings,
  listed: readonly Service[],
): Promise<boolean> {
  const path = servingKeyPath(settings, service);
  if (!(await exists(path))) return false;
  return serviceOfKey(listed, (await loadSigningKey(path)).publicKey) !== undefined;
}

/** The service listed with the serving key, if there is one already. */
async function servingKey(
  settings: ServeSettings,
  service: ServiceSettings,
  listed: readonly Service[],
  modelHex: string | undefined,
): Promise<{ found: string; value: Service | undefined }> {
  const path = servingKeyPath(settings, service);
  if (!(await exists(path))) return { found: `${path} will be made`, value: undefined };
  const { publicKey } = await loadSigningKey(path);
  const known = serviceOfKey(listed, publicKey);
  if (!known) return { found: `${path}; its service is not listed yet, serve does that`, value: undefined };
  const todo = `name another servingKey file for ${service.name}: a new key makes a new service`;
  if (known.status !== ServiceStatus.ACTIVE)
    throw new Ill(`service ${known.id} of this key is ${statusName(known.status)}`, todo);
  const model = Buffer.from(known.model).toString("hex");
  if (modelHex !== undefined && model !== modelHex)
    throw new Ill(`service ${known.id} of this key serves model ${model || "none"}`, todo);
  return { found: `${path} is of service ${known.id}`, value: known };
}

/** Whether a server runs on it. */
async function dataFolder(settings: ServeSettings): Promise<{ found: string; value: boolean }> {
  try {
    openStore(settings.data, { migrations: MIGRATIONS }).close();
    return { found: `${settings.data} can be written; no server runs on it`, value: false };
  } catch (error) {
    if (!(error instanceof StoreLockedError)) throw error;
    return { found: `${settings.data} is in use by a running server`, value: true };
  }
}

async function upstream(
  { upstream: at }: ServiceSettings,
  signal: AbortSignal,
): Promise<{ found: string; value: void }> {
  if (!at) throw new TypeError("no upstream");
  const backend = new UpstreamBackend({
    url: new URL(at.url),
    model: at.model,
    version: at.version,
    timeoutMs: FETCH_MS,
  });
  try {
    await backend.load(signal);
    if (!(await backend.ready())) throw new Error("the upstream says that the model is not ready");
    return { found: `${at.url} serves ${at.model}`, value: undefined };
  } catch (error) {
    throw new Ill(
      messageOf(error),
      `start the server at ${at.url}, or correct url and model of the upstream`,
    );
  } finally {
    backend.close();
  }
}

/** What buyers reach is this service with this model. */
async function endpoint(
  { publicUrl: url }: ServeSettings,
  { id, endpoint: onChain, model }: Service,
  signal: AbortSignal,
): Promise<{ found: string; value: void }> {
  if (onChain !== url)
    throw new Ill(
      `the chain sends buyers to ${onChain}, not to ${url}`,
      "restart serve: it updates the service",
    );
  const body = await get(`${url}/v2/models/${id}`, signal);
  const { versions } = parseMetadata(body);
  const version = model.length > 0 ? Buffer.from(model).toString("hex") : "1";
  if (!versions?.includes(version))
    throw new Ill(
      `${url} answers, but with another model (${versions?.join() ?? "none"})`,
      "publicUrl leads to another server: correct it, or the proxy in front",
    );
  await get(`${url}/v2/health/ready`, signal);
  return { found: `${url} serves it and is ready`, value: undefined };
}

/** No server runs: a listener of our own shows whether publicUrl leads here. */
async function publicUrl(
  { publicUrl: url, listen }: ServeSettings,
  signal: AbortSignal,
): Promise<{ found: string; value: void }> {
  const secret = randomBytes(16).toString("hex");
  const server = createServer((request, response) => {
    response.statusCode = request.url?.endsWith(PROBE_PATH) ? 200 : 404;
    response.end(secret);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(listen.port, listen.host, resolve);
  await promise.catch((error: unknown) => {
    throw new Ill(
      `cannot listen on ${listen.host}:${listen.port}: ${messageOf(error)}`,
      "choose another listen.port, or stop what uses it",
    );
  });
  try {
    const answer = (await get(url + PROBE_PATH, signal)).toString();
    if (answer === secret) return { found: `${url} leads here`, value: undefined };
    throw new Ill(`${url} leads to another server`, "correct publicUrl, or the proxy in front");
  } finally {
    server.close().closeAllConnections();
  }
}

/** The body of a 200. */
async function get(url: string, signal: AbortSignal): Promise<Buffer> {
  const todo = "check publicUrl, listen, the firewall, and the proxy in front of this server if there is one";
  let response: Response;
  let body: Buffer;
  try {
    response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]),
      redirect: "error",
    });
    body = await readLimited(response);
  } catch (error) {
    signal.throwIfAborted();
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error);
    throw new Ill(`${url} cannot be reached: ${reason}`, todo);
  }
  if (response.status !== 200)
    throw new Ill(`${url} answers ${response.status}: ${body.toString("utf8", 0, 200)}`, todo);
  return body;
}

async function readLimited({ body }: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > MAX_ANSWER_BYTES) throw new RangeError(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "ENOENT") return false;
      throw new SetupError(`cannot read ${path}: ${messageOf(error)}`);
    },
  );
}

/** active, closed, convicted. */
export function statusName(status: ServiceStatus): string {
  return (
    Object.entries(ServiceStatus)
      .find(([, value]) => value === status)?.[0]
      .toLowerCase() ?? "unknown"
  );
}
