import { expect } from "chai";
import type { ModelFact } from "../../../../api/poi/models/reads.ts";
import { lineageOf } from "../../../../api/poi/models/lineage.ts";
import { Book } from "../../../../api/poi/models/views.ts";

const fact = (id: string, parents: string[]): ModelFact => ({
  id,
  name: id,
  arena: 1,
  author: "",
  licence: "",
  royaltyBps: 0,
  inferFee: "0",
  parents,
  state: "contender",
  macs: 1,
  elements: 1,
  fileBytes: 1,
  hasFile: true,
  registeredHeight: 1,
  accuracy: 0,
  smoothed: 0,
  scoredItems: 0,
  accuracySum: 0,
  scoredEpochs: 0,
  stepMark: 0,
  bonded: true,
});
const book = (parents: Record<string, string[]>): Book =>
  new Book(
    [],
    Object.entries(parents).map(([id, of]) => fact(id, of)),
  );

describe("a lineage", () => {
  it("has ancestors on one side and descendants on the other, nearest first", () => {
    const family = book({
      root: [],
      a: ["root"],
      b: ["root"],
      own: ["a", "b"],
      child: ["own"],
      other: ["root"],
    });
    const { nodes, edges, more } = lineageOf("own", family);
    expect(nodes.map(({ id, generation }) => [id, generation])).to.deep.equal([
      ["own", 0],
      ["a", -1],
      ["b", -1],
      ["root", -2],
      ["child", 1],
    ]);
    expect(edges).to.have.deep.members([
      { parent: "a", child: "own" },
      { parent: "b", child: "own" },
      { parent: "root", child: "a" },
      { parent: "root", child: "b" },
      { parent: "own", child: "child" },
    ]);
    expect(more).to.equal(false);
  });

  it("ends, with each model once, even if models were each other's parents", () => {
    const { nodes } = lineageOf("a", book({ a: ["b", "a"], b: ["c"], c: ["a"] }));
    expect(nodes.map(({ id }) => id).sort()).to.deep.equal(["a", "b", "c"]);
  });

  it("leaves out parents that the chain does not know", () => {
    expect(lineageOf("a", book({ a: ["gone"] }))).to.deep.include({ edges: [], more: false });
  });

  it("is bounded in width and in depth", () => {
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`child-${i}`, ["own"]]));
    const many = lineageOf("own", book({ own: [], ...wide }));
    expect(many.nodes).to.have.length(60);
    expect(many.more).to.equal(true);
    const deep = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`${i}`, i === 0 ? [] : [`${i - 1}`]]),
    );
    const long = lineageOf("10", book(deep));
    expect(long.nodes.map(({ generation }) => generation).sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 17 }, (_, i) => i - 8),
    );
    expect(long.more).to.equal(true);
  });
});
