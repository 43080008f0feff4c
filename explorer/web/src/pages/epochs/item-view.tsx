import { useEffect, useRef, type ReactNode } from "react";
import type { Task } from "../../../../wire/poi-models.ts";
import { cx } from "../../components/cx.ts";
import { formatCount } from "../../components/format.ts";
import { numbersOf, pictureOf } from "./verdict.ts";

/** Numbers of an item that are listed at once. */
const MAX_LISTED = 160;

/** One item as the models see it: a picture, or those of its numbers that are not zero. */
export function ItemView({ item, task }: { item: Uint8Array; task: Task }): ReactNode {
  if (pictureOf(task) !== null) return <Picture item={item} task={task} className="w-72 max-w-full" />;
  const numbers = numbersOf(item, task.input.type)
    .map((value, place) => ({ value, place }))
    .filter(({ value }) => value !== 0);
  const most = Math.max(1, ...numbers.map(({ value }) => Math.abs(value)));
  return (
    <div className="w-full">
      <p className="text-sm text-muted">{wordsFor(task, numbers.length)}</p>
      <ul className="mt-2 flex max-h-64 flex-wrap gap-1 overflow-y-auto" tabIndex={0} aria-label="Numbers">
        {numbers.slice(0, MAX_LISTED).map(({ place, value }) => (
          <li
            key={place}
            className="relative overflow-hidden rounded border border-line px-1.5 py-0.5 font-mono text-xs"
          >
            <span
              className="absolute inset-y-0 left-0 bg-accent-wash"
              style={{ width: `${(Math.abs(value) / most) * 100}%` }}
              aria-hidden="true"
            />
            <span className="relative">
              <span className="text-muted">{place}:</span>
              {value}
            </span>
          </li>
        ))}
      </ul>
      {numbers.length > MAX_LISTED ? (
        <p className="mt-1 text-xs text-muted">and {formatCount(numbers.length - MAX_LISTED)} more</p>
      ) : null}
    </div>
  );
}

function wordsFor({ input: { preprocessing, shape } }: Task, present: number): string {
  const all = formatCount(shape.reduce((product, side) => product * side, 1));
  switch (preprocessing) {
    case "word-counts-512":
      return `The text itself is not on the chain: only how often words of each of ${all} groups occur in it. Group and count of the ${formatCount(present)} that do:`;
    case "char-ngrams-128":
      return `The text itself is not on the chain: only numbers for its pairs and triples of letters, in order. Place and number of the ${formatCount(present)} there are:`;
    default:
      return `Place and value of the ${formatCount(present)} of ${all} numbers that are not zero:`;
  }
}

/** A grey picture, drawn pixel by pixel. */
export function Picture({
  item,
  task,
  className,
}: {
  item: Uint8Array;
  task: Task;
  className: string;
}): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const sides = pictureOf(task);
  const width = sides?.width ?? 1;
  const height = sides?.height ?? 1;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(width, height);
    for (let pixel = 0; pixel < width * height; pixel++) {
      const grey = item[pixel] ?? 0;
      image.data.set([grey, grey, grey, 255], 4 * pixel);
    }
    context.putImageData(image, 0, 0);
  }, [item, width, height]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label="The item: a grey picture"
      className={cx("rounded border border-line bg-surface-2", className)}
      style={{ imageRendering: "pixelated", aspectRatio: `${width} / ${height}` }}
    />
  );
}
