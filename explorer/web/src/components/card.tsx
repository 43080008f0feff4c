import { useId, type ReactNode } from "react";
import { cx } from "./cx.ts";

/** A titled part of a page: a section with an h2. `flush` lets a table reach the edges. */
export function Card({
  title,
  lead,
  actions,
  flush = false,
  className,
  children,
}: {
  title?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  className?: string;
  children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <section
      aria-labelledby={title === undefined ? undefined : id}
      className={cx("min-w-0 rounded-xl border border-line bg-surface", className)}
    >
      {title === undefined ? null : (
        <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 px-4 pt-3.5 sm:px-5">
          <div className="min-w-0">
            <h2 id={id} className="text-base font-semibold">
              {title}
            </h2>
            {lead === undefined ? null : <p className="text-sm text-muted">{lead}</p>}
          </div>
          {actions === undefined ? null : <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={cx(flush ? "pt-2 pb-1" : "px-4 py-4 sm:px-5")}>{children}</div>
    </section>
  );
}
