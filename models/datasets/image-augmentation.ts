import type { ImageItem } from "@assay/client/preprocessing/items";
import type { Random } from "./random.ts";

/** How far an image may be bent. Fractions are in 1/4096, distances in 1/256 pixel. */
export interface ImageAugmentation {
  /** Largest tan(angle / 2): 4096 * tan(15 degrees) = 1098 turns up to 30 degrees. */
  readonly halfTurn: number;
  readonly shear: number;
  readonly scale: readonly [smallest: number, largest: number];
  readonly shift: number;
  /** Brightness of the ink is multiplied by contrast .. 4096. */
  readonly contrast: number;
  /** Largest grey value that noise adds or takes away. */
  readonly noise: number;
}

const ONE = 4096;

/** A grey image turned, sheared, scaled, shifted, faded and grained, all in integers; same size. */
export function augmentImage(
  { width, height, data }: ImageItem,
  limits: ImageAugmentation,
  random: Random,
): ImageItem {
  const t = random.between(-limits.halfTurn, limits.halfTurn);
  const norm = ONE * ONE + t * t;
  const cos = Math.trunc((ONE * (ONE * ONE - t * t)) / norm);
  const sin = Math.trunc((2 * ONE * ONE * t) / norm);
  const shear = random.between(-limits.shear, limits.shear);
  const scaleX = random.between(...limits.scale);
  const scaleY = random.between(...limits.scale);
  const centreX = (width - 1) * (ONE / 2);
  const centreY = (height - 1) * (ONE / 2);
  const shiftX = random.between(-limits.shift, limits.shift) * (ONE / 256);
  const shiftY = random.between(-limits.shift, limits.shift) * (ONE / 256);
  const contrast = random.between(limits.contrast, ONE);
  const noise = random.between(0, limits.noise);

  // Target to source: one step to the right (left column) and one step down (right column), in 1/4096 pixel.
  const rightX = Math.trunc((cos * ONE) / scaleX);
  const rightY = Math.trunc((sin * ONE) / scaleX);
  const downX = Math.trunc((-sin * ONE + cos * shear) / scaleY);
  const downY = Math.trunc((cos * ONE + sin * shear) / scaleY);

  const out = new Uint8Array(width * height);
  const halfWidth = (width - 1) / 2;
  const halfHeight = (height - 1) / 2;
  for (let y = 0, i = 0; y < height; y++) {
    let u = Math.trunc(centreX + shiftX - halfWidth * rightX + (y - halfHeight) * downX);
    let v = Math.trunc(centreY + shiftY - halfWidth * rightY + (y - halfHeight) * downY);
    for (let x = 0; x < width; x++, i++, u += rightX, v += rightY) {
      const ink = (sample(data, width, height, u, v) * contrast) >> 12;
      const grain = noise === 0 ? 0 : (((random.word() & 511) - 256) * noise) >> 8;
      out[i] = Math.min(255, Math.max(0, ink + grain));
    }
  }
  return { width, height, data: out };
}

/** Bilinear sample at (u, v) / 4096; black outside. */
function sample(data: ImageItem["data"], width: number, height: number, u: number, v: number): number {
  const x = u >> 12;
  const y = v >> 12;
  if (x < -1 || y < -1 || x >= width || y >= height) return 0;
  const fx = (u & 4095) >> 4;
  const fy = (v & 4095) >> 4;
  const i = y * width + x;
  const left = x >= 0;
  const right = x + 1 < width;
  const above = y >= 0;
  const below = y + 1 < height;
  const a = left && above ? data[i]! : 0;
  const b = right && above ? data[i + 1]! : 0;
  const c = left && below ? data[i + width]! : 0;
  const d = right && below ? data[i + width + 1]! : 0;
  return ((a * (256 - fx) + b * fx) * (256 - fy) + (c * (256 - fx) + d * fx) * fy) >> 16;
}
