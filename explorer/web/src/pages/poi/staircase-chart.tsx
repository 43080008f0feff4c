import { useMemo, useState, type ReactNode } from "react";
import uPlot from "uplot";
import { formatPercent } from "../../components/format.ts";
import { Numbers } from "../../components/numbers.tsx";
import { letThrough, Plot, type Colours } from "../../components/plot.tsx";
import { errorScale, type Riser, type Staircase } from "./staircase.ts";
import { formatBits } from "./words.ts";

/** The ladder over time. Everything it shows is also in its legend, and as a table below it. */
export function StaircaseChart({ name, data }: { name: string; data: Staircase }): ReactNode {
  const [hovered, setHovered] = useState<number | null>(null);
  const shape = data.lines.map(({ model, colour }) => `${model}${colour}`).join();
  const latest = useMemo(() => ({ data }), []);
  latest.data = data;
  const drawn = useMemo(() => columns(data), [data]);
  return (
    <figure aria-label={summary(name, data)}>
      <div aria-hidden="true">
        <Plot
          shape={shape}
          plotHeight={300}
          data={drawn}
          options={(colour) => options(latest, colour, setHovered)}
        />
      </div>
      <Legend data={data} hovered={hovered} />
      <div className="mt-1 px-2">
        <Numbers
          caption={`Share of wrong answers in the arena ${name}`}
          x={data.epochs}
          xLabel="Epoch"
          series={[
            { name: "ladder", values: data.treads },
            ...data.lines.map(({ name: label, errors }) => ({ name: label, values: errors })),
          ]}
          format={formatPercent}
        />
      </div>
    </figure>
  );
}

function Legend({ data, hovered }: { data: Staircase; hovered: number | null }): ReactNode {
  const lastMeasured = data.epochs.findLastIndex((_, index) =>
    data.lines.some(({ errors }) => errors[index] !== null),
  );
  const index = hovered ?? lastMeasured;
  const entry = (label: string, error: number | null | undefined, swatch: ReactNode): ReactNode => (
    <li key={label} className="inline-flex items-center gap-1.5">
      {swatch}
      {label}{" "}
      <b className="font-semibold whitespace-nowrap text-ink">
        {error === null || error === undefined ? "–" : formatPercent(error)}
      </b>
    </li>
  );
  return (
    <figcaption className="flex flex-wrap gap-x-4 gap-y-1 px-2 pt-2 text-xs text-muted">
      <span>Errors in epoch {data.epochs[index]}</span>
      <ul className="contents">
        {entry("ladder", data.treads[index], <span className="h-1 w-3.5 rounded-full bg-gold-mark" />)}
        {data.lines.map(({ name, colour, errors }) =>
          entry(
            name,
            errors[index],
            <span className="size-2.5 rounded-sm" style={{ background: `var(--color-series-${colour})` }} />,
          ),
        )}
      </ul>
    </figcaption>
  );
}

function summary(name: string, { risers, treads, epochs }: Staircase): string {
  const first = treads.find((tread) => tread !== null);
  const last = treads.at(-1);
  const steps = risers
    .map((riser) => `epoch ${riser.epoch}: ${riser.name}, ${formatBits(riser.gain)}`)
    .join("; ");
  const fall =
    typeof first === "number" && typeof last === "number"
      ? ` The error falls from ${formatPercent(first)} to ${formatPercent(last)}.`
      : "";
  return `Ladder of ${name} over epochs ${epochs[0]} to ${epochs.at(-1)}.${fall} ${steps === "" ? "No step in this time." : `Steps: ${steps}.`}`;
}

/** uPlot's columns. On a logarithmic axis zero has no place: it is drawn on the lower end. */
function columns(data: Staircase): uPlot.AlignedData {
  const { low } = errorScale(data);
  const drawable = (errors: (number | null)[]): (number | null)[] =>
    errors.map((error) => (error === null ? null : Math.max(error, low)));
  return [data.epochs, ...data.lines.map(({ errors }) => drawable(errors)), drawable(data.treads)];
}

function options(
  latest: { readonly data: Staircase },
  colour: Colours,
  onHover: (index: number | null) => void,
): Omit<uPlot.Options, "width" | "height"> {
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: colour("muted"),
    font,
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const many = latest.data.epochs.length > 60;
  return {
    padding: [16, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_chart, min, max) => [min - 0.25, Math.max(max, min + 4) + 0.25] },
      y: {
        distr: 3,
        log: 10,
        range: () => {
          const { low, high } = errorScale(latest.data);
          return [low, high];
        },
      },
    },
    axes: [
      {
        ...axis,
        size: 34,
        space: 44,
        incrs: [1, 2, 5, 10, 20, 50, 100],
        values: (_chart, marks) => marks.map((mark) => `${mark}`),
      },
      {
        ...axis,
        size: 52,
        splits: () => errorScale(latest.data).marks,
        filter: (_chart, marks) => marks,
        values: (_chart, marks) => marks.map((mark) => `${Number((mark * 100).toPrecision(2))} %`),
      },
    ],
    series: [
      {},
      ...latest.data.lines.map(({ colour: index }): uPlot.Series => {
        const stroke = colour(`series-${index}`);
        return {
          // Of many epochs the noise would hide the stairs.
          stroke: many ? letThrough(stroke, 0.55) : stroke,
          width: many ? 1 : 1.25,
          spanGaps: true,
          points: { show: !many, size: 5, fill: stroke, stroke },
        };
      }),
      {
        stroke: colour("gold-mark"),
        width: 3,
        ...(stepped === undefined ? {} : { paths: stepped }),
        points: { show: false },
      },
    ],
    hooks: {
      setCursor: [(chart) => onHover(chart.cursor.idx ?? null)],
      draw: [(chart) => drawRisers(chart, latest.data, font, colour("ink"))],
    },
  };
}

/** Writes beside each stair how many bits of error it removed. */
function drawRisers(chart: uPlot, data: Staircase, font: string, colour: string): void {
  const { ctx } = chart;
  const ratio = devicePixelRatio;
  const { low } = errorScale(data);
  ctx.save();
  ctx.font = font.replace(/^\d+px/, (size) => `${Number.parseInt(size) * ratio}px`);
  ctx.fillStyle = colour;
  ctx.textBaseline = "bottom";
  for (const riser of data.risers) {
    const at = data.epochs.indexOf(riser.epoch);
    const before = data.treads[at - 1] ?? data.treads[at];
    if (before === null || before === undefined) continue;
    const x = chart.valToPos(riser.epoch, "x", true);
    const y = chart.valToPos(Math.max(before, low), "y", true);
    const label = riserLabel(riser);
    const fits = x + (ctx.measureText(label).width + 8 * ratio) < chart.bbox.left + chart.bbox.width;
    ctx.textAlign = fits ? "left" : "right";
    ctx.fillText(label, x + (fits ? 6 : -6) * ratio, y - 3 * ratio);
  }
  ctx.restore();
}

function riserLabel({ gain }: Riser): string {
  return `−${formatBits(gain)}`;
}
