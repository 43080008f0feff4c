import { expect } from "chai";
import { AmountError, formatIn, parseIn, unitOf } from "../../../web/src/transact/units.ts";
import { NETWORK } from "./support.ts";

describe("units of amounts", () => {
  const assay = unitOf("uassay", NETWORK);
  const other = unitOf("ibc/27394F", NETWORK);

  for (const [text, base] of [
    ["1", 1_000_000n],
    ["0.5", 500_000n],
    ["0.000001", 1n],
    [" 12.345678 ", 12_345_678n],
    ["18446744073709.551615", 2n ** 64n - 1n],
    ["007", 7_000_000n],
  ] as const)
    it(`reads ${text} as ${base}`, () => {
      expect(parseIn(text, assay)).to.equal(base);
    });

  for (const [text, message] of [
    ["", "Write a number such as 2 or 0.5."],
    ["-1", "Write a number such as 2 or 0.5."],
    ["1,5", "Write a number such as 2 or 0.5."],
    ["1e3", "Write a number such as 2 or 0.5."],
    [".5", "Write a number such as 2 or 0.5."],
    ["1.", "Write a number such as 2 or 0.5."],
    ["0x10", "Write a number such as 2 or 0.5."],
    ["0.1234567", "ASSAY has at most 6 decimals."],
    ["18446744073709.551616", "That is more than can exist."],
    ["9".repeat(80), "That is more than can exist."],
  ] as const)
    it(`refuses ${text.slice(0, 24) || "nothing"}`, () => {
      expect(() => parseIn(text, assay)).to.throw(AmountError, message);
    });

  it("writes other coins in their smallest unit", () => {
    expect(parseIn("15", other)).to.equal(15n);
    expect(() => parseIn("1.5", other)).to.throw(AmountError, "ibc/27394F has no decimals.");
    expect(formatIn(1500n, other)).to.equal("1,500 ibc/27394F");
  });

  it("writes every decimal there is", () => {
    expect(formatIn(1_234_567_890_123n, assay)).to.equal("1,234,567.890123 ASSAY");
    expect(formatIn(1n, assay)).to.equal("0.000001 ASSAY");
    expect(formatIn(0n, assay)).to.equal("0 ASSAY");
  });

  it("reads what it writes", () => {
    for (const amount of [1n, 999_999n, 1_000_000n, 10n ** 15n + 7n]) {
      const [number = ""] = formatIn(amount, assay).split(" ");
      expect(parseIn(number.replaceAll(",", ""), assay)).to.equal(amount);
    }
  });
});
