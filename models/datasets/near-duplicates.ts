import { FNV_START, fnvCodePoint } from "@assay/client/preprocessing/fnv";

const SHINGLE_WORDS = 6;
const SKETCH = 32;
/** A shingle in more documents than this is a signature or an advertisement under the mail, not shared content. */
const COMMON = 6;
/** Shared sketch entries from which on two documents belong together, ... */
const RELATED = 3;
/** ... and from which on the later one is a copy. */
const COPY = 20;

/** What the comparison found about one document. */
export interface Kinship {
  /** Index of the first document of its group. */
  readonly group: number;
  /** It says nearly the same as an earlier document. */
  readonly copy: boolean;
}

/**
 * Groups documents that quote one another and marks near-identical ones.
 * Documents are compared by the smallest hashes of their runs of six words
 * (a bottom-k sketch, which estimates how much two sets overlap). Documents
 * with the same non-empty key are grouped too.
 */
export function findKinship(
  documents: readonly { readonly text: string; readonly key: string }[],
): Kinship[] {
  const parent = documents.map((_, i) => i);
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  };
  const join = (a: number, b: number): void => {
    const [low, high] = [root(a), root(b)].sort((x, y) => x - y) as [number, number];
    parent[high] = low;
  };

  const sketches = documents.map(({ text }) => sketch(text));
  const holders = new Map<number, number[]>();
  sketches.forEach((hashes, i) => {
    for (const hash of hashes) {
      const list = holders.get(hash);
      if (list) list.push(i);
      else holders.set(hash, [i]);
    }
  });
  const copies = new Set<number>();
  sketches.forEach((hashes, i) => {
    const shared = new Map<number, number>();
    const common = new Map<number, number>();
    for (const hash of hashes) {
      const list = holders.get(hash)!;
      for (const j of list) {
        if (j >= i) break;
        common.set(j, (common.get(j) ?? 0) + 1);
        if (list.length <= COMMON) shared.set(j, (shared.get(j) ?? 0) + 1);
      }
    }
    for (const [j, n] of shared) if (n >= RELATED) join(i, j);
    // Short documents have small sketches; a copy shares most of what there is.
    for (const [j, n] of common) {
      if (n * SKETCH < COPY * Math.min(hashes.length, sketches[j]!.length) || hashes.length === 0) continue;
      copies.add(i);
      join(i, j);
    }
  });
  const byKey = new Map<string, number>();
  documents.forEach(({ key }, i) => {
    if (key === "") return;
    const first = byKey.get(key);
    if (first === undefined) byKey.set(key, i);
    else join(first, i);
  });
  return documents.map((_, i) => ({ group: root(i), copy: copies.has(i) }));
}

/** The smallest distinct hashes of a text's shingles. */
function sketch(text: string): number[] {
  const words = text.toLowerCase().match(/[\p{L}0-9]+/gu) ?? [];
  const hashes = words.map((word) => {
    let hash = FNV_START;
    for (let i = 0; i < word.length; i++) hash = fnvCodePoint(hash, word.charCodeAt(i));
    return hash;
  });
  const shingles = new Set<number>();
  const last = Math.max(1, hashes.length - SHINGLE_WORDS + 1);
  for (let i = 0; i < last && hashes.length > 0; i++) {
    let hash = 0;
    for (const word of hashes.slice(i, i + SHINGLE_WORDS))
      hash = Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 13);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    shingles.add((hash ^ (hash >>> 13)) >>> 0);
  }
  return [...shingles].sort((a, b) => a - b).slice(0, SKETCH);
}
