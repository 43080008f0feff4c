import { expect } from "chai";
import {
  formatAmount,
  formatDuration,
  formatPercent,
  formatTick,
  plural,
  share,
  shortAddress,
} from "../../web/src/format.ts";

describe("formats", () => {
  it("amounts: exact, grouped, rounded down, never zero when they are not", () => {
    expect(formatAmount("0")).to.equal("0");
    expect(formatAmount("1234567890")).to.equal("1,234.56");
    expect(formatAmount("1999999")).to.equal("1.99");
    expect(formatAmount("1234567890", 6)).to.equal("1,234.56789");
    expect(formatAmount("50000000")).to.equal("50");
    expect(formatAmount("1")).to.equal("< 0.01");
    expect(formatAmount("123456789012345678901234567890")).to.equal("123,456,789,012,345,678,901,234.56");
  });

  it("percentages: finer where models are told apart", () => {
    expect(formatPercent(0.0123)).to.equal("1.23 %");
    expect(formatPercent(0.98765)).to.equal("98.77 %");
    expect(formatPercent(0.5)).to.equal("50.0 %");
    expect(formatPercent(0)).to.equal("0.00 %");
    expect(formatPercent(1)).to.equal("100.00 %");
    expect(formatPercent(0.000001)).to.equal("< 0.01 %");
  });

  it("axis marks: as short as they are", () => {
    expect([0.5, 0.05, 0.002, 0.0001].map(formatTick)).to.deep.equal(["50 %", "5 %", "0.2 %", "0.01 %"]);
  });

  it("durations, plurals, shares, addresses", () => {
    expect([0.4, 42, 200, 7_200, 400_000].map(formatDuration)).to.deep.equal([
      "0 s",
      "42 s",
      "3 min",
      "2 h",
      "5 d",
    ]);
    expect(plural(1, "block")).to.equal("1 block");
    expect(plural(1_200, "block")).to.equal("1,200 blocks");
    expect(share("1", "4")).to.equal(0.25);
    expect(share("0", "0")).to.equal(0);
    expect(shortAddress("assay1qypqxpq9qcrsszg2pvxq6rs0zqg3yyc5lzv7xu")).to.equal("assay1qypq…v7xu");
  });
});
