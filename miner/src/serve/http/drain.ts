import type { RequestHandler } from "express";
import { Refusal } from "../gate.ts";

/** Waiting that can be ended from outside: each by its own time limit, all of it when the server goes away. */
export class Runs {
  readonly #running = new Set<AbortController>();
  #draining = false;

  /** No new calls are taken; those under way go on. */
  get draining(): boolean {
    return this.#draining;
  }

  drain(): void {
    this.#draining = true;
  }

  /** Calls `run` with a signal that ends it after `timeoutMs`, by the refusal that `late` makes. */
  async run<Result>(
    timeoutMs: number,
    late: () => Refusal,
    run: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(late()), timeoutMs);
    this.#running.add(controller);
    try {
      return await run(controller.signal);
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
    }
  }

  /** Ends every run by 503 `draining`. */
  abort(): void {
    for (const controller of this.#running) controller.abort(draining());
  }
}

/** 503 `draining` for new calls once the server goes away. */
export function refuseDraining<Params>(runs: Runs): RequestHandler<Params> {
  return (_request, _response, next) => {
    if (runs.draining) throw draining();
    next();
  };
}

function draining(): Refusal {
  return new Refusal(503, "draining", "this server is about to stop; call it again in a while", {
    headers: { "Retry-After": "10", Connection: "close" },
  });
}
