import { PreprocessingError } from "./errors.ts";
import { FNV_START, bucket, fnvCodePoint } from "./fnv.ts";
import { MAX_TEXT_LENGTH, type RawItem } from "./items.ts";

const NAME = "char-ngrams-128";
const POSITIONS = 64;
const BIGRAM_IDS = 1024;
const TRIGRAM_IDS = 3072;
const SPACE = 0x20;

/**
 * The first 64 characters of a text as ids of letter groups: tensor int16 [128], little-endian.
 *
 * The text is lower-cased, everything that is no letter becomes one space, and
 * a space is put in front and behind. Then id[i], i < 64, is the hashed pair of characters
 * (i, i+1) in 1..1023 and id[64+i] the hashed triple (i, i+1, i+2) in
 * 1024..4095. Places after the end of the text hold 0.
 *
 * @throws PreprocessingError when the item is no text, too long, or has no letters.
 */
export function charNgrams128(item: RawItem): Uint8Array {
  if (typeof item !== "string") throw new PreprocessingError(NAME, "takes text, got an image");
  if (item.length > MAX_TEXT_LENGTH)
    throw new PreprocessingError(NAME, `text of ${item.length} characters exceeds ${MAX_TEXT_LENGTH}`);
  const letters = item
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}]+/gu, " ")
    .trim();
  if (letters === "") throw new PreprocessingError(NAME, "the text has no letters");

  const points: number[] = [SPACE];
  for (const char of letters) {
    points.push(char.codePointAt(0)!);
    if (points.length === POSITIONS + 2) break;
  }
  if (points.length < POSITIONS + 2) points.push(SPACE);

  const out = new Uint8Array(4 * POSITIONS);
  const view = new DataView(out.buffer);
  for (let i = 0; i + 1 < points.length && i < POSITIONS; i++) {
    const pair = fnvCodePoint(fnvCodePoint(FNV_START, points[i]!), points[i + 1]!);
    view.setInt16(2 * i, 1 + bucket(pair, BIGRAM_IDS - 1), true);
    if (i + 2 >= points.length) continue;
    view.setInt16(
      2 * (POSITIONS + i),
      BIGRAM_IDS + bucket(fnvCodePoint(pair, points[i + 2]!), TRIGRAM_IDS),
      true,
    );
  }
  return out;
}
