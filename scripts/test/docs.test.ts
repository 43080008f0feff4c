import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { checkDocs } from "../docs/check.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("the documentation", () => {
  it("has links, commands and a folder map that hold", async () => {
    expect(await checkDocs(ROOT)).to.deep.equal([]);
  });
});

describe("the check of the documentation", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "assay-docs-"));
    await write("Makefile", "NAME := x\n.PHONY: demo test\ndemo test: deps ## Run\n\t@true\n");
    await write(
      "package.json",
      JSON.stringify({ name: "root", workspaces: ["tool"], scripts: { bench: "true" } }),
    );
    await write(
      "tool/package.json",
      JSON.stringify({ name: "@a/tool", scripts: { build: "true" }, bin: { assay: "x" } }),
    );
    await write("README.md", readme("", "tool/  the tool"));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }

  function readme(text: string, map: string): string {
    return `# Root\n\n${text}\n\n## Folders\n\n\`\`\`\n${map}\n\`\`\`\n`;
  }

  it("accepts what is there", async () => {
    const text =
      "[tool](tool/README.md#use) [out](https://example.org) `make demo` `npm run build -w @a/tool` `npx assay`";
    await write(
      "tool/README.md",
      "[up](../README.md)\n\n```sh\nmake test\nnpm run bench\n```\n\nTo make sure: `a](b)`.\n",
    );
    await write("README.md", readme(text, "tool/  the tool"));
    expect(await checkDocs(root)).to.deep.equal([]);
  });

  it("finds links that lead nowhere, in every folder", async () => {
    await write("tool/README.md", "[a](missing.md) [b](../README.md)\n");
    expect(await checkDocs(root)).to.deep.equal(["tool/README.md: the link missing.md leads nowhere"]);
  });

  it("finds commands that do not exist", async () => {
    await write(
      "README.md",
      readme("`make dmeo` `npm run build` `npm run e2e -w @a/tool` `npx assay-missing`", "tool/"),
    );
    expect(await checkDocs(root)).to.deep.equal([
      "README.md: there is no make dmeo",
      "README.md: there is no npm run build",
      "README.md: there is no npm run e2e -w @a/tool",
      "README.md: there is no npx assay-missing",
    ]);
  });

  it("finds folders that only the map or only the tree has", async () => {
    await write("other/file", "");
    await write("build/file", "");
    await write("README.md", readme("", "tool/  the tool\n  src/  its sources\nold/"));
    expect(await checkDocs(root)).to.deep.equal([
      "README.md: the map has old/, the tree has not",
      "README.md: the map has tool/src/, the tree has not",
      "README.md: the tree has other/, the map has not",
    ]);
  });

  it("finds a map that is missing", async () => {
    await write("README.md", "# Root\n");
    expect(await checkDocs(root)).to.deep.equal(["README.md: there is no folder map"]);
  });
});
