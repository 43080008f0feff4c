import { createHmac, randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { preimage, text, u32, u64 } from "@assay/client/protocol/hash";
import { codeOf } from "@assay/service-kit/errors";
import { createFile, readLimited } from "@assay/service-kit/files";
import { SecretFileError } from "./errors.ts";

const SECRET_BYTES = 32;

/** One sponsor in one arena. */
export interface SeatId {
  readonly chainId: string;
  readonly arena: bigint;
  /** Address, raw. */
  readonly sponsor: Uint8Array;
}

/**
 * What all hidden data of a data directory hangs on: the salts of the labels, and the seed of the
 * items where none is configured. Both are derived, so that nothing else has to be kept.
 */
export interface Secret {
  /** Salt of one batch; another one for every chain, arena, sponsor, commitment and batch. */
  salt(seat: SeatId, commitment: number, batch: number): Uint8Array;
  /** Seed of a sponsor's items in one arena, 32 bytes. */
  seed(seat: SeatId): Uint8Array;
}

/** A secret from its 32 bytes. */
export function secretFrom(key: Uint8Array): Secret {
  const derive = (domain: string, parts: readonly Uint8Array[]): Uint8Array =>
    new Uint8Array(createHmac("sha256", key).update(preimage(domain, parts)).digest());
  const seatParts = ({ chainId, arena, sponsor }: SeatId): Uint8Array[] => [
    text(chainId),
    u64(arena),
    sponsor,
  ];
  return {
    salt: (seat, commitment, batch) =>
      derive("assay-sponsor/salt/v1", [...seatParts(seat), u32(commitment), u32(batch)]),
    seed: (seat) => derive("assay-sponsor/seed/v1", seatParts(seat)),
  };
}

/**
 * Reads the secret file (64 hex digits, mode 600), or makes a new one when `mayCreate`: only as long
 * as nothing was committed, because labels under a lost secret can never be opened.
 *
 * Throws {@link SecretFileError}, DiskFullError.
 */
export async function loadSecret(path: string, mayCreate: boolean): Promise<Secret> {
  const info = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new SecretFileError(`cannot read the secret ${path}`, { cause: error });
  });
  if (info === undefined) {
    if (!mayCreate) {
      throw new SecretFileError(
        `the secret ${path} is missing, and batches were committed under it: restore it from your backup. ` +
          `Without it their labels cannot be opened`,
      );
    }
    const key = randomBytes(SECRET_BYTES);
    await createFile(path, `${key.toString("hex")}\n`);
    return secretFrom(key);
  }
  if ((info.mode & 0o077) !== 0) {
    throw new SecretFileError(
      `the secret ${path} can be read by others (mode ${(info.mode & 0o777).toString(8)}): run chmod 600 ${path}. ` +
        `Whoever read it can predict your hidden items`,
    );
  }
  const digits = (await readLimited(path, 1024)).toString("utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(digits)) {
    throw new SecretFileError(
      `the secret ${path} is damaged, expected 64 hex digits: restore it from your backup`,
    );
  }
  return secretFrom(Buffer.from(digits, "hex"));
}
