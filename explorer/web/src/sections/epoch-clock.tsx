import type { ReactNode } from "react";
import type { ClockView, PhaseName, Snapshot } from "../../../src/wire.ts";
import { formatCount, formatDuration, plural } from "../format.ts";
import { Amount, Stat } from "../parts/values.tsx";
import { phaseProgress } from "./phases.ts";

const DOING: Readonly<Record<PhaseName, string>> = {
  BEACON: "Scorers reveal the links of their hash chains; together they make the randomness of the draw.",
  INPUT: "Sponsors post the inputs of the batches that were drawn.",
  ROWS: "Scorers run every model on their slots and post the answers.",
  LABEL: "Sponsors open the labels. Their salts decide what is audited.",
  CHALLENGE: "The chain re-runs a random share of the answers itself, and whatever anyone challenges.",
  SETTLE: "The chain scores the models, moves the ladders and pays.",
};

export function EpochClock({ clock, snapshot }: { clock: ClockView; snapshot: Snapshot }): ReactNode {
  const { current, left, phases } = phaseProgress(clock);
  const last = snapshot.epochs[0];
  return (
    <section className="card clock" aria-labelledby="clock-title">
      <div className="clock-head">
        <h1 id="clock-title">
          Epoch <span className="clock-epoch">{formatCount(clock.epoch)}</span>
        </h1>
        <p className="clock-left">
          <b>{current}</b>{" "}
          {left === null
            ? "until its queues are empty"
            : `${plural(left, "block")} left${clock.secondsPerBlock === null ? "" : `, about ${formatDuration(left * clock.secondsPerBlock)}`}`}
        </p>
      </div>
      <ol className="phases" aria-label="Phases of the epoch">
        {phases.map(({ name, blocks, done }) => (
          <li
            key={name}
            style={{ flexGrow: blocks }}
            aria-current={name === current ? "step" : undefined}
            data-done={done === 1}
          >
            <span className="phase-name">{name}</span>
            <span className="phase-bar">
              <span className="phase-fill" style={{ width: `${done * 100}%` }} />
            </span>
          </li>
        ))}
      </ol>
      <p className="clock-doing">{DOING[current]}</p>
      <dl className="stats">
        <Stat label="Block">{formatCount(clock.height)}</Stat>
        <Stat label="Block time">
          {clock.secondsPerBlock === null ? "–" : `${clock.secondsPerBlock.toFixed(2)} s`}
        </Stat>
        <Stat label="Settled epochs">{formatCount(clock.settledEpochs)}</Stat>
        <Stat label="Audited last epoch">
          {last === undefined ? "–" : plural(last.auditedItems, "answer")}
        </Stat>
        <Stat label="Convictions kept">
          <span data-tone={snapshot.convictions.length > 0 ? "danger" : undefined}>
            {formatCount(snapshot.convictions.length)}
          </span>
        </Stat>
        <Stat label="Minted last epoch">{last === undefined ? "–" : <Amount value={last.minted} />}</Stat>
      </dl>
    </section>
  );
}
