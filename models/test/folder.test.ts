import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatasetError, makeBatches } from "../datasets/dataset.ts";
import { load } from "../datasets/load.ts";

const SEED = Buffer.alloc(16, 1);

describe("data set folder", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "assay-folder-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const texts = { labels: ["ham", "spam"], preprocessing: "word-counts-512" };
  const images = { labels: ["bar", "dash"], preprocessing: "gray-28x28" };

  function pgm(width: number, height: number, ink: (x: number, y: number) => boolean): Buffer {
    const pixels = Buffer.alloc(width * height);
    for (let i = 0; i < pixels.length; i++) if (ink(i % width, Math.trunc(i / width))) pixels[i] = 255;
    return Buffer.concat([Buffer.from(`P5\n# made by a test\n${width} ${height}\n255\n`), pixels]);
  }

  /** What loading fails with. */
  async function failure(options: {
    labels: string[];
    preprocessing: string;
    hiddenPercent?: number;
  }): Promise<string> {
    try {
      await load("folder", { directory, ...options });
    } catch (error) {
      expect(error).to.be.instanceOf(DatasetError);
      return (error as DatasetError).message;
    }
    throw new Error("loading did not fail");
  }

  it("reads texts with labels.csv, each once, equal files as one", async () => {
    await writeFile(join(directory, "a, b.txt"), "buy now");
    await writeFile(join(directory, "c.txt"), "see you at noon");
    await writeFile(join(directory, "d.txt"), "see you at noon");
    await writeFile(join(directory, "labels.csv"), "a, b.txt,spam\r\nc.txt,ham\nd.txt,ham\n");
    const dataset = await load("folder", { directory, ...texts });
    expect(dataset.hidden).to.have.length(2);
    const labels = makeBatches(dataset, { part: "hidden", seed: SEED, size: 2 })
      .batch(0)
      .map(({ label }) => label);
    expect(labels.sort()).to.deep.equal([0, 1]);
  });

  it("reads images with labels.json and varies them when asked", async () => {
    await writeFile(
      join(directory, "bar.pgm"),
      pgm(28, 28, (x, y) => x > 12 && x < 16 && y > 4 && y < 24),
    );
    await writeFile(
      join(directory, "dash.pgm"),
      pgm(40, 30, (x, y) => y > 12 && y < 16 && x > 4 && x < 24),
    );
    await writeFile(join(directory, "labels.json"), JSON.stringify({ "bar.pgm": "bar", "dash.pgm": "dash" }));
    const dataset = await load("folder", { directory, ...images, augment: true });
    const items = makeBatches(dataset, { part: "hidden", seed: SEED, size: 20 }).batch(3);
    expect(items.every(({ input }) => input.length === 784)).to.equal(true);
    expect(new Set(items.map(({ input }) => Buffer.from(input).toString("hex"))).size).to.be.above(10);
  });

  it("keeps a share for training when asked", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `${i}.txt`);
    for (const name of names) await writeFile(join(directory, name), `text number ${name}`);
    await writeFile(join(directory, "labels.csv"), names.map((name) => `${name},ham`).join("\n"));
    const { train, hidden } = await load("folder", { directory, ...texts, hiddenPercent: 50 });
    expect(train.length + hidden.length).to.equal(60);
    expect(train.length).to.be.within(15, 45);
  });

  it("says what is wrong", async () => {
    expect(await failure(texts)).to.contain("has neither labels.csv");
    expect(await failure({ ...texts, hiddenPercent: 101 })).to.contain("got 101");
    const csv = join(directory, "labels.csv");
    await writeFile(csv, "a.txt");
    expect(await failure(texts)).to.contain('line 1: expected "file,label"');
    await writeFile(csv, "a.txt,eggs");
    expect(await failure(texts)).to.contain('label "eggs" is none of ham, spam');
    await writeFile(csv, "../a.txt,ham");
    expect(await failure(texts)).to.contain("lies outside");
    await writeFile(csv, "a.txt,ham");
    expect(await failure(texts)).to.contain("cannot read");
    await writeFile(join(directory, "a.txt"), Buffer.from([0xff, 0xfe, 0x41]));
    expect(await failure(texts)).to.contain("is not UTF-8");
    await writeFile(csv, "a.gif,ham");
    await writeFile(join(directory, "a.gif"), "GIF89a");
    expect(await failure(texts)).to.contain("only .txt, .pgm and .ppm");
    await writeFile(csv, "a.pgm,bar");
    await writeFile(join(directory, "a.pgm"), pgm(28, 28, () => true).subarray(0, 500));
    expect(await failure(images)).to.contain("is no binary PGM");
    await writeFile(csv, "b.txt,ham\nc.txt,spam");
    await writeFile(join(directory, "b.txt"), "same");
    await writeFile(join(directory, "c.txt"), "same");
    expect(await failure(texts)).to.contain("content of another file");
  });
});

describe("load", () => {
  it("names the loaders there are", async () => {
    for (const [name, message] of [
      ["cats", 'unknown loader "cats": use digits, languages, spam or folder'],
      ["folder", "needs a directory"],
    ] as const) {
      let error: unknown;
      await load(name).catch((caught: unknown) => (error = caught));
      expect(error).to.be.instanceOf(DatasetError);
      expect((error as DatasetError).message).to.contain(message);
    }
  });
});
