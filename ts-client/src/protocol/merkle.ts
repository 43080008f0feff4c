import { sha256 } from "@noble/hashes/sha2.js";
import { compareBytes, HASH_SIZE } from "./hash.ts";

/** Leads from one leaf of a Merkle tree to its root; aunts are the siblings from the leaf upwards. */
export interface Path {
  index: number;
  total: number;
  aunts: Uint8Array[];
}

// The tree is that of RFC 6962, section 2.1, and of CometBFT's crypto/merkle.
function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256.create().update(Uint8Array.of(0)).update(leaf).digest();
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256.create().update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** The largest power of two below `n`, for `n` of at least 2. */
function splitPoint(n: number): number {
  return 2 ** (31 - Math.clz32(n - 1));
}

/** The root over the leaves; of none it is SHA-256 of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return leaves.length === 0 ? sha256(new Uint8Array()) : rootOf(leaves.map(leafHash), []);
}

/** The path of leaf number `index`. */
export function merklePath(leaves: readonly Uint8Array[], index: number): Path {
  const total = leaves.length;
  if (!Number.isInteger(index) || index < 0 || index >= total)
    throw new RangeError(`leaf ${index} of a tree of ${total}`);
  const aunts: Uint8Array[] = [];
  rootOf(leaves.map(leafHash), aunts, index);
  return { index, total, aunts };
}

/** Root over leaf hashes; with an index, its aunts are collected from the leaf upwards. */
function rootOf(hashes: readonly Uint8Array[], aunts: Uint8Array[], index?: number): Uint8Array {
  const [only] = hashes;
  if (hashes.length === 1 && only !== undefined) return only;
  const split = splitPoint(hashes.length);
  const inLeft = index !== undefined && index < split;
  const inRight = index !== undefined && index >= split;
  const left = rootOf(hashes.slice(0, split), aunts, inLeft ? index : undefined);
  const right = rootOf(hashes.slice(split), aunts, inRight ? index - split : undefined);
  if (inLeft) aunts.push(right);
  if (inRight) aunts.push(left);
  return nodeHash(left, right);
}

/**
 * Whether `leaf` is number `index` of the `total` leaves under `root`. A root does not commit to
 * the size of its tree, so the caller says which index and total it expects.
 */
export function verifyPath(
  path: Path,
  root: Uint8Array,
  index: number,
  total: number,
  leaf: Uint8Array,
): boolean {
  if (path.index !== index || path.total !== total || !Number.isInteger(index) || index < 0 || index >= total)
    return false;
  let result = leafHash(leaf);
  // RFC 9162, section 2.1.3.2: the positions, in the current level, of our node and of the last one.
  let at = index;
  let last = total - 1;
  for (const aunt of path.aunts) {
    if (aunt.length !== HASH_SIZE || last === 0) return false;
    if (at % 2 === 1 || at === last) {
      result = nodeHash(aunt, result);
      // The last node of an odd level has no sibling there and moves up as it is.
      while (at % 2 === 0 && at !== 0) {
        at /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      result = nodeHash(result, aunt);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && compareBytes(result, root) === 0;
}
