/** The whole life of paid calls on real processes: `npm run e2e:market`. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { getBalance } from "@assay/client/actions/getBalance";
import { getChannel } from "@assay/client/actions/getChannel";
import { getChannels } from "@assay/client/actions/getChannels";
import { getCredits } from "@assay/client/actions/getCredits";
import { getMarketParams } from "@assay/client/actions/getMarketParams";
import { getModel } from "@assay/client/actions/getModel";
import { getModels } from "@assay/client/actions/getModels";
import { getService } from "@assay/client/actions/getService";
import { getServices } from "@assay/client/actions/getServices";
import type { AssayClient } from "@assay/client/client";
import { ChannelStatus, type Channel } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus, type Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { createBuyer, type Buyer } from "@assay/client/market/buyer";
import {
  CallFailedError,
  ServiceConvictedError,
  ServiceLeftError,
  WrongAnswerError,
} from "@assay/client/market/buyer-errors";
import { answerChallenge, convictionOf } from "@assay/client/market/challenge";
import { release } from "@assay/client/market/release";
import { BASE_DENOM } from "@assay/client/messages";
import { makeBatches } from "@assay/models/datasets/dataset";
import { load } from "@assay/models/datasets/load";
import { createBuyerStore } from "@assay/service-kit/buyer-store";
import * as ed25519 from "@assay/service-kit/ed25519";
import { openStore, type Store } from "@assay/service-kit/store";
import { errorOf } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import { z } from "zod";
import { makeMarketReport } from "../demo/market-report.ts";
import { LocalNetwork, type Provider } from "../network/network.ts";
import { ROOT, runToEnd } from "../network/processes.ts";
import { waitFor } from "../network/wait.ts";

const ARENA = "spam";
const PARAMS = { min_commit_batches: 64 };
/** Of the honest service; the promise of the second one is more than its model can keep. */
const PRICE = 100n;
const BROKEN_PROMISE = 0.999;
const CALLS = 1_000;
/** Nobody withdraws, so that credits are what the channels entitle to; claims are made when a test asks for them. */
const PATIENT = { claim: { above: "1000000000000", minutes: 100_000, withdrawAbove: "1000000000000" } };
const TAMPERED = "scripts/e2e/tampering-provider.ts";
const PYTHON = join(ROOT, "build", "python", "bin", "python");

