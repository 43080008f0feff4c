import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getClock } from "@assay/client/actions/getClock";
import { getConvictions } from "@assay/client/actions/getConvictions";
import { getEpochs } from "@assay/client/actions/getEpochs";
import { getFrozen } from "@assay/client/actions/getFrozen";
import { getScorer } from "@assay/client/actions/getScorer";
import { getSlots } from "@assay/client/actions/getSlots";
import type { AssayClient } from "@assay/client/client";
import { TxFailedError } from "@assay/client/errors";
import { Phase, type EpochRecord } from "@assay/client/generated/assay/poi/v1/epoch";
import { postInputs, revealLink } from "@assay/client/messages";
import { isPoiError } from "@assay/client/poiErrors";
import { expect } from "chai";
import { z } from "zod";
import { LocalNetwork } from "../network/network.ts";
import { ASSAYD, runToEnd, type ManagedProcess } from "../network/processes.ts";
import { waitFor } from "../network/wait.ts";
import { Accounts, makeReport } from "../demo/report.ts";

/** One arena and little data: what is tested here is that the programs hold together. */
const ARENA = "spam";
const PARAMS = { min_commit_batches: 64 };
const EPOCH_MS = 120_000;

describe("a network of real processes", () => {
  let network: LocalNetwork;
  let client: AssayClient;
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "assay-e2e-"));
    network = await LocalNetwork.start({ dir, validators: 4, arenas: [ARENA], params: PARAMS });
    client = await network.client();
    await network.startSponsors();
    await network.startScorers();
    await network.waitForCommitments();
    await network.startMiners();
  });

  after(async () => {
    await network?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const wait = <T>(
    what: string,
    look: () => Promise<T | undefined | false>,
    timeoutMs = EPOCH_MS,
  ): Promise<T> => waitFor(look, network.waiting(what, timeoutMs));

  const phase = (wanted: Phase): Promise<bigint> =>
    wait(`phase ${wanted}`, async () => {
      const { clock } = await getClock(client);
      return clock.frozen && clock.phase === wanted ? clock.epoch : undefined;
    });

  /** The first settled epoch that starts after now. */
  async function nextSettledEpoch(): Promise<EpochRecord> {
    const from = (await getClock(client)).clock.epoch;
    return wait("a settled epoch", async () =>
      (await getEpochs(client)).find(({ epoch, arenasSettled }) => epoch > from && arenasSettled > 0),
    );
  }

  const scorerProcess = (index: number): ManagedProcess => {
    const found = network.services.find(({ name }) => name === `scorer${index}`);
    if (found === undefined) throw new Error(`scorer ${index} does not run`);
    return found;
  };

  it("scores, audits and pays what it mints", async () => {
    const record = await nextSettledEpoch();
    expect(record.convictions).to.equal(0);
    expect(record.auditedItems > 0n).to.equal(true);
    expect(record.slotsCounted).to.equal(record.slots);
    const accounts = new Accounts();
    await wait("payouts that add up to what was minted", async () => {
      await accounts.update(client);
      const { minted, paid } = await makeReport(client, accounts);
      return minted === paid && minted !== "0";
    });
  });

  it("refuses a second copy of a scorer on the same data", async () => {
    const copy = await network.startScorer(1);
    await copy.ended;
    expect(await copy.tail()).to.match(/already|in use|another/i);
    await network.killService(copy);
  });

  it("a scorer killed in the middle of its rows comes back without a miss that counts against the rest", async () => {
    const victim = scorerProcess(0);
    const epoch = await phase(Phase.ROWS);
    await network.killService(victim);
    await network.startScorer(0);
    const record = await nextSettledEpoch();
    expect(record.epoch > epoch).to.equal(true);
    expect(record.scorersRevealed).to.equal(record.scorersFrozen);
    expect(record.convictions).to.equal(0);
    const { scorer } = await getScorer(client, { address: network.account("validator-0").address });
    expect(scorer.convictions).to.have.length(0);
  });

  it("a node killed and started again has the same state as the others", async () => {
    await network.nodes[3]?.kill();
    await phase(Phase.CHALLENGE);
    await network.startNode(3);
    const other = await wait("node 3", async () => network.client(3));
    const height = await wait("node 3 to catch up", async () => {
      const { syncInfo } = await other.comet.status();
      const head = (await client.comet.status()).syncInfo.latestBlockHeight;
      return !syncInfo.catchingUp && syncInfo.latestBlockHeight >= head - 1 && syncInfo.latestBlockHeight;
    });
    const [mine, theirs] = await Promise.all([client.comet.block(height), other.comet.block(height)]);
    expect(Buffer.from(theirs.block.header.appHash).toString("hex")).to.equal(
      Buffer.from(mine.block.header.appHash).toString("hex"),
    );
    expect((await nextSettledEpoch()).convictions).to.equal(0);
  });

  it("refuses an opening that does not match what was committed", async () => {
    const epoch = await phase(Phase.INPUT);
    const slot = (await getSlots(client, { epoch }))[0];
    if (slot === undefined) throw new Error("nothing was drawn");
    const account = network.withRole("sponsor").find(({ address }) => address === slot.sponsor);
    if (account === undefined) throw new Error("the slot's sponsor has no key here");
    const { sender } = await network.sender(account.name);
    const inputs = new Uint8Array(64 * 512);
    const error = await sender
      .send([
        postInputs({
          sponsor: slot.sponsor,
          epoch,
          slot: slot.id,
          inputs,
          labelsHash: new Uint8Array(32),
          path: [],
        }),
      ])
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TxFailedError);
    // Its own sponsor may have been faster with the right one.
    expect(
      isPoiError(error, "wrongOpening") || isPoiError(error, "exists") || isPoiError(error, "wrongPhase"),
      String(error),
    ).to.equal(true);
  });

  it("refuses a link that does not lead to the tip", async () => {
    const epoch = await phase(Phase.BEACON);
    const hotKey = network.account("scorer-2");
    const { sender } = await network.sender(hotKey.name);
    const error = await sender
      .send([revealLink({ hotKey: hotKey.address, epoch, link: new Uint8Array(32) })])
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TxFailedError);
    expect(
      isPoiError(error, "wrongLink") || isPoiError(error, "exists") || isPoiError(error, "wrongPhase"),
      String(error),
    ).to.equal(true);
  });

  it("convicts a forging scorer within the epoch, and nobody else", async () => {
    await network.killService(scorerProcess(2));
    await network.startForger(2);
    const forger = network.account("validator-2").address;
    const conviction = await wait(
      "the conviction",
      async () => (await getConvictions(client))[0],
      2 * EPOCH_MS,
    );
    expect(conviction.scorer).to.equal(forger);
    expect(BigInt(conviction.slashed) > 0n).to.equal(true);
    const record = await wait("the epoch's record", async () =>
      (await getEpochs(client)).find(({ epoch }) => epoch === conviction.epoch),
    );
    expect(record.convictions).to.equal(1);
    expect(record.startHeight <= conviction.height && conviction.height <= record.endHeight).to.equal(true);
    // Its bond is short now: it is not frozen again until its operator tops it up.
    const later = await phase(Phase.INPUT);
    expect(later > conviction.epoch).to.equal(true);
    expect((await getFrozen(client)).scorers.some(({ operator }) => operator === forger)).to.equal(false);
  });

  it("two nodes export the same state, and it is a valid genesis", async () => {
    const height = (await client.comet.status()).syncInfo.latestBlockHeight - 1;
    await network.stop();
    const exported = async (node: number): Promise<string> => {
      const file = join(dir, `export${node}.json`);
      const home = join(dir, "net", `node${node}`);
      await runToEnd(ASSAYD, [
        "export",
        "--home",
        home,
        "--height",
        String(height),
        "--output-document",
        file,
      ]);
      return readFile(file, "utf8");
    };
    const state = z.object({ app_state: z.record(z.string(), z.unknown()) });
    const [first, second] = [
      state.parse(JSON.parse(await exported(0))),
      state.parse(JSON.parse(await exported(1))),
    ];
    expect(Object.keys(first.app_state)).to.include("poi");
    expect(second.app_state).to.deep.equal(first.app_state);
    await runToEnd(ASSAYD, [
      "genesis",
      "validate",
      join(dir, "export0.json"),
      "--home",
      join(dir, "net", "node0"),
    ]);
  });
});
