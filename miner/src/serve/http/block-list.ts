import type { RequestHandler } from "express";
import { Refusal } from "../gate.ts";
import { remoteOf } from "./remote.ts";

/** Addresses remembered; the one first seen longest ago is forgotten when there are more. */
const MAX_REMOTES = 10_000;

export interface BlockListOptions {
  /** Strikes that block an address. */
  strikes: number;
  /** How long strikes are remembered since the first, and an address is blocked since the last. */
  blockMs: number;
  now?: () => number;
}

/** Counts what no honest client does: checking signatures is work that strangers can ask for without paying. */
export class BlockList {
  readonly #options: Required<BlockListOptions>;
  readonly #remotes = new Map<string, { strikes: number; until: number }>();

  constructor(options: BlockListOptions) {
    this.#options = { now: Date.now, ...options };
  }

  strike(remote: string): void {
    const { now, blockMs, strikes } = this.#options;
    const known = this.#remotes.get(remote);
    const entry =
      known === undefined || known.until <= now() ? { strikes: 0, until: now() + blockMs } : known;
    if (++entry.strikes >= strikes) entry.until = now() + blockMs;
    if (entry !== known) {
      this.#remotes.delete(remote);
      this.#remotes.set(remote, entry);
    }
    if (this.#remotes.size > MAX_REMOTES) this.#remotes.delete(this.#remotes.keys().next().value!);
  }

  /** How long it is still blocked; 0 when it is not. */
  blockedMs(remote: string): number {
    const entry = this.#remotes.get(remote);
    if (entry === undefined || entry.strikes < this.#options.strikes) return 0;
    return Math.max(0, entry.until - this.#options.now());
  }
}

/** 429 `blocked` for addresses on the list. */
export function refuseBlocked<Params>(list: BlockList): RequestHandler<Params> {
  return (request, _response, next) => {
    const blockedMs = list.blockedMs(remoteOf(request));
    if (blockedMs === 0) return next();
    throw new Refusal(
      429,
      "blocked",
      "too many bad signatures came from your address; check your key, then wait",
      {
        headers: { "Retry-After": String(Math.ceil(blockedMs / 1000)) },
      },
    );
  };
}
