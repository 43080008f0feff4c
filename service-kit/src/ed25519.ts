/**
 * Keys of vouchers and receipts for programs on Node: as `@assay/client/market/ed25519`, but synchronous, and with key
 * files.
 */
import { createPrivateKey, createPublicKey, randomBytes, sign, verify, type KeyObject } from "node:crypto";
import { checkKey, KEY_SIZE, SEED_SIZE, SIGNATURE_SIZE, SigningKeyError } from "@assay/client/market/ed25519";
import { z } from "zod";
import { createFile } from "./files.ts";
import { KeyFileError, readKeyFile, parseKeyFile } from "./keys.ts";

export { checkKey };

/** A key pair that signs digests of 32 bytes. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  sign(digest: Uint8Array): Uint8Array;
}

/** DER of a private and of a public key is this, then its 32 bytes (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** Public keys that stay parsed. A server sees the same few channels again and again. */
const CACHED_KEYS = 1024;
const cache = new Map<string, KeyObject>();

const keyFile = z.object({
  type: z.literal("ed25519"),
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  seed: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Makes a new key that lives no longer than the program; {@link saveSigningKey} keeps one. */
export function generateSigningKey(): SigningKey {
  return importSigningKey(randomBytes(SEED_SIZE));
}

/** The key of a seed of 32 bytes. Throws {@link SigningKeyError}. */
export function importSigningKey(seed: Uint8Array): SigningKey {
  if (seed.length !== SEED_SIZE)
    throw new SigningKeyError(`The seed of an ed25519 key has ${seed.length} bytes, expected ${SEED_SIZE}.`);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
  const encoded = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: Uint8Array.from(encoded.subarray(SPKI_PREFIX.length)),
    sign: (digest) => Uint8Array.from(sign(null, digest, key)),
  };
}

/**
 * Whether `signature` over `digest` is one of `key`. Strict, so that it takes less than the chain, which goes by
 * ZIP-215: what passes here can be claimed there. False for keys that {@link checkKey} refuses.
 */
export function verifySignature(key: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== KEY_SIZE || signature.length !== SIGNATURE_SIZE) return false;
  const parsed = publicKeyOf(key);
  return parsed !== undefined && verify(null, digest, parsed, signature);
}

/** Undefined for a key that may not be used. */
function publicKeyOf(key: Uint8Array): KeyObject | undefined {
  const name = Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
  const cached = cache.get(name);
  if (cached !== undefined) return cached;
  try {
    checkKey(key);
  } catch (error) {
    if (error instanceof SigningKeyError) return undefined;
    throw error;
  }
  const parsed = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key]), format: "der", type: "spki" });
  // The one that came first goes: simple, and good enough for a cache that rarely fills.
  const [oldest] = cache.keys();
  if (cache.size === CACHED_KEYS && oldest !== undefined) cache.delete(oldest);
  cache.set(name, parsed);
  return parsed;
}

/**
 * Reads a signing key's file (JSON `{type: "ed25519", publicKey, seed}`, hex). Throws {@link KeyFileError}, also when
 * anyone but the owner may read the file.
 */
export async function loadSigningKey(path: string): Promise<SigningKey> {
  const { publicKey, seed } = parseKeyFile(
    path,
    await readKeyFile(path),
    keyFile,
    "an ed25519 key file: expected JSON with type, publicKey and seed",
  );
  const key = importSigningKey(Buffer.from(seed, "hex"));
  const own = Buffer.from(key.publicKey).toString("hex");
  if (own !== publicKey)
    throw new KeyFileError(`${path} names the public key ${publicKey}, but its seed belongs to ${own}`);
  return key;
}

/** Creates a signing key's file with mode 600, from a seed or a new one. An existing file is never replaced. */
export async function saveSigningKey(
  path: string,
  seed: Uint8Array = randomBytes(SEED_SIZE),
): Promise<SigningKey> {
  const key = importSigningKey(seed);
  const content = {
    type: "ed25519",
    publicKey: Buffer.from(key.publicKey).toString("hex"),
    seed: Buffer.from(seed).toString("hex"),
  };
  await createFile(path, `${JSON.stringify(content, null, 2)}\n`);
  return key;
}
