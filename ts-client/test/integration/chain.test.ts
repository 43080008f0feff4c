import { toHex } from "@cosmjs/encoding";
import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { getAccount } from "../../src/actions/getAccount.ts";
import { getApprovals } from "../../src/actions/getApprovals.ts";
import { getArena } from "../../src/actions/getArena.ts";
import { getArenas } from "../../src/actions/getArenas.ts";
import { getBalance } from "../../src/actions/getBalance.ts";
import { getChallenges } from "../../src/actions/getChallenges.ts";
import { getChannel } from "../../src/actions/getChannel.ts";
import { getChannels } from "../../src/actions/getChannels.ts";
import { getClock } from "../../src/actions/getClock.ts";
import { getContender } from "../../src/actions/getContender.ts";
import { getContenders } from "../../src/actions/getContenders.ts";
import { getConvictions } from "../../src/actions/getConvictions.ts";
import { getCredits } from "../../src/actions/getCredits.ts";
import { getEmission } from "../../src/actions/getEmission.ts";
import { getEpoch } from "../../src/actions/getEpoch.ts";
import { getEpochs } from "../../src/actions/getEpochs.ts";
import { getFrozen } from "../../src/actions/getFrozen.ts";
import { getLadder } from "../../src/actions/getLadder.ts";
import { getLedger } from "../../src/actions/getLedger.ts";
import { getMarketLedger } from "../../src/actions/getMarketLedger.ts";
import { getMarketParams } from "../../src/actions/getMarketParams.ts";
import { getModel } from "../../src/actions/getModel.ts";
import { getModelEpoch } from "../../src/actions/getModelEpoch.ts";
import { getModelEpochs } from "../../src/actions/getModelEpochs.ts";
import { getModelFile } from "../../src/actions/getModelFile.ts";
import { getModels } from "../../src/actions/getModels.ts";
import { getParams } from "../../src/actions/getParams.ts";
import { getPayerCounter } from "../../src/actions/getPayerCounter.ts";
import { getProbes } from "../../src/actions/getProbes.ts";
import { getRegistrationFee } from "../../src/actions/getRegistrationFee.ts";
import { getReservation } from "../../src/actions/getReservation.ts";
import { getRewards } from "../../src/actions/getRewards.ts";
import { getRow } from "../../src/actions/getRow.ts";
import { getRows } from "../../src/actions/getRows.ts";
import { getSales } from "../../src/actions/getSales.ts";
import { getScorer } from "../../src/actions/getScorer.ts";
import { getScorers } from "../../src/actions/getScorers.ts";
import { getService } from "../../src/actions/getService.ts";
import { getServices } from "../../src/actions/getServices.ts";
import { getSlot } from "../../src/actions/getSlot.ts";
import { getSlotInputs } from "../../src/actions/getSlotInputs.ts";
import { getSlots } from "../../src/actions/getSlots.ts";
import { getSplit } from "../../src/actions/getSplit.ts";
import { getSponsor } from "../../src/actions/getSponsor.ts";
import { getSponsors } from "../../src/actions/getSponsors.ts";
import { getUnbondings } from "../../src/actions/getUnbondings.ts";
import { infer } from "../../src/actions/infer.ts";
import { registerModel } from "../../src/actions/registerModel.ts";
import { waitForHeight } from "../../src/actions/waitForHeight.ts";
import { followBlocks } from "../../src/blocks.ts";
import type { AssayClient } from "../../src/client.ts";
import { InsufficientFundsError, NotFoundError, OutOfGasError, TxFailedError } from "../../src/errors.ts";
import { decodeEvents, findEvent } from "../../src/events.ts";
import type { Model } from "../../src/generated/assay/poi/v1/model.ts";
import { storageGas } from "../../src/gas.ts";
import { check } from "../../src/intonnx/check.ts";
import { run } from "../../src/intonnx/run.ts";
import { channelId } from "../../src/market/bytes.ts";
import { generateSigningKey } from "../../src/market/ed25519.ts";
import { addressBytes } from "../../src/address.ts";
import { createMemoryJournal } from "../../src/journal.ts";
import {
  challenge,
  claimRewards,
  listService,
  openChannel,
  postInputs,
  sendTokens,
  withdrawModel,
} from "../../src/messages.ts";
import { isMarketplaceError } from "../../src/marketplaceErrors.ts";
import { isPoiError } from "../../src/poiErrors.ts";
import { createSender, type Sender } from "../../src/sender.ts";
import { sleep } from "../../src/sleep.ts";
import { LocalNode, type Account } from "./local-node.ts";

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => error,
  );
}

