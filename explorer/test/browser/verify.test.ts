import { once } from "node:events";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { check, type Program } from "@assay/client/intonnx/check";
import { itemBytes, run, runBatch } from "@assay/client/intonnx/run";
import { expect } from "chai";
import { chromium, type Browser, type Page } from "playwright-core";
import { build } from "vite";
import type { VerifyPage } from "./verify/page.ts";

const MODELS = fileURLToPath(new URL("../../../models", import.meta.url));
const SOURCES = fileURLToPath(new URL("./verify", import.meta.url));
const ITEMS = 32;
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};
// As the api answers: documents may start the one worker, only workers may compile WASM.
const DOCUMENT_POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; trusted-types assay-worker";
const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

declare const page: VerifyPage;

describe("models in the browser", function () {
  this.timeout(120_000);
  let folder: string;
  let server: Server;
  let browser: Browser;
  let tab: Page;
  let complaints: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-verify-"));
    await build({
      root: SOURCES,
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
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const path = pathname === "/" ? "/index.html" : pathname;
      readFile(join(folder, path)).then(
        (body) => {
          response.setHeader("Content-Type", TYPES[extname(path)] ?? "application/octet-stream");
          response.setHeader(
            "Content-Security-Policy",
            path.includes("worker") ? WORKER_POLICY : DOCUMENT_POLICY,
          );
          response.end(body);
        },
        () => response.writeHead(404).end(),
      );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    tab = await browser.newPage();
    complaints = [];
    tab.on("console", (message) => complaints.push(message.text()));
    tab.on("pageerror", (error) => complaints.push(error.message));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction(() => "page" in globalThis);
    complaints = complaints.filter((text) => !text.includes("favicon"));
  });

  after(async () => {
    await browser.close();
    server.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(() => {
    complaints.length = 0;
  });

  it("gives the interpreter's numbers with every model there is", async () => {
    const files: string[] = [];
    for await (const path of glob("*/*.onnx", { cwd: MODELS })) files.push(path);
    expect(files).to.have.length.above(10);
    const outputs: Record<string, number[]> = {};
    for (const path of files) {
      const { program, file, items } = await load(path);
      const got = await tab.evaluate(([file, items, count]) => page.runFile(file, items, count), [
        [...file],
        [...items],
        ITEMS,
      ] as const satisfies [number[], number[], number]);
      const expected = runBatch(program, items);
      expect(got.width).to.equal(expected[0]?.length);
      expect(got.outputs, path).to.deep.equal(expected.flatMap((each) => [...each]));
      outputs[path] = got.outputs;
    }
    expect(new Set(Object.values(outputs).map(String)).size, "models that differ").to.be.above(
      files.length / 2,
    );
    expect(complaints).to.deep.equal([]);
  });

  it("runs one item as it runs many", async () => {
    const { program, file, items } = await load("languages/ngrams-16.onnx");
    const item = items.subarray(0, itemBytes(program.info.input));
    const got = await tab.evaluate(([file, item]) => page.runFile(file, item, 1), [
      [...file],
      [...item],
    ] as const satisfies [number[], number[]]);
    expect(got.outputs).to.deep.equal([...run(program, item)]);
  });

  it("kills the worker when it is aborted", async () => {
    const { file, items } = await load("digits/conv-32.onnx");
    const end = await tab.evaluate(([file, items, count]) => page.abortRun(file, items, count), [
      [...file],
      [...items],
      ITEMS,
    ] as const satisfies [number[], number[], number]);
    expect(end).to.equal("Error: enough, then Error: enough");
  });

  it("refuses a file that is no model of the profile, and items of another size", async () => {
    const { file, items } = await load("spam/words-4.onnx");
    const refusal = (file: number[], items: number[], count: number) =>
      tab.evaluate(([file, items, count]) => page.runFile(file, items, count).then(() => "ran", String), [
        file,
        items,
        count,
      ] as const);
    expect(await refusal([...file.subarray(0, -1)], [...items], ITEMS)).to.match(/field 8 is truncated/);
    expect(await refusal([...file], [...items.subarray(1)], ITEMS)).to.match(/RangeError/);
    expect(await refusal([...file], [...items], ITEMS - 1)).to.match(/RangeError/);
  });

  it("starts no other worker", async () => {
    const end = await tab.evaluate((url) => page.startOther(url), "/index.html");
    expect(end).to.match(/TrustedScriptURL/);
    complaints.length = 0;
  });
});

/** A model with items that are the same on every run; token ids stay inside of their tables. */
async function load(path: string): Promise<{ program: Program; file: Uint8Array; items: Uint8Array }> {
  const file = await readFile(join(MODELS, path));
  const program = check(file);
  const { type } = program.info.input;
  const items = new Uint8Array(ITEMS * itemBytes(program.info.input));
  const view = new DataView(items.buffer);
  let state = 1;
  const random = (): number => (state = Math.imul(state, 1_664_525) + 1_013_904_223) >>> 8;
  if (type === "int16") for (let at = 0; at < items.length; at += 2) view.setInt16(at, random() % 4096, true);
  else for (let at = 0; at < items.length; at++) items[at] = random() & 255;
  return { program, file, items };
}
