import type { Lineage } from "../../../wire/poi-models.ts";
import type { Book } from "./views.ts";

const MAX_GENERATIONS = 8;
const MAX_NODES = 60;

/**
 * The ancestors and descendants of a model, nearest first, at most {@link MAX_NODES} with itself. Parents exist before
 * their children, so that there are no cycles; were there one, every model still appears once.
 */
export function lineageOf(id: string, book: Book): Lineage {
  const generations = new Map([[id, 0]]);
  let more = false;
  const walk = (direction: 1 | -1, relatives: (of: string) => string[]): void => {
    let row = [id];
    for (let depth = 1; row.length > 0; depth++) {
      const next = new Set(row.flatMap(relatives).filter((relative) => !generations.has(relative)));
      row = [];
      for (const relative of next) {
        if (depth > MAX_GENERATIONS || generations.size >= MAX_NODES) {
          more = true;
          break;
        }
        generations.set(relative, direction * depth);
        row.push(relative);
      }
    }
  };
  walk(-1, (of) => book.models.get(of)?.parents.filter((parent) => book.models.has(parent)) ?? []);
  walk(1, (of) => book.childrenOf(of).map((child) => child.id));

  const nodes = [...generations].flatMap(([node, generation]) => {
    const model = book.models.get(node);
    if (model === undefined) return [];
    const { name, arena, author, smoothed, scoredEpochs, stepMark } = model;
    return [
      {
        id: node,
        name,
        arena: book.arenaRef(arena),
        author,
        state: book.stateOf(model),
        smoothed: scoredEpochs === 0 ? null : smoothed,
        step: stepMark === 0 ? null : stepMark - 1,
        generation,
      },
    ];
  });
  const edges = nodes.flatMap(({ id: child }) =>
    (book.models.get(child)?.parents ?? [])
      .filter((parent) => generations.has(parent))
      .map((parent) => ({ parent, child })),
  );
  return { nodes, edges, more };
}
