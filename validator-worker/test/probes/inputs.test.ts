import { TensorType, type ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { Random } from "@assay/models/datasets/random";
import { expect } from "chai";
import { FreshInputs } from "../../src/probes/inputs.ts";
import { itemBytes, vary } from "../../src/probes/vary.ts";
import { noise } from "@assay/service-kit/testing/models";
import { errorOf } from "@assay/service-kit/testing/support";
import { digits, FakeChain, hex, OTHER } from "../support.ts";

const running = { epoch: 1n, batchItems: 4 };

describe("fresh inputs", () => {
  const chainWith = (spec: Partial<ArenaSpec>) => {
    const chain = new FakeChain();
    chain.spec = { ...chain.spec, ...spec };
    chain.freeze();
    return chain;
  };
  const different = (a: Uint8Array, b: Uint8Array) =>
    a.reduce((sum, byte, i) => sum + (byte === b[i] ? 0 : 1), 0);

  it("vary what the chain has published, never twice the same and never an item of the chain", async () => {
    const chain = chainWith({ inputShape: [1, 28, 28] });
    const published = noise(4 * 784, 7);
    chain.addSlot(3n, OTHER, published);
    const inputs = new FreshInputs({ chain, data: {}, random: new Random(1) });
    const own = Array.from({ length: 4 }, (_, i) => published.subarray(i * 784, (i + 1) * 784));
    const seen = new Set(own.map(hex));
    for (let i = 0; i < 300; i++) {
      const [item, ...rest] = (await inputs.make(1n, 1, running)) ?? [];
      expect(rest).to.deep.equal([]);
      expect(item).to.have.length(784);
      expect(seen.has(hex(item!))).to.equal(false);
      seen.add(hex(item!));
      expect(Math.min(...own.map((other) => different(item!, other))), "much like one").to.be.within(1, 28);
    }
  });

  it("have to wait for the epoch's first inputs, and go on with old ones in the next", async () => {
    const chain = chainWith({});
    chain.addSlot(0n, OTHER);
    const inputs = new FreshInputs({ chain, data: {}, random: new Random(1) });
    expect(await inputs.make(1n, 2, running)).to.equal(undefined);
    chain.postInputs(0n, noise(8, 1));
    expect(await inputs.make(1n, 2, running)).to.have.length(2);
    chain.freeze();
    expect(await inputs.make(1n, 1, { ...running, epoch: 2n })).to.have.length(1);
  });

  it("are of the arena's type, within the range of what is known", () => {
    const random = new Random(2);
    const format = { inputType: TensorType.INT16, inputShape: [128] };
    const counts = Int16Array.from({ length: 128 }, (_, i) => (i % 5) * 100);
    const item = new Uint8Array(counts.buffer);
    for (let i = 0; i < 200; i++) {
      const made = vary(format, [item], random);
      expect(made).to.have.length(itemBytes(format));
      const values = new Int16Array(made.buffer);
      expect(Math.min(...values)).to.be.at.least(0);
      expect(Math.max(...values)).to.be.at.most(400);
      expect(hex(made)).to.not.equal(hex(item));
    }
    expect(hex(new Uint8Array(counts.buffer)), "the known item stays").to.equal(hex(item));
    // An item of one value has a range as well.
    for (const value of [0, 127, -128]) {
      const flat = new Uint8Array(Int8Array.from({ length: 9 }, () => value).buffer);
      const made = new Int8Array(
        vary({ inputType: TensorType.INT8, inputShape: [9] }, [flat], random).buffer,
      );
      for (const element of made) expect(Math.abs(element - value)).to.be.at.most(1);
    }
  });

  it("say when an arena has no new ones left", async () => {
    const chain = chainWith({ inputShape: [1] });
    chain.addSlot(0n, OTHER, Uint8Array.of(7, 7, 7, 7));
    const inputs = new FreshInputs({ chain, data: {}, random: new Random(1) });
    await inputs.make(1n, 1, running);
    expect((await errorOf(() => inputs.make(1n, 1, running))).message).to.match(/no new items left/);
  });

  it("come from public data where the settings name some, and not from its hidden part", async function () {
    this.timeout(30_000);
    const chain = chainWith({ ...digits });
    const inputs = new FreshInputs({ chain, data: { digits: "digits" }, random: new Random(1) });
    const made = (await inputs.make(1n, 20, running)) ?? [];
    expect(made).to.have.length(20);
    expect(new Set(made.map(hex)).size).to.equal(20);
    // Ink on a black ground, which noise is not.
    for (const item of made) expect(item.filter((byte) => byte === 0).length).to.be.greaterThan(50);
    const parts: string[] = [];
    const load = async () => ({
      name: "toy",
      labels: ["a"],
      preprocessing: digits.preprocessing,
      get train() {
        parts.push("train");
        return [{ raw: { width: 28, height: 28, data: new Uint8Array(784) }, label: 0, group: "0" }];
      },
      get hidden() {
        parts.push("hidden");
        return [];
      },
    });
    await new FreshInputs({ chain, data: { digits: "digits" }, random: new Random(1), load }).make(
      1n,
      1,
      running,
    );
    expect(parts).to.deep.equal(["train"]);
  });

  it("refuse data that is not the arena's", async () => {
    const chain = chainWith({ preprocessing: "gray-28x28" });
    const load = async () => ({
      name: "x",
      labels: [],
      preprocessing: "word-counts-512",
      train: [],
      hidden: [],
    });
    const inputs = new FreshInputs({ chain, data: { digits: "spam" }, random: new Random(1), load });
    expect((await errorOf(() => inputs.make(1n, 1, running))).message).to.equal(
      "the data for arena digits is prepared by word-counts-512, the arena needs gray-28x28",
    );
  });
});
