import { expect } from "chai";
import { errorScale, staircase } from "../../web/src/ladder/staircase.ts";
import { createReader } from "../../src/reader.ts";
import { describe as describeReading } from "../../src/snapshot.ts";
import { EPOCH_BLOCKS, FixtureChain } from "../fixture.ts";

async function digits(epochs: number) {
  const reading = await createReader().refresh(new FixtureChain({ height: epochs * EPOCH_BLOCKS + 1 }));
  if (reading === undefined) throw new Error("a first reading is never empty");
  const { arenas, history } = describeReading(reading, { state: "live", reason: null, since: "" });
  const arena = arenas[0];
  if (arena === undefined) throw new Error("no arena");
  return { arena, history: history[0], running: epochs + 1 };
}

describe("the staircase", () => {
  it("falls in the epochs in which a step was taken, and nowhere else", async () => {
    const { arena, history, running } = await digits(12);
    const data = staircase(arena, history, running);
    expect(data?.epochs).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    const treads = data?.treads ?? [];
    const falls = (data?.epochs ?? []).filter((_, index) => index > 0 && treads[index] !== treads[index - 1]);
    expect(falls).to.deep.equal([2, 5, 9]);
    for (const [index, tread] of treads.entries()) expect(tread).to.be.at.most(treads[index - 1] ?? 1);
    expect(data?.risers.map(({ epoch, index, name }) => ({ epoch, index, name }))).to.deep.equal([
      { epoch: 2, index: 1, name: "digits-mlp-32" },
      { epoch: 5, index: 2, name: "digits-conv-12" },
      { epoch: 9, index: 3, name: "digits-conv-32" },
    ]);
  });

  it("draws each model's errors, and nothing for the epoch that is running", async () => {
    const { arena, history, running } = await digits(3);
    const data = staircase(arena, history, running);
    expect(data?.lines).to.have.length(5);
    for (const { errors } of data?.lines ?? []) {
      expect(errors).to.have.length(4);
      expect(errors.at(-1)).to.equal(null);
      expect(errors.slice(0, 3).every((error) => error !== null && error > 0 && error < 1)).to.equal(true);
    }
  });

  it("leaves a gap where an epoch was void", async () => {
    const { arena, history, running } = await digits(4);
    if (history === undefined) throw new Error("no history");
    const without = (at: number) => ({
      ...history,
      epochs: history.epochs.toSpliced(at, 1),
      series: history.series.map(({ model, accuracy }) => ({ model, accuracy: accuracy.toSpliced(at, 1) })),
    });
    const data = staircase(arena, without(1), running);
    expect(data?.epochs).to.deep.equal([1, 2, 3, 4, 5]);
    expect(data?.lines[0]?.errors.map((error) => error === null)).to.deep.equal([
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it("is nothing before the first measurement", async () => {
    const { arena, running } = await digits(1);
    expect(staircase(arena, { arena: 1, epochs: [], series: [] }, running)).to.equal(undefined);
    expect(staircase(arena, undefined, running)).to.equal(undefined);
  });
});

describe("errorScale", () => {
  const scaleOf = (errors: (number | null)[]) =>
    errorScale({
      epochs: [],
      treads: [],
      risers: [],
      lines: [{ model: "", name: "", state: "top", errors }],
    });

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
