import { useEffect, useRef, type ReactNode } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** Reads a colour of the theme by its name, such as "series-1", as a canvas takes it. */
export type Colours = (name: string) => string;

/**
 * A uPlot chart as wide as its place. It takes new `data` as it is and is drawn anew, with other `options`, when
 * `shape` or the theme changes.
 *
 * @param shape names everything that `options` depend on but data and colours.
 */
export function Plot({
  data,
  shape,
  options,
  plotHeight,
}: {
  data: uPlot.AlignedData;
  shape: string;
  options: (colour: Colours) => Omit<uPlot.Options, "width" | "height">;
  plotHeight: number;
}): ReactNode {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ data, options });
  latest.current = { data, options };

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const draw = (): void => {
      chart.current?.destroy();
      const colour: Colours = (name) => resolveColour(element, `var(--color-${name})`);
      chart.current = new uPlot(
        { ...latest.current.options(colour), width: element.clientWidth, height: plotHeight },
        latest.current.data,
        element,
      );
    };
    draw();
    const resized = new ResizeObserver(() => {
      const built = chart.current;
      if (built !== null && built.width !== element.clientWidth)
        built.setSize({ width: element.clientWidth, height: plotHeight });
    });
    resized.observe(element);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener("change", draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [shape, plotHeight]);

  useEffect(() => chart.current?.setData(data), [data]);

  return <div ref={holder} className="min-w-0 overflow-hidden" style={{ minHeight: plotHeight }} />;
}

/** A colour of the theme as the canvas understands it. */
function resolveColour(element: HTMLElement, value: string): string {
  const before = element.style.color;
  element.style.color = value;
  const resolved = getComputedStyle(element).color;
  element.style.color = before;
  return resolved;
}

/** A colour as {@link Colours} gives it, `rgb(…)`, of which `alpha` is opaque. */
export function letThrough(colour: string, alpha: number): string {
  const [red = "0", green = "0", blue = "0"] = colour.match(/[\d.]+/g) ?? [];
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}
