import type { ReactNode } from "react";

/** The mark: error falling, step by step. */
export function Logo({ className }: { className?: string }): ReactNode {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <path
        d="M5 8h8v7h6v7h8"
        fill="none"
        stroke="var(--color-gold-mark)"
        strokeWidth="3.6"
        strokeLinecap="square"
      />
    </svg>
  );
}
