import { expect } from "chai";
import {
  DatasetError,
  makeBatches,
  shareOf,
  splitByGroup,
  type Dataset,
  type Source,
} from "../datasets/dataset.ts";
import { load } from "../datasets/load.ts";

const SEED = Buffer.alloc(16, 1);

function flatten(items: readonly { input: Uint8Array; label: number }[]): string {
  return items.map(({ input, label }) => `${label}:${Buffer.from(input).toString("hex")}`).join("\n");
}

function groups(sources: readonly Source[]): Set<string> {
  return new Set(sources.map(({ group }) => group));
}

function expectDisjoint(a: Set<string>, b: Set<string>): void {
  expect([...a].filter((group) => b.has(group))).to.deep.equal([]);
}

/** The raw content, to find equal items that no group ties together. */
function contents(sources: readonly Source[]): Set<string> {
  return new Set(
    sources.map(({ raw }) =>
      typeof raw === "string" ? raw.replace(/\s+/g, " ") : Buffer.from(raw.data).toString("base64"),
    ),
  );
}

for (const name of ["digits", "languages", "spam"]) {
  describe(`data set ${name}`, () => {
    let dataset: Dataset;
    before(async () => {
      dataset = await load(name);
    });

    it("shares no group and no equal item between training and hidden part", () => {
      expectDisjoint(groups(dataset.train), groups(dataset.hidden));
      expectDisjoint(contents(dataset.train), contents(dataset.hidden));
    });

    it("has every label in both parts and in every share of five", () => {
      const all = new Set(dataset.labels.keys());
      for (const sources of [dataset.train, ...[0, 1, 2, 3, 4].map((k) => shareOf(dataset.hidden, k, 5))]) {
        expect(new Set(sources.map(({ label }) => label))).to.deep.equal(all);
      }
    });

    it("deals the hidden part into five shares without overlap or loss", () => {
      const shares = [0, 1, 2, 3, 4].map((k) => shareOf(dataset.hidden, k, 5));
      expect(shares.reduce((sum, share) => sum + share.length, 0)).to.equal(dataset.hidden.length);
      for (let a = 0; a < 5; a++)
        for (let b = 0; b < a; b++) expectDisjoint(groups(shares[a]!), groups(shares[b]!));
    });

    it("makes a batch again, alone and in any order, and others from other seeds, shares, parts and numbers", async () => {
      const options = { part: "hidden", share: 1, shares: 5, seed: SEED } as const;
      const batches = makeBatches(dataset, options);
      const third = flatten(batches.batch(3));
      batches.batch(0);
      expect(flatten(makeBatches(await load(name), options).batch(3))).to.equal(third);
      const others = [
        batches.batch(2),
        makeBatches(dataset, { ...options, seed: Buffer.alloc(16, 2) }).batch(3),
        makeBatches(dataset, { ...options, share: 2 }).batch(3),
        makeBatches(dataset, { ...options, part: "train" }).batch(3),
      ];
      expect(new Set([third, ...others.map(flatten)]).size).to.equal(5);
    });

    it("makes 64 different items a batch with labels drawn evenly", () => {
      const batches = makeBatches(dataset, { part: "hidden", share: 0, shares: 5, seed: SEED });
      const items = Array.from({ length: 40 }, (_, b) => batches.batch(b)).flat();
      expect(items).to.have.length(40 * 64);
      expect(new Set(items.map(({ input }) => Buffer.from(input).toString("hex"))).size).to.be.above(
        0.97 * items.length,
      );
      const expected = items.length / dataset.labels.length;
      for (const label of dataset.labels.keys()) {
        const count = items.filter((item) => item.label === label).length;
        expect(Math.abs(count - expected)).to.be.below(5 * Math.sqrt(expected));
      }
    });
  });
}

describe("makeBatches", () => {
  const sources: Source[] = Array.from({ length: 10 }, (_, i) => ({
    raw: `word${"abcdefghij"[i]} text`,
    label: i % 2,
    group: `g${i}`,
  }));
  const dataset: Dataset = {
    name: "few",
    labels: ["even", "odd"],
    preprocessing: "word-counts-512",
    train: [],
    hidden: sources,
  };

  it("uses every source once when there is no augmentation, then refuses", () => {
    const batches = makeBatches(dataset, { part: "hidden", seed: SEED, size: 5 });
    const all = [...batches.batch(0), ...batches.batch(1)];
    expect(new Set(all.map(({ input }) => Buffer.from(input).toString("hex"))).size).to.equal(10);
    expect(() => batches.batch(2)).to.throw(DatasetError, "only 10 items and no augmentation");
  });

  it("refuses empty parts, impossible shares, short seeds and odd numbers", () => {
    expect(() => makeBatches(dataset, { part: "train", seed: SEED })).to.throw(DatasetError, "is empty");
    expect(() => makeBatches(dataset, { part: "hidden", share: 5, shares: 5, seed: SEED })).to.throw(
      DatasetError,
      "got share 5 of 5",
    );
    expect(() => makeBatches(dataset, { part: "hidden", seed: new Uint8Array(8) })).to.throw(
      DatasetError,
      "got 8",
    );
    expect(() => makeBatches(dataset, { part: "hidden", seed: SEED, size: 0 })).to.throw(
      DatasetError,
      "batch size",
    );
    expect(() => makeBatches(dataset, { part: "hidden", seed: SEED }).batch(-1)).to.throw(
      DatasetError,
      "got -1",
    );
  });

  it("moves no source when others are added", () => {
    const { hidden } = splitByGroup("few", sources, 50);
    const more = splitByGroup("few", [...sources, { raw: "new", label: 0, group: "new" }], 50);
    expect(more.hidden.filter(({ group }) => group !== "new")).to.deep.equal(hidden);
  });
});
