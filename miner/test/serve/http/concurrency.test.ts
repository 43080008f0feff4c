import { expect } from "chai";
import { Concurrency } from "../../../src/serve/http/concurrency.ts";

describe("concurrency", () => {
  it("counts all calls and those of each address", () => {
    const counts: number[] = [];
    const places = new Concurrency({ calls: 3, callsPerRemote: 2, onChange: (calls) => counts.push(calls) });
    expect(["a", "a", "a", "b", "c"].map((remote) => places.enter(remote))).to.deep.equal([
      true,
      true,
      false,
      true,
      false,
    ]);
    places.leave("a");
    expect(places.enter("c")).to.equal(true);
    expect(counts).to.deep.equal([1, 2, 3, 2, 3]);
  });

  it("tells when nothing is under way, and not before", async () => {
    const places = new Concurrency({ calls: 3, callsPerRemote: 3 });
    await places.idle();
    places.enter("a");
    places.enter("b");
    let idle = false;
    const waiting = places.idle().then(() => (idle = true));
    places.leave("a");
    await new Promise(setImmediate);
    expect(idle).to.equal(false);
    places.leave("b");
    await waiting;
  });
});
