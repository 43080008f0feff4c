import type { RequestHandler, Response } from "express";
import type { Head, Status } from "../../wire/network.ts";
import { HttpError } from "./errors.ts";
import { prefixOf } from "./limits.ts";

/** Who follows the chain, as the rest of the api sees it. */
export interface Follower {
  readonly status: Status;
  /** Undefined before the first block. */
  readonly head: Head | undefined;
  /** Calls `listener` with every change, until `signal`. */
  onStatus(listener: (status: Status) => void, signal: AbortSignal): void;
  onHead(listener: (head: Head) => void, signal: AbortSignal): void;
}

export interface EventsOptions {
  follower: Follower;
  /** Ends every stream. */
  signal: AbortSignal;
  /** Streams open at a time, in all and of one address (IPv6: of one /56). */
  maxClients?: number;
  maxClientsPerAddress?: number;
  /** Time between two signs of life. */
  heartbeatMs?: number;
}

export interface Events {
  handler: RequestHandler;
  /** Streams that are open. */
  clients(): number;
}

/** Bytes that may wait for a client that reads slowly, before it is cut off. It reconnects and hears the newest. */
const MAX_BACKLOG = 1 << 18;
const RECONNECT_MS = 2_000;

/**
 * GET, server-sent events: `status` and `head` as they are, then each change of them, and `heartbeat` in between. All
 * streams are fed by the one follower.
 */
export function serveEvents(options: EventsOptions): Events {
  const { follower, signal, maxClients = 512, maxClientsPerAddress = 64, heartbeatMs = 15_000 } = options;
  const clients = new Map<Response, string>();

  function send(message: string): void {
    for (const client of clients.keys()) {
      if (client.writableLength > MAX_BACKLOG) client.destroy();
      else client.write(message);
    }
  }

  follower.onStatus((status) => send(event("status", status)), signal);
  follower.onHead((head) => send(event("head", head)), signal);
  const heartbeat = setInterval(() => send(event("heartbeat", {})), heartbeatMs);
  heartbeat.unref();
  signal.addEventListener(
    "abort",
    () => {
      clearInterval(heartbeat);
      for (const client of clients.keys()) client.end();
    },
    { once: true },
  );

  return {
    clients: () => clients.size,
    handler: (request, response) => {
      const prefix = prefixOf(request);
      const same = [...clients.values()].filter((other) => other === prefix).length;
      if (signal.aborted || clients.size >= maxClients || same >= maxClientsPerAddress) {
        throw new HttpError(503, "Too many pages are watching; try again in a minute.", {
          "Retry-After": "60",
        });
      }
      response.set({
        "Cache-Control": "no-store",
        "Content-Type": "text/event-stream",
        "X-Accel-Buffering": "no",
      });
      response.flushHeaders();
      clients.set(response, prefix);
      response.on("close", () => clients.delete(response));
      response.write(`retry: ${RECONNECT_MS}\n\n${event("status", follower.status)}`);
      if (follower.head !== undefined) response.write(event("head", follower.head));
    },
  };
}

/** JSON has no raw line ends, so one data line carries it. */
function event(name: "status" | "head" | "heartbeat", data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
