import { expect } from "chai";
import { Shortener } from "../../../api/chain/shown.ts";
import type { Json as Decoded } from "../../../api/index/decode.ts";

const shorten = (value: Decoded, values = 1_000) => new Shortener(values).shorten(value);

describe("decoded JSON made fit to be sent", () => {
  it("keeps what is short", () => {
    const value = { name: "digits", count: 3, on: true, none: null, list: ["a", { hex: "00ff" }] };
    expect(shorten(value)).to.deep.equal(value);
  });

  it("cleans texts, names of fields too", () => {
    const value = shorten({ "na\u202eme": "<b>\u202edigits\u0000</b>\nnew\u200b line", long: "x".repeat(5_000) });
    expect(value).to.have.property("name", "<b>digits</b> new line");
    expect(value).to.have.property("long").with.lengthOf(1_000);
  });

  it("cuts long bytes to their beginning and size", () => {
    expect(shorten({ file: { hex: "ab".repeat(65) } })).to.deep.equal({ file: { hex: "ab".repeat(32), size: 65 } });
    expect(shorten({ key: { hex: "ab".repeat(64) } })).to.deep.equal({ key: { hex: "ab".repeat(64) } });
  });

  it("cuts long lists and says how much is left out", () => {
    const list = shorten(Array.from({ length: 103 }, (_, i) => String(i))) as unknown[];
    expect(list).to.have.lengthOf(101);
    expect(list.at(-1)).to.deep.equal({ omitted: 3 });
  });

  it("ends at a depth and at a number of values", () => {
    let deep: Decoded = "end";
    for (let i = 0; i < 100; i++) deep = { in: deep };
    expect(JSON.stringify(shorten(deep))).to.have.lengthOf.below(300);
    const wide = Array.from({ length: 90 }, () => Array.from({ length: 90 }, () => "x"));
    const text = JSON.stringify(shorten(wide, 200));
    expect(text.split('"x"').length).to.be.below(202);
    expect(text).to.contain("omitted");
  });
});
