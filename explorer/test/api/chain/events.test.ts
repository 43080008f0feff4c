import { expect } from "chai";
import { messageIndexOf, shownEvent } from "../../../api/chain/events.ts";
import { Shortener } from "../../../api/chain/shown.ts";

const shown = (type: string, attributes: Record<string, string>) => {
  const event = { type, attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })) };
  const { attributes: values } = shownEvent(event, new Shortener(1_000));
  return Object.fromEntries(values.map(({ key, value }) => [key, value]));
};

describe("events as they are sent", () => {
  it("decode those of our modules: bytes as hex, enums by name", () => {
    const model = Buffer.alloc(32, 0xab).toString("base64");
    expect(
      shown("assay.poi.v1.EventModelStatusChanged", {
        model: `"${model}"`,
        arena: '"2"',
        status: '"MODEL_STATUS_TOP"',
        msg_index: "0",
      }),
    ).to.deep.equal({ model: { hex: "ab".repeat(32) }, arena: "2", status: "MODEL_STATUS_TOP" });
    expect(
      shown("assay.marketplace.v1.EventServiceListed", {
        service: JSON.stringify({ id: "4", model, status: "SERVICE_STATUS_ACTIVE", serving_key: model }),
      }).service,
    ).to.include({ id: "4", status: "SERVICE_STATUS_ACTIVE" });
  });

  it("parse other typed ones, and leave the rest as text", () => {
    expect(shown("cosmos.authz.v1beta1.EventGrant", { granter: '"assay1x"', odd: "{" })).to.deep.equal({
      granter: "assay1x",
      odd: "{",
    });
    expect(shown("transfer", { amount: "12uassay", msg_index: "0", note: '"q"' })).to.deep.equal({
      amount: "12uassay",
      note: '"q"',
    });
  });

  it("show events of ours that are not as their definition says as they are", () => {
    expect(shown("assay.poi.v1.EventInferred", { model: "not json" })).to.deep.equal({ model: "not json" });
  });

  it("clean hostile texts", () => {
    expect(shown("evil", { "k\u202e": "\u202e<img src=x>\u0000" })).to.deep.equal({ k: "<img src=x>" });
  });

  it("tell the message that caused them", () => {
    const at = (value: string) => messageIndexOf({ type: "t", attributes: [{ key: "msg_index", value }] });
    expect(at("3")).to.equal(3);
    expect(at("-1")).to.equal(null);
    expect(messageIndexOf({ type: "t", attributes: [] })).to.equal(null);
  });
});
