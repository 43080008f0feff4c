import type { Random } from "./random.ts";

/** How texts are cut and spoiled. */
export interface TextAugmentation {
  /** Length of the window in characters. */
  readonly window: readonly [shortest: number, longest: number];
  /** Typing mistakes per 1000 characters, at most. */
  readonly typos: number;
}

/**
 * A window of a text, beginning at a word, with typing mistakes: letters left
 * out, doubled, exchanged with the next, or replaced by another letter of the same text.
 */
export function augmentText(text: string, { window, typos }: TextAugmentation, random: Random): string {
  const length = random.between(...window);
  const rate = random.between(0, typos);
  let from = text.length > length ? random.uniform(text.length - length + 1) : 0;
  if (from > 0) {
    const space = text.indexOf(" ", from);
    if (space >= 0 && space + 1 + length <= text.length) from = space + 1;
  }
  // By characters, so that no surrogate pair is torn.
  const chars = Array.from(text.slice(from, from + length));
  let out = "";
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    if (random.uniform(1000) >= rate) {
      out += char;
      continue;
    }
    switch (random.uniform(4)) {
      case 0:
        break;
      case 1:
        out += char + char;
        break;
      case 2:
        out += (chars[i + 1] ?? "") + char;
        i++;
        break;
      default:
        out += chars[random.uniform(chars.length)]!;
    }
  }
  return out;
}
