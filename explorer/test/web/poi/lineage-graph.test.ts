import { expect } from "chai";
import type { Lineage } from "../../../wire/poi-models.ts";
import { NODE, placeLineage } from "../../../web/src/pages/poi/lineage-graph.ts";

const node = (id: string, generation: number): Lineage["nodes"][number] => ({
  id,
  generation,
  name: id,
  arena: { id: 1, name: "digits" },
  author: "",
  state: "contender",
  smoothed: null,
  step: null,
});

describe("the graph of a lineage", () => {
  const graph = placeLineage({
    nodes: [node("own", 0), node("a", -1), node("b", -1), node("child", 1)],
    edges: [
      { parent: "a", child: "own" },
      { parent: "b", child: "own" },
      { parent: "own", child: "child" },
      { parent: "unlisted", child: "own" },
    ],
    more: false,
  });
  const place = (id: string) => {
    const found = graph.nodes.find((one) => one.node.id === id);
    if (found === undefined) throw new Error(`${id} has no place`);
    return found;
  };

  it("has parents on the left of their children", () => {
    expect(place("a").x).to.equal(0);
    expect(place("own").x).to.be.greaterThan(place("a").x + NODE.width);
    expect(place("child").x).to.be.greaterThan(place("own").x + NODE.width);
    expect(place("child").x + NODE.width).to.equal(graph.width);
  });

  it("lets no two models overlap and centres each generation", () => {
    expect(place("b").y).to.be.at.least(place("a").y + NODE.height);
    expect(place("own").y * 2 + NODE.height).to.equal(graph.height);
  });

  it("draws the edges between models that are listed", () => {
    expect(graph.edges.map(({ key }) => key)).to.deep.equal(["a own", "b own", "own child"]);
  });

  it("is empty for nothing", () => {
    expect(placeLineage({ nodes: [], edges: [], more: false })).to.deep.include({ width: 0, height: 0 });
  });
});
