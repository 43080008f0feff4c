import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getModelFile } from "@assay/client/actions/getModelFile";
import { getModels } from "@assay/client/actions/getModels";
import type { AssayClient } from "@assay/client/client";
import {
  MsgListServiceResponse,
  MsgOpenChannelResponse,
} from "@assay/client/generated/assay/marketplace/v1/tx";
import { check } from "@assay/client/intonnx/check";
import { run as runModel } from "@assay/client/intonnx/run";
import { voucherDigest } from "@assay/client/market/bytes";
import { generateSigningKey, type SigningKey } from "@assay/client/market/ed25519";
import { encodeReceiptFile } from "@assay/client/market/x402";
import { claim, listService, openChannel } from "@assay/client/messages";
import { expect } from "chai";
import { toHex } from "../../src/format.ts";
import { LocalNetwork } from "../../../scripts/network/network.ts";
import { signedReceipt } from "../support/receipts.ts";
import { assay, type Outcome, type RunOptions } from "../support/io.ts";

const UNIT = 1_000_000n;

/** The market on one validator. Nothing scores there: no epoch settles. */
describe("assay on the market", function () {
  this.timeout(120_000);
  let folder: string;
  let network: LocalNetwork;
  let client: AssayClient;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-cli-market-"));
    network = await LocalNetwork.start({
      dir: join(folder, "net"),
      validators: 1,
      arenas: ["digits"],
      blockTime: "300ms",
      params: { marketplace: { grace_blocks: 10 } },
    });
    client = await network.client();
  });

  after(async () => {
    await network.stop();
    await rm(folder, { recursive: true });
  });

  function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const env = {
      ASSAY_CLI_RPC: network.rpc,
      ASSAY_CLI_KEYS: join(network.dir, "net", "keys"),
      ASSAY_CLI_CHAIN_ID: network.file.chain_id,
      ASSAY_CLI_DATA: join(folder, "data"),
    };
    return assay(args, { env, ...options });
  }

  async function json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
    const { code, out, err } = await run([...args, "--json"]);
    expect(code, err).to.equal(0);
    return JSON.parse(out) as T;
  }

  const address = (name: string): string => network.account(name).address;

  /** Lists a service without a server behind it. */
  async function list(name: string, price: bigint, exact = true, key?: SigningKey): Promise<bigint> {
    const { sender, address: provider } = await network.sender("provider-0");
    const [model] = await getModels(client);
    const { publicKey } = key ?? (await generateSigningKey());
    const { msgResponses } = await sender.send([
      listService({
        provider,
        name,
        description: "",
        endpoint: "http://127.0.0.1:9",
        interface: "oip.v2",
        model: exact ? (model?.id ?? new Uint8Array()) : new Uint8Array(),
        price,
        denom: "uassay",
        promise: 0,
        servingKey: publicKey,
        bond: exact ? 100n * UNIT : 0n,
      }),
    ]);
    return MsgListServiceResponse.decode(msgResponses[0]?.value ?? new Uint8Array()).service;
  }

  it("finds services by what they cost, and says which cannot be verified", async () => {
    const [dear, cheap, free] = [
      await list("dear", 500n),
      await list("cheap", 100n),
      await list("free", 0n, false),
    ];
    const ids = async (...args: string[]): Promise<string[]> =>
      (await json<{ id: string }[]>("services", ...args)).map(({ id }) => id);
    expect(await ids("--sort", "price")).to.deep.equal([free, cheap, dear].map(String));
    expect(await ids("--sort", "price", "--max-price", "100uassay")).to.deep.equal([free, cheap].map(String));
    expect(await ids("--arena", "digits")).to.deep.equal([dear, cheap].map(String));
    expect(await ids("--model", "digits-reference")).to.deep.equal([dear, cheap].map(String));
    expect(await ids("--provider", address("provider-1"))).to.deep.equal([]);
    expect(await ids("--min-accuracy", "0")).to.deep.equal([]);
    expect((await run(["services", "--min-accuracy", "0"])).out).to.include("None of 3 services");
    const { out } = await run(["services"]);
    expect(out).to.match(/cheap .*digits\/digits-reference .*not measured .*0.000100 ASSAY/);
    expect(out).to.match(/free .*unverified .*free/);

    expect(await json("service", "show", "cheap")).to.deep.include({
      id: cheap.toString(),
      arena: "digits",
      verifiable: true,
      accuracy: null,
      status: "active",
    });
    expect((await run(["service", "show", free.toString()])).out).to.match(
      /unverified: .*\n(.*\n)*.*serving/,
    );
    expect((await run(["service", "show", "cheap"])).out).to.match(
      /the protocol .* 2\.00 %[^]*serving .* 98\.00 %/,
    );
    await list("cheap", 200n);
    const { code, err } = await run(["service", "show", "cheap"]);
    expect(code).to.equal(2);
    expect(err).to.include('several services are called "cheap"');
    expect((await run(["service", "show", "99"])).err).to.include("there is no service 99");
  });

  it("tops a channel up, closes it, gets back what is left after the grace, and pays out credits", async () => {
    const { sender, address: payer } = await network.sender("buyer-0");
    const key = await generateSigningKey();
    const { msgResponses } = await sender.send([
      openChannel({
        payer,
        service: 1n,
        n: 0n,
        voucherKey: key.publicKey,
        lanes: 4,
        deposit: { denom: "uassay", amount: UNIT },
      }),
    ]);
    const { channel } = MsgOpenChannelResponse.decode(msgResponses[0]?.value ?? new Uint8Array());
    const id = toHex(channel);
    const short = id.slice(0, 8);
    const own = ["--key", "buyer-0", "--yes"];

    expect((await json<object[]>("channel", "list", payer))[0]).to.include({
      id,
      status: "open",
      avail: "1000000",
      callsLeft: "2000",
      payer,
    });
    const top = await run(["channel", "top-up", short, "0.5assay", "--key", "buyer-0"], { answer: "y" });
    expect(top.err).to.match(/lock for calls of service 1 .*0\.500000 ASSAY/);
    expect(top.out).to.include("1.500000 ASSAY, about 3000 calls left");
    expect((await run(["channel", "close", id, "--key", "buyer-1", "--yes"])).err).to.include(
      "sign with the payer's key",
    );

    expect(await json("channel", "close", short, ...own)).to.include({ status: "closing" });
    expect((await run(["channel", "close", short, ...own])).err).to.include(
      "its provider may claim until block",
    );
    expect((await run(["channel", "top-up", short, "1uassay", ...own])).err).to.include("is closing");

    const digest = voucherDigest(client.chainId, {
      channel,
      lane: 0,
      amount: UNIT,
      callHash: new Uint8Array(32),
    });
    const voucher = {
      channel,
      lane: 0,
      amount: UNIT,
      callHash: new Uint8Array(32),
      signature: await key.sign(digest),
    };
    const provider = await network.sender("provider-0");
    await provider.sender.send([claim({ provider: provider.address, vouchers: [voucher] })]);
    expect((await json("credits", provider.address)).credits).to.deep.equal([
      { denom: "uassay", amount: "980000" },
    ]);
    expect(await json("model", "show", "digits-reference")).to.deep.include({
      sales: [{ denom: "uassay", released: "1000000", burned: "10000" }],
    });
    expect(await json("credits", "withdraw", "--key", "provider-0", "--yes")).to.deep.include({
      withdrawn: [{ denom: "uassay", amount: "980000" }],
    });
    expect((await run(["credits", "withdraw", "--key", "provider-0"])).err).to.include(
      "has nothing to withdraw",
    );

    for (;;) {
      const { code, out, err } = await run(["channel", "close", short, ...own]);
      if (code === 2 && err.includes("may claim until")) continue;
      expect(code, err).to.equal(0);
      expect(out).to.include(`came back    0.500000 ASSAY to ${payer}`);
      break;
    }
    expect((await run(["channel", "list", payer])).out).to.include("has no open channels");
    expect((await json<object[]>("channel", "list", payer, "--all"))[0]).to.include({
      status: "closed",
      returned: "500000",
      released: "1000000",
      avail: "0",
    });
  });

  it("compares an answer with the model on the chain, and makes a wrong one cost the bond", async () => {
    const key = await generateSigningKey();
    const service = await list("liar", 10n, true, key);
    const { sender, address: payer } = await network.sender("buyer-3");
    const { publicKey: voucherKey } = await generateSigningKey();
    const deposit = { denom: "uassay", amount: UNIT };
    const { msgResponses } = await sender.send([
      openChannel({ payer, service, n: 0n, voucherKey, lanes: 1, deposit }),
    ]);
    const { channel } = MsgOpenChannelResponse.decode(msgResponses[0]?.value ?? new Uint8Array());
    const [model] = await getModels(client);
    const program = check(await getModelFile(client, { modelHex: toHex(model?.id ?? new Uint8Array()) }));
    const items = [1, 2, 3].map((fill) => new Uint8Array(28 * 28).fill(fill));
    const right = items.map((item) => runModel(program, item));
    const wrong = right.map((outputs, i) =>
      outputs.map((value, j) => (i === 1 && j === 4 ? value + 1 : value)),
    );
    const write = async (name: string, outputs: readonly Int32Array[], signer = key): Promise<string> => {
      const { chainId } = client;
      const id = model?.id ?? new Uint8Array();
      const signing = { chainId, service, model: id, items, outputs, channel, key: signer };
      const path = join(folder, name);
      await writeFile(path, encodeReceiptFile(await signedReceipt(signing)));
      return path;
    };

    const honest = await write("honest.json", right);
    expect((await run(["receipt", "verify", honest, "--rerun"])).out)
      .to.include("by the service's key on the chain")
      .and.include("bit by bit");
    const refused = await run(["challenge-answer", honest, "--key", "buyer-0", "--yes"]);
    expect(refused.code).to.equal(2);
    expect(refused.err).to.include("every item of").and.include("you would have paid for it");
    const foreign = await write("foreign.json", wrong, await generateSigningKey());
    expect((await run(["receipt", "verify", foreign])).code).to.equal(0);
    expect((await run(["receipt", "verify", foreign, "--rerun"])).err).to.include("it proves nothing");

    const lie = await write("lie.json", wrong);
    expect((await run(["receipt", "verify", lie])).code).to.equal(0);
    const found = await run(["receipt", "verify", lie, "--rerun"]);
    expect(found.code).to.equal(1);
    expect(found.out).to.match(/Item 1:[^]* 4 │ +-?\d+ │ +-?\d+ │ <- differs/);
    expect(found.err).to.include(`assay challenge-answer ${lie}`);
    expect(
      (await run(["challenge-answer", lie, "--index", "0", "--key", "buyer-0", "--yes"])).err,
    ).to.include("item 0 of");
    expect(await json("challenge-answer", lie, "--key", "buyer-0", "--yes")).to.deep.include({
      service: service.toString(),
      index: 1,
      convicted: true,
      rewarded: payer,
      slashed: { denom: "uassay", amount: "100000000" },
      reward: { denom: "uassay", amount: "10000000" },
    });
    expect(await json("service", "show", service.toString())).to.include({ status: "convicted", bond: "0" });
    expect((await run(["challenge-answer", lie, "--key", "buyer-0"])).err).to.include("convicted already");
    // Without a grace, as the service is convicted.
    expect(
      await json("channel", "close", toHex(channel).slice(0, 6), "--key", "buyer-3", "--yes"),
    ).to.include({ status: "closed", returned: "1000000" });
  });

  it("sets budgets of spenders, and takes them back", async () => {
    const spender = address("buyer-1");
    const approve = ["spender", "approve", spender, "--key", "buyer-2", "--yes"];
    const limits = ["--max-total", "2assay", "--max-per-channel", "1assay"];
    expect(await json(...approve, ...limits, "--service", "1", "2", "--blocks", "1000")).to.deep.include({
      spender,
      maxTotal: "2000000",
      maxPerChannel: "1000000",
      services: ["1", "2"],
      spent: "0",
    });
    expect((await run(["spender", "list", address("buyer-2")])).out).to.match(
      /2\.000000 ASSAY .*1\.000000 ASSAY .*1, 2/,
    );
    expect((await run(["spender", "revoke", spender, "--key", "buyer-2"])).out).to.include("stay open");
    expect((await run(["spender", "list", "--key", "buyer-2"])).out).to.include("allows nobody");
    expect((await run(["spender", "revoke", spender, "--key", "buyer-2"])).err).to.include("nothing");
  });
});
