import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import { codeOf, messageOf, SetupError } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { Gauge, type Registry } from "@assay/service-kit/metrics";
import type { Feed } from "./feed.ts";
import { errorHandler, notFound } from "./http/errors.ts";
import { serveEvents, type EventsOptions } from "./http/events.ts";
import { securityHeaders } from "./http/headers.ts";
import { servePages, type Pages } from "./http/pages.ts";
import { serveSnapshot } from "./http/snapshot.ts";

export interface AppOptions extends EventsOptions {
  pages: Pages;
  registry: Registry;
  log: Logger;
}

/** The whole HTTP side: the page at /, its data under /api, and /healthz and /metrics for operators. */
export function createApp(options: AppOptions): Express {
  const { feed, pages, registry, log } = options;
  const events = serveEvents(options);
  measure(registry, feed, events.clients);

  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", false);
  app.use(securityHeaders());
  app.get("/api/snapshot", serveSnapshot(feed));
  app.get("/api/events", events.handler);
  app.get("/healthz", (_request, response) => {
    const { status, clock, chainId } = feed.snapshot;
    const ok = status.state === "live";
    response.status(ok ? 200 : 503).json({ ok, ...status, chainId, height: clock?.height ?? 0 });
  });
  app.get("/metrics", async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  app.use(servePages(pages));
  app.use(notFound());
  app.use(errorHandler(log));
  return app;
}

function measure(registry: Registry, feed: Feed, clients: () => number): void {
  const registers = [registry];
  new Gauge({
    name: "assay_explorer_clients",
    help: "Pages that follow the event stream.",
    registers,
    collect() {
      this.set(clients());
    },
  });
  new Gauge({
    name: "assay_explorer_height",
    help: "Height of the chain as last read.",
    registers,
    collect() {
      this.set(feed.snapshot.clock?.height ?? 0);
    },
  });
  new Gauge({
    name: "assay_explorer_live",
    help: "1 when the node answers and makes blocks.",
    registers,
    collect() {
      this.set(feed.snapshot.status.state === "live" ? 1 : 0);
    },
  });
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
  server.maxConnections = 1_024;
  signal.addEventListener("abort", () => server.close().closeAllConnections(), { once: true });
  const address = server.address() as AddressInfo;
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}/`;
}
