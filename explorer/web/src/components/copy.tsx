import { Check, Copy as CopyIcon } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { cx } from "./cx.ts";

const SHOWN_MS = 1_500;

/** A small button that copies `text`. `what` names it for screen readers, e.g. "address". */
export function Copy({
  text,
  what,
  className,
}: {
  text: string;
  what: string;
  className?: string;
}): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : CopyIcon;
  return (
    <button
      type="button"
      className={cx(
        "inline-flex rounded p-1.25 align-[-0.3em] text-muted hover:bg-surface-2 hover:text-ink",
        className,
      )}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <Icon className="size-3.5" aria-hidden="true" />
      <span className="sr-only" aria-live="polite">
        {copied ? "Copied" : `Copy ${what}`}
      </span>
    </button>
  );
}
