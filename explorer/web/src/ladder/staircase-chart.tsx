import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import uPlot from "uplot";
import type { ArenaView } from "../../../src/wire.ts";
import { formatBits, formatPercent, formatTick } from "../format.ts";
import { seriesColours } from "./colours.ts";
import { errorScale, type ErrorScale, type Riser, type Staircase } from "./staircase.ts";

const HEIGHT = 300;
const NARROW_HEIGHT = 240;
const NARROW = 480;

export interface StaircaseChartProps {
  arena: ArenaView;
  data: Staircase;
  dark: boolean;
}

/** The ladder over time. Everything it shows is also in the legend and in the tables beside it. */
export function StaircaseChart({ arena, data, dark }: StaircaseChartProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(data);
  const [hovered, setHovered] = useState<number | null>(null);
  const colours = useMemo(() => seriesColours(arena.models), [arena.models]);
  // A chart is built anew only when its lines or its colours change; otherwise it takes the new numbers.
  const shape = `${dark} ${data.lines.map(({ model }) => `${model}${colours.get(model)}`).join()}`;
  latest.current = data;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const built = new uPlot(options(element, latest, colours, setHovered), columns(latest.current), element);
    chart.current = built;
    const resize = new ResizeObserver(() => {
      const size = sizeOf(element);
      if (size.width !== built.width) built.setSize(size);
    });
    resize.observe(element);
    return () => {
      resize.disconnect();
      built.destroy();
      chart.current = null;
    };
    // `shape` stands for everything the options depend on.
  }, [shape]);

  useEffect(() => chart.current?.setData(columns(data)), [data]);

  return (
    <figure className="chart">
      <div ref={box} className="chart-box" role="img" aria-label={summary(arena, data)} />
      <Legend data={data} colours={colours} hovered={hovered} />
    </figure>
  );
}

function Legend({
  data,
  colours,
  hovered,
}: {
  data: Staircase;
  colours: ReadonlyMap<string, string>;
  hovered: number | null;
}): ReactNode {
  const lastMeasured = data.epochs.findLastIndex((_, index) =>
    data.lines.some(({ errors }) => errors[index] !== null),
  );
  const index = hovered ?? lastMeasured;
  const tread = data.treads[index];
  return (
    <figcaption className="legend">
      <span className="legend-epoch">Errors in epoch {data.epochs[index]}</span>
      <ul>
        <li>
          <span className="swatch swatch-stair" />
          ladder <b>{tread === null || tread === undefined ? "–" : formatPercent(tread)}</b>
        </li>
        {data.lines.map(({ model, name, errors }) => {
          const error = errors[index];
          return (
            <li key={model}>
              <span className="swatch" style={{ background: `var(${colours.get(model)})` }} />
              {name} <b>{error === null || error === undefined ? "–" : formatPercent(error)}</b>
            </li>
          );
        })}
      </ul>
    </figcaption>
  );
}

function summary(arena: ArenaView, { risers, treads, epochs }: Staircase): string {
  const first = treads.find((tread) => tread !== null);
  const last = treads.at(-1);
  const steps = risers
    .map(({ epoch, name, gainBits }) => `epoch ${epoch}: ${name}, ${formatBits(gainBits)}`)
    .join("; ");
  const fall =
    typeof first === "number" && typeof last === "number"
      ? ` The error falls from ${formatPercent(first)} to ${formatPercent(last)}.`
      : "";
  return `Ladder of ${arena.name} over epochs ${epochs[0]} to ${epochs.at(-1)}.${fall} ${steps === "" ? "No step yet." : `Steps: ${steps}.`}`;
}

/** uPlot's columns. On a logarithmic axis zero has no place: it is drawn on the lower end. */
function columns(data: Staircase): uPlot.AlignedData {
  const { low } = errorScale(data);
  const drawable = (errors: (number | null)[]): (number | null)[] =>
    errors.map((error) => (error === null ? null : Math.max(error, low)));
  return [data.epochs, ...data.lines.map(({ errors }) => drawable(errors)), drawable(data.treads)];
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  const width = Math.floor(element.clientWidth);
  return { width, height: width < NARROW ? NARROW_HEIGHT : HEIGHT };
}

function options(
  element: HTMLElement,
  latest: { readonly current: Staircase },
  colours: ReadonlyMap<string, string>,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const styles = getComputedStyle(element);
  const token = (name: string): string => styles.getPropertyValue(name).trim();
  const font = `12px ${token("--font")}`;
  const scale = (): ErrorScale => errorScale(latest.current);
  const axis: uPlot.Axis = {
    stroke: token("--text-muted"),
    font,
    grid: { stroke: token("--border"), width: 1 },
    ticks: { show: false },
  };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return {
    ...sizeOf(element),
    padding: [16, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_chart, min, max) => [min - 0.25, Math.max(max, min + 4) + 0.25] },
      y: { distr: 3, log: 10, range: () => [scale().low, scale().high] },
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
        splits: () => scale().marks,
        filter: (_chart, marks) => marks,
        values: (_chart, marks) => marks.map((mark) => formatTick(mark)),
      },
    ],
    series: [
      {},
      ...latest.current.lines.map(({ model }): uPlot.Series => {
        const colour = token(colours.get(model) ?? "");
        return {
          stroke: colour,
          width: 1.25,
          spanGaps: true,
          points: { show: true, size: 5, fill: colour, stroke: colour },
        };
      }),
      {
        stroke: token("--gold"),
        fill: token("--gold-wash"),
        width: 3,
        paths: stepped,
        points: { show: false },
      },
    ],
    hooks: {
      setCursor: [(chart) => onHover(chart.cursor.idx ?? null)],
      draw: [(chart) => drawRisers(chart, latest.current, font, token("--text"))],
    },
  };
}

/** Writes beside each stair how many bits of error it removed. */
function drawRisers(chart: uPlot, { risers, epochs, treads }: Staircase, font: string, colour: string): void {
  const { ctx } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = font.replace(/^\d+px/, (size) => `${Number.parseInt(size) * ratio}px`);
  ctx.fillStyle = colour;
  ctx.textBaseline = "bottom";
  for (const riser of risers) {
    const before = treads[epochs.indexOf(riser.epoch) - 1] ?? treads[epochs.indexOf(riser.epoch)];
    if (before === null || before === undefined) continue;
    const x = chart.valToPos(riser.epoch, "x", true);
    const y = chart.valToPos(
      Math.max(before, errorScale({ risers, epochs, treads, lines: [] }).low),
      "y",
      true,
    );
    const label = riserLabel(riser);
    const fits = x + (ctx.measureText(label).width + 8 * ratio) < chart.bbox.left + chart.bbox.width;
    ctx.textAlign = fits ? "left" : "right";
    ctx.fillText(label, x + (fits ? 6 : -6) * ratio, y - 3 * ratio);
  }
  ctx.restore();
}

function riserLabel({ gainBits }: Riser): string {
  return `−${formatBits(gainBits)}`;
}
