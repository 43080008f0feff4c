import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useLive } from "../api/live.ts";
import { cx } from "../components/cx.ts";
import { liveSummary } from "./live-summary.ts";

/** Says above the page what is wrong with how fresh it is. Its place is always there, so that changes are read out. */
export function Banner(): ReactNode {
  const { tone, notice } = liveSummary(useLive());
  return (
    <div role="status">
      {notice === null ? null : (
        <p
          className={cx(
            "flex items-start gap-2 border-b border-line px-4 py-2 text-sm sm:px-6",
            tone === "bad"
              ? "bg-bad-wash text-bad"
              : tone === "warn"
                ? "bg-warn-wash text-warn"
                : "bg-surface-2",
          )}
        >
          <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
          {notice}
        </p>
      )}
    </div>
  );
}
