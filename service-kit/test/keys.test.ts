import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { exitCodeOf, FileError } from "../src/errors.ts";
import { KeyFileError, loadKey, saveKey } from "../src/keys.ts";
import { errorOf, withFolder } from "../src/testing/support.ts";

const MNEMONIC = "test test test test test test test test test test test junk";

describe("keys", () => {
  it("reads back what it saved", () =>
    withFolder(async (folder) => {
      const path = join(folder, "a.json");
      const saved = await saveKey(path, "a");
      const key = await loadKey(path);
      expect(key.address)
        .to.equal(saved.address)
        .and.to.match(/^assay1/);
      expect(key.name).to.equal("a");
      expect(statSync(path).mode & 0o777).to.equal(0o600);
    }));

  it("never replaces a key", () =>
    withFolder(async (folder) => {
      const path = join(folder, "a.json");
      await saveKey(path, "a", MNEMONIC);
      expect(await errorOf(() => saveKey(path, "a"))).to.be.instanceOf(FileError);
      expect(readFileSync(path, "utf8")).to.contain(MNEMONIC);
    }));

  it("says how to make a missing one", async () => {
    const error = await errorOf(() => loadKey("/nowhere/key.json"));
    expect(error).to.be.instanceOf(KeyFileError);
    expect(error.message).to.contain(
      'there is no key file /nowhere/key.json; create one with "assay keys add"',
    );
    expect(exitCodeOf(error)).to.equal(2);
  });

  for (const mode of [0o640, 0o604, 0o660]) {
    it(`refuses mode ${mode.toString(8)}`, () =>
      withFolder(async (folder) => {
        const path = join(folder, "a.json");
        await saveKey(path, "a", MNEMONIC);
        chmodSync(path, mode);
        const error = await errorOf(() => loadKey(path));
        expect(error.message).to.equal(
          `the key file ${path} can be read by others (mode ${mode.toString(8)}); run: chmod 600 ${path}`,
        );
      }));
  }

  it("refuses what is not a key, without quoting it", () =>
    withFolder(async (folder) => {
      const path = join(folder, "a.json");
      for (const content of [MNEMONIC, JSON.stringify({ mnemonic: MNEMONIC }), "{"]) {
        writeFileSync(path, content, { mode: 0o600 });
        const error = await errorOf(() => loadKey(path));
        expect(error).to.be.instanceOf(KeyFileError);
        expect(`${error.message}${String(error.cause)}`).not.to.contain("junk");
      }
      writeFileSync(path, " ".repeat(5000));
      expect((await errorOf(() => loadKey(path))).message).to.match(/at most 4096 are read/);
    }));

  it("refuses an address that is not the mnemonic's", () =>
    withFolder(async (folder) => {
      const path = join(folder, "a.json");
      writeFileSync(path, JSON.stringify({ name: "a", address: "assay1other", mnemonic: MNEMONIC }), {
        mode: 0o600,
      });
      expect((await errorOf(() => loadKey(path))).message).to.match(
        /names assay1other, but its mnemonic belongs to assay1/,
      );
    }));
});
