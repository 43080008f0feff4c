import type { ImageItem } from "@assay/client/preprocessing/items";
import { ImageUp, X } from "lucide-react";
import { useCallback, useEffect, useRef, useState, type PointerEvent, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { DIGITS, type Stroke } from "./examples.ts";

/** Pixels of the paper; the screen shows it as large as there is room. */
const SIDE = 280;
/** Of the pen, as a part of the paper's side. */
const PEN = 0.075;
const MAX_FILE_BYTES = 10 * 2 ** 20;
const EXAMPLE = 7;

/** Paper to draw on; a picture can be dropped on it, and there are digits to choose from. */
export function DrawInput({ onChange }: { onChange: (image: ImageItem | null) => void }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<readonly [number, number] | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");

  const draw = useCallback(
    (paint: (context: CanvasRenderingContext2D) => void, blank = false) => {
      const context = canvas.current?.getContext("2d", { willReadFrequently: true });
      if (!context) return;
      paint(context);
      setProblem("");
      onChange(blank ? null : context.getImageData(0, 0, SIDE, SIDE));
    },
    [onChange],
  );
  const example = useCallback((digit: number) => draw((context) => write(context, digit)), [draw]);
  useEffect(() => example(EXAMPLE), [example]);

  const at = ({ clientX, clientY }: PointerEvent<HTMLCanvasElement>): readonly [number, number] => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return [0, 0];
    return [((clientX - box.left) / box.width) * SIDE, ((clientY - box.top) / box.height) * SIDE];
  };
  const move = (event: PointerEvent<HTMLCanvasElement>): void => {
    const from = last.current;
    const context = canvas.current?.getContext("2d");
    if (!from || !context) return;
    last.current = at(event);
    line(context, [from, last.current]);
  };

  const load = async (picked: File | undefined): Promise<void> => {
    if (!picked) return;
    if (picked.size > MAX_FILE_BYTES) return setProblem("The picture is larger than 10 MB.");
    const bitmap = await createImageBitmap(picked).catch(() => null);
    if (!bitmap) return setProblem("This file is not a picture that the browser can read.");
    draw((context) => {
      blank(context);
      const scale = Math.min(SIDE / bitmap.width, SIDE / bitmap.height);
      const [width, height] = [bitmap.width * scale, bitmap.height * scale];
      context.drawImage(bitmap, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
    });
    bitmap.close();
  };

  return (
    <div className="grid gap-3">
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        role="img"
        aria-label="Paper for a digit. Draw with pointer or finger, drop a picture, or choose a digit below."
        className="aspect-square w-full max-w-80 cursor-crosshair touch-none justify-self-center rounded-lg border border-line-strong"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = at(event);
          move(event);
        }}
        onPointerMove={move}
        onPointerUp={() => {
          last.current = null;
          draw(() => undefined);
        }}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          void load(event.dataTransfer.files[0]);
        }}
      />
      <div
        role="group"
        aria-label="Example digits"
        className="mx-auto grid w-full max-w-80 grid-cols-10 gap-1"
      >
        {DIGITS.map((_, digit) => (
          <Button
            key={digit}
            className="px-0"
            aria-label={`Example: ${digit}`}
            onClick={() => example(digit)}
          >
            {digit}
          </Button>
        ))}
      </div>
      <div className="flex flex-wrap justify-center gap-2">
        <Button onClick={() => draw(blank, true)}>
          <X className="size-4" aria-hidden="true" />
          Clear
        </Button>
        <Button onClick={() => file.current?.click()}>
          <ImageUp className="size-4" aria-hidden="true" />
          Use a picture
        </Button>
        <input
          ref={file}
          type="file"
          accept="image/*"
          aria-label="A picture of a digit"
          className="hidden"
          onChange={({ currentTarget }) => {
            void load(currentTarget.files?.[0]);
            currentTarget.value = "";
          }}
        />
      </div>
      {problem === "" ? null : (
        <p role="alert" className="text-center text-sm text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}

function blank(context: CanvasRenderingContext2D): void {
  context.fillStyle = "white";
  context.fillRect(0, 0, SIDE, SIDE);
}

/** Black on white, whatever the theme: it is paper. */
function line(context: CanvasRenderingContext2D, points: Stroke): void {
  context.strokeStyle = "black";
  context.lineWidth = SIDE * PEN;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
}

function write(context: CanvasRenderingContext2D, digit: number): void {
  blank(context);
  for (const stroke of DIGITS[digit] ?? [])
    line(
      context,
      stroke.map(([x, y]) => [(x * SIDE) / 100, (y * SIDE) / 100] as const),
    );
}
