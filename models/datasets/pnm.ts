import type { ImageItem } from "@assay/client/preprocessing/items";

/** Magic, width, height and 255, separated by white space and comments, then one white space. */
const HEADER =
  /^P([56])(?:\s+(?:#[^\n]*\n\s*)*)(\d{1,5})\s+(?:#[^\n]*\n\s*)*(\d{1,5})\s+(?:#[^\n]*\n\s*)*255\s/;

/** A binary PGM (grey) or PPM (RGB) with 8 bits per channel; undefined when the bytes are anything else. */
export function parsePnm(bytes: Uint8Array): ImageItem | undefined {
  const header = HEADER.exec(Buffer.from(bytes.subarray(0, 1024)).toString("latin1"));
  if (!header) return undefined;
  const width = Number(header[2]);
  const height = Number(header[3]);
  const data = bytes.subarray(header[0].length);
  return data.length === width * height * (header[1] === "5" ? 1 : 3) ? { width, height, data } : undefined;
}
