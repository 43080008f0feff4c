import { expect } from "chai";
import { facts, printable, table, toJson } from "../src/output.ts";

describe("output", () => {
  it("writes bigint as strings and bytes as hex, at any depth", () => {
    const value = { amount: 10n ** 30n, list: [{ id: Uint8Array.of(1, 171) }], none: null, left: undefined };
    expect(toJson(value, 0)).to.equal(`{"amount":"1${"0".repeat(30)}","list":[{"id":"01ab"}],"none":null}`);
  });

  it("aligns number columns on the right and rules off sums", () => {
    expect(
      table(
        ["who", ">paid"],
        [
          ["a", 5],
          ["bb", 10n],
        ],
        [["all", 15]],
      ),
    ).to.equal(
      [
        "┌─────┬──────┐",
        "│ who │ paid │",
        "├─────┼──────┤",
        "│ a   │    5 │",
        "│ bb  │   10 │",
        "├─────┼──────┤",
        "│ all │   15 │",
        "└─────┴──────┘",
      ].join("\n"),
    );
  });

  it("makes visible what would move the cursor or turn the writing", () => {
    expect(printable("a\u001b[2Jb\u202ec\n")).to.equal("a\ufffd[2Jb\ufffdc\ufffd");
    expect(table(["name"], [["\u001b[31mred"]])).not.to.include("\u001b");
    expect(facts([["name", "\u001b[31mred"]])).not.to.include("\u001b");
  });

  it("leaves out facts that are not there", () => {
    expect(
      facts([
        ["a", 1],
        ["long name", undefined],
        ["bc", 0],
      ]),
    ).to.equal("a   1\nbc  0");
  });
});
