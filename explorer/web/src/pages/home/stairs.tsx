import type { ReactNode } from "react";
import type { Tread } from "../../../../wire/poi-models.ts";

const WIDTH = 240;
const HEIGHT = 56;
const MARGIN = 4;

/** The error of an arena's leading model, falling step by step: each as wide as the next, from the reference on. */
export function Stairs({ treads, name }: { treads: readonly Tread[]; name: string }): ReactNode {
  const known = treads.flatMap(({ error }) => (error === null ? [] : [error]));
  const highest = Math.max(...known);
  if (known.length < 2 || highest <= 0) return null;
  const width = (WIDTH - 2 * MARGIN) / known.length;
  const y = (error: number): number => MARGIN + (1 - error / highest) * (HEIGHT - 2 * MARGIN);
  const path = known
    .map((error, index) => {
      const x = MARGIN + index * width;
      return `${index === 0 ? "M" : "L"}${x} ${y(error)}H${x + width}`;
    })
    .join("");
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="h-14 w-full"
      preserveAspectRatio="none"
      role="img"
      aria-label={`Error of the leading model of ${name} after each step: ${known.map((error) => `${(error / 10_000).toFixed(1)} %`).join(", ")}`}
    >
      <path d={`${path}V${HEIGHT}H${MARGIN}Z`} fill="var(--color-gold-wash)" />
      <path
        d={path}
        fill="none"
        stroke="var(--color-gold-mark)"
        strokeWidth="2"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
