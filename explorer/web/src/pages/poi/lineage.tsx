import { useEffect, useRef, type ReactNode } from "react";
import type { getLineage, Lineage as Answer } from "../../../../wire/poi-models.ts";
import { useApi } from "../../api/use-api.ts";
import { TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { cx } from "../../components/cx.ts";
import { formatPercent } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { NODE, placeLineage, type Placed } from "./lineage-graph.ts";
import { STATE_WORDS } from "./words.ts";

/** Where a model comes from, and what was made of it. */
export function Lineage({ model }: { model: string }): ReactNode {
  const lineage = useApi<typeof getLineage>("/api/models/{model}/lineage", { params: { model } });
  return (
    <Card
      title="Lineage"
      lead="Parents as their authors declared them, left to right. Royalties from services flow back along these lines."
    >
      <Loaded result={lineage}>
        {(value) =>
          value.nodes.length === 1 ? (
            <p className="text-sm text-muted">It names no parents, and no other model names it.</p>
          ) : (
            <Graph lineage={value} model={model} />
          )
        }
      </Loaded>
    </Card>
  );
}

function Graph({ lineage, model }: { lineage: Answer; model: string }): ReactNode {
  const { width, height, nodes, edges } = placeLineage(lineage);
  const scroller = useRef<HTMLDivElement>(null);
  const own = nodes.find(({ node }) => node.id === model);
  useEffect(() => {
    const element = scroller.current;
    if (element !== null && own !== undefined)
      element.scrollLeft = own.x + NODE.width / 2 - element.clientWidth / 2;
  }, [own?.x]);
  return (
    <>
      <div
        ref={scroller}
        className="relative overflow-x-auto py-1"
        tabIndex={0}
        role="region"
        aria-label="Graph of parents and children"
      >
        <div className="relative mx-auto" style={{ width, height }}>
          <svg width={width} height={height} className="absolute inset-0" aria-hidden="true">
            {edges.map(({ key, path }) => (
              <path key={key} d={path} className="fill-none stroke-line-strong" strokeWidth={1.5} />
            ))}
          </svg>
          <ul>
            {nodes.map((place) => (
              <li key={place.node.id}>
                <Node place={place} own={place.node.id === model} />
              </li>
            ))}
          </ul>
        </div>
      </div>
      {lineage.more ? (
        <p className="mt-2 text-xs text-muted">There are more relatives than fit here.</p>
      ) : null}
    </>
  );
}

function Node({ place: { node, x, y }, own }: { place: Placed; own: boolean }): ReactNode {
  return (
    <TextLink
      to={`/models/${node.id}`}
      title={`${node.name} ${node.id}`}
      aria-current={own ? "page" : undefined}
      className={cx(
        "absolute block overflow-hidden rounded-lg border bg-surface px-3 py-2 text-sm hover:bg-surface-2",
        own ? "border-accent ring-1 ring-accent" : "border-line-strong",
      )}
      style={{ left: x, top: y, width: NODE.width, height: NODE.height }}
    >
      <span className="block truncate font-medium">{node.name || node.id.slice(0, 8)}</span>
      <span className="block truncate text-xs text-muted">
        {node.step === 0
          ? "reference"
          : node.step === null
            ? STATE_WORDS[node.state].word
            : `step ${node.step}`}
        {node.smoothed === null ? "" : ` · ${formatPercent(node.smoothed / 1_000_000)}`}
        {` · ${node.arena.name}`}
      </span>
    </TextLink>
  );
}
