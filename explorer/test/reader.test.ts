import { expect } from "chai";
import { createReader, MAX_BLOCKS } from "../src/reader.ts";
import { EPOCH_BLOCKS, FixtureChain } from "./fixture.ts";

describe("the reader", () => {
  it("reads everything once, and nothing again at the same height", async () => {
    const chain = new FixtureChain({ height: 3 * EPOCH_BLOCKS + 1 });
    const reader = createReader();
    const reading = await reader.refresh(chain);
    expect([...(reading?.epochs.keys() ?? [])]).to.deep.equal([1n, 2n, 3n]);
    expect(reading?.blocks.map(({ height }) => height)).to.deep.equal(
      Array.from({ length: MAX_BLOCKS }, (_, i) => 67 - i),
    );
    chain.calls.clear();
    expect(await reader.refresh(chain)).to.equal(undefined);
    expect(Object.fromEntries(chain.calls)).to.deep.equal({ clock: 1 });
  });

  it("asks at a new height of the same phase only for what changes with every block", async () => {
    const chain = new FixtureChain({ height: 3 * EPOCH_BLOCKS + 1 });
    const reader = createReader();
    await reader.refresh(chain);
    chain.calls.clear();
    chain.height += 1;
    const reading = await reader.refresh(chain);
    expect(Object.fromEntries(chain.calls)).to.deep.equal({
      clock: 1,
      blocks: 1,
      scorers: 1,
      convictions: 1,
    });
    expect(reading?.blocks).to.have.length(MAX_BLOCKS);
    expect(reading?.blocks[0]?.height).to.equal(chain.height);
  });

  it("adds an ended epoch without reading the earlier ones again", async () => {
    const chain = new FixtureChain({ height: 3 * EPOCH_BLOCKS });
    const reader = createReader();
    await reader.refresh(chain);
    chain.calls.clear();
    chain.height += 1;
    const reading = await reader.refresh(chain);
    expect(chain.calls.get("epoch")).to.equal(1);
    expect(chain.calls.get("slots")).to.equal(1);
    // One for each of the eleven models: none of them was read in full again.
    expect(chain.calls.get("modelEpochs")).to.equal(11);
    for (const results of reading?.modelEpochs.values() ?? []) {
      expect(results.map(({ epoch }) => epoch)).to.deep.equal([3n, 2n, 1n]);
    }
    // A step was taken in languages only, so only its ladder was read.
    expect(chain.calls.get("ladder")).to.equal(1);
  });

  it("fills the gap after blocks that it did not see", async () => {
    const chain = new FixtureChain({ height: 30 });
    const reader = createReader();
    await reader.refresh(chain);
    chain.height += 7;
    const reading = await reader.refresh(chain);
    expect(reading?.blocks.map(({ height }) => height)).to.deep.equal(
      Array.from({ length: MAX_BLOCKS }, (_, i) => 37 - i),
    );
  });

  it("forgets a chain that was started anew", async () => {
    const chain = new FixtureChain({ height: 3 * EPOCH_BLOCKS + 1 });
    const reader = createReader();
    await reader.refresh(chain);
    chain.height = 5;
    const reading = await reader.refresh(chain);
    expect(reading?.epochs.size).to.equal(0);
    expect(reading?.blocks.map(({ height }) => height)).to.deep.equal([5, 4, 3, 2, 1]);
  });
});
