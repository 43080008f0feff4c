import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { getBalance } from "@assay/client/actions/getBalance";
import { getChannel } from "@assay/client/actions/getChannel";
import { getModelFile } from "@assay/client/actions/getModelFile";
import { getPayerCounter } from "@assay/client/actions/getPayerCounter";
import { getService } from "@assay/client/actions/getService";
import { getServices } from "@assay/client/actions/getServices";
import { waitForHeight } from "@assay/client/actions/waitForHeight";
import type { AssayClient } from "@assay/client/client";
import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { MsgOpenChannelResponse } from "@assay/client/generated/assay/marketplace/v1/tx";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { check } from "@assay/client/intonnx/check";
import { run as runModel } from "@assay/client/intonnx/run";
import { callHash, inputRoot, outputRoot, receiptDigest, voucherDigest } from "@assay/client/market/bytes";
import { decodeReceipt, encodePayment } from "@assay/client/market/x402";
import { closeChannel, openChannel } from "@assay/client/messages";
import { modelTensors } from "@assay/client/oip/model";
import { writeRequest } from "@assay/client/oip/request";
import { parseResponse } from "@assay/client/oip/response";
import { onlyTensor, outputsOf, tensorOf } from "@assay/client/oip/tensors";
import { sleep } from "@assay/client/sleep";
import { generateSigningKey, verifySignature } from "@assay/service-kit/ed25519";
import { messageOf } from "@assay/service-kit/errors";
import { expect } from "chai";
import { LocalNetwork } from "../../../scripts/network/network.ts";
import { freePort } from "../../../scripts/network/ports.ts";
import { ROOT, type ManagedProcess } from "../../../scripts/network/processes.ts";
import { waitFor } from "../../../scripts/network/wait.ts";
import type { Finding } from "../../src/serve/doctor.ts";

const MAIN = "miner/src/main.ts";
const PRICE = 100n;
const LANES = 8;
const never = new AbortController().signal;

