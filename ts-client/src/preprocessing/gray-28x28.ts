import { PreprocessingError } from "./errors.ts";
import { MAX_IMAGE_SIDE, type ImageItem, type RawItem } from "./items.ts";

const NAME = "gray-28x28";
const SIDE = 28;
/** The longest side of the ink inside the frame, as in the MNIST collection the models learned from. */
const INK_SIDE = 20;
/** Paper is never perfectly black after inversion; anything fainter than this is not ink. */
const INK_THRESHOLD = 48;

/**
 * One hand-drawn sign as 28x28 grey bytes, ink bright on black: tensor uint8 [1,28,28].
 *
 * A grey 28x28 image passes unchanged. Anything else is brought to grey,
 * inverted when its border is bright (dark ink on paper), cropped to its ink,
 * scaled so that the ink's longest side is 20 pixels, and placed with its
 * centre of mass in the middle. Integers only, so every runtime gives the same bytes.
 *
 * @throws PreprocessingError when the item is no image, has no ink, or its sizes are wrong.
 */
export function gray28x28(item: RawItem): Uint8Array {
  if (typeof item === "string") throw new PreprocessingError(NAME, "takes an image, got text");
  const { width, height, data } = item;
  if (!isSide(width) || !isSide(height)) {
    throw new PreprocessingError(
      NAME,
      `sides must be whole numbers from 1 to ${MAX_IMAGE_SIDE}, got ${width}x${height}`,
    );
  }
  const channels = data.length / (width * height);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new PreprocessingError(
      NAME,
      `${width}x${height} pixels need 1, 3 or 4 bytes each, got ${data.length} bytes`,
    );
  }
  if (channels === 1 && width === SIDE && height === SIDE) return Uint8Array.from(data);

  const grey = toGrey(item, channels);
  if (borderIsBright(grey, width, height)) for (let i = 0; i < grey.length; i++) grey[i] = 255 - grey[i]!;
  const box = inkBox(grey, width, height);
  if (!box) throw new PreprocessingError(NAME, "no ink found: the image is of one colour");
  return centre(shrink(grey, width, box));
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

function isSide(n: number): boolean {
  return Number.isInteger(n) && n >= 1 && n <= MAX_IMAGE_SIDE;
}

/** Luma with integer BT.601 weights; transparent pixels lie on white paper. */
function toGrey({ width, height, data }: ImageItem, channels: number): Uint8Array {
  const grey = new Uint8Array(width * height);
  if (channels === 1) {
    grey.set(data);
    return grey;
  }
  for (let i = 0, p = 0; i < grey.length; i++, p += channels) {
    const luma = (77 * data[p]! + 150 * data[p + 1]! + 29 * data[p + 2]! + 128) >> 8;
    const alpha = channels === 4 ? data[p + 3]! : 255;
    grey[i] = Math.trunc((luma * alpha + 255 * (255 - alpha) + 127) / 255);
  }
  return grey;
}

function borderIsBright(grey: Uint8Array, width: number, height: number): boolean {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      sum += grey[y * width + x]!;
      count++;
    }
  }
  return sum > 127 * count;
}

function inkBox(grey: Uint8Array, width: number, height: number): Box | undefined {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (grey[y * width + x]! < INK_THRESHOLD) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The box scaled so that its longest side is INK_SIDE; each target pixel is the mean of the source pixels it covers. */
function shrink(grey: Uint8Array, stride: number, box: Box): Grey {
  const longest = Math.max(box.width, box.height);
  const width = Math.max(1, Math.trunc((box.width * INK_SIDE + (longest >> 1)) / longest));
  const height = Math.max(1, Math.trunc((box.height * INK_SIDE + (longest >> 1)) / longest));
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const [y0, y1] = span(y, height, box.height);
    for (let x = 0; x < width; x++) {
      const [x0, x1] = span(x, width, box.width);
      let sum = 0;
      for (let sy = y0; sy < y1; sy++) {
        for (let sx = x0; sx < x1; sx++) sum += grey[(box.top + sy) * stride + box.left + sx]!;
      }
      const n = (y1 - y0) * (x1 - x0);
      data[y * width + x] = Math.trunc((sum + (n >> 1)) / n);
    }
  }
  return { width, height, data };
}

function span(i: number, target: number, source: number): [number, number] {
  const from = Math.trunc((i * source) / target);
  return [from, Math.max(from + 1, Math.trunc(((i + 1) * source) / target))];
}

function centre({ width, height, data }: Grey): Uint8Array {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const v = data[y * width + x]!;
      mass += v;
      massX += v * x;
      massY += v * y;
    }
  }
  // Ink at the edge of a lopsided sign must not leave the frame.
  const left = clamp(SIDE / 2 - Math.trunc((massX + (mass >> 1)) / mass), 0, SIDE - width);
  const top = clamp(SIDE / 2 - Math.trunc((massY + (mass >> 1)) / mass), 0, SIDE - height);
  const out = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < height; y++)
    out.set(data.subarray(y * width, (y + 1) * width), (top + y) * SIDE + left);
  return out;
}

function clamp(n: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, n));
}
