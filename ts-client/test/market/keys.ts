import { createPrivateKey, createPublicKey, randomBytes, sign, verify, type KeyObject } from "node:crypto";

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** An ed25519 key on node:crypto, so that tests check signatures with another implementation than the library's. */
export interface NodeKey {
  readonly publicKey: Uint8Array;
  sign(digest: Uint8Array): Uint8Array;
}

export function importSigningKey(seed: Uint8Array): NodeKey {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: Uint8Array.from(spki.subarray(SPKI_PREFIX.length)),
    sign: (digest) => Uint8Array.from(sign(null, digest, key)),
  };
}

export function newKey(): NodeKey {
  return importSigningKey(randomBytes(32));
}

const parsed = new Map<string, KeyObject>();

export function verifySignature(key: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const name = Buffer.from(key).toString("hex");
  const known =
    parsed.get(name) ??
    createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key]), format: "der", type: "spki" });
  parsed.set(name, known);
  return verify(null, digest, known, signature);
}
