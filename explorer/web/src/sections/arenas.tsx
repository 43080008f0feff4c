import type { ReactNode } from "react";
import type { ArenaView, HistoryView, ModelView, RulesView, StepView } from "../../../src/wire.ts";
import { formatBits, formatCompact, formatCount, formatPercent, plural, shortId } from "../format.ts";
import { seriesColours } from "../ladder/colours.ts";
import { StaircaseChart } from "../ladder/staircase-chart.tsx";
import { staircase } from "../ladder/staircase.ts";
import { Table, type Column } from "../parts/table.tsx";
import { Address, Amount, Interval, ModelStatePill } from "../parts/values.tsx";

export interface ArenasProps {
  arenas: readonly ArenaView[];
  history: readonly HistoryView[];
  rules: RulesView | null;
  epoch: number;
  dark: boolean;
}

export function Arenas({ arenas, history, rules, epoch, dark }: ArenasProps): ReactNode {
  if (arenas.length === 0) {
    return (
      <section className="card">
        <h2>Arenas</h2>
        <p className="empty">This chain has no arena yet. Anyone can create one.</p>
      </section>
    );
  }
  return arenas.map((arena) => (
    <Arena
      key={arena.id}
      arena={arena}
      history={history.find((entry) => entry.arena === arena.id)}
      rules={rules}
      epoch={epoch}
      dark={dark}
    />
  ));
}

interface ArenaProps {
  arena: ArenaView;
  history: HistoryView | undefined;
  rules: RulesView | null;
  epoch: number;
  dark: boolean;
}

function Arena({ arena, history, rules, epoch, dark }: ArenaProps): ReactNode {
  const data = staircase(arena, history, epoch);
  const title = `arena-${arena.id}-title`;
  return (
    <section className="card arena" id={`arena-${arena.id}`} aria-labelledby={title}>
      <div className="arena-head">
        <div>
          <h2 id={title}>{arena.name}</h2>
          <p className="muted">{arena.description}</p>
        </div>
        <ul className="facts">
          <li>weight {formatCount(arena.weight)}</li>
          <li>{arena.input}</li>
          <li>{arena.answer}</li>
          <li>{arena.preprocessing}</li>
        </ul>
      </div>
      <LastEpoch arena={arena} />
      <div className="arena-ladder">
        {data === undefined ? (
          <p className="empty chart-empty">
            No epoch has been settled in this arena yet: the staircase begins with the first scores.
          </p>
        ) : (
          <StaircaseChart arena={arena} data={data} dark={dark} />
        )}
        <Ladder steps={arena.steps} />
      </div>
      <h3>Models</h3>
      <Models arena={arena} rules={rules} />
    </section>
  );
}

function LastEpoch({ arena: { last } }: { arena: ArenaView }): ReactNode {
  if (last === null) return null;
  const sponsors = `${last.sponsorsCounted} of ${plural(last.sponsorsFrozen, "sponsor")} counted`;
  return (
    <p className="arena-last" data-tone={last.settled ? undefined : "warn"}>
      Epoch {formatCount(last.epoch)}: {last.settled ? `settled, ${sponsors}` : `not settled: ${last.reason}`}
    </p>
  );
}

function Ladder({ steps }: { steps: readonly StepView[] }): ReactNode {
  return (
    <div className="ladder">
      <h3>Ladder</h3>
      <ol reversed>
        {steps.toReversed().map((step) => (
          <li key={step.index}>
            <span className="ladder-index">{step.index}</span>
            <div>
              <span className="ladder-model">{step.modelName}</span>
              {step.index === 0 ? (
                <span className="muted">the reference; earns nothing</span>
              ) : (
                <>
                  <span className="muted">
                    −{formatBits(step.gainBits)} of error, epoch {formatCount(step.epoch)}
                  </span>
                  <span className="muted">
                    last paid <Amount value={step.lastPay} />
                  </span>
                </>
              )}
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Models({ arena, rules }: { arena: ArenaView; rules: RulesView | null }): ReactNode {
  const colours = seriesColours(arena.models);
  const from = Math.min(0.9, ...arena.models.flatMap(({ mean }) => (mean === null ? [] : [mean.low])));
  const columns: Column<ModelView>[] = [
    {
      label: "Model",
      cell: (model) => (
        <span className="model-name">
          <span
            className="swatch"
            style={{ background: `var(${colours.get(model.id)})` }}
            aria-hidden="true"
          />
          <span>
            {model.name}
            <span className="sub">
              <span className="id" title={model.id}>
                {shortId(model.id)}
              </span>{" "}
              by <Address value={model.author} />
            </span>
          </span>
        </span>
      ),
    },
    {
      label: "Status",
      cell: (model) => (
        <>
          <ModelStatePill state={model.state} />
          {model.step === null ? null : (
            <span className="sub">{model.step === 0 ? "reference" : `step ${model.step}`}</span>
          )}
        </>
      ),
    },
    {
      label: "Score",
      hint: "Accuracy, smoothed over the epochs",
      numeric: true,
      cell: (model) => (model.score === null ? "–" : <b>{formatPercent(model.score)}</b>),
    },
    {
      label: "Mean, 95 % interval",
      hint: "Mean accuracy over all its epochs; Wilson interval over all its items",
      roomy: true,
      cell: (model) =>
        model.mean === null ? (
          "not measured yet"
        ) : (
          <span className="mean">
            <Interval low={model.mean.low} value={model.mean.accuracy} high={model.mean.high} from={from} />
            <span className="sub">
              {formatPercent(model.mean.accuracy)} on {formatCount(model.items)} items
            </span>
          </span>
        ),
    },
    {
      label: "b : c of n",
      hint: "Against the top: right where the top is wrong (b), wrong where the top is right (c), items compared (n)",
      numeric: true,
      cell: (model) => <Contention model={model} rules={rules} />,
    },
    {
      label: "Cost",
      hint: "MACs and output elements of one run",
      numeric: true,
      cell: (model) => formatCompact(model.cost),
    },
    {
      label: "Earned",
      hint: "Over the epochs the explorer keeps",
      numeric: true,
      cell: (model) => <Amount value={model.earned} />,
    },
  ];
  return (
    <Table
      caption={`Models of the arena ${arena.name}`}
      columns={columns}
      rows={arena.models}
      rowKey={(model) => model.id}
      rowTone={(model) => (model.state === "top" ? "strong" : undefined)}
      empty="No models."
    />
  );
}

function Contention({
  model: { contention },
  rules,
}: {
  model: ModelView;
  rules: RulesView | null;
}): ReactNode {
  if (contention === null) return "–";
  const { screening, trials, calls } = contention;
  return (
    <span className="contention">
      <span title={`against ${screening.opponentName}, summed over the sponsors kept`}>
        {formatCount(screening.b)} : {formatCount(screening.c)}{" "}
        <span className="muted">of {formatCount(screening.n)}</span>
      </span>
      {rules !== null && screening.n < rules.minItems ? (
        <span className="sub">needs {formatCount(rules.minItems)} items</span>
      ) : null}
      {calls > 0 ? (
        <span className="sub">
          called {calls === 1 ? "once" : `${calls} times`}
          {trials.map((trial) => (
            <span key={trial.opponentName} className="trial">
              trial with {trial.opponentName}: {formatCount(trial.b)} : {formatCount(trial.c)} of{" "}
              {formatCount(trial.n)}
            </span>
          ))}
        </span>
      ) : null}
    </span>
  );
}
