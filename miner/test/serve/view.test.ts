import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import type { AssayEvent } from "@assay/client/events";
import { silentLogger } from "@assay/service-kit/log";
import { errorOf } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import type { Channel } from "../../src/serve/chain/chain.ts";
import { Lookups } from "../../src/serve/chain/lookups.ts";
import { ChainView } from "../../src/serve/chain/view.ts";
import { BLOCK_MS, FakeServeChain, hex, SERVICE } from "./fixture.ts";

function setup() {
  const chain = new FakeServeChain();
  const seen: string[] = [];
  let nowMs = chain.timeMs;
  const view = new ChainView({
    chain,
    services: [SERVICE],
    log: silentLogger,
    now: () => nowMs,
    onChannel: ({ idHex }) => seen.push(idHex),
  });
  return {
    chain,
    view,
    seen,
    /** Lets time pass without a block. */
    wait: (ms: number) => (nowMs += ms),
    /** A block, seen at once. */
    block: async (...events: AssayEvent[]) => {
      chain.block(...events);
      nowMs = chain.timeMs;
      await view.advance();
    },
  };
}

const closing = (channel: Channel): AssayEvent => ({
  name: "EventChannelClosing",
  value: { channel: channel.id, service: channel.service, closeHeight: 99n },
});

describe("chain view", () => {
  it("reads everything once, then what events say has changed", async () => {
    const { chain, view, block } = setup();
    const [one, two] = [chain.put(), chain.put()];
    chain.put({ service: 99n });
    await view.advance();
    expect(view.channels().map(({ idHex }) => idHex)).to.have.members([one.idHex, two.idHex]);
    expect(view.service(SERVICE)?.name).to.equal("digits");
    chain.asked.length = 0;
    chain.change(one, { status: ChannelStatus.CLOSING });
    const topUp = {
      name: "EventChannelToppedUp" as const,
      value: { channel: one.id, service: SERVICE, sender: "", amount: undefined },
    };
    await block(closing(one), topUp, { ...topUp, value: { ...topUp.value, service: 99n } });
    expect(view.channel(one.idHex)?.status).to.equal(ChannelStatus.CLOSING);
    expect(
      chain.asked.filter((what) => !/^(head|events)/.test(what)),
      "once, and nothing else",
    ).to.deep.equal([`channel ${one.idHex}`]);
    await block();
    chain.changeService({ price: 7n });
    await block({ name: "EventServiceUpdated", value: { service: chain.services.get(SERVICE) } });
    expect(view.service(SERVICE)?.price).to.equal(7n);
  });

  it("learns of new channels from their block", async () => {
    const { chain, view, block } = setup();
    await view.advance();
    const channel = chain.put();
    expect(view.channel(channel.idHex)).to.equal(undefined);
    await block({
      name: "EventChannelOpened",
      value: { channel: { id: channel.id, service: SERVICE } as never },
    });
    expect(view.channel(channel.idHex)?.avail).to.equal(10_000n);
  });

  it("goes through blocks it missed, and reads all anew after a long gap", async () => {
    const { chain, view, block } = setup();
    const channel = chain.put();
    await view.advance();
    chain.asked.length = 0;
    chain.change(channel, { avail: 1n });
    chain.block(closing(channel));
    chain.block();
    await block();
    expect(chain.asked).to.include.members(["events 2", "events 3", "events 4"]);
    expect(view.channel(channel.idHex)?.avail).to.equal(1n);
    chain.asked.length = 0;
    chain.change(channel, { avail: 2n });
    for (let i = 0; i < 51; i++) chain.block();
    await block();
    expect(view.channel(channel.idHex)?.avail).to.equal(2n);
    expect(chain.asked.filter((what) => what.startsWith("events"))).to.deep.equal([]);
    expect(chain.asked).to.include(`channels ${SERVICE}`);
  });

  it("loses nothing when the node fails in between", async () => {
    const { chain, view, block } = setup();
    const channel = chain.put();
    await view.advance();
    chain.change(channel, { avail: 1n });
    chain.block(closing(channel));
    chain.away = true;
    await errorOf(() => view.advance());
    expect(view.away()).to.equal(true);
    chain.away = false;
    await block();
    expect(view.away()).to.equal(false);
    expect(view.channel(channel.idHex)?.avail).to.equal(1n);
  });

  it("keeps what was asked for last, in whatever order the answers come", async () => {
    const { chain, view } = setup();
    const channel = chain.put();
    await view.advance();
    const answers: ((value: Channel) => void)[] = [];
    chain.channel = () => new Promise((resolve) => answers.push(resolve));
    const [first, second] = [view.refresh(channel.idHex), view.refresh(channel.idHex)];
    answers[1]!({ ...channel, avail: 2n });
    await second;
    answers[0]!({ ...channel, avail: 1n });
    await first;
    expect(view.channel(channel.idHex)?.avail).to.equal(2n);
  });

  it("measures the block time and the age of its head", async () => {
    const { chain, view, wait, block } = setup();
    chain.height = 100;
    await view.advance();
    expect(view.blockMs(), "from an old header").to.equal(BLOCK_MS);
    for (let i = 0; i < 20; i++) {
      chain.timeMs += BLOCK_MS;
      await block();
    }
    expect(view.blockMs()).to.be.closeTo(2 * BLOCK_MS, 110);
    expect(view.headAgeMs()).to.equal(0);
    wait(6_500);
    expect(view.headAgeMs()).to.equal(6_500);
    expect([view.isStale(8), view.isStale(40)], "three blocks at least").to.deep.equal([true, false]);
  });

  it("asks for channels it does not know, but not at strangers' pleasure", async () => {
    const { chain, view, wait, block } = setup();
    await view.advance();
    const channel = chain.put();
    expect((await view.find(channel.idHex))?.idHex).to.equal(channel.idHex);
    const foreign = chain.put({ service: 99n });
    expect(await view.find(foreign.idHex)).to.equal(undefined);
    chain.asked.length = 0;
    expect(await view.find(foreign.idHex)).to.equal(undefined);
    expect(chain.asked, "not there a moment ago").to.deep.equal([]);
    for (let i = 0; i < 100; i++) await view.find(hex(new Uint8Array(32).fill(i)));
    expect(chain.asked.length).to.be.at.most(20);
    wait(1_000);
    chain.asked.length = 0;
    for (let i = 100; i < 200; i++) await view.find(hex(new Uint8Array(32).fill(i)));
    expect(chain.asked.length).to.equal(5);
    chain.away = true;
    wait(10_000);
    expect(await view.find("00".repeat(32)), "a node that is away").to.equal(undefined);
    chain.away = false;
    await block();
  });
});

describe("lookups", () => {
  it("are at most four at a time, and forget what was long absent", () => {
    let now = 0;
    const lookups = new Lookups(() => now);
    const ids = ["a", "b", "c", "d"];
    expect(ids.map((id) => lookups.begin(id))).to.deep.equal([true, true, true, true]);
    expect(lookups.begin("e")).to.equal(false);
    lookups.end("a", true);
    lookups.end("b", false);
    expect(lookups.begin("b"), "known to be absent").to.equal(false);
    expect(lookups.begin("e")).to.equal(true);
    lookups.end("e", true);
    now += 2_001;
    expect(lookups.begin("b")).to.equal(true);
  });
});
