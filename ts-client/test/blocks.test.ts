import { expect } from "chai";
import { followBlocks } from "../src/blocks.ts";
import { createClient } from "../src/client.ts";
import { sleep } from "../src/sleep.ts";
import { FakeChain } from "./fake-chain.ts";

describe("followBlocks", () => {
  let chain: FakeChain;
  let stop: AbortController;

  beforeEach(async () => {
    chain = new FakeChain("assay1x");
    await chain.start();
    stop = new AbortController();
  });

  afterEach(async () => {
    stop.abort();
    await chain.stop();
  });

  async function follow(from?: number) {
    const client = await createClient({ rpcUrl: chain.url, attempts: 1 });
    return followBlocks(client, { from, pollMs: 5, signal: stop.signal });
  }

  async function take(blocks: AsyncIterator<{ height: number; time: Date }>, count: number) {
    const taken = [];
    for (let i = 0; i < count; i++) taken.push((await blocks.next()).value as { height: number; time: Date });
    return taken;
  }

  it("starts with the newest block and reports each block once, with its time", async () => {
    chain.height = 7;
    const blocks = await follow();
    const [first] = await take(blocks, 1);
    expect(first).to.deep.equal({ height: 7, time: new Date(Date.UTC(2030, 0, 1, 0, 0, 7)) });
    const next = take(blocks, 1);
    chain.produceBlock();
    expect((await next)[0]?.height).to.equal(8);
  });

  it("fills gaps, however long", async () => {
    chain.height = 60;
    const blocks = await follow(3);
    const heights = (await take(blocks, 58)).map(({ height }) => height);
    expect(heights).to.deep.equal(Array.from({ length: 58 }, (_, i) => i + 3));
  });

  it("survives a restart of the node", async () => {
    chain.height = 5;
    const blocks = await follow();
    await take(blocks, 1);
    await chain.stop();
    const next = take(blocks, 3);
    await sleep(30);
    chain.height = 8;
    await chain.start();
    expect((await next).map(({ height }) => height)).to.deep.equal([6, 7, 8]);
  });

  it("ends with its signal's reason", async () => {
    const blocks = await follow();
    await take(blocks, 1);
    const next = blocks.next().catch((error: unknown) => error);
    const reason = new Error("enough");
    stop.abort(reason);
    expect(await next).to.equal(reason);
  });
});
