import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import { codeOf, messageOf, SetupError } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { Registry } from "@assay/service-kit/metrics";
import type { Faucet } from "../faucet/faucet.ts";
import { serveFaucet } from "../faucet/routes.ts";
import { errorHandler, nothingHere } from "./errors.ts";
import { serveEvents, type Follower } from "./events.ts";
import { REPORTS_PATH, securityHeaders } from "./headers.ts";
import { limitRate } from "./limits.ts";
import { measureFollower, measureRequests } from "./metrics.ts";
import { networkRoutes, RPC_PATH, type NetworkSettings } from "./network.ts";
import { serveOpenApi } from "./openapi.ts";
import { servePages, type ServePagesOptions } from "./pages.ts";
import { serveReports } from "./reports.ts";
import type { ApiContext, Route } from "./route.ts";
import { serveRoutes } from "./routes.ts";
import { serveRpc, type RpcLimits } from "./rpc.ts";

export interface AppOptions {
  context: ApiContext;
  follower: Follower;
  /** Of all areas. */
  routes: readonly Route[];
  network: NetworkSettings;
  /** The node's RPC, for the proxy, and the proxy's limits. */
  rpcUrl: string;
  rpc?: RpcLimits;
  faucet: Faucet;
  /** The built pages; undefined serves the API alone. */
  pages: ServePagesOptions | undefined;
  registry: Registry;
  log: Logger;
  /** Ends streams and calls under way. */
  signal: AbortSignal;
  /** Proxies between visitors and us whose X-Forwarded-For is believed. Default 0. */
  trustProxy?: number;
  /** Requests to the API of one address per minute. */
  requestsPerMinute?: number;
  maxClients?: number;
  maxClientsPerAddress?: number;
  heartbeatMs?: number;
  /** See {@link serveRoutes}. */
  checkAnswers?: boolean;
}

/** The whole HTTP side: the API, the pages, and /healthz and /metrics for operators. */
export async function createApp(options: AppOptions): Promise<Express> {
  const { context, follower, network, rpcUrl, pages, registry, log, signal } = options;
  const events = serveEvents(options);
  measureFollower(registry, follower, events.clients);
  const routes = [...networkRoutes(follower, network), ...options.routes];

  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", "simple");
  app.set("trust proxy", options.trustProxy ?? 0);
  app.use(measureRequests(registry), securityHeaders());
  app.get("/healthz", (_request, response) => {
    const ok = follower.status.state === "live";
    response
      .status(ok ? 200 : 503)
      .set("Cache-Control", "no-store")
      .json({ ok, ...follower.status });
  });
  app.get("/metrics", async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  const perMinute = options.requestsPerMinute ?? 3_000;
  app.use("/api", limitRate({ name: "requests", perMinute, advice: "Ask less often" }));
  app.get("/api/events", events.handler);
  app.use(RPC_PATH, serveRpc({ rpcUrl, log, signal, ...options.rpc }));
  app.use(REPORTS_PATH, serveReports({ registry, log }));
  app.use("/api/faucet", serveFaucet(options.faucet));
  app.use(await serveOpenApi(routes.map(({ spec }) => spec)));
  app.use(serveRoutes(routes, context, options));
  app.use("/api", nothingHere());
  if (pages !== undefined) app.use(servePages(pages));
  app.use(nothingHere());
  app.use(errorHandler(log));
  return app;
}

export interface ListenOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Ends the server and every connection. */
  signal: AbortSignal;
}

/** Serves `app`; resolves to its URL once it listens. Throws {@link SetupError} when the port is taken. */
export async function listen(app: Express, { host, port, signal }: ListenOptions): Promise<string> {
  signal.throwIfAborted();
  const server = await new Promise<Server>((resolve, reject) => {
    const listening: Server = app.listen(port, host, (error?: Error) => {
      if (error === undefined) resolve(listening);
      else if (codeOf(error) === "EADDRINUSE")
        reject(new SetupError(`port ${port} of ${host} is taken: choose another with --port`));
      else reject(new SetupError(`cannot listen on ${host}:${port}: ${messageOf(error)}`));
    });
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  server.maxConnections = 2_048;
  signal.addEventListener("abort", () => server.close().closeAllConnections(), { once: true });
  const address = server.address() as AddressInfo;
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}/`;
}
