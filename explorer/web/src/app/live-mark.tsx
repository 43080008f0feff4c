import type { ReactNode } from "react";
import { useLive, useNow } from "../api/live.ts";
import { TextLink } from "../components/button.tsx";
import { cx } from "../components/cx.ts";
import { formatCount, formatDuration, formatFullTime } from "../components/format.ts";
import { liveSummary } from "./live-summary.ts";

const DOTS = { good: "bg-good", warn: "bg-warn", bad: "bg-bad", neutral: "bg-muted" } as const;

/** The newest block and how the explorer stands with the chain, in a few characters. */
export function LiveMark(): ReactNode {
  const live = useLive();
  const now = useNow();
  const { tone, word } = liveSummary(live);
  const { head } = live;
  const age = head === null ? null : (now - Date.parse(head.time)) / 1_000;
  return (
    <div className="flex items-center gap-2 text-sm whitespace-nowrap">
      <span className={cx("size-2 rounded-full", DOTS[tone])} aria-hidden="true" />
      <span role="status" className="max-sm:sr-only">
        {word}
      </span>
      {head === null || age === null ? null : (
        <TextLink
          to={`/blocks/${head.height}`}
          className="text-muted hover:text-ink"
          title={`Newest block ${formatCount(head.height)}, ${formatFullTime(head.time)}`}
        >
          {formatCount(head.height)}
          <span className="max-sm:hidden"> · {age < 1 ? "now" : `${formatDuration(age)} ago`}</span>
        </TextLink>
      )}
    </div>
  );
}
