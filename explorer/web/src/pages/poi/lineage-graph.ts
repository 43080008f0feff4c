/** Places of a lineage's models on a grid: generations from left to right. Pure. */
import type { Lineage } from "../../../../wire/poi-models.ts";

export const NODE = { width: 196, height: 64, gapX: 56, gapY: 16 } as const;

export interface Placed {
  node: Lineage["nodes"][number];
  x: number;
  y: number;
}

export interface Graph {
  width: number;
  height: number;
  nodes: Placed[];
  /** Paths of edges, from the right side of a parent to the left side of a child. */
  edges: { key: string; path: string }[];
}

export function placeLineage({ nodes, edges }: Lineage): Graph {
  const generations = [...new Set(nodes.map(({ generation }) => generation))].sort((a, b) => a - b);
  const columns = generations.map((generation) => nodes.filter((node) => node.generation === generation));
  const rows = Math.max(0, ...columns.map(({ length }) => length));
  const step = { x: NODE.width + NODE.gapX, y: NODE.height + NODE.gapY };
  const height = Math.max(0, rows * step.y - NODE.gapY);
  const placed = columns.flatMap((column, at) => {
    const top = (height - (column.length * step.y - NODE.gapY)) / 2;
    return column.map((node, row) => ({ node, x: at * step.x, y: top + row * step.y }));
  });
  const places = new Map(placed.map((place) => [place.node.id, place]));
  return {
    width: Math.max(0, columns.length * step.x - NODE.gapX),
    height,
    nodes: placed,
    edges: edges.flatMap(({ parent, child }) => {
      const [from, to] = [places.get(parent), places.get(child)];
      if (from === undefined || to === undefined) return [];
      const [x1, y1] = [from.x + NODE.width, from.y + NODE.height / 2];
      const [x2, y2] = [to.x, to.y + NODE.height / 2];
      const middle = (x1 + x2) / 2;
      return [
        { key: `${parent} ${child}`, path: `M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}` },
      ];
    }),
  };
}
