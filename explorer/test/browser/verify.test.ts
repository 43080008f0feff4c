import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { check, type Program } from "@assay/client/intonnx/check";
import { itemBytes, run, runBatch } from "@assay/client/intonnx/run";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { withBrowser } from "./browser.ts";
import { buildPage, type BuiltPage } from "./built-page.ts";
import type { VerifyPage } from "./verify/page.ts";

const MODELS = fileURLToPath(new URL("../../../models", import.meta.url));
const ITEMS = 32;
declare const page: VerifyPage;

describe("models in the browser", function () {
  // Each model starts a runtime of its own.
  this.timeout(300_000);
  const browser = withBrowser();
  let built: BuiltPage;
  let tab: Page;

  before(async () => {
    built = await buildPage(fileURLToPath(new URL("./verify", import.meta.url)));
  });
  after(() => built.close());

  const open = async (expected?: RegExp): Promise<void> => {
    tab = await browser.open(built.url, { expected });
    await tab.waitForFunction(() => "page" in globalThis);
  };
  beforeEach(() => open());

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
    await open(/TrustedScriptURL|trusted-types/);
    const end = await tab.evaluate((url) => page.startOther(url), "/index.html");
    expect(end).to.match(/TrustedScriptURL/);
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
