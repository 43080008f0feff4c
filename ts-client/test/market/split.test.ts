import { fromUtf8, toUtf8 } from "@cosmjs/encoding";
import { expect } from "chai";
import fc from "fast-check";
import {
  divide,
  MAX_ROYALTIES,
  royalties,
  type Parts,
  type Share,
  type Terms,
} from "../../src/market/split.ts";
import vectors from "../../../testdata/vectors/market.json" with { type: "json" };

function each(parts: Parts): bigint[] {
  return [parts.burned, parts.pooled, parts.provider, ...parts.royalties];
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

/** A fee and shares that fit in the whole. */
const anySplit = fc
  .array(fc.nat(10_000), { minLength: 1, maxLength: 1 + MAX_ROYALTIES })
  .map(([fee = 0, ...wanted]) => {
    let left = 10_000 - fee;
    const shares: Share[] = wanted.map((bps, i) => {
      const fits = Math.min(bps, left);
      left -= fits;
      return { recipient: String(i), bps: fits };
    });
    return { fee, shares };
  });

describe("market/split", () => {
  for (const { name, models, served, protocolFeeBps, lineageBps, shares } of vectors.royalties) {
    it(`pays the authors as in the vectors: ${name}`, () => {
      const terms = new Map(
        models.map(({ id, author, royaltyBps, parents }): [string, Terms] => [
          id,
          { author, royaltyBps, parents: parents.map((parent) => toUtf8(parent)) },
        ]),
      );
      const termsOf = (model: Uint8Array): Terms => {
        const found = terms.get(fromUtf8(model));
        if (found === undefined) throw new Error(`no model ${fromUtf8(model)}`);
        return found;
      };
      expect(royalties(toUtf8(served), protocolFeeBps, lineageBps, termsOf)).to.deep.equal(shares);
    });
  }

  it("refuses ratios beyond the whole, and lets missing models through to the caller", () => {
    const gone = (): Terms => {
      throw new Error("no such model");
    };
    expect(() => royalties(new Uint8Array(), 10_001, 0, gone)).to.throw("protocol fee of 10001");
    expect(() => royalties(new Uint8Array(), 0, 10_001, gone)).to.throw("lineage of 10001");
    expect(() => royalties(new Uint8Array(), 0, 0, gone)).to.throw("no such model");
  });

  it("divides as in the vectors", () => {
    for (const { before, feeBps, burns, shares, steps } of vectors.divide) {
      const read = shares.map((bps, i): Share => ({ recipient: String(i), bps }));
      let at = BigInt(before);
      for (const { released, burned, pooled, royalties: paid, provider } of steps) {
        expect(divide(at, BigInt(released), feeBps, burns, read)).to.deep.equal({
          burned: BigInt(burned),
          pooled: BigInt(pooled),
          royalties: paid.map(BigInt),
          provider: BigInt(provider),
        });
        at += BigInt(released);
      }
    }
  });

  it("divides the same in pieces as at once, without ever taking anything back", () => {
    const pieces = fc.array(fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, 2n ** 60n)), { maxLength: 12 });
    fc.assert(
      fc.property(anySplit, fc.boolean(), pieces, ({ fee, shares }, burns, amounts) => {
        let at = 0n;
        const totals = each(divide(0n, 0n, fee, burns, shares));
        for (const amount of amounts) {
          const parts = each(divide(at, amount, fee, burns, shares));
          expect(parts.every((part) => part >= 0n)).to.equal(true);
          expect(sum(parts)).to.equal(amount);
          parts.forEach((part, i) => {
            totals[i] = (totals[i] as bigint) + part;
          });
          at += amount;
        }
        expect(totals).to.deep.equal(each(divide(0n, at, fee, burns, shares)));
      }),
    );
  });

  it("gives a single unit to a single recipient", () => {
    fc.assert(
      fc.property(anySplit, fc.boolean(), fc.bigInt(0n, 2n ** 64n - 2n), ({ fee, shares }, burns, before) => {
        const parts = each(divide(before, 1n, fee, burns, shares));
        expect(parts.filter((part) => part !== 0n)).to.deep.equal([1n]);
      }),
    );
  });
});
