/** Turns what people have into the bytes of one item of an arena. */
import { PNG } from "pngjs";
import { codeOf, messageOf } from "@assay/service-kit/errors";
import { readLimited } from "@assay/service-kit/files";
import { TensorType, type ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { PreprocessingError, UnknownPreprocessingError } from "@assay/client/preprocessing/errors";
import { MAX_IMAGE_SIDE, type ImageItem, type RawItem } from "@assay/client/preprocessing/items";
import { preprocess } from "@assay/client/preprocessing/preprocess";
import type { Command } from "commander";
import { z } from "zod";
import { UsageError } from "./errors.ts";

/** Inputs on chain are at most 64 KiB a batch, so no item is longer. */
const MAX_TENSOR_BYTES = 1 << 16;
const MAX_JSON_BYTES = 1 << 20;
const MAX_IMAGE_BYTES = 16 << 20;

const RANGES = new Map<TensorType, { name: string; width: 1 | 2; low: number; high: number }>([
  [TensorType.UINT8, { name: "uint8", width: 1, low: 0, high: 255 }],
  [TensorType.INT8, { name: "int8", width: 1, low: -128, high: 127 }],
  [TensorType.INT16, { name: "int16", width: 2, low: -32768, high: 32767 }],
]);

/** One of these says what the item is. */
export interface InputFlags {
  readonly tensor?: string;
  readonly jsonTensor?: string;
  readonly image?: string;
  readonly text?: string;
}

/** Options that say what the item is, for any command that takes one. */
export function addInputOptions(command: Command): Command {
  return command
    .option("--image <file>", "PNG image, through the arena's preprocessing")
    .option("--text <text>", "text, through the arena's preprocessing")
    .option("--tensor <file>", "raw bytes of the input tensor: row-major, little-endian")
    .option("--json-tensor <file>", "the input tensor as a JSON array of whole numbers, nested or flat");
}

/** Reads a file the user named. `what` completes "cannot read …". Throws UsageError. */
export async function readFileOf(what: string, path: string, limit: number): Promise<Buffer> {
  return readLimited(path, limit).catch((error: unknown) => {
    const reason = codeOf(error) === "ENOENT" ? `there is no file ${path}` : messageOf(error);
    throw new UsageError(`cannot read ${what}: ${reason}`);
  });
}

/** The input tensor of one item, row-major, little-endian. Throws UsageError. */
export async function readItem(
  spec: ArenaSpec,
  { tensor, jsonTensor, image, text }: InputFlags,
): Promise<Uint8Array> {
  const given = [tensor, jsonTensor, image, text].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new UsageError(
      "say what the model shall look at, in one way: --image, --text, --tensor or --json-tensor",
    );
  }
  if (tensor !== undefined)
    return checkLength(spec, await readFileOf("the tensor", tensor, MAX_TENSOR_BYTES));
  if (jsonTensor !== undefined)
    return packTensor(
      spec,
      parseTensor(jsonTensor, await readFileOf("the tensor", jsonTensor, MAX_JSON_BYTES)),
    );
  if (image !== undefined)
    return preprocessed(spec, decodePng(image, await readFileOf("the image", image, MAX_IMAGE_BYTES)));
  return preprocessed(spec, text ?? "");
}

function preprocessed(spec: ArenaSpec, item: RawItem): Uint8Array {
  try {
    return checkLength(spec, preprocess(spec.preprocessing, item));
  } catch (error) {
    if (!(error instanceof PreprocessingError || error instanceof UnknownPreprocessingError)) throw error;
    throw new UsageError(`arena ${spec.name} cannot look at this: ${error.message}`);
  }
}

function typeOf(spec: ArenaSpec): { name: string; width: 1 | 2; low: number; high: number } {
  const type = RANGES.get(spec.inputType);
  if (!type)
    throw new UsageError(`arena ${spec.name} has an input type this version does not know; update it`);
  return type;
}

function elementsOf(spec: ArenaSpec): number {
  return spec.inputShape.reduce((product, size) => product * size, 1);
}

function checkLength(spec: ArenaSpec, bytes: Uint8Array): Uint8Array {
  const { name, width } = typeOf(spec);
  const expected = elementsOf(spec) * width;
  if (bytes.length === expected) return bytes;
  throw new UsageError(
    `the item has ${bytes.length} bytes, one of arena ${spec.name} has ${expected}: ${name} of shape ${spec.inputShape.join("x")}, row-major, little-endian`,
  );
}

/** Throws UsageError unless the file is a JSON array of integers, nested or flat. */
function parseTensor(path: string, content: Buffer): number[] {
  try {
    const nested = z.array(z.unknown()).parse(JSON.parse(content.toString("utf8")));
    return z.array(z.int()).parse(nested.flat(3));
  } catch {
    throw new UsageError(`${path} is no JSON array of whole numbers`);
  }
}

function packTensor(spec: ArenaSpec, values: readonly number[]): Uint8Array {
  const { name, width, low, high } = typeOf(spec);
  const expected = elementsOf(spec);
  if (values.length !== expected) {
    throw new UsageError(
      `the tensor has ${values.length} values, arena ${spec.name} takes ${expected} (${spec.inputShape.join("x")})`,
    );
  }
  const bytes = new Uint8Array(expected * width);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (value < low || value > high)
      throw new UsageError(`value ${value} at ${i} is not in the range of ${name}, ${low} to ${high}`);
    if (width === 1) view.setInt8(i, value);
    else view.setInt16(2 * i, value, true);
  });
  return bytes;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Throws UsageError unless the bytes are a PNG of a size worth decoding. */
export function decodePng(path: string, bytes: Buffer): ImageItem {
  if (!bytes.subarray(0, 8).equals(PNG_SIGNATURE) || bytes.length < 24) {
    throw new UsageError(`${path} is no PNG image; convert it to one`);
  }
  // The sizes stand first in the file: look before anything is unpacked.
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width > MAX_IMAGE_SIDE || height > MAX_IMAGE_SIDE) {
    throw new UsageError(
      `${path} is ${width}x${height} pixels, at most ${MAX_IMAGE_SIDE} a side are read; make it smaller`,
    );
  }
  try {
    const { data } = PNG.sync.read(bytes);
    return { width, height, data };
  } catch (error) {
    throw new UsageError(`${path} is a broken PNG image`, { cause: error });
  }
}
