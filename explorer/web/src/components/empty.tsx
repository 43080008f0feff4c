import type { ReactNode } from "react";
import { cx } from "./cx.ts";

/** Says in plain words that there is nothing, why, and what to do about it. */
export function Empty({ title, children }: { title: ReactNode; children?: ReactNode }): ReactNode {
  return (
    <div className="px-4 py-8 text-center text-sm text-muted">
      <p className="font-medium text-ink">{title}</p>
      {children === undefined ? null : <div className="mx-auto mt-1 max-w-prose">{children}</div>}
    </div>
  );
}

/** The place of something that is being loaded. As high as what comes, with `className`, nothing jumps. */
export function Skeleton({ lines = 3, className }: { lines?: number; className?: string }): ReactNode {
  return (
    <div role="status" aria-label="Loading" className={cx("grid content-start gap-2.5 px-4 py-4", className)}>
      {Array.from({ length: lines }, (_, line) => (
        <div
          key={line}
          className="h-4 animate-pulse rounded bg-surface-2"
          style={{ width: `${95 - ((line * 23) % 40)}%` }}
        />
      ))}
    </div>
  );
}
