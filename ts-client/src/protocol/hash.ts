import { sha256 } from "@noble/hashes/sha2.js";

/** Length of every hash, link, seed and model id. */
export const HASH_SIZE = 32;

/** Length of the salts of labels and reservations. */
export const SALT_SIZE = 32;

/**
 * Domains of {@link hash}. No two uses share one. `docs/protocol/bytes.md` is the table of what
 * follows each.
 */
export const DOMAIN = {
  audit: "assay/audit/v1",
  batch: "assay/batch/v1",
  beacon: "assay/beacon/v1",
  genesis: "assay/genesis/v1",
  labels: "assay/labels/v1",
  link: "assay/link/v1",
  rand: "assay/rand/v1",
  reservation: "assay/reservation/v1",
} as const;

const utf8 = new TextEncoder();

export function text(value: string): Uint8Array {
  return utf8.encode(value);
}

export function u64(value: bigint): Uint8Array {
  if (value < 0n || value >> 64n !== 0n) throw new RangeError(`${value} is not a u64`);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

export function u32(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw new RangeError(`${value} is not a u32`);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Orders byte strings as the chain does: byte by byte, a prefix first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The domain and every part, each preceded by its length as a big-endian u32. */
export function preimage(domain: string, parts: readonly Uint8Array[]): Uint8Array {
  const all = [text(domain), ...parts];
  const bytes = new Uint8Array(all.reduce((size, part) => size + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of all) {
    view.setUint32(at, part.length);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

/** `H`: SHA-256 over the domain and every part, each preceded by its length. */
export function hash(domain: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(preimage(domain, parts));
}

/**
 * The link that follows `previous` in the hash chain of a scorer (operator address, raw). The
 * owner builds the chain forward from a secret and registers the last link as its tip; it then
 * reveals backwards.
 */
export function link(chainId: string, scorer: Uint8Array, previous: Uint8Array): Uint8Array {
  return hash(DOMAIN.link, text(chainId), scorer, previous);
}

/** Whether `revealed` is the link just before `tip`. If so, it becomes the new tip. */
export function verifyLink(
  chainId: string,
  scorer: Uint8Array,
  revealed: Uint8Array,
  tip: Uint8Array,
): boolean {
  return revealed.length === HASH_SIZE && compareBytes(link(chainId, scorer, revealed), tip) === 0;
}

/** The link that one scorer (operator address, raw) revealed in an epoch. */
export interface Reveal {
  scorer: Uint8Array;
  link: Uint8Array;
}

/** `R_0`, the beacon before the first epoch. */
export function genesisBeacon(chainId: string): Uint8Array {
  return hash(DOMAIN.genesis, text(chainId));
}

/** `R` of an epoch from the `R` before it and the reveals, in any order, one per scorer. */
export function beacon(previous: Uint8Array, epoch: bigint, reveals: readonly Reveal[]): Uint8Array {
  const sorted = reveals.toSorted((a, b) => compareBytes(a.scorer, b.scorer));
  refuseTwins(sorted.map((reveal) => reveal.scorer));
  return hash(
    DOMAIN.beacon,
    previous,
    u64(epoch),
    ...sorted.flatMap((reveal) => [reveal.scorer, reveal.link]),
  );
}

/** Throws if two neighbours of a sorted list of addresses are equal. */
export function refuseTwins(sorted: readonly Uint8Array[]): void {
  sorted.forEach((address, i) => {
    const before = sorted[i - 1];
    if (before !== undefined && compareBytes(before, address) === 0) {
      throw new RangeError("an address is listed twice");
    }
  });
}

/** `A` of an arena from the epoch's beacon and the salts of its opened batches, in any order. */
export function auditSeed(
  epochBeacon: Uint8Array,
  epoch: bigint,
  arena: bigint,
  salts: readonly Uint8Array[],
): Uint8Array {
  return hash(DOMAIN.audit, epochBeacon, u64(epoch), u64(arena), ...salts.toSorted(compareBytes));
}

/** Commits to the encoded labels of a batch under a salt of {@link SALT_SIZE} bytes. */
export function labelsHash(labels: Uint8Array, salt: Uint8Array): Uint8Array {
  return hash(DOMAIN.labels, labels, salt);
}

/** What the leaf of one batch commits to; addresses and hashes are raw bytes. */
export interface BatchCommitment {
  chainId: string;
  arena: bigint;
  sponsor: Uint8Array;
  batch: number;
  /** Merkle root over the raw items. */
  inputsRoot: Uint8Array;
  labelsHash: Uint8Array;
}

/** The leaf of a batch in its sponsor's tree. */
export function batchLeaf(batch: BatchCommitment): Uint8Array {
  return hash(
    DOMAIN.batch,
    text(batch.chainId),
    u64(batch.arena),
    batch.sponsor,
    u32(batch.batch),
    batch.inputsRoot,
    batch.labelsHash,
  );
}

/** What a model's owner (address, raw) sends before the file, whose sha256 is `model`. */
export function reservationHash(salt: Uint8Array, model: Uint8Array, owner: Uint8Array): Uint8Array {
  return hash(DOMAIN.reservation, salt, model, owner);
}
