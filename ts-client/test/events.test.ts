import { expect } from "chai";
import { readFileSync } from "node:fs";
import { MalformedResponseError } from "../src/errors.ts";
import { decodeEvent, decodeEvents, findEvent, poiEventNames } from "../src/events.ts";
import { ModelStatus } from "../src/generated/assay/poi/v1/model.ts";

/** An event as nodes give it: every field an attribute, its value in JSON. */
function event(name: string, attributes: Record<string, string>) {
  return {
    type: `assay.poi.v1.${name}`,
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
  it("knows every event of the module", () => {
    const proto = readFileSync(new URL("../../proto/assay/poi/v1/events.proto", import.meta.url), "utf8");
    const names = [...proto.matchAll(/^message (Event\w+)/gm)].map(([, name]) => name);
    expect(poiEventNames).to.have.members(names);
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
