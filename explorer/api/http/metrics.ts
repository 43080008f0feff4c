import type { RequestHandler } from "express";
import { Gauge, Histogram, type Registry } from "@assay/service-kit/metrics";
import type { Follower } from "./events.ts";

/** Measures how long answers take, by the pattern of their route: addresses themselves would be one series each. */
export function measureRequests(registry: Registry): RequestHandler {
  const histogram = new Histogram({
    name: "assay_explorer_request_seconds",
    help: "Time until an answer was sent.",
    labelNames: ["route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return (request, response, next) => {
    const start = performance.now();
    response.on("finish", () => {
      const route = (request.route as { path?: unknown } | undefined)?.path;
      histogram.observe(
        { route: typeof route === "string" ? request.baseUrl + route : "page", status: response.statusCode },
        (performance.now() - start) / 1_000,
      );
    });
    next();
  };
}

/** Metrics of what is followed and of who watches. */
export function measureFollower(registry: Registry, follower: Follower, clients: () => number): void {
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
    help: "Newest block that is indexed.",
    registers,
    collect() {
      this.set(follower.status.height);
    },
  });
  new Gauge({
    name: "assay_explorer_node_height",
    help: "Newest block of the node as last heard.",
    registers,
    collect() {
      this.set(follower.status.nodeHeight);
    },
  });
  new Gauge({
    name: "assay_explorer_live",
    help: "1 when the index follows the newest block.",
    registers,
    collect() {
      this.set(follower.status.state === "live" ? 1 : 0);
    },
  });
}
