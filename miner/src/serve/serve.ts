import { once } from "node:events";
import { getCredits } from "@assay/client/actions/getCredits";
import type { AssayClient } from "@assay/client/client";
import { ChainUnreachableError, RpcTimeoutError } from "@assay/client/errors";
import { createSender } from "@assay/client/sender";
import { sleep } from "@assay/client/sleep";
import { verifySignature, type SigningKey } from "@assay/service-kit/ed25519";
import { messageOf } from "@assay/service-kit/errors";
import { createJournal } from "@assay/service-kit/journal";
import { loadKey, type Key } from "@assay/service-kit/keys";
import { createLogger, type Logger } from "@assay/service-kit/log";
import { createRegistry, serveServiceMetrics } from "@assay/service-kit/metrics";
import { openStore, type Store } from "@assay/service-kit/store";
import { retry } from "@assay/service-kit/timers";
import type { ServeSettings, ServiceSettings } from "../config.ts";
import { MIGRATIONS } from "../records.ts";
import { connect } from "../setup.ts";
import type { Backend } from "./backends/backend.ts";
import { serveChainOf } from "./chain/chain.ts";
import { ChainView } from "./chain/view.ts";
import { Claimer } from "./claims/claimer.ts";
import { Engines } from "./engines.ts";
import { createEdge, type Edge } from "./http/edge.ts";
import { createEdgeMetrics } from "./http/metrics.ts";
import type { ServedService } from "./http/services.ts";
import {
  list,
  marketOf,
  modelOf,
  servingKeyAt,
  servingKeyPath,
  type OwnModel,
  type SendAndSee,
} from "./listing.ts";
import { PaymentGate } from "./payments/gate.ts";
import { Lanes } from "./payments/lanes.ts";
import { VoucherLog } from "./payments/log.ts";
import { createPaymentMetrics } from "./payments/metrics.ts";

export const VERSION = "0.1.0";

/** How often to look for something to claim. */
const CLAIM_MS = 1_000;
/** How often to try a full disk again, and to bring metrics up to date. */
const HOUSE_MS = 2_000;
/** For calls under way when the server stops, and then for a last claim: together below what a service has to end. */
const DRAIN_MS = 5_000;
const LAST_CLAIM_MS = 7_000;

/** A service of the config with what was found for it. */
interface Own {
  readonly settings: ServiceSettings;
  readonly key: SigningKey;
  readonly model: OwnModel | undefined;
  readonly id: bigint;
}

/** Puts another backend in front of each service's own. */
export type WrapBackend = (backend: Backend) => Backend;

/** The `serve` command: lists the services of the config and serves them for money until `signal`. */
export async function serve(
  settings: ServeSettings,
  signal: AbortSignal,
  wrap: WrapBackend = (backend) => backend,
): Promise<void> {
  const log = createLogger({ name: "assay-miner", level: settings.logLevel });
  const key = await loadKey(settings.key);
  const store = openStore(settings.data, { migrations: MIGRATIONS });
  // Outlives `signal`: after it there is a last claim to be sent.
  const end = new AbortController();
  try {
    const client = await retry(() => connect(settings, end.signal), {
      what: "reach the chain",
      log,
      signal,
      fatal: (error) => !(error instanceof ChainUnreachableError || error instanceof RpcTimeoutError),
    });
    await work({ settings, key, store, client, log, signal, wrap, end: end.signal });
  } finally {
    end.abort();
    store.close();
  }
}

interface Parts {
  readonly settings: ServeSettings;
  readonly key: Key;
  readonly store: Store;
  readonly client: AssayClient;
  readonly log: Logger;
  readonly wrap: WrapBackend;
  /** Stop serving. */
  readonly signal: AbortSignal;
  /** Stop everything. */
  readonly end: AbortSignal;
}

