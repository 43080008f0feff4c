/** Start value of a 32-bit FNV-1a hash. */
export const FNV_START = 0x811c9dc5;

/**
 * Folds one code point into a 32-bit FNV-1a hash, lowest byte first, three
 * bytes always: the hash depends on code points, not on how a runtime encodes text.
 */
export function fnvCodePoint(hash: number, codePoint: number): number {
  hash = Math.imul(hash ^ (codePoint & 0xff), 0x01000193);
  hash = Math.imul(hash ^ ((codePoint >>> 8) & 0xff), 0x01000193);
  return Math.imul(hash ^ (codePoint >>> 16), 0x01000193);
}

/** Maps a hash to 0 .. buckets-1. FNV's low bits are weak, so the high half is folded in first. */
export function bucket(hash: number, buckets: number): number {
  return ((hash ^ (hash >>> 15)) >>> 0) % buckets;
}
