import { PreprocessingError } from "./errors.ts";
import { FNV_START, bucket, fnvCodePoint } from "./fnv.ts";
import { MAX_TEXT_LENGTH, type RawItem } from "./items.ts";

const NAME = "word-counts-512";
const BUCKETS = 512;
/** Longer words are rare (addresses, encoded attachments) and share the bucket of their beginning. */
const MAX_WORD = 20;

/**
 * How often each of 512 groups of words occurs in a text: tensor uint8 [512].
 *
 * Words are runs of letters (lower-cased), runs of digits (all alike) and
 * single signs such as `$` or `!`; each adds one to the bucket its hash points to, up to 255.
 *
 * @throws PreprocessingError when the item is no text, too long, or has no words.
 */
export function wordCounts512(item: RawItem): Uint8Array {
  if (typeof item !== "string") throw new PreprocessingError(NAME, "takes text, got an image");
  if (item.length > MAX_TEXT_LENGTH)
    throw new PreprocessingError(NAME, `text of ${item.length} characters exceeds ${MAX_TEXT_LENGTH}`);
  const words = item
    .normalize("NFC")
    .toLowerCase()
    .match(/[\p{L}\p{M}]+|[0-9]+|[^\s\p{L}\p{M}0-9]/gu);
  if (!words) throw new PreprocessingError(NAME, "the text has no words");

  const counts = new Uint8Array(BUCKETS);
  for (const word of words) {
    const i = bucket(hashWord(word), BUCKETS);
    if (counts[i]! < 255) counts[i]!++;
  }
  return counts;
}

function hashWord(word: string): number {
  const first = word.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39) return fnvCodePoint(FNV_START, 0x30);
  let hash = FNV_START;
  let length = 0;
  for (const char of word) {
    if (length++ === MAX_WORD) break;
    hash = fnvCodePoint(hash, char.codePointAt(0)!);
  }
  return hash;
}
