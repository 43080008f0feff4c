import { expect } from "chai";
import { formatParam } from "../../../web/src/pages/params/value.ts";
import { holdings } from "../../../web/src/pages/supply/shares.ts";
import { describeMarks, missedHeights, signedShare } from "../../../web/src/pages/staking/marks.ts";

describe("uptime marks", () => {
  it("count only blocks that were to be signed", () => {
    expect(describeMarks("--sms")).to.equal("signed 2 of 3 blocks");
    expect(describeMarks("--s")).to.equal("signed 1 of 1 block");
    expect(describeMarks("--")).to.equal("was no validator");
    expect(signedShare("--ssm-s")).to.equal(0.75);
    expect(signedShare("")).to.equal(null);
  });

  it("lead to the blocks that were missed, newest first", () => {
    expect(missedHeights({ to: 10, marks: "msm-m" })).to.deep.equal([10, 8, 6]);
    expect(missedHeights({ to: 0, marks: "" })).to.deep.equal([]);
  });
});

describe("parameters", () => {
  it("read as people read them", () => {
    const cases = [
      [3, "blocks", "3 blocks"],
      [1, "epochs", "1 epoch"],
      ["0.334000000000000000", "fraction", "33.4 %"],
      [1_000, "bps", "10.0 %"],
      ["524288", "q16", "8 bits"],
      ["1814400s", "seconds", "21 d"],
      ["60s", "seconds", "60 s"],
      ["8388608", "bytes", "8.4 MB"],
      ["-1", "gas", "no limit"],
      ["3000", "gas", "3,000 gas"],
      ["1200000000", "macs", "1,200,000,000 MACs"],
      ["12", "none", "12"],
      ["", "none", "none"],
      [false, "none", "no"],
      [[], "none", "none"],
      [["ed25519"], "none", "ed25519"],
      [[{ denom: "uassay", amount: "10000000" }], "none", "10,000,000 uassay"],
      [[{ denom: "uassay", min_deposit: "1000" }], "none", "denom uassay, min deposit 1,000"],
      ["uassay", "none", "uassay"],
      ["an unknown text", "fraction", "an unknown text"],
    ] as const;
    for (const [value, unit, expected] of cases) {
      const shown = formatParam(value as Parameters<typeof formatParam>[0], unit);
      // Numbers do not part from their signs.
      expect(shown.replaceAll("\u00a0", " "), JSON.stringify(value)).to.equal(expected);
    }
  });
});

describe("holdings", () => {
  it("add up to the supply", () => {
    const supply = {
      total: "1000",
      bonded: "100",
      unbonding: "20",
      communityPool: "3",
      poi: "400",
      market: "50",
      stakingRewards: "6",
      minted: "0",
      cap: "0",
      perBlock: "0",
      nextHalving: null,
    };
    const held = holdings(supply);
    expect(held.reduce((sum, { amount }) => sum + BigInt(amount), 0n)).to.equal(1_000n);
    expect(held[0]?.amount).to.equal("421");
  });
});
