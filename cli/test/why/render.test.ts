import { expect } from "chai";
import { explain } from "@assay/client/protocol/why";
import { renderExplanation } from "../../src/why/render.ts";
import { calledNext, stepTaken } from "../../../ts-client/test/protocol/why-fixture.ts";

const name = (model: Uint8Array): string => `model-${model[0]}`;

describe("why for people", () => {
  it("shows tables that add up", () => {
    const text = renderExplanation(explain(stepTaken()), "digits/mlp", name);
    expect(text).to.include("digits/mlp in epoch 43");
    expect(text).to.match(/│ paid +│.*│ +15\.702896 │ 0\.000000 │ +15\.702896 │/);
    expect(text).to.match(/│ not paid +│.*│ +94\.297104 │ 0\.000000 │ +94\.297104 │/);
    expect(text).to.match(/│ pot +│.*│ +110\.000000 │ 0\.000000 │ +110\.000000 │/);
    expect(text).to.include("It took step 1; height g = 74844 (1.1420 bits)");
    expect(text).to.include("Paid for this model: 15.702896 ASSAY");
    expect(text).to.match(/Recomputed \d+ numbers from the ones before them: all agree with the chain\.$/);
  });

  it("shows which sponsors a comparison leaves out, and who is called", () => {
    const text = renderExplanation(explain(calledNext()), "digits/conv", name);
    expect(text.match(/left out/g)).to.have.length(3);
    expect(text).to.match(/│ kept +│ +80 │ +14 │ +512 │/);
    expect(text).to.match(/│ model-3 +│ +#2 │.*│ yes +│ yes +│ yes +│/);
  });

  it("puts numbers that differ side by side", () => {
    const evidence = stepTaken();
    if (!evidence.result) throw new Error("the fixture lost its result");
    const text = renderExplanation(
      explain({ ...evidence, result: { ...evidence.result, smoothed: 5 } }),
      "digits/mlp",
      name,
    );
    expect(text).to.match(/1 of \d+ recomputed numbers DIFFER/);
    expect(text).to.match(/│ smoothed accuracy \(ppm\) │ +5 │ +784765 │/);
  });
});
