import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, DiskFullError, FileError } from "./errors.ts";

/** Reads a whole file of at most `maxBytes`. Throws {@link FileError} if it is larger or not a regular file. */
export async function readLimited(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new FileError(`${path} is not a regular file`);
    if (stat.size > maxBytes)
      throw new FileError(`${path} has ${stat.size} bytes, at most ${maxBytes} are read`);
    const bytes = Buffer.alloc(stat.size);
    const { bytesRead } = await file.read(bytes, 0, stat.size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Writes a file so that after a crash at any moment the path holds the old content or the new one.
 * Throws {@link DiskFullError}.
 */
export async function writeAtomic(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeSynced(await open(temporary, "wx", mode), data);
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskError(path, error);
  }
}

/** Creates a file that must not exist yet, flushed to disk. Throws {@link FileError} if it exists. */
export async function createFile(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeSynced(await open(path, "wx", mode), data);
    await syncFolder(dirname(path));
  } catch (error) {
    if (codeOf(error) === "EEXIST")
      throw new FileError(`${path} exists already; remove it or choose another path`);
    throw diskError(path, error);
  }
}

/** {@link DiskFullError} if that is what `error` says, else `error` itself. */
export function diskError(path: string, error: unknown): unknown {
  const full = ["ENOSPC", "EDQUOT"].includes(codeOf(error) ?? "");
  return full ? new DiskFullError(path, error) : error;
}

async function writeSynced(file: FileHandle, data: string | Uint8Array): Promise<void> {
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
