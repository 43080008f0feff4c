/**
 * Keys of vouchers and receipts, on WebCrypto: for browsers and Node. A server uses the synchronous twin in
 * `@assay/service-kit/ed25519`.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { AssayError } from "../errors.ts";

export const KEY_SIZE = 32;
export const SEED_SIZE = 32;
export const SIGNATURE_SIZE = 64;

/** A key that may not sign vouchers or receipts. */
export class SigningKeyError extends AssayError {}

/** A key pair that signs digests of 32 bytes. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  sign(digest: Uint8Array): Promise<Uint8Array>;
}

/** A PKCS #8 private key is this, then the seed (RFC 8410). */
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32);

/**
 * Throws {@link SigningKeyError} for anything but the canonical encoding of a point whose order is not small: the
 * chain lists no service and opens no channel with such a key.
 */
export function checkKey(key: Uint8Array): void {
  if (key.length !== KEY_SIZE)
    throw new SigningKeyError(`The ed25519 key has ${key.length} bytes, expected ${KEY_SIZE}.`);
  if (pointOf(key).isSmallOrder())
    throw new SigningKeyError("The ed25519 key is a point of small order. Make a new key.");
}

function pointOf(key: Uint8Array): InstanceType<typeof ed25519.Point> {
  try {
    return ed25519.Point.fromBytes(key);
  } catch (cause) {
    throw new SigningKeyError("The ed25519 key is not the canonical encoding of a point of the curve.", {
      cause,
    });
  }
}

/** Makes a new key. Whoever keeps the seed, keeps the key: {@link importSigningKey}. */
export async function generateSigningKey(): Promise<SigningKey & { readonly seed: Uint8Array }> {
  const seed = crypto.getRandomValues(new Uint8Array(SEED_SIZE));
  return { ...(await importSigningKey(seed)), seed };
}

/** The key of a seed of {@link SEED_SIZE} bytes. Throws {@link SigningKeyError}. */
export async function importSigningKey(seed: Uint8Array): Promise<SigningKey> {
  if (seed.length !== SEED_SIZE)
    throw new SigningKeyError(`The seed of an ed25519 key has ${seed.length} bytes, expected ${SEED_SIZE}.`);
  const encoded = Uint8Array.of(...PKCS8_PREFIX, ...seed);
  const key = await crypto.subtle.importKey("pkcs8", encoded, "Ed25519", false, ["sign"]);
  return {
    publicKey: ed25519.getPublicKey(seed),
    sign: async (digest) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, Uint8Array.from(digest))),
  };
}

/**
 * Whether `signature` over `digest` is one of `key`. Strict, so that it takes less than the chain, which goes by
 * ZIP-215: what passes here can be claimed, or challenged, there. False for keys that {@link checkKey} refuses.
 */
export async function verifySignature(
  key: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (!isUsable(key) || signature.length !== SIGNATURE_SIZE) return false;
  const imported = await crypto.subtle.importKey("raw", Uint8Array.from(key), "Ed25519", true, ["verify"]);
  return crypto.subtle.verify("Ed25519", imported, Uint8Array.from(signature), Uint8Array.from(digest));
}

function isUsable(key: Uint8Array): boolean {
  try {
    checkKey(key);
    return true;
  } catch (error) {
    if (error instanceof SigningKeyError) return false;
    throw error;
  }
}
