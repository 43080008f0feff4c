import type { ModelView } from "../../../src/wire.ts";

/** Number of `--series-…` colours in tokens.css. */
const COLOURS = 8;

/** A colour for each model, by the order of registration: it stays when the ranking changes. */
export function seriesColours(models: readonly ModelView[]): ReadonlyMap<string, string> {
  const ordered = models.toSorted(
    (a, b) => a.registeredHeight - b.registeredHeight || (a.id < b.id ? -1 : 1),
  );
  return new Map(ordered.map(({ id }, index) => [id, `--series-${(index % COLOURS) + 1}`]));
}
