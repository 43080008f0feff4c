import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { RequestHandler } from "express";
import type { Feed } from "../feed.ts";

const compress = promisify(gzip);

/** Names one state of the feed: the ETag of the snapshot and the id of the event that led to it. */
export function revisionTag({ instance }: Feed, revision: number): string {
  return `${instance}-${revision}`;
}

/** GET: everything the page shows, as JSON. Made and compressed once per revision, however many ask. */
export function serveSnapshot(feed: Feed): RequestHandler {
  let made: { revision: number; plain: Buffer; gzipped: Promise<Buffer> } | undefined;
  return async (request, response) => {
    const { snapshot } = feed;
    if (made?.revision !== snapshot.revision) {
      const plain = Buffer.from(JSON.stringify(snapshot));
      made = { revision: snapshot.revision, plain, gzipped: compress(plain) };
    }
    const { plain, gzipped, revision } = made;
    response.set({
      "Cache-Control": "no-cache",
      ETag: `W/"${revisionTag(feed, revision)}"`,
      Vary: "Accept-Encoding",
    });
    response.type("json");
    if (request.acceptsEncodings("gzip") === false) response.send(plain);
    else response.set("Content-Encoding", "gzip").send(await gzipped);
  };
}
