import { expect } from "chai";
import fc from "fast-check";
import {
  formatAmount,
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatFullTime,
  formatPercent,
  plural,
  share,
  shorten,
} from "../../web/src/components/format.ts";

describe("numbers as people read them", () => {
  it("shows amounts in the display unit, grouped and cut", () => {
    expect(formatAmount("1234567890")).to.equal("1,234.56");
    expect(formatAmount("1000000")).to.equal("1");
    expect(formatAmount("1234567", 6)).to.equal("1.234567");
    expect(formatAmount("0")).to.equal("0");
    expect(formatAmount("-2500000")).to.equal("−2.5");
    expect(formatAmount("17", 2, 0)).to.equal("17");
    expect(formatAmount("10000000000000000000000")).to.equal("10,000,000,000,000,000");
  });

  it("never shows something as nothing", () => {
    expect(formatAmount("1")).to.equal("< 0.01");
    expect(formatAmount("9999", 2)).to.equal("< 0.01");
    expect(formatAmount("10000", 2)).to.equal("0.01");
    expect(formatPercent(0.00001)).to.equal("< 0.01\u00a0%");
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 30n }),
        fc.integer({ min: 1, max: 6 }),
        (value, digits) => {
          expect(formatAmount(String(value), digits)).not.to.equal("0");
        },
      ),
    );
  });

  it("says every base unit when asked for all decimals", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (value) => {
        const [whole = "", rest = ""] = formatAmount(String(value), 6)
          .replace("−", "-")
          .replaceAll(",", "")
          .split(".");
        expect(BigInt(whole + rest.padEnd(6, "0"))).to.equal(value);
      }),
    );
  });

  it("gives percentages two decimals where these tell models apart", () => {
    expect(formatPercent(0.975312)).to.equal("97.53\u00a0%");
    expect(formatPercent(0.5)).to.equal("50.0\u00a0%");
    expect(formatPercent(0.0247)).to.equal("2.47\u00a0%");
    expect(formatPercent(0)).to.equal("0.00\u00a0%");
    expect(formatPercent(1)).to.equal("100.00\u00a0%");
  });

  it("takes shares of amounts beyond what a double holds", () => {
    expect(share("1", "3")).to.equal(0.333333);
    expect(share("5", "0")).to.equal(0);
    expect(share(String(10n ** 30n), String(4n * 10n ** 30n))).to.equal(0.25);
  });

  it("counts, shortens and measures", () => {
    expect(formatCount(81204n)).to.equal("81,204");
    expect(formatCompact(81_204)).to.equal("81.2K");
    expect(plural(1, "block")).to.equal("1 block");
    expect(plural(2, "entry", "entries")).to.equal("2 entries");
    expect(shorten("assay1mqql2mdkzwgeza0zajjf897jsrc58e6vxwfzg3")).to.equal("assay1mqql…xwfzg3");
    expect(shorten("abc")).to.equal("abc");
    expect(formatBytes(999)).to.equal("999 B");
    expect(formatBytes(524_288)).to.equal("524.3 kB");
    expect(formatDuration(89)).to.equal("89 s");
    expect(formatDuration(600)).to.equal("10 min");
    expect(formatDuration(86_400)).to.equal("24 h");
    expect(formatDuration(-3)).to.equal("0 s");
  });

  it("gives the time in UTC beside the reader's", () => {
    expect(formatFullTime("2026-03-01T12:30:05.123Z")).to.match(/ · 2026-03-01 12:30:05 UTC$/);
  });
});
