import { Fragment, type ReactNode } from "react";
import { cx } from "./cx.ts";

/** A headline number with what it is. Put several into `Stats`. */
export function Stat({
  label,
  title,
  children,
}: {
  label: ReactNode;
  /** Explains the term to who points at it. */
  title?: string;
  children: ReactNode;
}): ReactNode {
  return (
    <div title={title} className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="mt-0.5 text-lg font-semibold">{children}</dd>
    </div>
  );
}

/** A row of `Stat`s, as many beside each other as fit. */
export function Stats({ className, children }: { className?: string; children: ReactNode }): ReactNode {
  return (
    <dl className={cx("grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-6 gap-y-4", className)}>
      {children}
    </dl>
  );
}

/** Names and values of one thing, below each other. Items that are `null` are left out. */
export function Facts({
  items,
}: {
  items: readonly (readonly [label: ReactNode, value: ReactNode] | null)[];
}): ReactNode {
  return (
    <dl className="grid grid-cols-1 text-sm sm:grid-cols-[minmax(8rem,max-content)_minmax(0,1fr)]">
      {items.map((item, index) =>
        item === null ? null : (
          <Fragment key={index}>
            <dt className="pt-2 text-muted sm:border-t sm:border-line sm:py-2 sm:pr-6 sm:[&:first-of-type]:border-t-0">
              {item[0]}
            </dt>
            <dd className="min-w-0 border-b border-line pb-2 sm:border-t sm:border-b-0 sm:border-line sm:py-2 sm:[&:first-of-type]:border-t-0">
              {item[1]}
            </dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}
