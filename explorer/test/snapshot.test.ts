import { expect } from "chai";
import { sumAmounts } from "../src/numbers.ts";
import { createReader } from "../src/reader.ts";
import { describe as describeReading, difference, type Content } from "../src/snapshot.ts";
import type { Status } from "../src/wire.ts";
import { address, EPOCH_BLOCKS, FixtureChain, id, type FixtureOptions } from "./fixture.ts";

const LIVE: Status = { state: "live", reason: null, since: "2026-11-21T12:00:00.000Z" };

async function contentAt(options: FixtureOptions): Promise<Content> {
  const reading = await createReader().refresh(new FixtureChain(options));
  if (reading === undefined) throw new Error("a first reading is never empty");
  return describeReading(reading, LIVE);
}

const hexId = (seed: number): string => Buffer.from(id(seed)).toString("hex");

describe("the snapshot", () => {
  it("tells the clock as the chain tells it", async () => {
    const { clock, rules, blocks } = await contentAt({ height: 12 * EPOCH_BLOCKS + 9 });
    expect(clock).to.deep.include({
      epoch: 13,
      phase: "ROWS",
      epochStart: 265,
      phaseStart: 271,
      phaseEnd: 276,
      settledEpochs: 12,
      height: 273,
    });
    expect(clock?.phases.map(({ blocks }) => blocks)).to.deep.equal([3, 3, 6, 3, 6]);
    expect(clock?.secondsPerBlock).to.equal(1);
    expect(rules).to.deep.include({ auditRatio: 0.1, z2: 12, fullGainBits: 8 });
    expect(blocks[0]).to.deep.include({ height: 273, time: "2026-11-21T12:04:33.000Z" });
  });

  it("knows no end of SETTLE", async () => {
    const { clock } = await contentAt({ height: EPOCH_BLOCKS });
    expect(clock).to.deep.include({ phase: "SETTLE", phaseEnd: null });
  });

  it("shows ladders with names, gains and what they earned", async () => {
    const { arenas } = await contentAt({ height: 12 * EPOCH_BLOCKS + 9 });
    expect(arenas.map(({ name, input, answer, weight }) => ({ name, input, answer, weight }))).to.deep.equal([
      { name: "digits", input: "uint8 1×28×28", answer: "one of 10 classes", weight: 100 },
      { name: "languages", input: "int16 128", answer: "one of 58 classes", weight: 60 },
      { name: "spam", input: "uint8 512", answer: "one of 2 classes", weight: 40 },
    ]);
    const steps = arenas[0]?.steps ?? [];
    expect(
      steps.map(({ index, modelName, epoch, lastPay }) => ({ index, modelName, epoch, lastPay })),
    ).to.deep.equal([
      { index: 0, modelName: "digits-reference", epoch: 0, lastPay: "0" },
      { index: 1, modelName: "digits-mlp-32", epoch: 2, lastPay: "5750000" },
      { index: 2, modelName: "digits-conv-12", epoch: 5, lastPay: "5750000" },
      { index: 3, modelName: "digits-conv-32", epoch: 9, lastPay: "5750000" },
    ]);
    expect(steps[1]?.gainBits).to.be.closeTo(Math.log2(0.22 / 0.085), 1e-4);
    expect(steps[1]?.comparisons).to.deep.equal([{ opponentName: "digits-reference", b: 96, c: 12, n: 768 }]);
  });

  it("gives every model its score, interval, contention and earnings", async () => {
    const { arenas } = await contentAt({ height: 12 * EPOCH_BLOCKS + 9 });
    const models = arenas[0]?.models ?? [];
    expect(models.map(({ name, state }) => `${name} ${state}`)).to.deep.equal([
      "digits-conv-32 top",
      "digits-conv-32-copy contender",
      "digits-conv-12 archived",
      "digits-mlp-32 archived",
      "digits-reference archived",
    ]);
    const [top, copy] = models;
    expect(top).to.deep.include({
      id: hexId(13),
      author: address(13),
      step: 3,
      items: 12 * 1280,
      epochs: 12,
      contention: null,
      earned: "23000000",
    });
    expect(top?.mean?.accuracy).to.be.closeTo(0.987, 0.003);
    expect(top?.mean?.low).to.be.lessThan(top?.mean?.accuracy ?? 0);
    expect(top?.mean?.high).to.be.greaterThan(top?.mean?.accuracy ?? 1);
    // Three epochs since the step, 256 items of each sponsor in each; of five sponsors two are kept.
    expect(copy?.contention?.screening).to.deep.equal({
      opponentName: "digits-conv-32",
      b: 30,
      c: 32,
      n: 1536,
    });
    expect(copy?.earned).to.equal("0");
  });

  it("marks the model that is called", async () => {
    const { arenas } = await contentAt({ height: 8 * EPOCH_BLOCKS + 1 });
    expect(arenas[0]?.called).to.equal(hexId(13));
    const called = arenas[0]?.models.find(({ state }) => state === "called");
    expect(called).to.deep.include({ name: "digits-conv-32", step: null });
    expect(called?.contention).to.deep.include({ calls: 1 });
    expect(called?.contention?.trials[0]).to.deep.include({ opponentName: "digits-conv-12", n: 1536 });
  });

  it("aligns each arena's measurements by epoch", async () => {
    const { history } = await contentAt({ height: 4 * EPOCH_BLOCKS + 1 });
    expect(history.map(({ arena, epochs, series }) => [arena, epochs, series.length])).to.deep.equal([
      [1, [1, 2, 3, 4], 5],
      [2, [1, 2, 3, 4], 4],
      [3, [1, 2, 3, 4], 2],
    ]);
    for (const { accuracy } of history.flatMap(({ series }) => series)) expect(accuracy).to.have.length(4);
  });

  it("counts for each scorer the answers that the chain re-ran and found right", async () => {
    const { scorers } = await contentAt({ height: EPOCH_BLOCKS + 1 });
    // One epoch, five slots per arena, five, four and two models. In digits the model that steps in epoch 2 was
    // called and is compared with the reference: all 64 items of these two; of other rows 7, a tenth rounded up.
    expect(scorers.map(({ auditsPassed }) => auditsPassed)).to.deep.equal(
      Array.from({ length: 4 }, () => 5 * (2 * 64 + 3 * 7) + 5 * 4 * 7 + 5 * 2 * 7),
    );
  });

  it("shows convictions and leaves that epoch's audits of the scorer out", async () => {
    const { scorers, convictions, epochs } = await contentAt({ height: 12 * EPOCH_BLOCKS + 9, forged: true });
    expect(convictions).to.have.length(1);
    expect(convictions[0]).to.deep.include({
      epoch: 7,
      moniker: "validator-2",
      modelName: "digits-conv-12",
      item: 41,
      slashed: "50000000",
      reward: "25000000",
      challenger: address(101),
      expected: { answer: "03", tag: "5a119c02" },
      recorded: { answer: "08", tag: "00000000" },
    });
    expect(scorers.map(({ convictions }) => convictions)).to.deep.equal([0, 0, 1, 0]);
    const [honest, , forger] = scorers;
    expect(forger?.auditsPassed).to.be.lessThan(honest?.auditsPassed ?? 0);
    expect(scorers[1]?.misses).to.deep.equal([4]);
    expect(epochs.find(({ epoch }) => epoch === 7)).to.deep.include({
      convictions: 1,
      challenges: 1,
      slotsCounted: 45,
    });
  });

  it("adds the shares up to what was minted", async () => {
    const { money } = await contentAt({ height: 12 * EPOCH_BLOCKS + 9 });
    const shares = Object.values<string>({ ...money?.window.shares });
    expect(shares).to.have.length(5);
    expect(sumAmounts(shares)).to.equal(money?.window.minted);
    expect(money?.window).to.deep.include({ epochs: 12, firstEpoch: 1, minted: "1056000000" });
    expect(money?.minted).to.equal("1056000000");
  });

  it("cleans what people wrote on the chain", async () => {
    const { arenas, scorers } = await contentAt({
      height: 2 * EPOCH_BLOCKS,
      hostile: `\u202e${"x".repeat(500)}`,
    });
    const model = arenas[0]?.models[0];
    expect([...(model?.name ?? "")]).to.have.length(64);
    expect([...(arenas[0]?.description ?? "")]).to.have.length(280);
    expect([...(scorers[0]?.moniker ?? "")]).to.have.length(40);
    expect(JSON.stringify([arenas, scorers])).not.to.contain("\u202e");
  });

  it("is plain JSON: amounts and ids are text, nothing is lost on the way", async () => {
    const content = await contentAt({ height: 12 * EPOCH_BLOCKS + 9, forged: true });
    expect(JSON.parse(JSON.stringify(content))).to.deep.equal(content);
  });
});

describe("difference", () => {
  it("names only the parts that changed", async () => {
    const before = await contentAt({ height: 273 });
    const after = await contentAt({ height: 274 });
    expect(Object.keys(difference(before, after) ?? {})).to.deep.equal(["clock", "blocks"]);
    expect(difference(before, await contentAt({ height: 273 }))).to.equal(undefined);
  });
});
