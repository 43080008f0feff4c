/** A thread that has a report for epoch 1 from the first moment on, and stops when it is told to. */
import { parentPort } from "node:worker_threads";
import type { ProbeEvent } from "../../../src/probes/events.ts";

const probes = [{ service: 7n, calls: 3, answered: 2, p50Ms: 10, p95Ms: 20 }];
const events: ProbeEvent[] = [
  { kind: "report", epoch: 1n, probes },
  { kind: "report", epoch: 1n, probes },
  { kind: "challenge", convicted: true },
  { kind: "error" },
  { kind: "call", outcome: "failed", paid: 0n, latencyMs: undefined },
];
for (const event of events) parentPort?.postMessage(event);
parentPort?.once("message", () => undefined);
