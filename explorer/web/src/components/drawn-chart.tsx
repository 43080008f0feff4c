import { useEffect, useRef, type ReactNode } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { LineChartProps } from "./chart.tsx";

/** The drawing of a `LineChart`, in its own chunk. Drawn again when colours, data or width change. */
export function DrawnChart({
  x,
  xLabel,
  time = false,
  series,
  format = String,
  formatX,
  chartHeight = 220,
  range,
}: LineChartProps): ReactNode {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const colour = (name: string): string => resolveColour(element, `var(--color-${name})`);
    const draw = (): uPlot => {
      const axis = {
        stroke: colour("muted"),
        grid: { stroke: colour("line"), width: 1 },
        ticks: { show: false },
      };
      return new uPlot(
        {
          width: element.clientWidth,
          height: chartHeight,
          legend: { live: true },
          cursor: { drag: { x: false, y: false } },
          scales: { x: { time }, y: range === undefined ? {} : { range: [...range] } },
          axes: [
            { ...axis, ...(formatX === undefined ? {} : { values: (_, at) => at.map(formatX) }) },
            { ...axis, size: 70, values: (_, at) => at.map(format) },
          ],
          series: [
            {
              label: xLabel,
              ...(formatX === undefined ? {} : { value: (_, at) => (at === null ? "–" : formatX(at)) }),
            },
            ...series.map(({ name, colour: index, shape }, place) => ({
              label: name,
              stroke: colour(`series-${index ?? (place % 8) + 1}`),
              width: 2,
              points: { show: false },
              value: (_: uPlot, value: number | null) => (value === null ? "–" : format(value)),
              ...(shape === "steps" && uPlot.paths.stepped
                ? { paths: uPlot.paths.stepped({ align: 1 }) }
                : {}),
            })),
          ],
        },
        [[...x], ...series.map(({ values }) => [...values])],
        element,
      );
    };
    let chart = draw();
    const redraw = (): void => {
      chart.destroy();
      chart = draw();
    };
    const resized = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: chartHeight }),
    );
    resized.observe(element);
    const themed = new MutationObserver(redraw);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", redraw);
    return () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener("change", redraw);
      chart.destroy();
    };
  }, [x, xLabel, time, series, format, formatX, chartHeight, range]);
  return <div ref={holder} className="min-w-0 overflow-hidden text-xs" />;
}

/** A colour of the theme as the canvas understands it. */
export function resolveColour(element: HTMLElement, value: string): string {
  const before = element.style.color;
  element.style.color = value;
  const resolved = getComputedStyle(element).color;
  element.style.color = before;
  return resolved;
}
