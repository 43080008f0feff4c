import { InsufficientFundsError, TxFailedError } from "@assay/client/errors";
import { Conviction, Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import type { MsgChallenge, MsgPostRows, MsgRevealLink } from "@assay/client/generated/assay/poi/v1/tx";
import { compareBytes } from "@assay/client/protocol/hash";
import { DiskFullError } from "@assay/service-kit/errors";
import { StoreLockedError } from "@assay/service-kit/store";
import { expect } from "chai";
import { answerOf, tagOf } from "@assay/client/protocol/rows";
import type { Referee } from "../src/referee.ts";
import { formatOf } from "../src/row-computer.ts";
import { noise } from "@assay/service-kit/testing/models";
import { errorOf, withFolder } from "@assay/service-kit/testing/support";
import { eventually, expectedRow, type FakeChain, hex, HOT_KEY, OPERATOR, OTHER } from "./support.ts";
import { World, type WorldOptions } from "./world.ts";

const A = new Uint8Array(32).fill(1);
const B = new Uint8Array(32).fill(2);
const INPUTS = noise(8, 1);
const MORE = noise(8, 2);

describe("scorer", () => {
  let world: World;
  const withWorld = (body: (folder: string) => Promise<void>, options: WorldOptions = {}) =>
    withFolder(async (folder) => {
      world = new World(folder, options);
      for (const id of [A, B]) world.chain.files.set(hex(id), id);
      await body(folder);
      world.kill();
    });
  const restart = (folder: string, options: WorldOptions = {}) => {
    world.kill();
    world = new World(folder, { ...options, chain: world.chain });
  };
  const posts = () => world.chain.sentOf<MsgPostRows>("MsgPostRows");
  const reveals = () => world.chain.sentOf<MsgRevealLink>("MsgRevealLink");

  describe("own slots", () => {
    it("goes through an epoch: reveals, computes as inputs come, posts in ROWS", () =>
      withWorld(async () => {
        const { chain, computer } = world;
        chain.freeze([B, A]);
        await world.tick(Phase.BEACON);
        expect(reveals()).to.have.length(1);
        chain.addSlot(0n, OPERATOR);
        chain.addSlot(1n, OTHER, MORE);
        chain.addSlot(2n, OPERATOR, INPUTS);
        await world.tick(Phase.INPUT);
        await eventually(() => computer.jobs.length === 1, "slot 2 computed");
        chain.postInputs(0n, MORE);
        await world.tick(Phase.INPUT);
        await eventually(() => computer.jobs.length === 2, "slot 0 computed");
        expect(posts(), "not before ROWS").to.deep.equal([]);
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        const bySlot = posts().toSorted((x, y) => Number(x.slot - y.slot));
        expect(bySlot.map(({ slot, epoch, hotKey }) => [slot, epoch, hotKey])).to.deep.equal([
          [0n, 1n, HOT_KEY],
          [2n, 1n, HOT_KEY],
        ]);
        // Every frozen model, in id order.
        expect(bySlot[0]!.rows).to.deep.equal([expectedRow(A, MORE, 4), expectedRow(B, MORE, 4)]);
        expect(bySlot[1]!.rows).to.deep.equal([expectedRow(A, INPUTS, 4), expectedRow(B, INPUTS, 4)]);
        await world.tick(Phase.ROWS);
        expect(posts()).to.have.length(2);
        await world.tick(Phase.LABEL);
        expect(await world.metric('assay_scorer_slots_total{outcome="posted"}')).to.equal(2);
        expect(await world.metric('assay_scorer_slots_total{outcome="missed"}')).to.equal(0);
        expect(await world.metric("assay_scorer_rows_posted_total")).to.equal(4);
      }));

    it("drops work that is late instead of queueing it", () =>
      withWorld(async () => {
        const { chain, computer } = world;
        computer.gate = new Promise(() => undefined);
        chain.freeze([A]);
        await world.tick(Phase.BEACON);
        chain.addSlot(0n, OPERATOR, INPUTS);
        await world.tick(Phase.INPUT);
        await world.tick(Phase.ROWS);
        await world.tick(Phase.LABEL);
        await world.slots.idle();
        expect(computer.jobs[0]!.signal.aborted).to.equal(true);
        expect(posts()).to.deep.equal([]);
        expect(await world.metric('assay_scorer_slots_total{outcome="missed"}')).to.equal(1);
        // The next epoch is not held up.
        computer.gate = Promise.resolve();
        chain.freeze([A]);
        await world.tick(Phase.BEACON);
        chain.addSlot(0n, OPERATOR, INPUTS);
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        expect(posts().map(({ epoch }) => epoch)).to.deep.equal([2n]);
      }));

    it("posts after a kill what it had recorded before, not what it would compute now", () =>
      withWorld(async (folder) => {
        const { chain } = world;
        chain.freeze([A]);
        await world.tick(Phase.BEACON);
        chain.addSlot(0n, OPERATOR, INPUTS);
        await world.tick(Phase.INPUT);
        await eventually(() => world.records.rows(1n, 0n) !== undefined, "rows recorded");
        restart(folder);
        world.computer.fail = new Error("must not be asked");
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        expect(posts().map(({ rows }) => rows)).to.deep.equal([[expectedRow(A, INPUTS, 4)]]);
        expect(reveals(), "the link is not sent again").to.have.length(1);
      }));

    it("does not post again after a kill when the chain has the rows", () =>
      withWorld(async (folder) => {
        const { chain } = world;
        chain.freeze([A]);
        chain.addSlot(0n, OPERATOR, INPUTS);
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        restart(folder);
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        expect(posts()).to.have.length(1);
        expect(world.records.postedSlots(1n)).to.equal(1);
      }));

    it("starts in the middle of an epoch", () =>
      withWorld(async () => {
        world.chain.freeze([A]);
        world.chain.addSlot(3n, OPERATOR, INPUTS);
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        expect(posts().map(({ slot }) => slot)).to.deep.equal([3n]);
        expect(reveals()).to.deep.equal([]);
      }));

    it("tries a failed slot again at the next height, and posts nothing it cannot record", () =>
      withWorld(async () => {
        const { chain, records } = world;
        const { recordRows } = records;
        let full = true;
        records.recordRows = (...arguments_) => {
          if (full) throw new DiskFullError("store.sqlite");
          return recordRows.apply(records, arguments_);
        };
        chain.freeze([A]);
        chain.addSlot(0n, OPERATOR, INPUTS);
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        expect(posts()).to.deep.equal([]);
        expect(await world.metric('assay_scorer_errors_total{step="slot"}')).to.equal(1);
        full = false;
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        expect(posts()).to.have.length(1);
      }));

    it("keeps trying to post while the account is empty, with the same rows", () =>
      withWorld(async () => {
        const { chain, transactor } = world;
        transactor.refusals.push(
          new InsufficientFundsError(HOT_KEY, { stage: "check", log: "0uassay is smaller than 10uassay" }),
        );
        chain.freeze([A]);
        chain.addSlot(0n, OPERATOR, INPUTS);
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        expect(posts()).to.have.length(1);
        expect(await world.metric('assay_scorer_errors_total{step="post"}')).to.equal(1);
      }));

    it("refuses inputs of another epoch than the slot's", () =>
      withWorld(async () => {
        const { chain } = world;
        chain.freeze([A]);
        chain.addSlot(0n, OPERATOR, INPUTS);
        chain.slotInputs = async () => ({ epoch: 7n, inputs: INPUTS });
        await world.tick(Phase.ROWS);
        await world.slots.idle();
        expect(world.computer.jobs).to.deep.equal([]);
        expect(await world.metric('assay_scorer_errors_total{step="slot"}')).to.equal(1);
      }));
  });

  describe("housekeeping", () => {
    it("waits, and says why, until the operator has bonded it", () =>
      withWorld(async () => {
        world.chain.bonded = false;
        world.chain.freeze();
        await world.tick(Phase.BEACON);
        expect(reveals()).to.deep.equal([]);
        expect(world.scorer.frozen).to.equal(false);
        world.chain.bonded = true;
        world.chain.freeze();
        await world.tick(Phase.BEACON);
        expect(reveals()).to.have.length(1);
        await world.tick(Phase.INPUT);
        expect(world.scorer.frozen).to.equal(true);
        expect(await world.metric('assay_scorer_links_total{outcome="revealed"}')).to.equal(1);
      }));

    it("tries to reveal again within BEACON", () =>
      withWorld(async () => {
        world.transactor.refusals.push(new Error("mempool is full"));
        world.chain.freeze();
        await world.tick(Phase.BEACON);
        expect(reveals()).to.have.length(1);
      }));

    it("says that a link was missed, and knows one that arrived though its send was not answered", () =>
      withWorld(async () => {
        const { chain, transactor } = world;
        const { send } = transactor;
        transactor.send = async () => new Promise(() => undefined);
        chain.freeze();
        world.chain.phase = Phase.BEACON;
        world.clock.tick(1n, Phase.BEACON);
        await eventually(() => world.records.link(1n) !== undefined, "the link is recorded");
        world.clock.tick(1n, Phase.INPUT);
        await eventually(() => world.scorer.frozen, "the outcome is known");
        expect(await world.metric('assay_scorer_links_total{outcome="missed"}')).to.equal(1);

        transactor.send = async (messages, options) => {
          await send.call(transactor, messages, options);
          return new Promise(() => undefined);
        };
        chain.freeze();
        world.clock.tick(2n, Phase.BEACON);
        await eventually(() => reveals().length === 1, "the link is sent");
        world.clock.tick(2n, Phase.INPUT);
        await eventually(() => world.records.link(2n)?.confirmed === true, "the link is confirmed");
        expect(await world.metric('assay_scorer_links_total{outcome="revealed"}')).to.equal(1);
      }));

    it("counts its own convictions", () =>
      withWorld(async () => {
        world.chain.freeze();
        world.chain.freeze();
        world.chain.convicted.push(Conviction.fromPartial({ epoch: 1n, scorer: OPERATOR }));
        await world.tick(Phase.BEACON);
        expect(await world.metric("assay_scorer_convictions_total")).to.equal(1);
      }));

    it("claims rewards worth claiming through the operator's grant", () =>
      withWorld(
        async () => {
          world.chain.rewardsNow = 99n;
          world.chain.freeze();
          await world.tick(Phase.BEACON);
          const claims = () =>
            world.chain.sent.filter(({ typeUrl }) => typeUrl === "/cosmos.authz.v1beta1.MsgExec");
          expect(claims()).to.deep.equal([]);
          world.chain.rewardsNow = 100n;
          world.chain.freeze();
          await world.tick(Phase.BEACON);
          const [exec] = claims();
          const { grantee, msgs } = exec!.value as { grantee: string; msgs: { typeUrl: string }[] };
          expect([grantee, msgs[0]!.typeUrl]).to.deep.equal([HOT_KEY, "/assay.poi.v1.MsgClaimRewards"]);
        },
        { claimer: true },
      ));

    it("refuses a second copy on the same data", () =>
      withWorld(async (folder) => {
        expect(await errorOf(() => new World(folder, { chain: world.chain }))).to.be.instanceOf(
          StoreLockedError,
        );
      }));
  });

  describe("challenges", () => {
    const wrong = (row: ReturnType<typeof expectedRow>, item: number) => {
      const tags = row.tags.slice();
      tags[4 * item] = (tags[4 * item]! + 1) % 256;
      return { ...row, tags };
    };
    const rechecked = () => world.computer.jobs.flatMap(({ models }) => models.map(hex));
    const challenges = () => world.chain.sentOf<MsgChallenge>("MsgChallenge");
    const prepare = (chain: FakeChain) => {
      chain.freeze([A, B]);
      chain.addSlot(0n, OTHER, INPUTS);
      chain.addSlot(1n, OTHER, MORE);
      chain.addSlot(2n, OPERATOR, MORE);
      for (const [slot, inputs] of [
        [0n, INPUTS],
        [1n, MORE],
      ] as const) {
        chain.postForeignRows(slot, [expectedRow(A, inputs, 4), expectedRow(B, inputs, 4)]);
      }
    };

    it("leaves right rows alone", () =>
      withWorld(async () => {
        prepare(world.chain);
        await world.tick(Phase.CHALLENGE);
        expect(rechecked()).to.have.length(4);
        expect(challenges()).to.deep.equal([]);
      }));

    it("challenges the first wrong item, once per scorer and epoch, also after a kill", () =>
      withWorld(async (folder) => {
        const { chain } = world;
        prepare(chain);
        chain.rowsOf.set(0n, [wrong(expectedRow(A, INPUTS, 4), 2), wrong(expectedRow(B, INPUTS, 4), 1)]);
        chain.rowsOf.set(1n, [wrong(expectedRow(A, MORE, 4), 3), expectedRow(B, MORE, 4)]);
        await world.tick(Phase.CHALLENGE);
        expect(challenges()).to.have.length(1);
        const [first] = challenges();
        expect(first).to.include({ challenger: HOT_KEY, epoch: 1n });
        restart(folder);
        await world.tick(Phase.CHALLENGE);
        // The fake sender has forgotten; what it is given is the same challenge, not another one.
        expect(
          challenges().every(
            (other) => compareBytes(other.model, first!.model) === 0 && other.item === first!.item,
          ),
        ).to.equal(true);
        chain.convicted.push(Conviction.fromPartial({ epoch: 1n, scorer: OTHER, challenger: HOT_KEY }));
        chain.freeze();
        await world.tick(Phase.BEACON);
        expect(await world.metric('assay_scorer_challenges_total{outcome="convicted"}')).to.equal(1);
        expect(world.records.openChallenges(99n)).to.deep.equal([]);
      }));

    it("files nothing when the second opinion sides with the row", () => {
      const row = wrong(expectedRow(A, INPUTS, 4), 0);
      // Logits whose answer and tag are what was posted: then our own runtime is the one that errs.
      const referee: Referee = {
        logits: async () => {
          const logits = Int32Array.of(3, 1);
          row.answers[0] = answerOf(formatOf(world.chain.spec), logits)[0]!;
          row.tags.set(tagOf(logits), 0);
          return logits;
        },
      };
      return withWorld(
        async () => {
          prepare(world.chain);
          world.chain.rowsOf.set(0n, [row, expectedRow(B, INPUTS, 4)]);
          await world.tick(Phase.CHALLENGE);
          expect(await world.metric("assay_scorer_mismatches_total")).to.equal(1);
          expect(challenges()).to.deep.equal([]);
        },
        { referee },
      );
    });

    it("risks no more bonds than the budget", () =>
      withWorld(
        async () => {
          prepare(world.chain);
          world.chain.rowsOf.set(0n, [wrong(expectedRow(A, INPUTS, 4), 0), expectedRow(B, INPUTS, 4)]);
          await world.tick(Phase.CHALLENGE);
          expect(challenges()).to.deep.equal([]);
        },
        { budget: 9n },
      ));

    it("skips cells that the chain runs itself, and scorers that are convicted", () =>
      withWorld(async () => {
        const { chain } = world;
        prepare(chain);
        Object.assign(chain.frozenNow.arenas[0]!, { called: A, opponents: [] });
        chain.slot(0n).labels = new Uint8Array(4);
        await world.tick(Phase.CHALLENGE);
        // Without labels the chain runs no more of slot 1 than of any other row.
        expect(rechecked()).to.have.members([hex(B), hex(A), hex(B)]);
        prepare(chain);
        chain.rowsOf.set(0n, [wrong(expectedRow(A, INPUTS, 4), 0), expectedRow(B, INPUTS, 4)]);
        chain.frozenNow.scorers.find(({ operator }) => operator === OTHER)!.convicted = true;
        await world.tick(Phase.CHALLENGE);
        expect(challenges()).to.deep.equal([]);
      }));

    it("checks the configured share, and the same rows after a restart", () =>
      withWorld(
        async (folder) => {
          const { chain } = world;
          chain.freeze(Array.from({ length: 20 }, (_, i) => new Uint8Array(32).fill(i + 1)));
          for (let slot = 0n; slot < 20n; slot++) {
            chain.addSlot(slot, OTHER, INPUTS);
            chain.postForeignRows(
              slot,
              chain.frozenNow.arenas[0]!.models.map(({ id }) => expectedRow(id, INPUTS, 4)),
            );
          }
          await world.tick(Phase.CHALLENGE);
          const first = rechecked();
          expect(first.length).to.be.within(60, 140);
          restart(folder, { recheckBps: 2_500 });
          await world.tick(Phase.CHALLENGE);
          expect(rechecked()).to.deep.equal(first);
        },
        { recheckBps: 2_500 },
      ));

    it("survives a refusal and looks at the other rows", () =>
      withWorld(async () => {
        prepare(world.chain);
        world.transactor.refusals.push(
          new TxFailedError({ stage: "deliver", code: 9, log: "challenged already" }),
        );
        world.chain.rowsOf.set(0n, [wrong(expectedRow(A, INPUTS, 4), 0), expectedRow(B, INPUTS, 4)]);
        await world.tick(Phase.CHALLENGE);
        expect(await world.metric('assay_scorer_errors_total{step="challenge"}')).to.equal(1);
        expect(rechecked()).to.have.length(4);
      }));
  });
});
