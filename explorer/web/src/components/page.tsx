import { useEffect, type ReactNode } from "react";

/**
 * A page: document title, h1 (which gets the focus after navigation), a lead in one plain sentence, actions, content.
 * `documentTitle` when `title` is not a plain string.
 */
export function Page({
  title,
  documentTitle,
  lead,
  actions,
  children,
}: {
  title: ReactNode;
  documentTitle?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}): ReactNode {
  const name = documentTitle ?? (typeof title === "string" ? title : undefined);
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · Assay`;
  }, [name]);
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-5">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-3xl">
          <h1 tabIndex={-1} className="text-2xl font-semibold tracking-tight">
            {title}
          </h1>
          {lead === undefined ? null : <p className="mt-1 text-muted">{lead}</p>}
        </div>
        {actions === undefined ? null : <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
