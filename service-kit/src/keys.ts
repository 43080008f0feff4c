import { stat } from "node:fs/promises";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { z } from "zod";
import { codeOf, messageOf, SetupError } from "./errors.ts";
import { createFile, readLimited } from "./files.ts";

const PREFIX = "assay";
const MAX_KEY_BYTES = 4096;

const keyFile = z.object({
  name: z.string().min(1).max(64),
  address: z.string(),
  mnemonic: z.string().min(1),
});

/** The account of a key file. */
export interface Key {
  name: string;
  address: string;
  /** cosmjs `OfflineDirectSigner` over the one account. */
  signer: DirectSecp256k1HdWallet;
}

/** A key file is missing, readable by others, or does not hold a key. */
export class KeyFileError extends SetupError {}

/**
 * Reads a key file (JSON `{name, address, mnemonic}`). Throws {@link KeyFileError}, also when anyone
 * but the owner may read the file: a key that others may have seen must be replaced, not used.
 */
export async function loadKey(path: string): Promise<Key> {
  const { name, address, mnemonic } = parseKeyFile(
    path,
    await readKeyFile(path, 'create one with "assay keys add"'),
    keyFile,
    "a key file: expected JSON with name, address and mnemonic",
  );
  const signer = await walletOf(mnemonic).catch(() => {
    throw new KeyFileError(`the mnemonic in ${path} is not a valid one; restore the file from a backup`);
  });
  const [account] = await signer.getAccounts();
  if (account?.address !== address) {
    throw new KeyFileError(
      `${path} names ${address}, but its mnemonic belongs to ${account?.address ?? "no account"}`,
    );
  }
  return { name, address, signer };
}

/**
 * Reads the text of a file that holds a secret. Throws {@link KeyFileError}, with `advice` when there is none; also
 * when anyone but the owner may read it.
 */
export async function readKeyFile(path: string, advice = "create one"): Promise<string> {
  const info = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") {
      throw new KeyFileError(`there is no key file ${path}; ${advice} or correct the path`);
    }
    throw new KeyFileError(`cannot read the key file ${path}: ${messageOf(error)}`);
  });
  if ((info.mode & 0o077) !== 0) {
    const mode = (info.mode & 0o777).toString(8);
    throw new KeyFileError(
      `the key file ${path} can be read by others (mode ${mode}); run: chmod 600 ${path}`,
    );
  }
  const bytes = await readLimited(path, MAX_KEY_BYTES).catch((error: unknown) => {
    throw new KeyFileError(`cannot read the key file ${path}: ${messageOf(error)}`);
  });
  return bytes.toString("utf8");
}

/** Creates a key file with mode 600, from a mnemonic or a new 24-word one. An existing file is never replaced. */
export async function saveKey(path: string, name: string, mnemonic?: string): Promise<Key> {
  const signer =
    mnemonic === undefined
      ? await DirectSecp256k1HdWallet.generate(24, { prefix: PREFIX })
      : await walletOf(mnemonic);
  const [account] = await signer.getAccounts();
  if (account === undefined) throw new KeyFileError("the wallet has no account");
  const { address } = account;
  await createFile(path, `${JSON.stringify({ name, address, mnemonic: signer.mnemonic }, null, 2)}\n`);
  return { name, address, signer };
}

function walletOf(mnemonic: string): Promise<DirectSecp256k1HdWallet> {
  return DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: PREFIX });
}

/**
 * Checks what a key file holds. Nothing of the content goes into the error, which says what was `expected`: it may be a
 * secret.
 */
export function parseKeyFile<Schema extends z.ZodType>(
  path: string,
  json: string,
  schema: Schema,
  expected: string,
): z.output<Schema> {
  const broken = new KeyFileError(`${path} is not ${expected}`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw broken;
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw broken;
  return parsed.data;
}
