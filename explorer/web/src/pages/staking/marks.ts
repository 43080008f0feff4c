import { formatCount, plural } from "../../components/format.ts";
import type { Uptime } from "../../../../wire/staking.ts";

/** "signed 98 of 100 blocks" */
export function describeMarks(marks: string): string {
  const signed = count(marks, "s");
  const due = signed + count(marks, "m");
  return due === 0 ? "was no validator" : `signed ${formatCount(signed)} of ${plural(due, "block")}`;
}

/** Heights of the blocks that were missed, newest first. */
export function missedHeights({ to, marks }: Uptime): number[] {
  const heights: number[] = [];
  for (let back = 0; back < marks.length; back++) {
    if (marks[marks.length - 1 - back] === "m") heights.push(to - back);
  }
  return heights;
}

/** Share of the blocks it was to sign, or null if it was to sign none. */
export function signedShare(marks: string): number | null {
  const signed = count(marks, "s");
  const due = signed + count(marks, "m");
  return due === 0 ? null : signed / due;
}

function count(marks: string, mark: string): number {
  return marks.split(mark).length - 1;
}
