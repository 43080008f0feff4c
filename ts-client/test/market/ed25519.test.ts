import { fromHex, toHex } from "@cosmjs/encoding";
import { expect } from "chai";
import {
  checkKey,
  generateSigningKey,
  importSigningKey,
  SigningKeyError,
  verifySignature,
} from "../../src/market/ed25519.ts";
import vectors from "../../../testdata/vectors/market.json" with { type: "json" };
import { filled } from "./samples.ts";

/** What we say where the chain says the text of the vectors. */
const REASONS: Record<string, string> = {
  "bytes, expected 32": "expected 32",
  "not a point of the curve": "not the canonical encoding of a point of the curve",
  "not the canonical encoding": "not the canonical encoding of a point of the curve",
  "of small order": "a point of small order",
};

describe("market/ed25519", () => {
  for (const { name, key, refused } of vectors.keys) {
    it(`${refused === "" ? "takes" : "refuses"} the key of the vectors: ${name}`, () => {
      if (refused === "") checkKey(fromHex(key));
      else expect(() => checkKey(fromHex(key))).to.throw(SigningKeyError, REASONS[refused]);
    });
  }

  for (const { name, key, digest, signature, strict } of vectors.signatures.verified) {
    if (strict === undefined) continue;
    it(`${strict ? "takes" : "refuses"} the signature of the vectors: ${name}`, async () => {
      expect(await verifySignature(fromHex(key), fromHex(digest), fromHex(signature))).to.equal(strict);
    });
  }

  it("takes nothing that the chain refuses", async () => {
    for (const { name, key, digest, signature, chain } of vectors.signatures.verified) {
      if (!chain)
        expect(await verifySignature(fromHex(key), fromHex(digest), fromHex(signature)), name).to.equal(
          false,
        );
    }
  });

  it("signs as in the vectors", async () => {
    for (const { seed, key, digest, signature } of vectors.signatures.signed) {
      const own = await importSigningKey(fromHex(seed));
      expect(toHex(own.publicKey)).to.equal(key);
      expect(toHex(await own.sign(fromHex(digest)))).to.equal(signature);
    }
  });

  it("makes keys that come back from their seed", async () => {
    const made = await generateSigningKey();
    const again = await importSigningKey(made.seed);
    checkKey(made.publicKey);
    expect(again.publicKey).to.deep.equal(made.publicKey);
    expect(await verifySignature(made.publicKey, filled(1), await again.sign(filled(1)))).to.equal(true);
    expect((await generateSigningKey()).publicKey).not.to.deep.equal(made.publicKey);
  });

  it("refuses seeds of another length", async () => {
    for (const size of [0, 31, 33, 64]) {
      const error = await importSigningKey(filled(1, size)).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(SigningKeyError);
      expect((error as SigningKeyError).message).to.contain(`has ${size} bytes, expected 32`);
    }
  });
});
