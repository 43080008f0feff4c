import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface ModelFile {
  id: Uint8Array;
  file: Uint8Array;
}

const folder = fileURLToPath(new URL("../../../models", import.meta.url));

/** The trained models of an arena of the repository, smallest file first. */
export async function trainedModels(arena: string): Promise<ModelFile[]> {
  const names = (await readdir(join(folder, arena))).filter((name) => name.endsWith(".onnx"));
  const files = await Promise.all(
    names.map(async (name) => new Uint8Array(await readFile(join(folder, arena, name)))),
  );
  files.sort((a, b) => a.length - b.length);
  return files.map((file) => ({ file, id: new Uint8Array(createHash("sha256").update(file).digest()) }));
}

/** Bytes that look random and are the same every time. */
export function noise(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
