import { expect } from "chai";
import { readFileSync } from "node:fs";
import { MalformedResponseError } from "../src/errors.ts";
import { decodeEvent, decodeEvents, findEvent, marketplaceEventNames, poiEventNames } from "../src/events.ts";
import { ClaimStatus } from "../src/generated/assay/marketplace/v1/channel.ts";
import { ModelStatus } from "../src/generated/assay/poi/v1/model.ts";

/** An event as nodes give it: every field an attribute, its value in JSON. */
function event(name: string, attributes: Record<string, string>, module = "poi") {
  return {
    type: `assay.${module}.v1.${name}`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  };
}

const stepTaken = event("EventStepTaken", {
  msg_index: "0",
  mode: "EndBlock",
  step: JSON.stringify({
    arena: "1",
    index: 2,
    model: "AQID",
    epoch: "18446744073709551615",
    gain: "65536",
    settled_epoch: "9",
    weighted: true,
    comparisons: [{ opponent: "BA==", b: 12, c: 3, n: 256, wrong_old: 40, wrong_new: 31, gain: "65536" }],
  }),
});

describe("events", () => {
  for (const [module, known] of [
    ["poi", poiEventNames],
    ["marketplace", marketplaceEventNames],
  ] as const) {
    it(`knows every event of x/${module}`, () => {
      const file = new URL(`../../proto/assay/${module}/v1/events.proto`, import.meta.url);
      const names = [...readFileSync(file, "utf8").matchAll(/^message (Event\w+)/gm)].map(([, name]) => name);
      expect(known).to.have.members(names);
    });
  }

  it("tells an event by its name alone, whatever module it is of", () => {
    const names: readonly string[] = [...poiEventNames, ...marketplaceEventNames];
    expect(new Set(names)).to.have.property("size", names.length);
  });

  it("decodes coins and keys of the market", () => {
    const attributes = {
      channel: '"AQI="',
      service: '"7"',
      lane: "3",
      status: '"CLAIM_STATUS_PARTIAL"',
      settled: '"18446744073709551615"',
      moved: '"5"',
      released: '{"denom":"uassay","amount":"4"}',
      msg_index: "0",
    };
    expect(decodeEvent(event("EventVoucherClaimed", attributes, "marketplace"))).to.deep.equal({
      name: "EventVoucherClaimed",
      value: {
        channel: Uint8Array.of(1, 2),
        service: 7n,
        lane: 3,
        status: ClaimStatus.PARTIAL,
        settled: 2n ** 64n - 1n,
        moved: 5n,
        released: { denom: "uassay", amount: "4" },
      },
    });
  });

  it("decodes numbers, bytes, enums and nested messages", () => {
    expect(decodeEvent(stepTaken)).to.deep.equal({
      name: "EventStepTaken",
      value: {
        step: {
          arena: 1n,
          index: 2,
          model: Uint8Array.of(1, 2, 3),
          epoch: 2n ** 64n - 1n,
          gain: 65536n,
          settledEpoch: 9n,
          weighted: true,
          comparisons: [
            { opponent: Uint8Array.of(4), b: 12, c: 3, n: 256, wrongOld: 40, wrongNew: 31, gain: 65536n },
          ],
        },
      },
    });
    const changed = event("EventModelStatusChanged", {
      arena: '"3"',
      model: '"AQ=="',
      status: '"MODEL_STATUS_ARCHIVED"',
    });
    expect(decodeEvent(changed)?.value).to.deep.include({ arena: 3n, status: ModelStatus.ARCHIVED });
  });

  it("leaves other modules' events alone", () => {
    expect(decodeEvent({ type: "transfer", attributes: [{ key: "amount", value: "1uassay" }] })).to.equal(
      undefined,
    );
    expect(decodeEvent(event("EventOfTheFuture", {}))).to.equal(undefined);
    expect(decodeEvent(event("EventStepTaken", {}, "marketplace"))).to.equal(undefined);
    expect(decodeEvents([{ type: "tx", attributes: [] }, stepTaken])).to.have.length(1);
  });

  it("finds an event by name", () => {
    expect(findEvent([stepTaken], "EventStepTaken")?.step?.index).to.equal(2);
    expect(findEvent([stepTaken], "EventInferred")).to.equal(undefined);
  });

  it("says when an event is not what its definition says", () => {
    expect(() => decodeEvent(event("EventStepTaken", { step: "{" }))).to.throw(MalformedResponseError);
    expect(() => decodeEvent(event("EventSlotsDrawn", { slots: '"many"' }))).to.throw(MalformedResponseError);
  });
});
