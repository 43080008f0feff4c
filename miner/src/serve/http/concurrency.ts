import type { Request, RequestHandler, Response } from "express";
import { Refusal } from "../gate.ts";
import { remoteOf } from "./remote.ts";

export interface ConcurrencyOptions {
  /** Calls at a time. */
  calls: number;
  callsPerRemote: number;
  /** Told whenever the number of calls under way changes. */
  onChange?: (calls: number) => void;
}

/** Calls under way, in all and by address. */
export class Concurrency {
  readonly #options: ConcurrencyOptions;
  readonly #remotes = new Map<string, number>();
  #all = 0;
  #idle = Promise.withResolvers<void>();

  constructor(options: ConcurrencyOptions) {
    this.#options = options;
    this.#idle.resolve();
  }

  /** Resolves when no call is under way. */
  idle(): Promise<void> {
    return this.#idle.promise;
  }

  /** Takes a place if there is one. */
  enter(remote: string): boolean {
    const own = this.#remotes.get(remote) ?? 0;
    if (this.#all >= this.#options.calls || own >= this.#options.callsPerRemote) return false;
    if (this.#all === 0) this.#idle = Promise.withResolvers();
    this.#remotes.set(remote, own + 1);
    this.#count(1);
    return true;
  }

  leave(remote: string): void {
    const own = this.#remotes.get(remote) ?? 0;
    if (own > 1) this.#remotes.set(remote, own - 1);
    else this.#remotes.delete(remote);
    this.#count(-1);
    if (this.#all === 0) this.#idle.resolve();
  }

  #count(change: 1 | -1): void {
    this.#all += change;
    this.#options.onChange?.(this.#all);
  }
}

/**
 * Gives `handler` a place, or answers 429 `busy`. The place is held until the handler is done: a client that leaves
 * does not take its work with it.
 */
export function limitConcurrency<Params>(
  concurrency: Concurrency,
  handler: (request: Request<Params>, response: Response) => Promise<void>,
): RequestHandler<Params> {
  return async (request, response) => {
    const remote = remoteOf(request);
    if (!concurrency.enter(remote))
      throw new Refusal(429, "busy", "too many calls at a time; wait, or make fewer in parallel", {
        headers: { "Retry-After": "1" },
      });
    try {
      await handler(request, response);
    } finally {
      concurrency.leave(remote);
    }
  };
}
