// Control characters, and the invisible ones that reorder, join or hide text: bidi marks, embeddings and isolates,
// zero-width characters, line and paragraph separators, soft hyphen, tags and the byte order mark.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;
// JavaScript counts the byte order mark among white space.
const SPACE = /[\s--\ufeff]+/gv;
// Marks stacked on one letter spill over the lines around it.
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu;

/**
 * Makes text that a stranger wrote on the chain safe to show in one line: without control, bidi and invisible
 * characters, white space folded, at most `maxLength` code points. It does not escape; the page never puts text
 * anywhere but into text nodes.
 */
export function cleanText(text: string, maxLength: number): string {
  const clean = text.replace(SPACE, " ").replace(HIDDEN, "").replace(STACKED_MARKS, "$1").trim();
  const points = [...clean];
  return points.length <= maxLength ? clean : `${points.slice(0, maxLength - 1).join("")}…`;
}
