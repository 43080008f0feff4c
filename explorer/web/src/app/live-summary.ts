import type { LiveState } from "../api/live-store.ts";
import { formatClockTime, formatCount } from "../components/format.ts";

export interface LiveSummary {
  tone: "good" | "warn" | "bad" | "neutral";
  /** For the header. */
  word: string;
  /** What a reader must know before trusting what is shown, with the reason and since when; null when all is well. */
  notice: string | null;
}

/** What the page says about how fresh it is. */
export function liveSummary({ status, head, connection, lostSince }: LiveState): LiveSummary {
  const asOf = head === null ? "" : ` You see the state of block ${formatCount(head.height)}.`;
  if (connection === "lost") {
    const since = lostSince === null ? "" : ` since ${formatClockTime(new Date(lostSince).toISOString())}`;
    return {
      tone: "bad",
      word: "api gone",
      notice: `The explorer's api does not answer${since}; it is tried again and again.${asOf}`,
    };
  }
  if (status === null) return { tone: "neutral", word: "connecting", notice: null };
  switch (status.state) {
    case "live":
      return { tone: "good", word: "live", notice: null };
    case "starting":
      return {
        tone: "neutral",
        word: "starting",
        notice: "The index has just been started and knows no block yet. Lists fill as it reads the chain.",
      };
    case "syncing": {
      const { height, nodeHeight } = status;
      const part = nodeHeight === 0 ? "" : ` (${Math.floor((height / nodeHeight) * 100)} %)`;
      return {
        tone: "warn",
        word: "catching up",
        notice: `The index is catching up: block ${formatCount(height)} of ${formatCount(nodeHeight)}${part}. Newer history is missing until it has.`,
      };
    }
    case "stale":
      return {
        tone: "bad",
        word: "stale",
        notice: `${REASONS[status.reason ?? "unreachable"]} The last new block came at ${formatClockTime(status.since)}.${asOf}`,
      };
  }
}

const REASONS = {
  unreachable: "The node this explorer asks cannot be reached.",
  stalled: "The chain makes no new blocks.",
  refused: "The node this explorer asks belongs to another chain or refuses to answer.",
} as const;
