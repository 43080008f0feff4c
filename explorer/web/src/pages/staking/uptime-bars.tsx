import type { ReactNode } from "react";
import { formatCount } from "../../components/format.ts";
import type { Uptime } from "../../../../wire/staking.ts";
import { describeMarks } from "./marks.ts";

const HEIGHT = 20;
/** Missed blocks stand out by their form, too. */
const MARKS = {
  s: { y: 6, height: 8, className: "fill-good" },
  m: { y: 0, height: HEIGHT, className: "fill-bad" },
  "-": { y: 9, height: 2, className: "fill-line-strong" },
} as const;

/** One thin bar per block, oldest first: signed, missed, or no validator then. */
export function UptimeBars({ uptime: { to, marks } }: { uptime: Uptime }): ReactNode {
  if (marks === "") return <span className="text-muted">not known yet</span>;
  const label = `${describeMarks(marks)}, up to block ${formatCount(to)}`;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${marks.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="h-5 w-full min-w-32"
    >
      <title>{label}</title>
      {Object.entries(MARKS).map(([mark, { y, height, className }]) => (
        <path key={mark} className={className} d={barsOf(marks, mark, y, height)} />
      ))}
    </svg>
  );
}

/** One path for all bars of a kind. */
function barsOf(marks: string, mark: string, y: number, height: number): string {
  let path = "";
  for (let at = 0; at < marks.length; at++) {
    if (marks[at] === mark) path += `M${at + 0.1} ${y}h.8v${height}h-.8z`;
  }
  return path;
}
