import { expect } from "chai";
import { BlockList } from "../../../src/serve/http/block-list.ts";

describe("block list", () => {
  const open = () => {
    const clock = { now: 0 };
    return { clock, list: new BlockList({ strikes: 3, blockMs: 1000, now: () => clock.now }) };
  };

  it("blocks at the last strike, for its time", () => {
    const { clock, list } = open();
    list.strike("a");
    clock.now = 500;
    list.strike("a");
    expect(list.blockedMs("a")).to.equal(0);
    list.strike("a");
    expect(list.blockedMs("a")).to.equal(1000);
    expect(list.blockedMs("b")).to.equal(0);
    clock.now = 1499;
    expect(list.blockedMs("a")).to.equal(1);
    clock.now = 1500;
    expect(list.blockedMs("a")).to.equal(0);
  });

  it("forgets strikes that are old", () => {
    const { clock, list } = open();
    for (const at of [0, 999, 1000, 1001]) {
      clock.now = at;
      list.strike("a");
    }
    expect(list.blockedMs("a")).to.equal(0);
    list.strike("a");
    expect(list.blockedMs("a")).to.equal(1000);
  });

  it("remembers only so many addresses, those that came last", () => {
    const { list } = open();
    for (let i = 0; i < 3; i++) list.strike("first");
    for (let i = 0; i < 9_999; i++) list.strike(`other ${i}`);
    expect(list.blockedMs("first")).to.equal(1000);
    list.strike("one more");
    expect(list.blockedMs("first")).to.equal(0);
  });
});
