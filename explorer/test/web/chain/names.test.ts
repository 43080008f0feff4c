import { expect } from "chai";
import { Fields } from "../../../web/src/pages/chain/fields.ts";
import { moduleOfType, nameOfField, nameOfType } from "../../../web/src/pages/chain/names.ts";

describe("names of types", () => {
  it("are read from type URLs and types of events", () => {
    expect(nameOfType("/assay.poi.v1.MsgPostRows")).to.equal("Post rows");
    expect(nameOfType("assay.poi.v1.EventRowsPosted")).to.equal("Rows posted");
    expect(nameOfType("coin_spent")).to.equal("Coin spent");
    expect(moduleOfType("/cosmos.bank.v1beta1.MsgSend")).to.equal("bank");
    expect(moduleOfType("transfer")).to.equal("transfer");
    expect(nameOfField("hot_key")).to.equal("Hot key");
  });
});

describe("Fields", () => {
  const fields = new Fields({
    text: "abc",
    height: "12",
    bytes: { hex: "00ff" },
    long: { hex: "0011", size: 5_000 },
    cut: [{ a: "1" }, { omitted: 40 }],
    coin: { denom: "uassay", amount: "5" },
  });

  it("read what is there", () => {
    expect(fields.text("text")).to.equal("abc");
    expect(fields.count("height")).to.equal(12);
    expect(fields.hex("bytes")).to.equal("00ff");
    expect(fields.size("bytes")).to.equal(2);
    expect(fields.size("long")).to.equal(5_000);
    expect(fields.length("cut")).to.equal(41);
    expect(fields.list("cut").map((entry) => entry.text("a"))).to.deep.equal(["1"]);
    expect(fields.coin("coin")).to.deep.equal({ denom: "uassay", amount: "5" });
  });

  it("are empty where nothing is, or something else", () => {
    expect(fields.text("none")).to.equal("");
    expect(fields.count("text")).to.equal(0);
    expect(fields.amount("text")).to.equal("0");
    expect(fields.hex("text")).to.equal("");
    expect(fields.list("text")).to.deep.equal([]);
    expect(new Fields(null).fields("a").text("b")).to.equal("");
  });
});
