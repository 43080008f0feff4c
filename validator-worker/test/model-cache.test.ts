import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "@assay/service-kit/log";
import { expect } from "chai";
import { ModelCache } from "../src/model-cache.ts";
import { noise } from "@assay/service-kit/testing/models";
import { errorOf, withFolder } from "@assay/service-kit/testing/support";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("model cache", () => {
  const withCache = (
    body: (world: { cache: ModelCache; folder: string; downloads: string[] }) => Promise<void>,
    maxFiles?: number,
  ) =>
    withFolder(async (root) => {
      const folder = join(root, "models");
      const downloads: string[] = [];
      const files = new Map([1, 2, 3, 4].map((seed) => [sha256(noise(100, seed)), noise(100, seed)]));
      const download = async (modelHex: string) => {
        downloads.push(modelHex);
        const file = files.get(modelHex);
        if (file === undefined) throw new Error("no such model");
        return file;
      };
      await body({
        cache: new ModelCache({ folder, download, log: silentLogger, maxFiles }),
        folder,
        downloads,
      });
    });
  const id = (seed: number) => sha256(noise(100, seed));

  it("downloads a model once, also when many ask at a time", () =>
    withCache(async ({ cache, downloads }) => {
      const files = await Promise.all([cache.load(id(1)), cache.load(id(1))]);
      expect([...files[0]]).to.deep.equal([...noise(100, 1)]);
      expect([...(await cache.load(id(1)))]).to.deep.equal([...noise(100, 1)]);
      expect(downloads).to.deep.equal([id(1)]);
    }));

  it("fetches a damaged file again", () =>
    withCache(async ({ cache, folder, downloads }) => {
      await cache.load(id(1));
      writeFileSync(join(folder, `${id(1)}.onnx`), "damaged");
      expect(sha256(await cache.load(id(1)))).to.equal(id(1));
      expect(downloads).to.have.length(2);
      expect(sha256(readFileSync(join(folder, `${id(1)}.onnx`)))).to.equal(id(1));
    }));

  it("works without a disk to keep files on", () =>
    withCache(async ({ cache, folder, downloads }) => {
      writeFileSync(folder, "a file where the folder should be");
      expect(sha256(await cache.load(id(1)))).to.equal(id(1));
      expect(sha256(await cache.load(id(1)))).to.equal(id(1));
      expect(downloads).to.have.length(2);
    }));

  it("makes room by what was unused for longest", () =>
    withCache(async ({ cache, folder }) => {
      mkdirSync(folder, { recursive: true });
      for (const [age, seed] of [1, 2, 3].entries()) {
        await cache.load(id(seed));
        utimesSync(join(folder, `${id(seed)}.onnx`), 1000 + age, 1000 + age);
      }
      await cache.load(id(1));
      await cache.load(id(4));
      expect(readdirSync(folder).sort()).to.deep.equal([1, 3, 4].map((seed) => `${id(seed)}.onnx`).sort());
    }, 3));

  it("passes on that a model cannot be had, and asks again later", () =>
    withCache(async ({ cache, downloads }) => {
      expect((await errorOf(() => cache.load(id(9)))).message).to.equal("no such model");
      await errorOf(() => cache.load(id(9)));
      expect(downloads).to.have.length(2);
    }));
});
