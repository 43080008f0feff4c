import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SigningKeyError } from "@assay/client/market/ed25519";
import { expect } from "chai";
import vectors from "../../testdata/vectors/market.json" with { type: "json" };
import {
  generateSigningKey,
  importSigningKey,
  loadSigningKey,
  saveSigningKey,
  verifySignature,
} from "../src/ed25519.ts";
import { FileError } from "../src/errors.ts";
import { KeyFileError } from "../src/keys.ts";
import { errorOf, withFolder } from "../src/testing/support.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");

describe("ed25519", () => {
  for (const { name, key, digest, signature, strict } of vectors.signatures.verified) {
    if (strict === undefined) continue;
    it(`${strict ? "takes" : "refuses"} the signature of the vectors: ${name}`, () => {
      // Twice: the second time the key is cached.
      for (let i = 0; i < 2; i++)
        expect(verifySignature(hex(key), hex(digest), hex(signature))).to.equal(strict);
    });
  }

  it("takes nothing that the chain refuses, and no key that the chain refuses", () => {
    for (const { name, key, digest, signature, chain } of vectors.signatures.verified) {
      if (!chain) expect(verifySignature(hex(key), hex(digest), hex(signature)), name).to.equal(false);
    }
    const [{ digest, signature } = { digest: "", signature: "" }] = vectors.signatures.signed;
    for (const { name, key, refused } of vectors.keys) {
      if (refused !== "")
        expect(verifySignature(hex(key), hex(digest), hex(signature)), name).to.equal(false);
    }
  });

  it("signs as in the vectors", () => {
    for (const { seed, key, digest, signature } of vectors.signatures.signed) {
      const own = importSigningKey(hex(seed));
      expect(Buffer.from(own.publicKey).toString("hex")).to.equal(key);
      expect(Buffer.from(own.sign(hex(digest))).toString("hex")).to.equal(signature);
    }
  });

  it("makes another key every time, also when more are used than stay cached", () => {
    const digest = new Uint8Array(32);
    const first = generateSigningKey();
    const signature = first.sign(digest);
    expect(verifySignature(first.publicKey, digest, signature)).to.equal(true);
    for (let i = 0; i < 1100; i++) {
      const { publicKey } = generateSigningKey();
      expect(verifySignature(publicKey, digest, signature)).to.equal(false);
    }
    expect(verifySignature(first.publicKey, digest, signature)).to.equal(true);
  });

  it("refuses seeds of another length", () => {
    for (const size of [0, 31, 33]) {
      expect(() => importSigningKey(new Uint8Array(size))).to.throw(SigningKeyError, "expected 32");
    }
  });

  it("reads back what it saved, for its owner alone", () =>
    withFolder(async (folder) => {
      const path = join(folder, "serving.json");
      const saved = await saveSigningKey(path);
      const loaded = await loadSigningKey(path);
      expect(loaded.publicKey).to.deep.equal(saved.publicKey);
      expect(verifySignature(saved.publicKey, new Uint8Array(32), loaded.sign(new Uint8Array(32)))).to.equal(
        true,
      );
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      chmodSync(path, 0o640);
      expect((await errorOf(() => loadSigningKey(path))).message).to.contain(
        "can be read by others (mode 640)",
      );
    }));

  it("never replaces a key", () =>
    withFolder(async (folder) => {
      const path = join(folder, "serving.json");
      await saveSigningKey(path, new Uint8Array(32).fill(7));
      const before = readFileSync(path, "utf8");
      expect(await errorOf(() => saveSigningKey(path))).to.be.instanceOf(FileError);
      expect(readFileSync(path, "utf8")).to.equal(before);
    }));

  it("refuses what is not a key file, without quoting it", () =>
    withFolder(async (folder) => {
      const path = join(folder, "serving.json");
      const seed = "5eed".repeat(16);
      const file = { type: "ed25519", publicKey: "11".repeat(32), seed };
      const lacking = { ...file, publicKey: undefined };
      for (const content of [
        "{",
        seed,
        lacking,
        { ...file, type: "secp256k1" },
        { ...file, seed: seed.slice(2) },
      ]) {
        writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
        const error = await errorOf(() => loadSigningKey(path));
        expect(error).to.be.instanceOf(KeyFileError);
        expect(error.message).to.contain("expected JSON with type, publicKey and seed");
        expect(`${error.message}${String(error.cause)}`).not.to.contain("5eed");
      }
      writeFileSync(path, JSON.stringify(file));
      expect((await errorOf(() => loadSigningKey(path))).message).to.match(
        /names the public key 1111.* belongs to /,
      );
      expect((await errorOf(() => loadSigningKey(join(folder, "none.json")))).message).to.contain(
        "there is no key file",
      );
    }));
});
