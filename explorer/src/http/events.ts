import type { RequestHandler, Response } from "express";
import type { Feed } from "../feed.ts";
import { HttpError } from "./errors.ts";
import { revisionTag } from "./snapshot.ts";

export interface EventsOptions {
  feed: Feed;
  /** Ends every stream. */
  signal: AbortSignal;
  /** Streams open at a time. */
  maxClients?: number;
  /** Time between two signs of life. */
  heartbeatMs?: number;
}

export interface Events {
  handler: RequestHandler;
  /** Streams that are open. */
  clients(): number;
}

/** Bytes that may wait for a client that reads slowly, before it is cut off (it reconnects and gets a new snapshot). */
const MAX_BACKLOG = 4 * 2 ** 20;
const RECONNECT_MS = 2_000;

/**
 * GET, server-sent events: `snapshot` first (a whole Snapshot), then `delta` for every change, and `heartbeat` in
 * between. A client that returns with the id of the present revision (Last-Event-ID) gets no second snapshot.
 */
export function serveEvents({ feed, signal, maxClients = 256, heartbeatMs = 15_000 }: EventsOptions): Events {
  const clients = new Set<Response>();

  function write(client: Response, message: string): void {
    if (client.writableLength > MAX_BACKLOG) client.destroy();
    else client.write(message);
  }

  feed.subscribe((delta) => {
    const message = event(feed, "delta", delta.revision, delta);
    for (const client of clients) write(client, message);
  }, signal);

  const heartbeat = setInterval(() => {
    for (const client of clients) write(client, "event: heartbeat\ndata: {}\n\n");
  }, heartbeatMs);
  heartbeat.unref();
  signal.addEventListener(
    "abort",
    () => {
      clearInterval(heartbeat);
      for (const client of clients) client.end();
    },
    { once: true },
  );

  return {
    clients: () => clients.size,
    handler: (request, response) => {
      if (signal.aborted || clients.size >= maxClients) {
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
      clients.add(response);
      response.on("close", () => clients.delete(response));
      const { snapshot } = feed;
      const known = request.get("last-event-id") === revisionTag(feed, snapshot.revision);
      response.write(`retry: ${RECONNECT_MS}\n\n`);
      if (known) response.write("event: heartbeat\ndata: {}\n\n");
      else response.write(event(feed, "snapshot", snapshot.revision, snapshot));
    },
  };
}

/** JSON has no raw line ends, so one data line carries it. */
function event(feed: Feed, name: "snapshot" | "delta", revision: number, data: unknown): string {
  return `id: ${revisionTag(feed, revision)}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
