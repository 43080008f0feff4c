import { expect } from "chai";
import { failed, observed, type Step } from "../../../web/src/play/steps.ts";

describe("steps of a question", () => {
  const begin = observed([], { step: "channel", what: "begins", at: 10 });

  it("take the time between beginning and end", () => {
    expect(begin).to.deep.equal([{ name: "channel", state: "running", startedAt: 10, ms: undefined }]);
    const [done] = observed(begin, { step: "channel", what: "ends", at: 25 });
    expect(done).to.deep.equal({ name: "channel", state: "done", startedAt: 10, ms: 15 });
  });

  it("start over when the provider is asked again", () => {
    const once = observed(begin, { step: "answer", what: "begins", at: 30 });
    const again = observed(once, { step: "answer", what: "begins", at: 50 });
    const [, answer] = observed(again, { step: "answer", what: "ends", at: 52 });
    expect(answer?.ms).to.equal(2);
    expect(again).to.have.length(2);
  });

  it("say which failed, and leave out an end without a beginning", () => {
    const steps: readonly Step[] = observed(begin, { step: "receipt", what: "ends", at: 11 });
    expect(steps).to.equal(steps);
    expect(steps.map(({ name }) => name)).to.deep.equal(["channel"]);
    expect(failed(steps, 40)).to.deep.equal([{ name: "channel", state: "failed", startedAt: 10, ms: 30 }]);
  });
});
