import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { SetupError } from "@assay/service-kit/errors";
import { loadPages } from "../../src/http/pages.ts";

describe("loadPages", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-explorer-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("takes the built files, and only those a page consists of", async () => {
    await mkdir(join(folder, "assets"));
    await writeFile(join(folder, "index.html"), "<!doctype html>");
    await writeFile(join(folder, "assets", "app-1a2b.js"), "let a;");
    await writeFile(join(folder, "assets", "app-1a2b.js.map"), "{}");
    await writeFile(join(folder, ".secret"), "x");
    const pages = await loadPages(folder);
    expect([...pages.keys()].sort()).to.deep.equal(["/", "/assets/app-1a2b.js", "/index.html"]);
    const script = pages.get("/assets/app-1a2b.js");
    expect(script).to.deep.include({ type: "text/javascript; charset=utf-8", immutable: true });
    expect(gunzipSync(script?.gzipped ?? "").toString()).to.equal("let a;");
    expect(pages.get("/")).to.deep.include({ type: "text/html; charset=utf-8", immutable: false });
  });

  it("says what to do when the page is not built", async () => {
    for (const path of [folder, join(folder, "nowhere")]) {
      const error: unknown = await loadPages(path).catch((thrown: unknown) => thrown);
      expect(error)
        .to.be.instanceOf(SetupError)
        .with.property("message")
        .that.contains('run "npm run build -w @assay/explorer"');
    }
  });
});
