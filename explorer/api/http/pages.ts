import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Request, RequestHandler, Response } from "express";
import { codeOf, SetupError } from "@assay/service-kit/errors";
import { notFound } from "./errors.ts";
import { allowPage, allowWorker } from "./headers.ts";

const TYPES: ReadonlyMap<string, string> = new Map([
  [".css", "text/css; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".ico", "image/x-icon"],
  [".js", "text/javascript; charset=utf-8"],
  [".json", "application/json; charset=utf-8"],
  [".mjs", "text/javascript; charset=utf-8"],
  [".png", "image/png"],
  [".svg", "image/svg+xml"],
  [".txt", "text/plain; charset=utf-8"],
  [".wasm", "application/wasm"],
  [".webmanifest", "application/manifest+json"],
  [".woff2", "font/woff2"],
]);

export interface PageFile {
  type: string;
  plain: Buffer;
  gzip: Buffer;
  brotli: Buffer;
  etag: string;
  /** Its name changes with its content. */
  immutable: boolean;
}

/** The built pages. */
export interface Pages {
  /** Files by path, such as "/assets/index-1a2b.js". */
  readonly files: ReadonlyMap<string, PageFile>;
  /** The document of every page, before and after the nonce of its styles. */
  readonly document: readonly [string, string];
}

const DOCUMENT = "/index.html";
/** Where Radix and others look for the nonce. */
const NONCE = /(<meta property="csp-nonce" nonce=")([^"]*)"/;
/** Of 11: the last tenth of the size would take twenty times as long, at every start. */
const BROTLI_QUALITY = 5;

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

/**
 * Reads the folder that `npm run build` wrote into memory: files compressed once, and no request that could ever reach
 * the disk. Throws {@link SetupError} when it is not there.
 */
export async function loadPages(folder: string): Promise<Pages> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") throw notBuilt(folder);
    throw error;
  });
  const files = new Map<string, PageFile>();
  let document: string | undefined;
  for (const entry of entries) {
    const type = TYPES.get(extname(entry.name));
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    const plain = await readFile(file);
    if (path === DOCUMENT) document = plain.toString("utf8");
    else files.set(path, await pageFile(path, type, plain));
  }
  if (document === undefined) throw notBuilt(folder);
  return { files, document: splitAtNonce(document, folder) };
}

async function pageFile(path: string, type: string, plain: Buffer): Promise<PageFile> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
  };
  const [gzipped, brotli] = await Promise.all([compressGzip(plain), compressBrotli(plain, { params })]);
  return {
    type,
    plain,
    gzip: gzipped,
    brotli,
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
    immutable: path.startsWith("/assets/"),
  };
}

function splitAtNonce(document: string, folder: string): readonly [string, string] {
  const match = NONCE.exec(document);
  if (match === null) {
    throw new SetupError(
      `the page in ${folder} has no <meta property="csp-nonce">, so it is not of this version: ` +
        `run "npm run build -w @assay/explorer"`,
    );
  }
  const start = match.index + (match[1] ?? "").length;
  return [document.slice(0, start), document.slice(start + (match[2] ?? "").length)];
}

function notBuilt(folder: string): SetupError {
  return new SetupError(
    `the page is not built (no index.html in ${folder}): run "npm run build -w @assay/explorer"`,
  );
}

export interface ServePagesOptions {
  pages: Pages;
  /** Origin of a service's endpoint, for the page that talks to it; undefined when it has none. */
  endpointOrigin: (service: number) => Promise<string | undefined>;
}

const PLAY_PATH = /^\/play\/(\d{1,15})\/?$/;

/** GET: the files of the pages, and their one document at every address that has the look of a page. */
export function servePages({ pages, endpointOrigin }: ServePagesOptions): RequestHandler {
  return async (request, response, next) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      next();
      return;
    }
    const file = pages.files.get(request.path);
    if (file !== undefined) sendFile(request, response, file);
    else if (looksLikePage(request.path)) {
      const service = PLAY_PATH.exec(request.path)?.[1];
      const origin = service === undefined ? undefined : await endpointOrigin(Number(service));
      const nonce = allowPage(response, origin === undefined ? [] : [origin]);
      // Never kept: the policy and the nonce belong to this answer.
      response.set({ "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8" });
      response.send(pages.document.join(nonce));
    } else throw notFound("There is nothing at this address.");
  };
}

/** Addresses of pages have no file name; a file that is not there must not be answered with a document. */
function looksLikePage(path: string): boolean {
  return (
    path === DOCUMENT || !(path.slice(path.lastIndexOf("/")).includes(".") || path.startsWith("/assets/"))
  );
}

function sendFile(request: Request, response: Response, file: PageFile): void {
  if (isWorker(request.path)) allowWorker(response);
  response.set({
    "Cache-Control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    "Content-Type": file.type,
    ETag: `W/${file.etag}`,
    Vary: "Accept-Encoding",
  });
  const encoding = request.acceptsEncodings(["br", "gzip", "identity"]);
  if (encoding === "br") response.set("Content-Encoding", "br").send(file.brotli);
  else if (encoding === "gzip") response.set("Content-Encoding", "gzip").send(file.gzip);
  else response.send(file.plain);
}

/** Vite keeps the name of a worker's source in the name of its file. */
function isWorker(path: string): boolean {
  return /worker[^/]*\.m?js$/.test(path);
}