function modelFile(path: string): Uint8Array {
  return Uint8Array.from(readFileSync(new URL(`../../../models/${path}`, import.meta.url)));
}

describe("on a real chain", () => {
  let node: LocalNode;
  let client: AssayClient;
  let faucet: Account;
  let curator: Account;
  let miner: Account;
  let sender: Sender;
  let reference: Model;

  before(async () => {
    node = await LocalNode.create();
    client = await node.connect();
    faucet = await node.account("faucet");
    curator = await node.account("curator");
    miner = await node.account("miner-digits-0");
    sender = createSender({ client, signer: faucet.direct, address: faucet.address });
    const [first] = await getModels(client, { arena: 1n });
    reference = first ?? expect.fail("arena 1 has no model");
  });

  after(() => node.remove());

  function pay(amount: bigint) {
    return sendTokens({ from: faucet.address, to: curator.address, amount });
  }

  describe("reads", () => {
    /** One call of every read action. */
    const reads: Record<string, () => Promise<unknown>> = {
      getAccount: () => getAccount(client, { address: faucet.address }),
      getApprovals: () => getApprovals(client, { owner: faucet.address }),
      getArena: () => getArena(client, { arena: 1n }),
      getArenas: () => getArenas(client),
      getBalance: () => getBalance(client, { address: faucet.address }),
      getChallenges: () => getChallenges(client),
      getChannels: () => getChannels(client, { payer: faucet.address }),
      getClock: () => getClock(client),
      getContenders: () => getContenders(client, { arena: 1n }),
      getConvictions: () => getConvictions(client),
      getCredits: () => getCredits(client, { owner: faucet.address }),
      getEmission: () => getEmission(client),
      getEpochs: () => getEpochs(client),
      getFrozen: () => getFrozen(client),
      getLadder: () => getLadder(client, { arena: 1n }),
      getLedger: () => getLedger(client),
      getMarketLedger: () => getMarketLedger(client),
      getMarketParams: () => getMarketParams(client),
      getModel: () => getModel(client, { modelHex: toHex(reference.id) }),
      getModelEpochs: () => getModelEpochs(client, { modelHex: toHex(reference.id) }),
      getModelFile: () => getModelFile(client, { modelHex: toHex(reference.id) }),
      getModels: () => getModels(client, { author: reference.author }),
      getParams: () => getParams(client),
      getPayerCounter: () => getPayerCounter(client, { payer: faucet.address }),
      getProbes: () => getProbes(client, { service: 99n }),
      getRegistrationFee: () => getRegistrationFee(client),
      getRewards: () => getRewards(client, { address: faucet.address }),
      getRows: () => getRows(client, { slot: 99n }),
      getSales: () => getSales(client),
      getScorers: () => getScorers(client),
      getServices: () => getServices(client, { all: true }),
      getSlots: () => getSlots(client, { epoch: 1n }),
      getSponsors: () => getSponsors(client, { arena: 1n }),
      getUnbondings: () => getUnbondings(client),
    };
    /** What does not exist in a new chain is told from what is wrong. */
    const absent: Record<string, () => Promise<unknown>> = {
      getChannel: () => getChannel(client, { idHex: "00".repeat(32) }),
      getContender: () => getContender(client, { modelHex: "00".repeat(32) }),
      getEpoch: () => getEpoch(client, { epoch: 999n }),
      getModelEpoch: () => getModelEpoch(client, { modelHex: "00".repeat(32), epoch: 1n }),
      getReservation: () => getReservation(client, { hashHex: "00".repeat(32) }),
      getRow: () => getRow(client, { slot: 99n, modelHex: "00".repeat(32) }),
      getScorer: () => getScorer(client, { address: faucet.address }),
      getService: () => getService(client, { id: 99n }),
      getSlot: () => getSlot(client, { epoch: 1n, slot: 99n }),
      getSlotInputs: () => getSlotInputs(client, { slot: 99n }),
      getSplit: () => getSplit(client, { service: 99n }),
      getSponsor: () => getSponsor(client, { arena: 1n, address: faucet.address }),
    };

    it("are all tried here", () => {
      const files = readdirSync(new URL("../../src/actions", import.meta.url));
      const names = files.map((file) => file.replace(".ts", "")).filter((name) => name.startsWith("get"));
      expect([...Object.keys(reads), ...Object.keys(absent)]).to.have.members(names);
    });
    for (const [name, read] of Object.entries(reads)) {
      it(`${name} answers`, async () => {
        expect(await read()).to.not.equal(undefined);
      });
    }
    for (const [name, read] of Object.entries(absent)) {
      it(`${name} tells that something does not exist`, async () => {
        expect(await rejection(read())).to.be.instanceOf(NotFoundError);
      });
    }

    it("agree with each other", async () => {
      const arenas = await getArenas(client);
      expect(arenas.map(({ spec }) => spec?.name)).to.deep.equal(["digits", "languages", "spam"]);
      expect((await getArenas(client, { reverse: true, limit: 1 })).map(({ id }) => id)).to.deep.equal([3n]);
      expect((await getModel(client, { modelHex: toHex(reference.id) })).fileBytes).to.equal(
        (await getModelFile(client, { modelHex: toHex(reference.id) })).length,
      );
      const [step] = await getLadder(client, { arena: 1n });
      expect(step?.model).to.deep.equal(reference.id);
      const { entries, total } = await getLedger(client);
      expect(entries.reduce((sum, { amount }) => sum + amount, 0n)).to.equal(total);
      const { clock, height, params } = await getClock(client);
      expect(clock.epochStart <= height + 1n).to.equal(true);
      expect(params.batchItems).to.be.greaterThan(0);
    });
  });

  describe("transactions", () => {
    it("carry many callers' messages at once", async () => {
      const before = await getBalance(client, { address: curator.address });
      const results = await Promise.all([1n, 2n, 3n, 4n].map((amount) => sender.send([pay(amount)])));
      expect(new Set(results.map(({ hash }) => hash)).size).to.be.lessThan(4);
      expect(await getBalance(client, { address: curator.address })).to.equal(before + 10n);
    });

    it("carry hundreds of sends in a few blocks", async () => {
      const before = await getBalance(client, { address: curator.address });
      const results = await Promise.all(Array.from({ length: 300 }, () => sender.send([pay(1n)])));
      expect(new Set(results.map(({ hash }) => hash)).size).to.be.lessThan(60);
      expect(await getBalance(client, { address: curator.address })).to.equal(before + 300n);
    });

    it("may be as long as the client lets them be", async () => {
      const inputs = new Uint8Array(738_000);
      const huge = postInputs({
        sponsor: faucet.address,
        epoch: 2n ** 60n,
        slot: 0n,
        inputs,
        labelsHash: new Uint8Array(32),
        path: [],
      });
      // The message reaches the module, which refuses it for its epoch.
      const error = await rejection(sender.send([huge], { gas: 20_000_000 }));
      expect(error).to.include({ stage: "deliver", codespace: "poi" });
    });

    it("keep one caller's failure from the others", async () => {
      const unknown = withdrawModel({ owner: faucet.address, model: new Uint8Array(32) });
      const sent = await Promise.allSettled([
        sender.send([pay(1n)], { gas: 200_000 }),
        sender.send([unknown], { gas: 200_000 }),
        sender.send([pay(1n)], { gas: 200_000 }),
      ]);
      expect(sent.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
      const error: unknown = sent[1]?.status === "rejected" ? sent[1].reason : undefined;
      expect(error).to.be.instanceOf(TxFailedError).and.to.include({ stage: "deliver", codespace: "poi" });
      expect(isPoiError(error, "notFound")).to.equal(true);
    });

    it("fail in simulation with the same reason", async () => {
      const error = await rejection(
        sender.send([withdrawModel({ owner: faucet.address, model: new Uint8Array(32) })]),
      );
      expect(error).to.include({ stage: "simulate" });
      expect(isPoiError(error, "notFound")).to.equal(true);
    });

    it("say who lacks what", async () => {
      const error = await rejection(sender.send([pay(10n ** 20n)]));
      expect(error)
        .to.be.instanceOf(InsufficientFundsError)
        .and.to.include({ address: faucet.address, required: `${10n ** 20n}uassay` });
      expect(await rejection(sender.send([pay(1n)], { gas: 40_000 }))).to.be.instanceOf(OutOfGasError);
    });

    it("go unordered", async () => {
      const { sequence } = await getAccount(client, { address: faucet.address });
      await Promise.all([1n, 2n].map((amount) => sender.send([pay(amount)], { unordered: true })));
      expect((await getAccount(client, { address: faucet.address })).sequence).to.equal(sequence);
    });

    // Before the broadcast, in the mempool, and about when the block is made.
    for (const delayMs of [0, 60, 250]) {
      it(`outlive a crash of the node ${delayMs} ms later, once each`, async () => {
        const before = await getBalance(client, { address: curator.address });
        const journal = createMemoryJournal();
        const open = () => createSender({ client, signer: faucet.direct, address: faucet.address, journal });
        const durable = open();
        const sent = [10n, 20n, 30n].map((amount) => durable.send([pay(amount)], { id: `pay/${amount}` }));
        await sleep(delayMs);
        await node.kill();
        await node.start();
        await Promise.all(sent);
        await open().send([pay(10n)], { id: "pay/10" });
        expect(await getBalance(client, { address: curator.address })).to.equal(before + 60n);
      });
    }
  });

  describe("amino signatures", () => {
    it("are accepted for text that JSON escapes and for every kind of field", async () => {
      const amino = createSender({ client, signer: miner.amino, address: miner.address });
      const { amount } = await getRegistrationFee(client);
      const registered = await registerModel(client, {
        sender: amino,
        arena: 1n,
        file: modelFile("digits/mlp-32.onnx"),
        name: "mlp <32> & more",
        card: 'Line one\n"quoted" \\ é 数字 <script>&amp;</script>',
        terms: { licence: "Apache-2.0", royaltyBps: 250, parents: [reference.id], inferFee: 7n },
        maxFee: amount,
      });
      const model = await getModel(client, registered);
      expect(model).to.include({ name: "mlp <32> & more", author: miner.address });
      expect(model.card).to.contain("数字 <script>&amp;</script>");
      expect(model.terms).to.deep.include({ royaltyBps: 250, parents: [reference.id], inferFee: "7" });
      const events = decodeEvents(
        (await client.comet.blockResults(registered.height)).results.flatMap((r) => r.events),
      );
      const event = events.find(({ name }) => name === "EventModelRegistered");
      expect(event?.value).to.deep.include({ model: model.id, arena: 1n, fee: String(registered.fee) });
    });

    it("are accepted for what is refused only when it runs", async () => {
      const amino = createSender({ client, signer: faucet.amino, address: faucet.address });
      for (const message of [
        claimRewards({ owner: faucet.address }),
        challenge({ challenger: faucet.address, epoch: 2n ** 60n, slot: 3n, model: reference.id, item: 9 }),
      ]) {
        const error = await rejection(amino.send([message], { gas: 300_000 }));
        // A signature over other bytes would be the SDK's code 4, at the mempool's door.
        expect(error).to.include({ stage: "deliver", codespace: "poi" });
      }
    });
  });

  it("opens a channel with either signature, and is refused the same counter twice", async () => {
    const { denoms, serviceBond } = await getMarketParams(client);
    const deposit = { denom: "uassay", amount: BigInt(denoms[0]?.minDeposit ?? 0) };
    const { publicKey } = await generateSigningKey();
    const listed = await createSender({ client, signer: miner.amino, address: miner.address }).send([
      listService({
        provider: miner.address,
        name: "one <1>",
        description: "a\nb",
        endpoint: "http://127.0.0.1:9",
        interface: "oip.v2",
        model: reference.id,
        price: 2n,
        denom: "uassay",
        promise: 0,
        servingKey: publicKey,
        bond: BigInt(serviceBond),
      }),
    ]);
    const service = findEvent(listed.events, "EventServiceListed")?.service;
    expect(service).to.deep.include({ name: "one <1>", price: 2n, servingKey: publicKey, bond: serviceBond });
    const payer = faucet.address;
    const n = await getPayerCounter(client, { payer });
    const voucherKey = (await generateSigningKey()).publicKey;
    const open = openChannel({ payer, service: service?.id ?? 0n, n, voucherKey, lanes: 2, deposit });
    const amino = createSender({ client, signer: faucet.amino, address: payer });
    const opened = findEvent((await amino.send([open])).events, "EventChannelOpened")?.channel;
    const id = channelId(client.chainId, addressBytes(payer), n);
    expect(opened).to.deep.include({ id, payer, avail: deposit.amount.toString(), lanes: [0n, 0n] });
    expect(await getChannel(client, { idHex: toHex(id) })).to.deep.equal(opened);
    expect(await getPayerCounter(client, { payer })).to.equal(n + 1n);
    const again = await rejection(sender.send([open]));
    expect(isMarketplaceError(again, "counter")).to.equal(true);
    expect(isMarketplaceError(await rejection(sender.send([open], { gas: 300_000 })), "counter")).to.equal(
      true,
    );
  });

  it("registers large files with gas by their size", async () => {
    const owner = await node.account("miner-languages-0");
    const own = createSender({ client, signer: owner.direct, address: owner.address });
    const file = modelFile("languages/ngrams-64.onnx");
    const { amount } = await getRegistrationFee(client);
    const terms = { licence: "Apache-2.0", royaltyBps: 0, parents: [], inferFee: 0n };
    const { height } = await registerModel(client, {
      sender: own,
      arena: 2n,
      file,
      name: "large",
      card: "",
      terms,
      maxFee: amount,
    });
    const { results } = await client.comet.blockResults(height);
    const used = Number(results.reduce((max, { gasUsed }) => (gasUsed > max ? gasUsed : max), 0n));
    expect(storageGas(file.length)).to.be.within(used, 2 * used);
  });

  it("infers: the chain runs the model and pays its author", async () => {
    const modelHex = toHex(reference.id);
    const input = Uint8Array.from({ length: 784 }, (_, i) => i % 256);
    const [once, twice] = [
      await infer(client, { sender, modelHex, input }),
      await infer(client, { sender, modelHex, input }),
    ];
    // Whoever has the file gets the same integers.
    const program = check(await getModelFile(client, { modelHex }));
    expect(once.logits).to.deep.equal([...run(program, input)]);
    expect(new Set(once.logits).size).to.be.greaterThan(1);
    expect(twice.logits).to.deep.equal(once.logits);
    expect(once.answer).to.deep.equal(Uint8Array.of(once.logits.indexOf(Math.max(...once.logits))));
  });

  it("follows blocks, whose events tell the phases", async () => {
    const stop = new AbortController();
    const names = new Set<string>();
    for await (const { height } of followBlocks(client, { from: 2, signal: stop.signal })) {
      const { finalizeBlockEvents } = await client.comet.blockResults(height);
      for (const { name } of decodeEvents(finalizeBlockEvents)) names.add(name);
      if (names.has("EventPhaseChanged") && names.has("EventEpochStarted")) break;
    }
    await waitForHeight(client, { height: 5 });
  });
});
