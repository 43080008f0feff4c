import { readFileSync } from "node:fs";
import { fromHex } from "../protocol/bytes.ts";

/** An entry of testdata/intonnx/corpus.json; its README says what the fields are. */
interface Entry {
  file?: string;
  generate?: { parts: { hex: string; times: number }[] };
  about: string;
  ok: boolean;
  info?: {
    sha256: string;
    macs: number;
    elements: number;
    bound_bits: number;
    input: { type: string; shape: number[] };
    outputs: number[];
  };
  vectors?: { input: string; output: number[] }[];
  code?: string;
}

const folder = new URL("../../../testdata/intonnx/", import.meta.url);

export const corpus = JSON.parse(readFileSync(new URL("corpus.json", folder), "utf8")) as Entry[];

/** The bytes of an entry, read or generated. */
export function bytesOf({ file, generate }: Entry): Uint8Array {
  if (file !== undefined) return readCorpusFile(file);
  const parts = generate?.parts ?? [];
  return new Uint8Array(Buffer.concat(parts.map(({ hex, times }) => Buffer.from(hex.repeat(times), "hex"))));
}

export function readCorpusFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`files/${name}`, folder)));
}

/** The inputs and outputs of an entry's vectors. */
export function vectorsOf({ vectors = [] }: Entry): { input: Uint8Array; output: number[] }[] {
  return vectors.map(({ input, output }) => ({ input: fromHex(input), output }));
}
