import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Request, Response } from "express";
import type { Freshness } from "./route.ts";

const compress = promisify(gzip);

/** Shorter bodies fit one packet anyway. */
const MIN_COMPRESSED_BYTES = 1_400;
/** Fast: an answer is compressed for one reader. */
const LEVEL = 3;

/** A weak ETag of content: 132 bits of its SHA-256. */
export function tagOf(content: string | Uint8Array): string {
  return `W/"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
}

/**
 * Whether the asker has this content already. Unlike express's `fresh` it overlooks the `Cache-Control: no-cache` that
 * `fetch` of programs adds to a condition.
 */
function isKnown(request: Request, etag: string): boolean {
  const known = request.get("if-none-match") ?? "";
  return known.split(",").some((tag) => tag.trim() === etag);
}

/**
 * Sends JSON. What holds until the next block is asked again each time and costs nothing when it is the same (304);
 * what holds forever is not asked twice.
 */
export async function sendJson(
  request: Request,
  response: Response,
  value: unknown,
  freshness: Freshness,
): Promise<void> {
  const body = JSON.stringify(value);
  const etag = tagOf(body);
  response.set({
    "Cache-Control": freshness === "forever" ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: etag,
    Vary: "Accept-Encoding",
  });
  response.type("json");
  if (isKnown(request, etag)) response.status(304).end();
  else if (body.length < MIN_COMPRESSED_BYTES || request.acceptsEncodings("gzip") === false)
    response.send(body);
  else response.set("Content-Encoding", "gzip").send(await compress(body, { level: LEVEL }));
}
