import { open, readFile } from "node:fs/promises";
import { extname, resolve, sep } from "node:path";
import type { ImageItem, RawItem } from "@assay/client/preprocessing/items";
import { z } from "zod";
import { DatasetError, digestGroup, splitByGroup, type Dataset, type Source } from "./dataset.ts";
import { augmentImage } from "./image-augmentation.ts";
import { parsePnm } from "./pnm.ts";
import type { Random } from "./random.ts";
import { augmentText } from "./text-augmentation.ts";

const MAX_FILE_BYTES = 16 << 20;
const MAX_LABELS_BYTES = 16 << 20;
const MAX_ITEMS = 100_000;

/** How a folder of raw items becomes a data set. */
export interface FolderOptions {
  /** Contains `labels.csv` (lines `file,label`) or `labels.json` (`{"file": "label"}`) and the files they name. */
  readonly directory: string;
  /** Names of the arena's labels, in order; labels in the file are these names. */
  readonly labels: readonly string[];
  readonly preprocessing: string;
  /** Vary the items, so that a few give many; default off: each is used once. */
  readonly augment?: boolean;
  /** Share of the items that is hidden; the rest is for training. Default 100. */
  readonly hiddenPercent?: number;
}

const LabelFile = z.record(z.string().min(1).max(1024), z.string().max(256));

/**
 * Any folder of raw items: `.txt` files in UTF-8, `.pgm` and `.ppm` images
 * (every image tool writes them). Files with equal content count once.
 *
 * @throws DatasetError when the folder, a label or a file is not usable.
 */
export async function loadFolder(options: FolderOptions): Promise<Dataset> {
  const { directory, labels, preprocessing, augment = false, hiddenPercent = 100 } = options;
  if (!Number.isInteger(hiddenPercent) || hiddenPercent < 0 || hiddenPercent > 100) {
    throw new DatasetError(`hiddenPercent must be 0 .. 100, got ${hiddenPercent}`);
  }
  const sources = new Map<string, Source>();
  for (const [file, name] of await readLabels(directory)) {
    const label = labels.indexOf(name);
    if (label < 0) throw new DatasetError(`${file}: label "${name}" is none of ${labels.join(", ")}`);
    const path = resolve(directory, file);
    if (!path.startsWith(resolve(directory) + sep))
      throw new DatasetError(`${file} lies outside ${directory}`);
    const bytes = await readLimited(path, MAX_FILE_BYTES);
    const group = digestGroup(bytes);
    const known = sources.get(group);
    if (known && known.label !== label)
      throw new DatasetError(
        `${file} has the content of another file with the label "${labels[known.label]}"`,
      );
    sources.set(group, { raw: parseItem(path, bytes), label, group });
  }
  const base: Dataset = {
    name: "folder",
    labels,
    preprocessing,
    ...splitByGroup("folder", [...sources.values()], hiddenPercent),
  };
  return augment ? { ...base, augment: augmentItem } : base;
}

function augmentItem(raw: RawItem, random: Random): RawItem {
  if (typeof raw === "string")
    return augmentText(
      raw,
      { window: [Math.min(raw.length, 100), Math.max(100, raw.length)], typos: 20 },
      random,
    );
  if (raw.data.length !== raw.width * raw.height)
    throw new DatasetError("only grey images (.pgm) can be augmented");
  return augmentImage(
    raw,
    { halfTurn: 360, shear: 400, scale: [3700, 4500], shift: 256, contrast: 3000, noise: 20 },
    random,
  );
}

async function readLabels(directory: string): Promise<[file: string, label: string][]> {
  const csv = await readOptional(resolve(directory, "labels.csv"));
  const json = csv === undefined ? await readOptional(resolve(directory, "labels.json")) : undefined;
  const entries = csv !== undefined ? parseCsv(csv) : json !== undefined ? parseJson(json) : undefined;
  if (!entries)
    throw new DatasetError(`${directory} has neither labels.csv (lines "file,label") nor labels.json`);
  if (entries.length === 0) throw new DatasetError(`the labels file in ${directory} is empty`);
  if (entries.length > MAX_ITEMS)
    throw new DatasetError(
      `${directory} lists ${entries.length} items, at most ${MAX_ITEMS} are read: divide it`,
    );
  return entries;
}

function parseCsv(text: string): [string, string][] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line, i) => {
      const comma = line.lastIndexOf(",");
      if (comma <= 0)
        throw new DatasetError(`labels.csv line ${i + 1}: expected "file,label", got "${line.slice(0, 80)}"`);
      return [line.slice(0, comma).trim(), line.slice(comma + 1).trim()];
    });
}

function parseJson(text: string): [string, string][] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DatasetError("labels.json is not JSON", { cause });
  }
  const parsed = LabelFile.safeParse(value);
  if (!parsed.success)
    throw new DatasetError(`labels.json must be {"file": "label", ...}: ${parsed.error.message}`);
  return Object.entries(parsed.data);
}

function parseItem(path: string, bytes: Uint8Array): RawItem {
  switch (extname(path).toLowerCase()) {
    case ".txt":
      return decodeText(path, bytes);
    case ".pgm":
    case ".ppm":
      return parseImage(path, bytes);
    default:
      throw new DatasetError(`${path}: only .txt, .pgm and .ppm items are read`);
  }
}

function decodeText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DatasetError(`${path} is not UTF-8`, { cause });
  }
}

function parseImage(path: string, bytes: Uint8Array): ImageItem {
  const image = parsePnm(bytes);
  if (!image) throw new DatasetError(`${path} is no binary PGM or PPM with 8 bits per channel`);
  return image;
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return decodeText(path, await readLimited(path, MAX_LABELS_BYTES));
  } catch (error) {
    if (error instanceof DatasetError && isMissing(error.cause)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function readLimited(path: string, limit: number): Promise<Uint8Array> {
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    if (size > limit) throw new DatasetError(`${path} has ${size} bytes, at most ${limit} are read`);
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError(`cannot read ${path}`, { cause });
  }
}
