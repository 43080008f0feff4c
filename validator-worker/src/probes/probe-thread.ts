import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { reportProbes } from "@assay/client/messages";
import { sleep } from "@assay/client/sleep";
import type { PhaseClock } from "@assay/service-kit/clock";
import { isAbort, messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import { backoffMs } from "@assay/service-kit/timers";
import type { Transactor } from "../chain.ts";
import type { ScorerMetrics } from "../metrics.ts";
import type { ProbeEvent } from "./events.ts";
import type { ProbeSettings } from "./settings.ts";

/** What the thread is told when it starts. */
export interface ThreadSettings {
  rpc: string;
  chainId: string;
  operator: string;
  gasPrice: string;
  logLevel: string;
  /** The thread's own data directory. */
  data: string;
  probes: ProbeSettings;
}

export interface ProbeThreadOptions {
  settings: ThreadSettings;
  /** Of the hot key, for reports. */
  transactor: Transactor;
  clock: PhaseClock;
  metrics: ScorerMetrics;
  log: Logger;
  /** What runs in the thread; tests have others. */
  script?: URL;
  /** Waiting time before the thread is started again, doubling up to a hundred times as long. */
  restartMs?: number;
  /** Most heap of the thread; data sets of @assay/models may take half a gigabyte. */
  heapMb?: number;
}

/** How long the thread may take to stop before it is ended. */
const STOP_MS = 3_000;

/**
 * Runs the probes in a thread of their own, with their own key, node connection, store and heap: whatever a service
 * does to them, the scorer only misses a report. A thread that ends is started again.
 */
export class ProbeThread {
  readonly #with: Required<ProbeThreadOptions>;
  #done: Promise<void> = Promise.resolve();
  readonly #reports = new Set<Promise<void>>();

  constructor(options: ProbeThreadOptions) {
    this.#with = {
      script: new URL("./thread.ts", import.meta.url),
      restartMs: 5_000,
      heapMb: 1024,
      ...options,
    };
  }

  /** Keeps the thread running until `signal`. */
  start(signal: AbortSignal): void {
    this.#done = this.#supervise(signal);
  }

  /** Resolves when the thread has ended, after the signal. */
  async ended(): Promise<void> {
    await this.#done;
    await Promise.all(this.#reports);
  }

  async #supervise(signal: AbortSignal): Promise<void> {
    const { log, metrics, restartMs } = this.#with;
    const maxMs = restartMs * 100;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const start = performance.now();
      try {
        await this.#run(signal);
      } catch (error) {
        metrics.errors.inc({ step: "probes" });
        log.error(
          { error },
          `the probes ended, scoring goes on; they start again later: ${messageOf(error)}`,
        );
      }
      if (performance.now() - start > maxMs) attempt = 0;
      await sleep(backoffMs(attempt, restartMs, maxMs), signal).catch(() => undefined);
    }
  }

  /** One life of the thread. */
  async #run(signal: AbortSignal): Promise<void> {
    const { settings, script, heapMb } = this.#with;
    const worker = new Worker(script, {
      workerData: settings,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    worker.on("message", (event: ProbeEvent) => this.#onEvent(event, signal));
    const stop = (): void => {
      worker.postMessage("stop");
      setTimeout(() => void worker.terminate(), STOP_MS).unref();
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      // Rejects with what the thread threw.
      const [code] = (await once(worker, "exit")) as [number];
      if (!signal.aborted) throw new Error(`the thread exited with code ${code}`);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #onEvent(event: ProbeEvent, signal: AbortSignal): void {
    const { metrics } = this.#with;
    switch (event.kind) {
      case "call":
        metrics.probeCalls.inc({ outcome: event.outcome });
        metrics.probeSpent.inc(Number(event.paid));
        if (event.latencyMs !== undefined) metrics.probeSeconds.observe(event.latencyMs / 1000);
        return;
      case "challenge":
        metrics.probeChallenges.inc({ outcome: event.convicted ? "convicted" : "refuted" });
        return;
      case "error":
        metrics.errors.inc({ step: "probes" });
        return;
      case "report": {
        const report = this.#report(event, signal).finally(() => this.#reports.delete(report));
        this.#reports.add(report);
      }
    }
  }

  /** In LABEL, when all rows are posted or late, and outside the account's order: nothing ever waits for a report. */
  async #report(
    { epoch, probes }: Extract<ProbeEvent, { kind: "report" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, transactor, metrics, log } = this.#with;
    try {
      const rows = clock.until({ epoch, phase: Phase.ROWS });
      if (!rows.aborted) await once(rows, "abort", { signal });
      const message = reportProbes({ hotKey: transactor.address, epoch, probes });
      const late = AbortSignal.any([signal, clock.until({ epoch, phase: Phase.CHALLENGE })]);
      await transactor.send([message], { id: `probes/${epoch}`, unordered: true, signal: late });
      metrics.probeReports.inc();
      log.info({ epoch, services: probes.length }, "probes reported");
    } catch (error) {
      if (isAbort(error)) return log.debug({ epoch, error }, "a report of probes came too late");
      metrics.errors.inc({ step: "probes" });
      log.error({ epoch, error }, `probes are not reported: ${messageOf(error)}`);
    }
  }
}
