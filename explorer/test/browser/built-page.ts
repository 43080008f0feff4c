import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { build } from "vite";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
// As the api answers: documents may start the one worker, only workers may compile WASM.
const DOCUMENT_POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types assay-worker";
const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

export interface BuiltPage {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds a page of tests as the explorer is built, and serves it below the policies of the api. */
export async function buildPage(sources: string): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), "assay-page-"));
  await build({
    root: sources,
    configFile: false,
    logLevel: "error",
    worker: { format: "es" },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2023",
      assetsInlineLimit: 0,
      modulePreload: false,
    },
  });
  const server = serveFolder(folder);
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.close().closeAllConnections();
      await rm(folder, { recursive: true });
    },
  };
}

function serveFolder(folder: string): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    readFile(join(folder, path)).then(
      (body) => {
        response.setHeader("Content-Type", TYPES[extname(path)] ?? "application/octet-stream");
        const policy = path.includes("worker") ? WORKER_POLICY : DOCUMENT_POLICY;
        response.setHeader("Content-Security-Policy", policy);
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  }).listen(0, "127.0.0.1");
}
