import { useEffect, useRef, type ReactNode } from "react";
import type { getArenaExamples, Task } from "../../../../wire/poi-models.ts";
import type { AnswerOf } from "../../../../wire/route.ts";
import { TextLink } from "../../components/button.tsx";
import { Empty } from "../../components/empty.tsx";
import { Address } from "../../components/values.tsx";
import { inputWords } from "./words.ts";

/** A few items with their labels, as a model sees them: one picture each. */
export function Examples({ examples }: { examples: AnswerOf<typeof getArenaExamples> }): ReactNode {
  const { source, task, items } = examples;
  if (source === null)
    return (
      <Empty title="No item has been opened yet">
        Sponsors show their data only after it was used, in the phases INPUT and LABEL of an epoch.
      </Empty>
    );
  return (
    <div className="px-4 pb-4 sm:px-5">
      <ul className="flex flex-wrap gap-3 pt-2">
        {items.map(({ input, label }, index) => (
          <li key={index} className="w-20 text-center text-xs">
            <ItemPicture input={input} task={task} />
            <span className="mt-1 block truncate" title={labelWords(label, task)}>
              {labelWords(label, task)}
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-sm text-muted">
        Each is {inputWords(task)}
        {isPicture(task) ? "" : ", drawn as one square per number, darker for larger ones"}. From{" "}
        <TextLink to={`/epochs/${source.epoch}/slots/${source.slot}`}>
          slot {source.slot} of epoch {source.epoch}
        </TextLink>
        , brought by <Address address={source.sponsor} />. Used once, never again.
      </p>
    </div>
  );
}

function labelWords(label: number | null, { answer }: Task): string {
  if (label === null) return "–";
  return answer.kind === "class" ? (answer.labels[label] ?? `class ${label}`) : String(label);
}

function isPicture({ input: { shape } }: Task): boolean {
  return shape.length === 3 && shape[0] === 1;
}

/** An item as a picture: its own when it is one, else its numbers in rows. */
export function ItemPicture({ input, task }: { input: string; task: Task }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const values = numbersOf(input, task.input.type);
  const [columns, rows] = gridOf(task.input.shape, values.length);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(columns, rows);
    const most = Math.max(1, ...values.map(Math.abs));
    const inverted = !isPicture(task);
    values.forEach((value, i) => {
      const share = Math.min(1, Math.abs(value) / most);
      const grey = Math.round(255 * (inverted ? 1 - share : share));
      image.data.set([grey, grey, grey, 255], i * 4);
    });
    context.putImageData(image, 0, 0);
  }, [input]);
  return (
    <canvas
      ref={canvas}
      width={columns}
      height={rows}
      className="aspect-square w-20 rounded-md border border-line bg-surface-2 object-contain"
      style={{ imageRendering: "pixelated" }}
      aria-hidden="true"
    />
  );
}

/** Width and height of the picture: the tensor's own two last dimensions, else nearly square. */
function gridOf(shape: readonly number[], length: number): [columns: number, rows: number] {
  const [rows, columns] = shape.slice(-2);
  if (shape.length === 3 && shape[0] === 1 && rows !== undefined && columns !== undefined)
    return [columns, rows];
  const width = Math.max(1, Math.ceil(Math.sqrt(length)));
  return [width, Math.max(1, Math.ceil(length / width))];
}

function numbersOf(hex: string, type: string): number[] {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const view = new DataView(bytes.buffer);
  if (type === "int16")
    return Array.from({ length: bytes.length >> 1 }, (_, i) => view.getInt16(2 * i, true));
  return Array.from(bytes, (byte, i) => (type === "int8" ? view.getInt8(i) : byte));
}