describe("the market on real processes", () => {
  let network: LocalNetwork;
  let client: AssayClient;
  let dir: string;
  let honest: Provider;
  let items: Uint8Array[];
  const stores = new Map<number, Store>();

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "assay-market-"));
    network = await LocalNetwork.start({ dir, validators: 4, arenas: [ARENA], params: PARAMS });
    client = await network.client();
    await network.startSponsors();
    await network.startScorers();
    await network.waitForCommitments();
    await network.startMiners();
    items = makeBatches(await load(ARENA), { part: "train", seed: Buffer.alloc(16, 7) })
      .batch(0)
      .map(({ input }) => input);
    await wait("the models", async () => {
      const models = await getModels(client, {});
      return ["spam-words-128", "spam-words-4"].every((name) => models.some((model) => model.name === name));
    });
  });

  after(async () => {
    stores.forEach((store) => store.close());
    await network?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const wait = <T>(
    what: string,
    look: () => Promise<T | undefined | false>,
    timeoutMs = 240_000,
  ): Promise<T> => waitFor(look, network.waiting(what, timeoutMs));

  async function buyerOf(index: number, options: { lanes?: number } = {}): Promise<Buyer> {
    const { sender } = await network.sender(`buyer-${index}`);
    let store = stores.get(index);
    if (store === undefined) {
      store = openStore(join(dir, "data", `buyer${index}`), { migrations: [] });
      stores.set(index, store);
    }
    return createBuyer({ client, sender, store: createBuyerStore(store), ed25519, ...options });
  }

  async function serviceNamed(name: string): Promise<Service> {
    const entry = (await getServices(client, { all: true })).find(({ service }) => service?.name === name);
    if (entry?.service === undefined) throw new Error(`the chain has no service ${name}`);
    return entry.service;
  }

  async function channelOf(service: Service, payer: string): Promise<Channel> {
    const channels = await getChannels(client, { service: service.id });
    const channel = channels.find((candidate) => candidate.payer === network.account(payer).address);
    if (channel === undefined) throw new Error(`${payer} has no channel with ${service.name}`);
    return channel;
  }

  const settledOf = (channel: Channel): bigint => channel.lanes.reduce((sum, lane) => sum + lane, 0n);

  /** Asks the provider to end, which claims everything, and waits until it has. */
  const claimAndStop = (provider: Provider): Promise<void> => network.stopService(provider.process);

  it("lists services, which are discovered by arena", async () => {
    honest = await network.startProvider(0, {
      services: [
        { name: "honest", model: `${ARENA}/spam-words-128`, price: PRICE.toString() },
        { name: "free", model: `${ARENA}/spam-reference`, price: "0" },
      ],
      settings: PATIENT,
    });
    const printed = await runToEnd(process.execPath, [
      join(ROOT, "cli/src/main.ts"),
      "services",
      "--arena",
      ARENA,
      "--rpc",
      network.rpc,
      "--json",
    ]);
    const names = z.array(z.looseObject({ name: z.string() })).parse(JSON.parse(printed));
    expect(names.map(({ name }) => name)).to.have.members(["honest", "free"]);
  });

  it("answers Triton's own client from the free service, unchanged", async () => {
    const item = join(dir, "item.bin");
    await writeFile(item, items[0] as Uint8Array);
    const printed = await runToEnd(PYTHON, [
      join(ROOT, "scripts/e2e/oip_client.py"),
      `127.0.0.1:${honest.port}`,
      "free",
      item,
    ]);
    const { live, ready, modelReady, answers } = z
      .looseObject({
        live: z.literal(true),
        ready: z.literal(true),
        modelReady: z.literal(true),
        answers: z.object({ json: z.array(z.int()), binary: z.array(z.int()) }),
      })
      .parse(JSON.parse(printed));
    expect([live, ready, modelReady]).to.deep.equal([true, true, true]);
    const free = await serviceNamed("free");
    const { outputs, verified, paid } = await (
      await buyerOf(3)
    ).infer({ service: free.id, items: items.slice(0, 1), rerun: true });
    expect(verified).to.equal("rerun");
    expect(paid).to.equal(0n);
    expect(answers.json).to.deep.equal([...(outputs[0] as Int32Array)]);
    expect(answers.binary).to.deep.equal(answers.json);
  });

  it("answers 1,000 parallel calls while its server is killed, loses no voucher and charges none twice", async () => {
    const service = await serviceNamed("honest");
    const buyer = await buyerOf(0, { lanes: 64 });
    let answered = 0;
    let killed: Promise<void> | undefined;
    const calls = Array.from({ length: CALLS }, async (_, i) => {
      const item = items[i % items.length] as Uint8Array;
      for (;;) {
        try {
          const answer = await buyer.infer({ service: service.id, items: [item] });
          expect(answer.paid).to.equal(PRICE);
          break;
        } catch (error) {
          // Only what a dead server explains; the buyer asks again until it is back.
          if (!(error instanceof CallFailedError)) throw error;
          await delay(error instanceof ServiceLeftError ? Math.max(error.until - Date.now(), 0) : 500);
        }
      }
      if (++answered === CALLS / 4) killed = restart();
    });
    await Promise.all(calls);
    await killed;
    expect(answered).to.equal(CALLS);

    await claimAndStop(honest);
    const channel = await channelOf(service, "buyer-0");
    // Not a call more than was answered, and not one less.
    expect(settledOf(channel)).to.equal(BigInt(CALLS) * PRICE);
    expect(BigInt(channel.released)).to.equal(BigInt(CALLS) * PRICE);
    expect((await makeMarketReport(client)).errors).to.deep.equal([]);

    async function restart(): Promise<void> {
      await network.killService(honest.process);
      honest = await network.startProvider(0, {
        port: honest.port,
        services: [
          { name: "honest", model: `${ARENA}/spam-words-128`, price: PRICE.toString() },
          { name: "free", model: `${ARENA}/spam-reference`, price: "0" },
        ],
        settings: PATIENT,
      });
    }
  });

  it("releases less of what is paid for a promise that the chain has seen broken", async () => {
    const { minPromiseItems } = await getMarketParams(client);
    const model = await wait("enough scored items", async () => {
      const found = (await getModels(client, {})).find(({ name }) => name === "spam-words-4");
      return found !== undefined && found.scoredItems >= BigInt(minPromiseItems) && found;
    });
    const provider = await network.startProvider(1, {
      services: [
        {
          name: "boastful",
          model: `${ARENA}/spam-words-4`,
          price: PRICE.toString(),
          promise: BROKEN_PROMISE,
        },
      ],
      settings: PATIENT,
    });
    const service = await serviceNamed("boastful");
    const buyer = await buyerOf(1);
    for (let i = 0; i < 20; i++) await buyer.infer({ service: service.id, items: [items[i] as Uint8Array] });
    const opened = await channelOf(service, "buyer-1");
    await claimAndStop(provider);
    const channel = await channelOf(service, "buyer-1");
    const moved = settledOf(channel);
    expect(moved).to.equal(20n * PRICE);

    // The claim is one transaction of one row per lane, at a height between then and now: epochs may have settled
    // meanwhile, so that one of the model's states since gives the amounts.
    const now = await getModel(client, { modelHex: Buffer.from(model.id).toString("hex") });
    const lanes = channel.lanes.filter((lane) => lane > 0n);
    const candidates: bigint[] = [];
    const scored = now.scoredEpochs - opened.scoredEpochs;
    expect(scored <= 1n, `${scored} epochs settled during the test, expected at most 1`).to.equal(true);
    const released = (sum: bigint, epochs: bigint): bigint =>
      lanes.reduce((all, lane) => all + release(lane, opened.promise, sum, epochs), 0n);
    candidates.push(released(BigInt(opened.smoothed), 1n));
    if (scored > 0n) candidates.push(released(now.accuracySum - opened.accuracySum, scored));
    expect(candidates.map(String)).to.include(channel.released);
    expect(BigInt(channel.released) < moved).to.equal(true);
    expect(BigInt(channel.avail)).to.equal(BigInt(channel.deposited) - BigInt(channel.released));
  });

  it("gives the rest of a channel back although its provider is gone", async () => {
    const service = await serviceNamed("boastful");
    const buyer = await buyerOf(1);
    const { address } = network.account("buyer-1");
    const before = await channelOf(service, "buyer-1");
    const id = Buffer.from(before.id).toString("hex");
    const balance = await getBalance(client, { address });
    const from = await buyer.close(id);
    expect(from).to.be.a("number");
    await wait("the end of the grace", async () => {
      const { syncInfo } = await client.comet.status();
      return syncInfo.latestBlockHeight >= (from ?? 0);
    });
    expect(await buyer.close(id)).to.equal(undefined);
    const closed = await getChannel(client, { idHex: id });
    expect(closed.status).to.equal(ChannelStatus.CLOSED);
    expect(closed.returned).to.equal(before.avail);
    expect(BigInt(closed.deposited)).to.equal(BigInt(closed.released) + BigInt(closed.returned));
    // The local network takes no fees.
    expect((await getBalance(client, { address })) - balance).to.equal(BigInt(before.avail));
  });

  it("convicts a provider by the first wrong answer that its customer runs again", async () => {
    const provider = await network.startProvider(2, {
      services: [{ name: "wrong", model: `${ARENA}/spam-words-128`, price: PRICE.toString() }],
      settings: PATIENT,
      script: TAMPERED,
    });
    const service = await serviceNamed("wrong");
    const bond = BigInt(service.bond);
    const buyer = await buyerOf(2);
    const error = await errorOf(() =>
      buyer.infer({ service: service.id, items: items.slice(0, 2), rerun: true }),
    );
    expect(error).to.be.instanceOf(WrongAnswerError);
    const { receiptFile, index } = error as WrongAnswerError;
    if (receiptFile === undefined) throw new Error("the wrong answer came without a receipt");
    // Anybody may send it: here somebody else does.
    const { address, sender } = await network.sender("buyer-3");
    const conviction = convictionOf(await sender.send([answerChallenge(address, receiptFile, index)]));
    expect(conviction?.slashed).to.deep.equal({ denom: BASE_DENOM, amount: bond });
    expect(conviction?.rewarded).to.equal(network.account("buyer-2").address);
    const after = (await getService(client, { id: service.id })).service;
    expect(after?.status).to.equal(ServiceStatus.CONVICTED);
    expect(after?.bond).to.equal("0");
    const credits = await getCredits(client, { owner: network.account("buyer-2").address });
    expect(credits.find(({ denom }) => denom === BASE_DENOM)?.amount).to.equal(bond / 10n);

    // What it signed for earns nothing any more, and the deposit comes back at once.
    await claimAndStop(provider);
    const channel = await channelOf(service, "buyer-2");
    expect(channel.released).to.equal("0");
    expect(await buyer.close(Buffer.from(channel.id).toString("hex"))).to.equal(undefined);
    expect((await channelOf(service, "buyer-2")).returned).to.equal(channel.deposited);
    const refused = await errorOf(() => buyer.quote({ service: service.id }));
    expect(refused).to.be.instanceOf(ServiceConvictedError);
  });
});
