import { expect } from "chai";
import { Channel } from "@assay/client/generated/assay/marketplace/v1/channel";
import { UsageError } from "../../src/errors.ts";
import { callsLeft, callsLeftText, matchChannel } from "../../src/market/channels.ts";

const channel = (...start: number[]): Channel =>
  Channel.fromPartial({ id: Uint8Array.of(...start, ...new Uint8Array(32 - start.length)) });

describe("channels", () => {
  const channels = [channel(0xab, 0xcd), channel(0xab, 0xce), channel(0x12, 0x34)];

  it("are named by their id or its first digits", () => {
    expect(matchChannel(channels, "1234")).to.equal(channels[2]);
    expect(matchChannel(channels, `abce${"0".repeat(60)}`)).to.equal(channels[1]);
    expect(() => matchChannel([channel(0xab, 0xcd, 1), channel(0xab, 0xcd, 2)], "abcd")).to.throw(
      UsageError,
      /could be any of these; give more digits:\n {2}abcd01.*\n {2}abcd02/,
    );
    expect(() => matchChannel(channels, "ffff")).to.throw(UsageError, "you have no channel ffff");
    for (const wrong of ["ab", "ABCD", "xyz1", ""]) {
      expect(() => matchChannel(channels, wrong), wrong).to.throw(UsageError, "is no channel");
    }
  });

  it("tell how many calls they still pay", () => {
    expect(callsLeft(99n, 10n)).to.equal(9n);
    expect(callsLeft(99n, 0n)).to.equal(undefined);
    expect(callsLeftText(9n)).to.equal("about 9 calls left");
    expect(callsLeftText(1n)).to.equal("about 1 call left");
    expect(callsLeftText(undefined)).to.equal("free");
  });
});
