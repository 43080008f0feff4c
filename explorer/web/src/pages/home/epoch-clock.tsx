import type { ReactNode } from "react";
import type { getHome, Phase } from "../../../../wire/home.ts";
import type { AnswerOf } from "../../../../wire/route.ts";
import { TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { cx } from "../../components/cx.ts";
import { formatCount, formatDuration, plural } from "../../components/format.ts";
import { phaseProgress } from "./phases.ts";

const PHASES: Readonly<Record<Phase, { name: string; now: string }>> = {
  BEACON: {
    name: "Beacon",
    now: "Scorers reveal secrets they fixed long ago. Together these make a random number nobody could steer: it decides who measures what.",
  },
  INPUT: {
    name: "Input",
    now: "Sponsors publish fresh test items that no model has seen. The right answers stay hidden.",
  },
  ROWS: { name: "Rows", now: "Scorers run every model on the test items and put the answers on the chain." },
  LABEL: {
    name: "Label",
    now: "Sponsors open the right answers. Only now is it drawn which of the recorded answers will be checked.",
  },
  CHALLENGE: {
    name: "Challenge",
    now: "The chain re-runs a random part of the recorded answers itself. Anyone may have any other one checked.",
  },
  SETTLE: {
    name: "Settle",
    now: "Models get their scores, real improvements become steps of the ladder, and everyone is paid.",
  },
};

/** The running epoch: its phases as a bar, and what happens in this moment. */
export function EpochClock({
  home: { value: clock, secondsPerBlock },
}: {
  home: AnswerOf<typeof getHome>;
}): ReactNode {
  const { left, parts } = phaseProgress(clock);
  const { name, now } = PHASES[clock.phase];
  const seconds =
    left === null || secondsPerBlock === null ? "" : `, about ${formatDuration(left * secondsPerBlock)}`;
  return (
    <Card
      title={
        <TextLink to={`/epochs/${clock.epoch}`} className="hover:underline">
          Epoch {formatCount(clock.epoch)}
        </TextLink>
      }
      lead="All models are measured again and again, in rounds called epochs."
      actions={
        <TextLink to="/epochs" className="text-sm text-accent hover:underline">
          All epochs
        </TextLink>
      }
    >
      <ol className="flex gap-1" aria-label="Phases of the epoch">
        {parts.map(({ phase, width, done }) => {
          const current = phase === clock.phase;
          return (
            <li
              key={phase}
              className="min-w-0 basis-0"
              style={{ flexGrow: width }}
              aria-current={current ? "step" : undefined}
              title={PHASES[phase].now}
            >
              <div className="h-2 overflow-hidden rounded-full bg-surface-2">
                <div
                  className={cx("h-full rounded-full", current ? "bg-gold-mark" : "bg-line-strong")}
                  style={{ width: `${done * 100}%` }}
                />
              </div>
              <p
                className={cx(
                  "mt-1.5 truncate text-xs max-sm:sr-only",
                  current ? "font-semibold text-ink" : "text-muted",
                )}
              >
                {PHASES[phase].name}
              </p>
            </li>
          );
        })}
      </ol>
      <div className="mt-4 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <p className="font-semibold">
          {name}{" "}
          <span className="font-normal text-muted">
            {left === null ? "until its queues are empty" : `${plural(left, "block")} left${seconds}`}
          </span>
        </p>
      </div>
      <p className="mt-1 min-h-24 max-w-prose sm:min-h-12">{now}</p>
    </Card>
  );
}
