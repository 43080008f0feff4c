import type { ReactNode } from "react";
import type { ArenaSummary } from "../../../../wire/poi-models.ts";
import { TextLink } from "../../components/button.tsx";
import { formatPercent, plural } from "../../components/format.ts";
import { ModelLink } from "../../components/values.tsx";
import { Stairs } from "../poi/stairs.tsx";

/** Arenas as cards, with who leads and how far the error has fallen. */
export function ArenaCards({ arenas }: { arenas: readonly ArenaSummary[] }): ReactNode {
  return (
    <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
      {arenas.map((arena) => (
        <li
          key={arena.id}
          className="flex min-w-0 flex-col rounded-xl border border-line bg-surface p-4 sm:p-5"
        >
          <ArenaCard arena={arena} />
        </li>
      ))}
    </ul>
  );
}

function ArenaCard({ arena }: { arena: ArenaSummary }): ReactNode {
  const { id, name, description, top, models, steps, stairs } = arena;
  return (
    <>
      <h3 className="font-semibold">
        <TextLink to={`/arenas/${id}`}>{name}</TextLink>
      </h3>
      <p className="mt-0.5 line-clamp-2 text-sm text-muted">{description}</p>
      <div className="mt-4 flex items-end justify-between gap-3">
        <div className="min-w-0">
          <p className="text-xs text-muted">Leading model</p>
          <p className="truncate text-sm">
            <ModelLink id={top.id} name={top.name} />
          </p>
        </div>
        <p
          className="text-right text-2xl whitespace-nowrap font-semibold tracking-tight"
          title="Share of hidden items it got right"
        >
          {top.mean === null ? (
            <span className="text-sm font-normal text-muted">not measured yet</span>
          ) : (
            formatPercent(top.mean.accuracy / 1e6)
          )}
        </p>
      </div>
      <div className="mt-3">
        <Stairs treads={stairs} />
      </div>
      <p className="mt-auto pt-2 text-xs text-muted">
        {plural(models, "model")} · {plural(Math.max(0, steps - 1), "confirmed step")}
      </p>
    </>
  );
}
