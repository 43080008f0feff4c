import { createHash } from "node:crypto";
import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, messageOf } from "@assay/service-kit/errors";
import { readLimited, writeAtomic } from "@assay/service-kit/files";
import type { Logger } from "@assay/service-kit/log";

/** The profile allows no larger file. */
const MAX_FILE_BYTES = 1 << 20;

export interface ModelCacheOptions {
  folder: string;
  /** Returns bytes whose sha256 is `modelHex`. */
  download: (modelHex: string) => Promise<Uint8Array>;
  log: Logger;
  /** Files kept on disk; those unused for longest make room. */
  maxFiles?: number;
}

/** Model files on disk by their sha256, which is checked whenever one is read. */
export class ModelCache {
  readonly #options: Required<ModelCacheOptions>;
  readonly #loading = new Map<string, Promise<Uint8Array>>();

  constructor(options: ModelCacheOptions) {
    this.#options = { maxFiles: 1024, ...options };
  }

  /** The file of a model, from disk or from the chain. Concurrent calls for one model share the work. */
  load(modelHex: string): Promise<Uint8Array> {
    const known = this.#loading.get(modelHex);
    if (known !== undefined) return known;
    const loading = this.#load(modelHex).finally(() => this.#loading.delete(modelHex));
    this.#loading.set(modelHex, loading);
    return loading;
  }

  async #load(modelHex: string): Promise<Uint8Array> {
    const path = join(this.#options.folder, `${modelHex}.onnx`);
    const cached = await this.#read(path, modelHex);
    if (cached !== undefined) return cached;
    const file = await this.#options.download(modelHex);
    try {
      await writeAtomic(path, file);
      await this.#makeRoom();
    } catch (error) {
      // The cache only saves time: without it the file is fetched again.
      this.#options.log.warn({ error }, `cannot keep a model file: ${messageOf(error)}`);
    }
    return file;
  }

  async #read(path: string, modelHex: string): Promise<Uint8Array | undefined> {
    const { log } = this.#options;
    try {
      const file = await readLimited(path, MAX_FILE_BYTES);
      if (createHash("sha256").update(file).digest("hex") === modelHex) {
        const now = new Date();
        await utimes(path, now, now);
        return file;
      }
      log.warn({ path }, "a cached model file is damaged and is fetched again");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      log.warn({ error, path }, `cannot read a cached model file, it is fetched again: ${messageOf(error)}`);
    }
    return undefined;
  }

  async #makeRoom(): Promise<void> {
    const { folder, maxFiles } = this.#options;
    const names = (await readdir(folder)).filter((name) => name.endsWith(".onnx"));
    if (names.length <= maxFiles) return;
    const files = await Promise.all(
      names.map(async (name) => ({
        path: join(folder, name),
        used: (await stat(join(folder, name))).mtimeMs,
      })),
    );
    files.sort((a, b) => a.used - b.used);
    for (const { path } of files.slice(0, files.length - maxFiles)) await rm(path, { force: true });
  }
}
