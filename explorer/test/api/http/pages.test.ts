import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect } from "chai";
import { SetupError } from "@assay/service-kit/errors";
import { loadPages } from "../../../api/http/pages.ts";
import { serveApp, type Running } from "./support.ts";

const INDEX = '<!doctype html><head><meta property="csp-nonce" nonce="" /></head><p>page</p>';

describe("pages", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-explorer-"));
    await mkdir(join(folder, "assets"));
    await writeFile(join(folder, "index.html"), INDEX);
    await writeFile(join(folder, "icon.svg"), "<svg/>");
    await writeFile(join(folder, "assets", "app-1a2b.js"), "let a;");
    await writeFile(join(folder, "assets", "run-worker-1a2b.js"), "let b;");
    await writeFile(join(folder, "assets", "ort.mjs"), "let c;");
    await writeFile(join(folder, "assets", "ort.wasm"), Buffer.from([0, 97, 115, 109]));
    await writeFile(join(folder, "assets", "app-1a2b.js.map"), "{}");
    await writeFile(join(folder, ".secret"), "x");
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function serve(endpoints: Record<number, string> = {}): Promise<Running> {
    return serveApp({
      pages: {
        pages: await loadPages(folder),
        endpointOrigin: async (service) => endpoints[service],
      },
    });
  }

  it("are the built files, and only those a page consists of", async () => {
    const { files } = await loadPages(folder);
    expect([...files.keys()].sort()).to.deep.equal([
      "/assets/app-1a2b.js",
      "/assets/ort.mjs",
      "/assets/ort.wasm",
      "/assets/run-worker-1a2b.js",
      "/icon.svg",
    ]);
    const script = files.get("/assets/app-1a2b.js");
    expect(gunzipSync(script?.gzip ?? "").toString()).to.equal("let a;");
    expect(brotliDecompressSync(script?.brotli ?? "").toString()).to.equal("let a;");
  });

  it("say what to do when they are not built, or of another version", async () => {
    const old = join(folder, "old");
    await mkdir(old);
    await writeFile(join(old, "index.html"), "<p>");
    for (const path of [join(folder, "assets"), join(folder, "nowhere"), old]) {
      const error: unknown = await loadPages(path).catch((thrown: unknown) => thrown);
      expect(error)
        .to.be.instanceOf(SetupError)
        .with.property("message")
        .that.contains('run "npm run build -w @assay/explorer"');
    }
  });

  it("are sent with their type, compressed, and kept by browsers when their name tells their content", async () => {
    const { get } = await serve();
    const types = {
      "/assets/app-1a2b.js": "text/javascript; charset=utf-8",
      "/assets/ort.mjs": "text/javascript; charset=utf-8",
      "/assets/ort.wasm": "application/wasm",
      "/icon.svg": "image/svg+xml",
    };
    for (const [path, type] of Object.entries(types)) {
      const { headers, status } = await get(path, { headers: { "accept-encoding": "br" } });
      expect(status, path).to.equal(200);
      expect(headers.get("content-type"), path).to.equal(type);
      expect(headers.get("content-encoding"), path).to.equal("br");
      expect(headers.get("cache-control"), path).to.equal(
        path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      );
    }
    const plain = await get("/assets/app-1a2b.js", { headers: { "accept-encoding": "identity" } });
    expect(await plain.text()).to.equal("let a;");
    expect(plain.headers.get("content-encoding")).to.equal(null);
  });

  it("have one document at every address of a page, with a nonce of its own", async () => {
    const { get } = await serve();
    const nonces = new Set<string>();
    for (const path of ["/", "/index.html", "/blocks/7", "/search?q=a.b", "/epochs/1/slots/2/ab?item=1"]) {
      const response = await get(path);
      expect(response.status, path).to.equal(200);
      expect(response.headers.get("cache-control"), path).to.equal("no-store");
      const nonce = /'nonce-([\w-]{22})'/.exec(response.headers.get("content-security-policy") ?? "")?.[1];
      expect(await response.text(), path).to.equal(INDEX.replace('nonce=""', `nonce="${nonce}"`));
      nonces.add(nonce ?? "");
    }
    expect(nonces.size).to.equal(5);
  });

  it("do not stand in for files that are not there, nor for the API", async () => {
    const { get } = await serve();
    for (const path of ["/assets/app-0.js", "/assets/x", "/.secret", "/favicon.ico", "/api/x", "/api"]) {
      const response = await get(path);
      expect(response.status, path).to.equal(404);
      expect(response.headers.get("content-type"), path).to.equal("application/json; charset=utf-8");
    }
    expect((await get("/", { method: "POST" })).status).to.equal(405);
  });

  it("may run our own scripts and talk to our own origin, nothing else", async () => {
    const { get } = await serve();
    const policy = (await get("/")).headers.get("content-security-policy") ?? "";
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "worker-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types assay-worker",
      "report-uri /api/csp-reports",
    ])
      expect(policy.split("; ")).to.include(directive);
    expect(policy).to.not.contain("unsafe");
  });

  it("let WebAssembly be compiled by workers only", async () => {
    const { get } = await serve();
    const worker = (await get("/assets/run-worker-1a2b.js")).headers.get("content-security-policy");
    expect(worker).to.contain("script-src 'self' 'wasm-unsafe-eval'").and.contain("connect-src 'self'");
    const script = (await get("/assets/app-1a2b.js")).headers.get("content-security-policy");
    expect(script).to.not.contain("wasm");
  });

  it("let the playground talk to the one service it is about", async () => {
    const { get } = await serve({ 3: "https://provider.example:8443" });
    const connect = async (path: string) =>
      /connect-src [^;]*/.exec((await get(path)).headers.get("content-security-policy") ?? "")?.[0];
    expect(await connect("/play/3")).to.equal("connect-src 'self' https://provider.example:8443");
    for (const path of ["/play", "/play/4", "/play/3x", "/play/3/x", "/services/3"])
      expect(await connect(path), path).to.equal("connect-src 'self'");
  });
});
