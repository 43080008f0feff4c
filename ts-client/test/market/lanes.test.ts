import { expect } from "chai";
import { Lanes } from "../../src/market/lanes.ts";

describe("lanes", () => {
  /** Asks for a lane and notes what came of it. */
  function ask(lanes: Lanes<string>, signal?: AbortSignal): { got: string | undefined } {
    const call: { got: string | undefined } = { got: undefined };
    lanes.acquire(signal).then(
      (lane) => (call.got = lane),
      (error: Error) => (call.got = error.message),
    );
    return call;
  }

  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it("give out one lane at first and one more for every answer, first come, first served", async () => {
    const lanes = new Lanes(["a", "b", "c"]);
    const calls = [ask(lanes), ask(lanes), ask(lanes), ask(lanes)];
    const got = async () => (await settle(), calls.map(({ got }) => got));
    expect(await got()).to.deep.equal(["a", undefined, undefined, undefined]);
    expect(lanes.quiet).to.equal(false);
    lanes.grow();
    expect(await got()).to.deep.equal(["a", "b", undefined, undefined]);
    lanes.release("a");
    expect(await got()).to.deep.equal(["a", "b", "a", undefined]);
    lanes.grow();
    lanes.grow();
    expect(await got()).to.deep.equal(["a", "b", "a", "c"]);
    expect(lanes.quiet).to.equal(true);
  });

  it("are fewer after an overload, and one after a failure, which those who wait are told", async () => {
    const lanes = new Lanes(["a", "b", "c", "d"]);
    for (let n = 0; n < 3; n++) lanes.grow();
    lanes.halve();
    const calls = [ask(lanes), ask(lanes), ask(lanes)];
    await settle();
    expect(calls.map(({ got }) => got)).to.deep.equal(["a", "b", undefined]);
    lanes.reset(new Error("left"));
    lanes.release("b");
    const next = ask(lanes);
    await settle();
    expect(calls[2]!.got).to.equal("left");
    expect(next.got).to.equal(undefined);
    lanes.release("a");
    await settle();
    expect(next.got).to.equal("a");
  });

  it("are not waited for by a caller that gave up", async () => {
    const lanes = new Lanes(["a"]);
    const stop = new AbortController();
    const [first, second, third] = [ask(lanes), ask(lanes, stop.signal), ask(lanes)];
    stop.abort(new Error("enough"));
    await settle();
    expect(second.got).to.equal("enough");
    lanes.release("a");
    await settle();
    expect([first.got, third.got]).to.deep.equal(["a", "a"]);
    const late = ask(lanes, stop.signal);
    await settle();
    expect(late.got).to.equal("enough");
  });

  it("can be taken out of turn when no call uses them", () => {
    const lanes = new Lanes(["a", "b"]);
    expect(lanes.take("b")).to.equal(true);
    expect(lanes.take("b")).to.equal(false);
    lanes.release("b");
    expect(lanes.take("b")).to.equal(true);
  });

  it("close for new calls, drain, and may open again", async () => {
    const lanes = new Lanes(["a"]);
    const [first, second] = [ask(lanes), ask(lanes)];
    await settle();
    lanes.close(new Error("closed"));
    const third = ask(lanes);
    let drained = false;
    const draining = lanes.drained().then(() => (drained = true));
    await settle();
    expect([first.got, second.got, third.got, drained]).to.deep.equal(["a", "closed", "closed", false]);
    lanes.release("a");
    await draining;
    lanes.reopen();
    const fourth = ask(lanes);
    await settle();
    expect(fourth.got).to.equal("a");
  });
});
