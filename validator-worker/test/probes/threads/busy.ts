/** A thread that does one thing and then never lets go of its core. */
import { parentPort } from "node:worker_threads";
import type { ProbeEvent } from "../../../src/probes/events.ts";

parentPort?.postMessage({ kind: "call", outcome: "answered", paid: 10n, latencyMs: 20 } satisfies ProbeEvent);
for (;;);
