import { expect } from "chai";
import { errorScale, staircase } from "../../../web/src/pages/poi/staircase.ts";

type History = Parameters<typeof staircase>[0];

const ref = (name: string) => ({ id: name.padEnd(64, "0"), name });
const history = (more: Partial<History> = {}): History => ({
  epochs: [1, 2, 4],
  series: [
    { model: ref("reference"), state: "archived", mean: 500_000, accuracy: [500_000, null, null] },
    { model: ref("better"), state: "top", mean: 800_000, accuracy: [790_000, 810_000, 800_000] },
  ],
  steps: [
    { index: 0, epoch: 0, model: ref("reference"), gain: 0, error: 500_000 },
    { index: 1, epoch: 2, model: ref("better"), gain: 86_000, error: 200_000 },
  ],
  ...more,
});

describe("the staircase", () => {
  it("falls in the epochs in which a step was taken, and nowhere else", () => {
    const data = staircase(history(), 5);
    expect(data?.epochs).to.deep.equal([1, 2, 3, 4, 5]);
    expect(data?.treads).to.deep.equal([0.5, 0.2, 0.2, 0.2, 0.2]);
    expect(data?.risers).to.deep.equal([{ epoch: 2, index: 1, name: "better", gain: 86_000 }]);
  });

  it("draws each model's errors, with gaps where it was not measured", () => {
    const [top, reference] = staircase(history(), 5)?.lines ?? [];
    expect(top?.name).to.equal("better");
    expect(top?.errors.map((error) => error?.toFixed(2))).to.deep.equal([
      "0.21",
      "0.19",
      undefined,
      "0.20",
      undefined,
    ]);
    expect(reference?.errors).to.deep.equal([0.5, null, null, null, null]);
  });

  it("keeps a model's colour when the ranking changes", () => {
    const colours = (of: History) =>
      new Map(staircase(of, 5)?.lines.map(({ name, colour }) => [name, colour]));
    const [first, second] = history().series;
    if (first === undefined || second === undefined) throw new Error("no series");
    expect(
      colours(
        history({
          series: [
            { ...first, state: "top" },
            { ...second, state: "archived" },
          ],
        }),
      ),
    ).to.deep.equal(colours(history()));
  });

  it("leaves out steps from before the epochs shown", () => {
    const data = staircase(history({ epochs: [3, 4] }), 4);
    expect(data?.risers).to.deep.equal([]);
    expect(data?.treads).to.deep.equal([0.2, 0.2]);
  });

  it("is nothing before the first measurement", () => {
    expect(staircase(history({ epochs: [] }), 9)).to.equal(undefined);
  });
});

describe("errorScale", () => {
  const scaleOf = (errors: (number | null)[]) =>
    errorScale({ treads: [], lines: [{ model: "", name: "", state: "top", colour: 1, errors }] });

  it("takes in every error, between round marks", () => {
    const { low, high, marks } = scaleOf([0.013, 0.22, null]);
    expect(low).to.be.closeTo(0.01, 1e-9);
    expect(high).to.be.closeTo(0.5, 1e-9);
    expect(marks.map((mark) => Number(mark.toPrecision(2)))).to.deep.equal([0.01, 0.02, 0.05, 0.1, 0.2, 0.5]);
  });

  it("has room for errors of zero and of one", () => {
    expect(scaleOf([0, 0]).low).to.be.greaterThan(0);
    expect(scaleOf([0, 1])).to.deep.include({ high: 1 });
  });
});
