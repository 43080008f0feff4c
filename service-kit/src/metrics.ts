import type { Server } from "node:http";
import express, { type Express } from "express";
import { collectDefaultMetrics, Registry } from "prom-client";
import { messageOf, SetupError } from "./errors.ts";
import type { Logger } from "./log.ts";

export { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What /health answers; `ok: false` is status 503. Further fields are for people. */
export interface Health {
  ok: boolean;
  [detail: string]: string | number | boolean;
}

/** A registry with the metrics every Node process has. Register the service's own on it. */
export function createRegistry(labels: Record<string, string> = {}): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** GET /metrics (Prometheus text) and GET /health (JSON). */
export function metricsApp(registry: Registry, health: () => Health): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/metrics", async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  app.get("/health", (_request, response) => {
    const state = health();
    response.status(state.ok ? 200 : 503).json(state);
  });
  return app;
}

export interface MetricsServerOptions {
  registry: Registry;
  health: () => Health;
  /** 0 takes a free port. */
  port: number;
  /** Loopback unless told otherwise: metrics tell strangers when a service is weak. */
  host?: string;
  log: Logger;
  /** Ends the server. */
  signal: AbortSignal;
}

/** Serves {@link metricsApp}; resolves to the port once it listens. Throws {@link SetupError} if the port is taken. */
export async function serveMetrics(options: MetricsServerOptions): Promise<number> {
  const { registry, health, port, host = "127.0.0.1", log, signal } = options;
  signal.throwIfAborted();
  const server = await listen(metricsApp(registry, health), port, host);
  server.requestTimeout = 10_000;
  signal.addEventListener("abort", () => server.close().closeAllConnections(), { once: true });
  const bound = server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : port;
  log.info({ host, port: boundPort }, "metrics are served");
  return boundPort;
}

/** Where a service's settings want its metrics (see `commonSettings`). */
export interface MetricsSettings {
  metricsPort?: number | undefined;
  metricsHost: string;
}

/** A chain that made no block for so long makes a service unhealthy. */
const STALE_MS = 60_000;

/**
 * {@link serveMetrics} of a service that follows a chain, if its settings want it: healthy while the head moves.
 *
 * @param details further fields of /health.
 */
export async function serveServiceMetrics(
  settings: MetricsSettings,
  parts: {
    registry: Registry;
    clock: { headAgeMs(): number };
    details: () => Record<string, string | number | boolean>;
    log: Logger;
    signal: AbortSignal;
  },
): Promise<void> {
  if (settings.metricsPort === undefined) return;
  const { registry, clock, details, log, signal } = parts;
  const health = (): Health => {
    const headAgeMs = Math.round(clock.headAgeMs());
    return { ok: headAgeMs < STALE_MS, headAgeMs, ...details() };
  };
  await serveMetrics({
    registry,
    health,
    port: settings.metricsPort,
    host: settings.metricsHost,
    log,
    signal,
  });
}

function listen(app: Express, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server: Server = app.listen(port, host, (error?: Error) => {
      if (error === undefined) resolve(server);
      else
        reject(
          new SetupError(`cannot serve metrics on ${host}:${port}: ${messageOf(error)}; choose another port`),
        );
    });
  });
}
