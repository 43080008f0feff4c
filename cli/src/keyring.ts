import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { codeOf, messageOf } from "@assay/service-kit/errors";
import { readLimited } from "@assay/service-kit/files";
import { KeyFileError, loadKey, type Key } from "@assay/service-kit/keys";
import { z } from "zod";
import { UsageError } from "./errors.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const SUFFIX = ".json";
const MAX_KEY_BYTES = 4096;

/** The file of a key: a path when it looks like one, else the name of a key in the folder. */
export function keyPath(folder: string, nameOrPath: string): string {
  if (nameOrPath.includes("/") || nameOrPath.endsWith(SUFFIX)) return resolve(nameOrPath);
  return join(folder, `${checkKeyName(nameOrPath)}${SUFFIX}`);
}

/** Throws UsageError unless the name can be a file's. */
export function checkKeyName(name: string): string {
  if (NAME.test(name)) return name;
  throw new UsageError(`"${name}" cannot name a key: use up to 64 letters, digits, "-" and "_"`);
}

/** A key of the folder, or why it cannot be used. */
export interface KeyEntry {
  readonly name: string;
  readonly file: string;
  readonly address: string | undefined;
  /** Undefined when the key can be used. */
  readonly problem: string | undefined;
}

/** Every key file of the folder, in order of name; none when there is no folder yet. */
export async function listKeys(folder: string): Promise<KeyEntry[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw new KeyFileError(`cannot read the folder of keys ${folder}: ${messageOf(error)}`);
  });
  const files = names.filter((name) => name.endsWith(SUFFIX)).sort();
  return Promise.all(files.map((name) => entryOf(join(folder, name))));
}

async function entryOf(file: string): Promise<KeyEntry> {
  const name = basename(file, SUFFIX);
  try {
    const { address } = await loadKey(file);
    return { name, file, address, problem: undefined };
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    return { name, file, address: undefined, problem: error.message };
  }
}

/** The secret words of a key, after everything {@link loadKey} checks. Only for showing them on request. */
export async function mnemonicOf(file: string): Promise<{ key: Key; mnemonic: string }> {
  const key = await loadKey(file);
  const content: unknown = JSON.parse((await readLimited(file, MAX_KEY_BYTES)).toString("utf8"));
  return { key, mnemonic: z.object({ mnemonic: z.string() }).parse(content).mnemonic };
}
