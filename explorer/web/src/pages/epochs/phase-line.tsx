import type { ReactNode } from "react";
import type { EpochPhase } from "../../../../wire/poi-epochs.ts";
import { cx } from "../../components/cx.ts";
import { formatCount } from "../../components/format.ts";
import { PHASE_WORDS } from "./words.ts";

/** Phases of an epoch beside each other, each as wide as it is long, with their blocks. */
export function PhaseLine({
  phases,
  height,
}: {
  phases: readonly EpochPhase[];
  height: number | null;
}): ReactNode {
  return (
    <ol className="grid gap-1 sm:flex" aria-label="Phases of the epoch">
      {phases.map(({ phase, state, startHeight, endHeight }) => {
        const blocks = startHeight === null || endHeight === null ? 1 : endHeight - startHeight + 1;
        return (
          <li
            key={phase}
            className="min-w-0 sm:basis-0"
            style={{ flexGrow: Math.max(1.6, blocks) }}
            aria-current={state === "now" ? "step" : undefined}
            title={PHASE_WORDS[phase].meaning}
          >
            <div className="h-2 overflow-hidden rounded-full bg-surface-2">
              <div
                className={cx("h-full rounded-full", state === "now" ? "bg-gold-mark" : "bg-line-strong")}
                style={{ width: `${doneOf({ phase, state, startHeight, endHeight }, height) * 100}%` }}
              />
            </div>
            <p className={cx("mt-1 truncate text-xs", state === "now" ? "font-semibold" : "text-muted")}>
              {PHASE_WORDS[phase].name}
              <span className="ml-2 font-normal text-muted sm:ml-0 sm:block">
                {blocksOf(startHeight, endHeight)}
              </span>
            </p>
          </li>
        );
      })}
    </ol>
  );
}

function doneOf({ state, startHeight, endHeight }: EpochPhase, height: number | null): number {
  if (state === "past") return 1;
  if (state === "ahead" || startHeight === null) return 0;
  if (endHeight === null || height === null) return 0.5;
  return Math.min(1, Math.max(0, (height - startHeight + 1) / (endHeight - startHeight + 1)));
}

function blocksOf(start: number | null, end: number | null): string {
  if (start === null) return "then";
  if (end === null) return `from ${formatCount(start)}`;
  return start === end ? formatCount(start) : `${formatCount(start)} – ${formatCount(end)}`;
}
