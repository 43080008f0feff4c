import { useEffect, useRef, type ReactNode } from "react";

/** A grey item as the model sees it, 28 by 28. */
export function ModelView({ item, side = 28 }: { item: Uint8Array; side?: number }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const pixels = context.createImageData(side, side);
    for (let i = 0; i < side * side; i++) {
      const grey = item[i] ?? 0;
      pixels.data.set([grey, grey, grey, 255], 4 * i);
    }
    context.putImageData(pixels, 0, 0);
  }, [item, side]);
  return (
    <figure className="flex items-center gap-3 text-xs text-muted">
      <canvas
        ref={canvas}
        width={side}
        height={side}
        role="img"
        aria-label="What is sent"
        className="size-14 rounded border border-line [image-rendering:pixelated]"
      />
      <figcaption>
        What is sent: {side} × {side} bytes, the way the model’s arena prepares every picture.
      </figcaption>
    </figure>
  );
}
