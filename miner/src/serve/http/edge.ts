import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import { codeOf, messageOf, SetupError } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { sleep } from "@assay/client/sleep";
import type { Gate } from "../gate.ts";
import { BlockList, refuseBlocked } from "./block-list.ts";
import { Concurrency, limitConcurrency } from "./concurrency.ts";
import { allowPages } from "./cors.ts";
import { refuseDraining, Runs } from "./drain.ts";
import { errorHandler, notFound } from "./errors.ts";
import { infer } from "./infer.ts";
import type { EdgeLimits } from "./limits.ts";
import { live, modelMetadata, modelReady, ready, serverMetadata, type ModelParams } from "./metadata.ts";
import type { EdgeMetrics } from "./metrics.ts";
import { Services, type ServedService } from "./services.ts";

export interface EdgeOptions {
  /** What GET /v2 says. */
  name: string;
  version: string;
  services: readonly ServedService[];
  gate: Gate;
  limits: EdgeLimits;
  metrics: EdgeMetrics;
  log: Logger;
  /** Proxies in front whose X-Forwarded-For is believed. */
  trustProxy?: number;
  now?: () => number;
}

/** An HTTP server of the Open Inference Protocol, version 2. */
export interface Edge {
  readonly app: Express;
  /** Resolves to the port once it listens. Throws {@link SetupError} if the port cannot be had. */
  listen(options: { host: string; port: number }): Promise<number>;
  /** Refuses new calls, gives those under way `graceMs` to end, ends the rest, closes. */
  drain(graceMs: number): Promise<void>;
}

/** Idle connections are kept this long: longer than clients and proxies keep theirs, so that none closes in use. */
const KEEP_ALIVE_MS = 75_000;
const HEAD_MS = 10_000;
/** After the last answer, for it to reach its client. */
const FLUSH_MS = 1_000;
const MAX_CONNECTIONS = 4_096;

export function createEdge(options: EdgeOptions): Edge {
  const { gate, limits, metrics, log, now } = options;
  const services = new Services(options.services);
  const runs = new Runs();
  const blockList = new BlockList({ strikes: limits.badSignatures, blockMs: limits.blockMs, now });
  const concurrency = new Concurrency({ ...limits, onChange: (calls) => metrics.inFlight.set(calls) });

  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", false);
  app.set("trust proxy", options.trustProxy ?? 0);
  app.use(allowPages());
  const models = (suffix: string): string[] => [
    `/v2/models/:model${suffix}`,
    `/v2/models/:model/versions/:version${suffix}`,
  ];
  app.post<ModelParams>(
    models("/infer"),
    refuseDraining(runs),
    refuseBlocked(blockList),
    limitConcurrency<ModelParams>(concurrency, infer({ services, gate, limits, runs, blockList, metrics })),
  );
  app.get("/v2", serverMetadata(options.name, options.version));
  app.get("/v2/health/live", live());
  app.get("/v2/health/ready", ready({ services, gate, runs }));
  app.get<ModelParams>(models("/ready"), modelReady({ services, gate, runs }));
  app.get<ModelParams>(models(""), modelMetadata(services));
  app.use(notFound());
  app.use(errorHandler({ log, onRefused: (code) => metrics.refused.inc({ code }), now }));

  const server = createServer(
    {
      headersTimeout: HEAD_MS,
      requestTimeout: HEAD_MS + limits.bodyMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 5_000,
    },
    app,
  );
  server.maxConnections = MAX_CONNECTIONS;

  return {
    app,
    async listen({ host, port }) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.once("error", reject);
      server.listen(port, host, resolve);
      await promise.catch((error: unknown) => {
        const what = `cannot listen on ${host}:${port}: ${messageOf(error)}`;
        throw new SetupError(codeOf(error) === "EADDRINUSE" ? `${what}; choose another port` : what);
      });
      server.off("error", reject);
      return (server.address() as AddressInfo).port;
    },
    async drain(graceMs) {
      runs.drain();
      const late = new AbortController();
      const inTime = await Promise.race([
        concurrency.idle().then(() => true),
        sleep(graceMs, late.signal).then(
          () => false,
          () => false,
        ),
      ]);
      late.abort();
      if (!inTime) runs.abort();
      await concurrency.idle();
      const closed = new Promise((resolve) => server.close(resolve));
      const timer = setTimeout(() => server.closeAllConnections(), FLUSH_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}
