/**
 * Writes augmented training items for the Python trainers, which therefore
 * never see a hidden item:
 *
 *   node models/training/export.ts digits 240000 OUT_DIRECTORY
 *
 * OUT/inputs.bin holds the tensors one after another, OUT/labels.bin one byte
 * each. Item i is a variation of a random training source, the same in every run.
 */
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { makeBatches } from "../datasets/dataset.ts";
import { load } from "../datasets/load.ts";

const SEED = Buffer.from("assay training, not a secret");
const SIZE = 64;

const [loader, countText, out] = process.argv.slice(2);
const count = Number(countText);
if (!loader || !out || !Number.isInteger(count) || count < 1) {
  console.error("usage: node models/training/export.ts LOADER COUNT OUT_DIRECTORY");
  process.exit(2);
}
const dataset = await load(loader);
const batches = makeBatches(dataset, { part: "train", seed: SEED, size: SIZE });
await mkdir(out, { recursive: true });
await using inputs = await open(join(out, "inputs.bin"), "w");
await using labels = await open(join(out, "labels.bin"), "w");
for (let b = 0; b * SIZE < count; b++) {
  const items = batches.batch(b).slice(0, count - b * SIZE);
  await inputs.write(Buffer.concat(items.map((item) => item.input)));
  await labels.write(Uint8Array.from(items, (item) => item.label));
}
console.log(`${count} items of ${dataset.name}, from ${batches.sources} training sources, in ${out}`);