async function work({ settings, key, store, client, log, wrap, signal, end }: Parts): Promise<void> {
  const { chainId } = client;
  const { address: provider, signer } = key;
  const registry = createRegistry();
  const edgeMetrics = createEdgeMetrics(registry);
  const paymentMetrics = createPaymentMetrics(registry);
  const journal = createJournal(store);
  const sender = createSender({
    client,
    signer,
    address: provider,
    journal,
    gasPrice: settings.gasPrice,
    signal: end,
  });
  const send: SendAndSee = (messages, options) => sender.send(messages, options);
  const engines = new Engines({
    threads: settings.threads,
    services: settings.services.length,
    log,
    signal: end,
    onWrong: (service) => edgeMetrics.upstreamWrong.inc({ service: service.toString() }),
  });
  try {
    const own = await listAll({ settings, provider, client, send, log, signal });
    const view = new ChainView({ chain: serveChainOf(client), services: own.map(({ id }) => id), log });
    await retry(() => view.advance(), { what: "read the channels", log, signal });
    const vouchers = new VoucherLog(store);
    const lanes = new Lanes(vouchers);
    const gate = new PaymentGate({
      chainId,
      view,
      lanes,
      log: vouchers,
      exposure: settings.exposure,
      metrics: paymentMetrics,
      logger: log,
      verify: verifySignature,
      services: own.map(({ id, key: servingKey, model }) => ({
        id,
        url: `${settings.publicUrl}/v2/models/${id}/infer`,
        // Nobody could check a receipt of answers that have no exact model.
        sign: model && ((digest) => servingKey.sign(digest)),
      })),
    });
    const served: ServedService[] = [];
    for (const { id, settings: service, model } of own) {
      const backend = wrap(await engines.backendOf(id, service, model));
      served.push({ id, name: service.name, modelHex: model?.hex, backend });
    }
    const edge = createEdge({
      name: "assay-miner",
      version: VERSION,
      services: served,
      gate,
      limits: settings.limits,
      metrics: edgeMetrics,
      log,
      trustProxy: settings.trustProxy,
    });
    const claimer = new Claimer({
      chainId,
      provider,
      view,
      lanes,
      log: vouchers,
      send,
      metrics: paymentMetrics,
      logger: log,
      credits: () => getCredits(client, { owner: provider }),
      rule: {
        above: settings.claim.above,
        afterMs: settings.claim.minutes * 60_000,
        withdrawAbove: settings.claim.withdrawAbove,
      },
    });
    await serveServiceMetrics(settings, {
      registry,
      clock: view,
      log,
      signal: end,
      details: () => ({ services: own.length, trouble: gate.trouble() ?? "none" }),
    });
    const port = await edge.listen(settings.listen);
    log.info(
      { port, host: settings.listen.host, publicUrl: settings.publicUrl, chainId, services: own.length },
      "serving",
    );
    await untilStopped();
    await stop(edge);

    async function untilStopped(): Promise<void> {
      // One failure that nobody foresaw ends all.
      const failed = new AbortController();
      const ended = AbortSignal.any([signal, failed.signal]);
      const loops = [view.follow(ended), keepClaiming(ended), keepHouse(ended)].map((loop) =>
        loop.catch((error: unknown) => {
          if (!ended.aborted) failed.abort(error);
        }),
      );
      if (!ended.aborted) await once(ended, "abort");
      await Promise.all(loops);
      if (!signal.aborted) {
        await edge.drain(0);
        throw failed.signal.reason;
      }
    }

    async function keepClaiming(ended: AbortSignal): Promise<never> {
      for (;;) {
        await claimer.collect(ended);
        await sleep(CLAIM_MS, ended);
      }
    }

    /** What must not wait for the chain, as claims do while it is away. */
    async function keepHouse(ended: AbortSignal): Promise<never> {
      for (;;) {
        vouchers.retry();
        claimer.measure();
        paymentMetrics.exposure.set(Number(gate.unseen()));
        await sleep(HOUSE_MS, ended);
      }
    }

    async function stop(serving: Edge): Promise<void> {
      log.info("stopping: no new calls are taken");
      await serving.drain(DRAIN_MS);
      if (settings.claim.onExit) {
        try {
          await claimer.settle(AbortSignal.timeout(LAST_CLAIM_MS));
        } catch (error) {
          log.warn(
            { error },
            `the last claim was not seen in a block; it is made at the next start: ${messageOf(error)}`,
          );
        }
      }
      log.info("stopped");
    }
  } finally {
    await engines.close();
  }
}

/** Finds models and keys of all services before the first is listed: a bond is not locked for half a config. */
async function listAll(parts: {
  settings: ServeSettings;
  provider: string;
  client: AssayClient;
  send: SendAndSee;
  log: Logger;
  signal: AbortSignal;
}): Promise<Own[]> {
  const { settings, client, log } = parts;
  const market = marketOf(client);
  const found: Omit<Own, "id">[] = [];
  for (const service of settings.services) {
    const model = service.model === undefined ? undefined : await modelOf(market, service.model);
    found.push({ settings: service, model, key: await servingKeyAt(servingKeyPath(settings, service), log) });
  }
  const own: Own[] = [];
  for (const entry of found) {
    const { settings: service, model, key } = entry;
    const id = await list(
      { ...parts, market, chainId: client.chainId },
      {
        settings: service,
        endpoint: settings.publicUrl,
        servingKey: key.publicKey,
        modelHex: model?.hex,
      },
    );
    own.push({ ...entry, id });
  }
  return own;
}
