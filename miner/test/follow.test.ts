import type { GetContenderReturnType } from "@assay/client/actions/getContender";
import { Comparison, Contender } from "@assay/client/generated/assay/poi/v1/arena";
import { ArenaEpoch, ModelEpoch } from "@assay/client/generated/assay/poi/v1/epoch";
import { Model, ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { createLogger } from "@assay/service-kit/log";
import { Registry } from "@assay/service-kit/metrics";
import { expect } from "chai";
import { Claims } from "../src/claims.ts";
import { Follower } from "../src/follow.ts";
import { createMetrics, type MinerMetrics } from "../src/metrics.ts";
import { ARENA, FakeChain, never, OWNER } from "./support/fixture.ts";

const ID = new Uint8Array(32).fill(1);
const HEX = "01".repeat(32);

describe("following a model", () => {
  let chain: FakeChain;
  let metrics: MinerMetrics;
  let lines: Record<string, unknown>[];
  const log = createLogger({
    name: "test",
    destination: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  });

  beforeEach(() => {
    chain = new FakeChain();
    metrics = createMetrics(new Registry());
    lines = [];
    chain.registered.set(HEX, Model.fromPartial({ id: ID, author: OWNER, status: ModelStatus.CONTENDER }));
  });

  function follower(renew = true): Follower {
    const model = {
      modelHex: HEX,
      name: "m",
      arena: ARENA,
      arenaName: "toy",
      owner: OWNER,
      send: chain.send,
      log,
    };
    return new Follower(chain, metrics, model, { renew });
  }

  function contender(usableSponsors: number, sponsors = ["a", "b", "c"]): GetContenderReturnType {
    return {
      contender: Contender.fromPartial({ arena: ARENA, model: ID, sponsors }),
      screening: Comparison.fromPartial({}),
      trials: [],
      usableSponsors,
      called: false,
    };
  }

  it("tells score, earnings and steps of a settled epoch once", async () => {
    chain.epochs.set(4n, {
      result: ModelEpoch.fromPartial({
        epoch: 4n,
        accuracy: 910_000,
        smoothed: 900_000,
        items: 64,
        stepAccepted: 2,
      }),
      arena: ArenaEpoch.fromPartial({
        settled: true,
        steps: [{ step: 2, model: ID, emission: "70", funded: "5" }],
      }),
    });
    const following = follower();
    await following.observe(4n, never);
    await following.observe(4n, never);
    const scored = lines.filter(({ msg }) => msg === "scored");
    expect(scored).to.have.length(1);
    expect(scored[0]).to.include({ epoch: "4", accuracy: 0.91, smoothed: 0.9, earned: "75" });
    expect(lines.some(({ msg, step }) => msg === "took a step of the ladder" && step === 2)).to.equal(true);
    expect((await metrics.earned.get()).values[0]?.value).to.equal(75);
  });

  it("says nothing of an epoch that did not settle", async () => {
    chain.epochs.set(4n, { result: undefined, arena: ArenaEpoch.fromPartial({ settled: false }) });
    await follower().observe(4n, never);
    expect(lines.map(({ msg }) => msg)).to.deep.equal(["status"]);
  });

  it("tells a change of status", async () => {
    const following = follower();
    await following.observe(1n, never);
    chain.registered.get(HEX)!.status = ModelStatus.TOP;
    await following.observe(2n, never);
    expect(lines.map(({ msg, to }) => [msg, to])).to.deep.equal([
      ["status", "contender"],
      ["status", "top"],
    ]);
  });

  it("renews the reservation when its sponsors ran out and others are ready", async () => {
    chain.contenders.set(HEX, contender(2));
    await follower().observe(1n, never);
    expect(chain.verbs).to.deep.equal(["RenewReservation"]);
  });

  for (const [name, prepare, renew] of [
    ["enough sponsors can measure it", (c: FakeChain) => c.contenders.set(HEX, contender(3)), true],
    ["it was in no epoch yet", (c: FakeChain) => c.contenders.set(HEX, contender(0, [])), true],
    ["its owner does not want it", (c: FakeChain) => c.contenders.set(HEX, contender(2)), false],
    ["no others are ready", (c: FakeChain) => (c.contenders.set(HEX, contender(2)), (c.ready = 2)), true],
  ] as const) {
    it(`does not renew when ${name}`, async () => {
      prepare(chain);
      await follower(renew).observe(1n, never);
      expect(chain.sent).to.deep.equal([]);
    });
  }
});

describe("claims", () => {
  let chain: FakeChain;
  let now: number;
  let claims: Claims;

  beforeEach(() => {
    chain = new FakeChain();
    now = 0;
    const metrics = createMetrics(new Registry());
    const log = createLogger({ name: "test", level: "error" });
    claims = new Claims(
      { chain, metrics, owner: OWNER, send: chain.send, log, now: () => now },
      { above: 1_000n, afterMs: 60_000 },
    );
  });

  it("claims when enough has come together", async () => {
    chain.due = 999n;
    await claims.collect(never);
    expect(chain.sent).to.deep.equal([]);
    chain.due = 1_000n;
    await claims.collect(never);
    expect(chain.verbs).to.deep.equal(["ClaimRewards"]);
  });

  it("claims a little after a while, and never nothing", async () => {
    now = 60_000;
    await claims.collect(never);
    expect(chain.sent).to.deep.equal([]);
    chain.due = 1n;
    await claims.collect(never);
    chain.due = 1n;
    await claims.collect(never);
    expect(chain.verbs).to.deep.equal(["ClaimRewards"]);
  });
});
