import type { ReactNode } from "react";
import type { ModelState, ScorerView } from "../../../src/wire.ts";
import {
  formatAmount,
  formatClockTime,
  formatCount,
  formatDuration,
  formatFullTime,
  formatPercent,
  shortAddress,
} from "../format.ts";
import { useNow } from "../live/use-live.ts";

export function Amount({ value, digits }: { value: string; digits?: number }): ReactNode {
  return (
    <span className="amount" title={`${formatAmount(value, 6)} ASSAY`}>
      {formatAmount(value, digits)} <span className="unit">ASSAY</span>
    </span>
  );
}

export function Address({ value }: { value: string }): ReactNode {
  return (
    <span className="id" title={value}>
      {shortAddress(value)}
    </span>
  );
}

/** A time of day in the reader's zone; the date is in the title. */
export function Time({ value }: { value: string }): ReactNode {
  return (
    <time dateTime={value} title={formatFullTime(value)}>
      {formatClockTime(value)}
    </time>
  );
}

/** How long ago, kept up to date. */
export function Ago({ value }: { value: string }): ReactNode {
  const seconds = (useNow() - new Date(value).getTime()) / 1000;
  return (
    <time dateTime={value} title={formatFullTime(value)}>
      {seconds < 1 ? "now" : `${formatDuration(seconds)} ago`}
    </time>
  );
}

type Tone = "gold" | "blue" | "green" | "red" | "grey";

export function Pill({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode {
  return (
    <span className="pill" data-tone={tone}>
      {children}
    </span>
  );
}

const MODEL_TONES: Readonly<Record<ModelState, Tone>> = {
  top: "gold",
  called: "blue",
  contender: "grey",
  archived: "grey",
  evicted: "grey",
  withdrawn: "grey",
  unknown: "grey",
};

export function ModelStatePill({ state }: { state: ModelState }): ReactNode {
  return <Pill tone={MODEL_TONES[state]}>{state}</Pill>;
}

const SCORER_TONES: Readonly<Record<ScorerView["state"], Tone>> = {
  active: "green",
  inactive: "grey",
  jailed: "red",
  unbonded: "grey",
};

export function ScorerStatePill({ scorer }: { scorer: ScorerView }): ReactNode {
  const until = scorer.until === null ? "" : ` until epoch ${formatCount(scorer.until)}`;
  return <Pill tone={SCORER_TONES[scorer.state]}>{scorer.state + until}</Pill>;
}

/** An accuracy with its interval, drawn on the range from `from` to 1. */
export function Interval({
  low,
  value,
  high,
  from,
}: {
  low: number;
  value: number;
  high: number;
  from: number;
}): ReactNode {
  const at = (fraction: number): string =>
    `${Math.max(0, Math.min(1, (fraction - from) / (1 - from))) * 100}%`;
  return (
    <span className="interval">
      <span className="interval-text">
        {formatPercent(low)} – {formatPercent(high)}
      </span>
      <span className="interval-track" aria-hidden="true">
        <span className="interval-range" style={{ left: at(low), right: `calc(100% - ${at(high)})` }} />
        <span className="interval-mark" style={{ left: at(value) }} />
      </span>
    </span>
  );
}

/** A headline number with what it is. */
export function Stat({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