/** The whole life of a provider: real node, real programs. Nothing scores there: no epoch settles. */
describe("assay-miner serve", function () {
  this.timeout(180_000);
  let folder: string;
  let network: LocalNetwork;
  let client: AssayClient;
  let config: string;
  let url: string;
  let server: ManagedProcess;
  let service: bigint;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-miner-serve-"));
    network = await LocalNetwork.start({
      dir: join(folder, "net"),
      validators: 1,
      arenas: ["digits"],
      blockTime: "500ms",
      sponsorsPerArena: 3,
      params: { marketplace: { grace_blocks: 60, unbonding_blocks: 60 } },
    });
    client = await network.client();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    config = join(folder, "serve.yaml");
    // JSON is YAML.
    await writeFile(
      config,
      JSON.stringify({
        rpc: network.rpc,
        chainId: client.chainId,
        data: join(folder, "data"),
        key: network.account("provider-0").key_file,
        listen: { port },
        publicUrl: url,
        services: [
          { name: "digits", model: "digits/digits-reference", price: Number(PRICE), description: "Digits." },
          { name: "gratis", model: "digits/digits-reference", price: 0 },
        ],
        claim: { above: 1_000_000_000, minutes: 1_000, withdrawAbove: 1 },
      }),
    );
  });

  after(async () => {
    await network.stop();
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<void> {
    server = await network.startService("provider", MAIN, ["serve", "--config", config]);
    await waitFor(
      () =>
        fetch(`${url}/v2/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { what: "the server", timeoutMs: 60_000, check: () => server.check(), signal: never },
    );
  }

  async function miner(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(ROOT, MAIN), ...args]);
      return { code: 0, out: stdout, err: stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    }
  }

  /** A buyer with nothing but the wire: cumulative amounts per lane, and what was answered. */
  async function buyer(deposit: bigint, index = 0) {
    const { sender, address: payer } = await network.sender(`buyer-${index}`);
    const { address: payTo } = network.account("provider-0");
    const key = generateSigningKey();
    const n = await getPayerCounter(client, { payer });
    const coins = { denom: "uassay", amount: deposit };
    const { msgResponses } = await sender.send([
      openChannel({ payer, service, n, voucherKey: key.publicKey, lanes: LANES, deposit: coins }),
    ]);
    const channel = MsgOpenChannelResponse.decode(msgResponses[0]!.value).channel;
    const model = await getModelFile(client, { modelHex: await modelHex() });
    const program = check(model);
    const tensors = modelTensors(model);
    const { servingKey } = (await getService(client, { id: service })).service!;
    const paid = new Array<bigint>(LANES).fill(0n);
    let count = 0;

    /** One attempt of a call on a lane at the next amount; the answer is re-run here bit for bit. */
    async function attempt(lane: number, seed: number): Promise<void> {
      const item = Uint8Array.from({ length: 784 }, (_, i) => (i * seed) % 251);
      const salt = new Uint8Array(16).fill(seed % 256);
      const hash = callHash(salt, service, inputRoot([item]));
      const voucher = { channel, lane, amount: paid[lane]! + PRICE, callHash: hash };
      const signature = key.sign(voucherDigest(client.chainId, voucher));
      const payment = encodePayment({
        accepted: { chainId: client.chainId, amount: PRICE, asset: "uassay", payTo },
        voucher: { ...voucher, signature },
        salt,
      });
      const message = writeRequest({
        inputs: [tensorOf(tensors.input, [item])],
        outputs: [{ name: tensors.output.name, binary: true }],
        binaryOutput: false,
      });
      const response = await fetch(`${url}/v2/models/${service}/infer`, {
        method: "POST",
        headers: { ...message.headers, "PAYMENT-SIGNATURE": payment },
        body: message.body as BodyInit,
        signal: AbortSignal.timeout(20_000),
      });
      const body = new Uint8Array(await response.arrayBuffer());
      if (response.status !== 200) throw new Error(`${response.status} ${Buffer.from(body).toString()}`);
      const answer = parseResponse(
        body,
        response.headers.get("inference-header-content-length") ?? undefined,
      );
      const outputs = outputsOf(onlyTensor(answer.outputs, tensors.output));
      const { receipt } = decodeReceipt(response.headers.get("assay-receipt")!);
      expect([...outputs[0]!]).to.deep.equal([...runModel(program, item)]);
      expect(receipt.outputRoot).to.deep.equal(outputRoot(outputs));
      expect(verifySignature(servingKey, receiptDigest(client.chainId, receipt), receipt.signature)).to.be
        .true;
      paid[lane] = voucher.amount;
      count++;
    }

    /** Calls until it is answered, always with the same voucher. */
    async function call(lane: number, seed: number): Promise<void> {
      const answered = (): Promise<boolean> =>
        attempt(lane, seed).then(
          () => true,
          // What fetch throws while the server is away is a TypeError.
          (error: unknown) => Promise.reject(new Error("no answer", { cause: error })),
        );
      await waitFor(answered, { what: `an answer on lane ${lane}`, timeoutMs: 60_000 });
    }

    return {
      channel,
      idHex: Buffer.from(channel).toString("hex"),
      paid,
      attempt,
      count: () => count,
      /** `calls` calls on each lane, all lanes at once. */
      load: (calls: number, first = 1) =>
        Promise.all(
          paid.map(async (_, lane) => {
            for (let i = 0; i < calls; i++) await call(lane, first + lane * calls + i);
          }),
        ),
      close: () => sender.send([closeChannel({ sender: payer, channel })]),
    };
  }

  async function modelHex(): Promise<string> {
    const { service: record } = await getService(client, { id: service });
    return Buffer.from(record!.model).toString("hex");
  }

  const settledOf = async (idHex: string): Promise<bigint[]> => (await getChannel(client, { idHex })).lanes;

  it("lists its services once, with keys of their own, and serves free calls to anyone", async () => {
    const { address } = network.account("provider-0");
    const before = JSON.parse((await miner("doctor", "-c", config, "--json")).out) as Finding[];
    expect(before.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(before.map(({ check: name }) => name)).to.include.members([
      "chain",
      "clock",
      "balance",
      "public URL",
    ]);

    await start();
    const listed = await getServices(client, { provider: address });
    expect(listed.map((entry) => entry.service?.name)).to.deep.equal(["digits", "gratis"]);
    service = listed[0]!.service!.id;
    expect(listed[0]!.service).to.deep.include({ price: PRICE, endpoint: url, interface: "oip.v2" });

    const item = Array.from({ length: 784 }, (_, i) => i % 256);
    const tensors = modelTensors(await getModelFile(client, { modelHex: await modelHex() }));
    const { input } = tensors;
    const answer = await fetch(`${url}/v2/models/gratis/infer`, {
      method: "POST",
      body: JSON.stringify({
        inputs: [{ name: input.name, datatype: input.datatype, shape: [1, ...input.itemShape], data: item }],
      }),
    });
    expect(answer.status, await answer.clone().text()).to.equal(200);
    expect(answer.headers.get("assay-receipt"), "nobody asked for one").to.equal(null);
    const unpaid = await fetch(`${url}/v2/models/digits/infer`, { method: "POST", body: "{}" });
    expect(unpaid.status).to.equal(402);
  });

  it("passes its doctor while it runs, and refuses a second copy", async () => {
    const { code, out, err } = await miner("doctor", "-c", config);
    expect(code, out + err).to.equal(0);
    expect(out).to.match(/ok +data directory: .* in use by a running server/);
    expect(out).to.match(/ok +endpoint of digits: .* serves it and is ready/);
    const second = await miner("serve", "-c", config);
    expect(second.code).to.equal(2);
    expect(second.err).to.match(/another process is running on the data directory/);
  });

  it("loses and doubles nothing when it is killed in mid-load, and claims all when it stops", async () => {
    const account = await buyer(1_000_000n);
    const load = account.load(30);
    await waitFor(async () => account.count() > 40, { what: "some answers", timeoutMs: 60_000 });
    await network.killService(server);
    await start();
    await load;
    expect(account.paid).to.deep.equal(new Array<bigint>(LANES).fill(30n * PRICE));
    expect(await settledOf(account.idHex), "nothing was due").to.deep.equal(
      new Array<bigint>(LANES).fill(0n),
    );
    const { address } = network.account("provider-0");
    const balance = await getBalance(client, { address });
    await network.stopService(server);
    expect(await settledOf(account.idHex)).to.deep.equal(account.paid);
    const { released } = await getChannel(client, { idHex: account.idHex });
    expect(BigInt(released)).to.equal(BigInt(LANES) * 30n * PRICE);
    await start();
    // Credits are withdrawn with the next look.
    await waitFor(async () => (await getBalance(client, { address })) > balance, {
      what: "the provider's money",
      timeoutMs: 20_000,
    });
    await account.load(1, 77);
  });

  it("claims in time what is on a channel that its payer closes", async () => {
    const account = await buyer(100_000n, 1);
    await account.load(3, 5);
    await account.close();
    await waitFor(async () => (await settledOf(account.idHex)).every((settled) => settled === 3n * PRICE), {
      what: "the claim",
      timeoutMs: 15_000,
    });
    const refused = await account.attempt(0, 9).then(() => "served", messageOf);
    expect(refused).to.contain("channel_closing");
  });

  it("goes on when its node comes back", async () => {
    const account = await buyer(100_000n, 1);
    await account.load(1, 11);
    await network.nodes[0]!.kill();
    await sleep(1_000);
    await network.startNode(0);
    await network.waitForBlocks();
    await account.load(3, 12);
    expect(account.paid).to.deep.equal(new Array<bigint>(LANES).fill(4n * PRICE));
  });

  it("closes the channels of a service that is closed, with their last vouchers", async () => {
    const account = await buyer(100_000n, 1);
    await account.load(2, 21);
    const list = await miner("service", "list", "-c", config, "--json");
    expect(JSON.parse(list.out)).to.deep.include.members([
      { ...(JSON.parse(list.out) as object[])[0], service: service.toString(), status: "active" },
    ]);
    const { code, out, err } = await miner("service", "close", "digits", "-c", config, "--json");
    expect(code, err).to.equal(0);
    expect(JSON.parse(out)).to.deep.include({ channels: "claimed and closed by the running server" });
    await waitFor(
      async () => (await getChannel(client, { idHex: account.idHex })).status === ChannelStatus.CLOSED,
      { what: "the channel's end", timeoutMs: 20_000 },
    );
    expect(await settledOf(account.idHex)).to.deep.equal(account.paid);
    expect((await getService(client, { id: service })).service?.status).to.equal(ServiceStatus.CLOSED);
    await network.stopService(server);
    const again = await miner("serve", "-c", config);
    expect(again.code).to.equal(2);
    expect(again.err).to.match(/service \d+ \(digits\) is closed; choose another servingKey file/);
    const doctor = await miner("doctor", "-c", config);
    expect(doctor.code).to.equal(1);
    expect(doctor.out).to.match(
      /FAIL +serving key of digits: .* is closed\n +to do: name another servingKey/,
    );
  });

  it("gets the bond back when its time is over", async () => {
    const { address } = network.account("provider-0");
    const { unlockHeight, bond } = (await getService(client, { id: service })).service!;
    const early = await miner("service", "release", "digits", "-c", config);
    expect(early.code).to.equal(1);
    expect(early.err).to.match(/bond is still locked/);
    await waitForHeight(client, { height: Number(unlockHeight) + 1, signal: never });
    const before = await getBalance(client, { address });
    const { code, out, err } = await miner("service", "release", service.toString(), "-c", config, "--json");
    expect(code, err).to.equal(0);
    expect(JSON.parse(out)).to.deep.equal({ service: service.toString(), bond });
    // And what the last channels brought.
    expect((await getBalance(client, { address })) - before >= BigInt(bond)).to.equal(true);
  });
});
