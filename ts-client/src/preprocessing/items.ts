/**
 * An image as decoded: rows from the top, `width * height` bytes when grey,
 * three times that for RGB and four times for RGBA. Both `ImageData` of a
 * browser and a `Buffer` in Node fit.
 */
export interface ImageItem {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** What people hand in: a picture or a text. */
export type RawItem = ImageItem | string;

/** Sides of an image may not exceed this many pixels. */
export const MAX_IMAGE_SIDE = 4096;

/** Texts may not exceed this many UTF-16 units. */
export const MAX_TEXT_LENGTH = 1 << 20;
