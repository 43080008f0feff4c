import { Link } from "@tanstack/react-router";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";

export type ButtonKind = "primary" | "secondary" | "ghost" | "danger";

const BASE =
  "inline-flex min-h-9 items-center justify-center gap-1.5 rounded-lg px-3.5 py-1.5 text-sm font-medium " +
  "whitespace-nowrap no-underline transition-colors disabled:opacity-55";

const KINDS: Readonly<Record<ButtonKind, string>> = {
  primary: "bg-accent text-on-accent hover:not-disabled:opacity-90",
  secondary: "border border-line bg-surface text-ink hover:not-disabled:bg-surface-2",
  ghost: "text-muted hover:not-disabled:bg-surface-2 hover:not-disabled:text-ink",
  danger: "bg-bad-wash text-bad hover:not-disabled:opacity-90",
};

/** A button; `type` is "button" unless said. */
export function Button({
  kind = "secondary",
  className,
  type = "button",
  ...rest
}: ComponentProps<"button"> & { kind?: ButtonKind }): ReactNode {
  return <button type={type} className={cx(BASE, KINDS[kind], className)} {...rest} />;
}

/**
 * A link that looks like a button.
 *
 * @param to a path of this explorer, e.g. "/transact/vote?proposal=3".
 * @param document true for a page that is its own document (`/play/…`): loaded whole.
 */
export function LinkButton({
  to,
  kind = "secondary",
  document = false,
  className,
  children,
}: {
  to: string;
  kind?: ButtonKind;
  document?: boolean;
  className?: string;
  children: ReactNode;
}): ReactNode {
  const classes = cx(BASE, KINDS[kind], className);
  if (document) {
    return (
      <a href={to} className={classes}>
        {children}
      </a>
    );
  }
  return (
    <TextLink to={to} className={classes}>
      {children}
    </TextLink>
  );
}

/** A link within the explorer. `to` is a plain path with query, e.g. "/blocks/12". */
export function TextLink({
  to,
  className,
  ...rest
}: Omit<ComponentProps<"a">, "href"> & { to: string }): ReactNode {
  const { pathname, searchParams, hash } = new URL(to, "http://here");
  return (
    <Link
      to={pathname}
      search={Object.fromEntries(searchParams)}
      hash={hash.slice(1)}
      className={className ?? "text-accent hover:underline"}
      {...rest}
    />
  );
}
