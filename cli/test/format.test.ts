import { expect } from "chai";
import fc from "fast-check";
import { UsageError } from "../src/errors.ts";
import {
  formatAmount,
  formatBits,
  formatPpm,
  formatShare,
  formatCoin,
  parseAmount,
  parseCoin,
  parsePercent,
  parseUint,
  shortAddress,
} from "../src/format.ts";

describe("format", () => {
  describe("coins", () => {
    it("are read and shown with six decimals only where those are known", () => {
      expect(formatCoin({ denom: "uassay", amount: 1_500_000n })).to.equal("1.500000 ASSAY");
      expect(formatCoin({ denom: "ibc/27394FB0", amount: 7n })).to.equal("7 ibc/27394FB0");
      expect(parseCoin("1.5assay")).to.deep.equal({ denom: "uassay", amount: 1_500_000n });
      expect(parseCoin("7UASSAY")).to.deep.equal({ denom: "uassay", amount: 7n });
      expect(parseCoin("7 ibc/27394FB0")).to.deep.equal({ denom: "ibc/27394FB0", amount: 7n });
      for (const text of ["7", "1.5ibc/AB", "-1ibc/AB", "7x", "ibc/AB", "1.5uassay"]) {
        expect(() => parseCoin(text), text).to.throw(UsageError);
      }
    });
  });

  it("reads percentages as parts per million", () => {
    expect(parsePercent("accuracy", "97.5")).to.equal(975_000);
    expect(parsePercent("accuracy", "97.1234 %")).to.equal(971_234);
    expect(parsePercent("accuracy", "0")).to.equal(0);
    expect(parsePercent("accuracy", "100%")).to.equal(1_000_000);
    for (const text of ["", "100.0001", "101", "-1", "97.12345", "1e1", ".5"]) {
      expect(() => parsePercent("accuracy", text), text).to.throw(UsageError, "is no percentage");
    }
  });

  describe("amounts", () => {
    it("shows all six decimals", () => {
      expect(formatAmount(0n)).to.equal("0.000000");
      expect(formatAmount(1n)).to.equal("0.000001");
      expect(formatAmount("1500000")).to.equal("1.500000");
      expect(formatAmount(-1n)).to.equal("-0.000001");
    });

    it("is exact beyond what a float holds", () => {
      expect(formatAmount(9_007_199_254_740_993_000_001n)).to.equal("9007199254740993.000001");
    });

    it("reads back what it wrote", () => {
      fc.assert(
        fc.property(fc.bigInt({ min: 0n, max: 10n ** 28n }), (amount) => {
          expect(parseAmount(`${formatAmount(amount)}assay`)).to.equal(amount);
          expect(parseAmount(`${amount}uassay`)).to.equal(amount);
        }),
      );
    });

    it("takes both units, in any case, with a space", () => {
      expect(parseAmount("12.5assay")).to.equal(12_500_000n);
      expect(parseAmount("12.5 ASSAY")).to.equal(12_500_000n);
      expect(parseAmount("7UASSAY")).to.equal(7n);
    });

    for (const [text, why] of [
      ["5", "with its unit"],
      ["", "with its unit"],
      ["-1assay", "with its unit"],
      ["1e6uassay", "with its unit"],
      ["0x10uassay", "with its unit"],
      ["1,5assay", "with its unit"],
      ["1.5uassay", "smallest unit"],
      ["0.0000001assay", "more than 6 decimals"],
    ] as const) {
      it(`refuses "${text}"`, () => {
        expect(() => parseAmount(text)).to.throw(UsageError, why);
      });
    }
  });

  it("shows parts per million without rounding", () => {
    expect(formatPpm(987_654)).to.equal("98.7654 %");
    expect(formatPpm(1_000_000n)).to.equal("100.0000 %");
    expect(formatPpm(7)).to.equal("0.0007 %");
  });

  it("shows shares rounded to the nearest, and none of nothing", () => {
    expect(formatShare(1n, 3n)).to.equal("33.33 %");
    expect(formatShare(2n, 3n)).to.equal("66.67 %");
    expect(formatShare(3n, 3n)).to.equal("100.00 %");
    expect(formatShare(1n, 0n)).to.equal("-");
  });

  it("shows Q16 bits", () => {
    expect(formatBits(65_536n)).to.equal("1.0000");
    expect(formatBits(103_872n)).to.equal("1.5850");
    expect(formatBits(-32_768n)).to.equal("-0.5000");
  });

  it("reads whole numbers up to 64 bits and refuses all else", () => {
    expect(parseUint("epoch", "18446744073709551615")).to.equal(2n ** 64n - 1n);
    for (const text of ["18446744073709551616", "-1", "1.0", "", "abc"]) {
      expect(() => parseUint("epoch", text), text).to.throw(UsageError, "epoch");
    }
    expect(() => parseUint("item", "64", 63n)).to.throw(UsageError, "from 0 to 63");
  });

  it("leaves out the middle of addresses", () => {
    expect(shortAddress("assay1hqlws3kxvrd4dqpd66dsf5su62zzuzrgqcgvjv")).to.equal("assay1hqlws…qcgvjv");
    expect(shortAddress("assay1short")).to.equal("assay1short");
  });
});
