import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import type { RequestHandler } from "express";
import { codeOf, SetupError } from "@assay/service-kit/errors";

const TYPES: ReadonlyMap<string, string> = new Map([
  [".css", "text/css; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".svg", "image/svg+xml"],
]);

interface Page {
  type: string;
  plain: Buffer;
  gzipped: Buffer;
  etag: string;
  /** Its name changes with its content. */
  immutable: boolean;
}

/** The built page, by path. */
export type Pages = ReadonlyMap<string, Page>;

/**
 * Reads the folder that `npm run build` wrote into memory: a few small files, compressed once, and no request that
 * could ever reach the disk. Throws {@link SetupError} when it is not there.
 */
export async function loadPages(folder: string): Promise<Pages> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") throw notBuilt(folder);
    throw error;
  });
  const pages = new Map<string, Page>();
  for (const entry of entries) {
    const type = TYPES.get(extname(entry.name));
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const plain = await readFile(file);
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    const etag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
    pages.set(path, {
      type,
      plain,
      gzipped: gzipSync(plain, { level: 9 }),
      etag,
      immutable: path.startsWith("/assets/"),
    });
  }
  const index = pages.get("/index.html");
  if (index === undefined) throw notBuilt(folder);
  return pages.set("/", index);
}

function notBuilt(folder: string): SetupError {
  return new SetupError(
    `the page is not built (no index.html in ${folder}): run "npm run build -w @assay/explorer"`,
  );
}

/** GET: the files of the page. */
export function servePages(pages: Pages): RequestHandler {
  return (request, response, next) => {
    const page = request.method === "GET" || request.method === "HEAD" ? pages.get(request.path) : undefined;
    if (page === undefined) {
      next();
      return;
    }
    response.set({
      "Cache-Control": page.immutable ? "public, max-age=31536000, immutable" : "no-cache",
      "Content-Type": page.type,
      ETag: `W/${page.etag}`,
      Vary: "Accept-Encoding",
    });
    if (request.acceptsEncodings("gzip") === false) response.send(page.plain);
    else response.set("Content-Encoding", "gzip").send(page.gzipped);
  };
}
