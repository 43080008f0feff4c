import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { assay, type Outcome, type RunOptions } from "../support/io.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ASSAYD = join(ROOT, "build", "assayd");
const MODEL = join(ROOT, "models", "digits", "mlp-32.onnx");

interface NetworkFile {
  chain_id: string;
  nodes: { rpc: string; home: string }[];
  accounts: { name: string; address: string }[];
}

/** One validator on its own, with the arenas of the local network. */
describe("assay on a chain", function () {
  this.timeout(60_000);
  let folder: string;
  let node: ChildProcess;
  let network: NetworkFile;

  before(async () => {
    await access(ASSAYD).catch(() => {
      throw new Error(`${ASSAYD} does not exist; run "make build"`);
    });
    folder = await mkdtemp(join(tmpdir(), "assay-cli-net-"));
    const args = [
      "localnet",
      "init",
      "--validators",
      "1",
      "--dir",
      join(folder, "net"),
      "--arenas",
      join(ROOT, "models", "arenas.json"),
    ];
    const made = spawnSync(
      ASSAYD,
      [...args, "--block-time", "300ms", "--base-port", String(await freePorts(5))],
      { encoding: "utf8" },
    );
    if (made.status !== 0) throw new Error(`assayd localnet init failed: ${made.stderr}`);
    network = JSON.parse(await readFile(join(folder, "net", "network.json"), "utf8")) as NetworkFile;
    node = spawn(ASSAYD, ["start", "--home", network.nodes[0]?.home ?? ""], { stdio: "ignore" });
    for (;;) {
      const { code, out } = await run(["status", "--json"]);
      if (code === 0 && Number((JSON.parse(out) as { height: string }).height) > 1) return;
      await sleep(200);
    }
  });

  after(async () => {
    const ended = new Promise((resolve) => node.once("exit", resolve));
    node.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  });

  function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const env = {
      ASSAY_CLI_RPC: network.nodes[0]?.rpc,
      ASSAY_CLI_KEYS: join(folder, "net", "keys"),
      ASSAY_CLI_CHAIN_ID: network.chain_id,
    };
    return assay(args, { env, ...options });
  }

  async function json(...args: string[]): Promise<Record<string, unknown>> {
    const { code, out, err } = await run([...args, "--json"]);
    expect(code, err).to.equal(0);
    return JSON.parse(out) as Record<string, unknown>;
  }

  const address = (name: string): string =>
    network.accounts.find((account) => account.name === name)?.address ?? "";

  it("tells of the node, the epoch and the arenas", async () => {
    expect(await json("status", "--key", "faucet")).to.deep.include({ chainId: network.chain_id, arenas: 3 });
    expect((await run(["arenas"])).out).to.match(/digits .*digits-reference/);
    expect(await json("epoch", "--once")).to.have.keys(
      "epoch",
      "phase",
      "height",
      "phaseStart",
      "phaseEnd",
      "scorers",
      "arenas",
      "slots",
    );
    expect((await run(["epoch", "--once"])).out).to.match(/BEACON +INPUT +ROWS +LABEL +CHALLENGE +SETTLE/);
    expect((await run(["ladder", "digits"])).out)
      .to.include("digits-reference")
      .and.include("Nobody contends");
  });

  it("refuses a chain it was not told of", async () => {
    const { code, err } = await run(["status", "--chain-id", "other"]);
    expect(code).to.equal(2);
    expect(err).to.include('not of "other"');
  });

  it("pays only after a yes", async () => {
    const fund = ["arena", "fund", "digits", "2.5assay", "--key", "faucet"];
    const pot = async (): Promise<unknown> =>
      (JSON.parse((await run(["arenas", "--json"])).out) as { pot: string }[])[0]?.pot;
    const alone = await run(fund);
    expect(alone.code).to.equal(2);
    expect(alone.err)
      .to.match(/in all +2\.500000 ASSAY/)
      .and.include("add --yes");
    expect((await run(fund, { answer: "n" })).err).to.include("nothing was sent");
    expect(await pot()).to.equal("0");
    expect((await run(fund, { answer: "y" })).code).to.equal(0);
    expect(await pot()).to.equal("2500000");
    expect((await run([...fund, "--yes"])).code).to.equal(0);
    expect(await pot()).to.equal("5000000");
  });

  it("sends nothing an account cannot pay, and says how much is missing", async () => {
    const { code, err } = await run([
      "arena",
      "fund",
      "digits",
      "999999999assay",
      "--key",
      "faucet",
      "--yes",
    ]);
    expect(code).to.equal(1);
    expect(err).to.match(/holds \d+\.\d{6} ASSAY, this takes 999999999\.000000 ASSAY: send at least/);
  });

  it("registers a model, shows it under all its names, and withdraws it", async () => {
    const register = [
      "model",
      "register",
      MODEL,
      "--arena",
      "digits",
      "--licence",
      "MIT",
      "--infer-fee",
      "0.25assay",
      "--key",
      "miner-digits-0",
      "--yes",
    ];
    const wrong = await run([...register, "--name", "x", "--max-fee", "1uassay"]);
    expect(wrong.err).to.include("raise --max-fee");
    const foreign = await run([
      "model",
      "register",
      join(ROOT, "models", "spam", "reference.onnx"),
      "--arena",
      "digits",
      "--licence",
      "MIT",
      "--name",
      "x",
      "--key",
      "faucet",
      "--yes",
    ]);
    expect(foreign.code).to.equal(2);
    expect(foreign.err).to.include("registered already, by assay1");

    const { code, out, err } = await run([
      ...register,
      "--name",
      "mine",
      "--parent",
      "digits/digits-reference",
      "--json",
    ]);
    expect(code, err).to.equal(0);
    expect(err)
      .to.include("registration fee, at most (burned)")
      .and.include("1/3 reserving")
      .and.include("3/3 showing");
    const { model } = JSON.parse(out) as { model: string };
    for (const name of [model, model.slice(0, 6), "mine", "digits/mine"]) {
      expect(await json("model", "show", name)).to.include({
        id: model,
        name: "mine",
        inferFee: "250000",
        author: address("miner-digits-0"),
      });
    }
    expect((await run([...register, "--name", "again"])).err).to.include("registered already, by you");

    expect((await run(["model", "withdraw", "mine", "--key", "faucet", "--yes"])).err).to.include(
      "sign with the author's key",
    );
    expect(await json("model", "withdraw", "mine", "--key", "miner-digits-0", "--yes")).to.include({
      status: "withdrawn",
    });
    expect((await run(["rewards", "show", address("miner-digits-0")])).out)
      .to.include("bond/model/")
      .and.include("100.000000 ASSAY");
  });

  it("lets the chain run a model", async () => {
    const result = await json(
      "model",
      "infer",
      "languages-reference",
      "--text",
      "Alle Menschen sind frei",
      "--key",
      "faucet",
      "--yes",
    );
    expect(result.logits).to.be.an("array").that.has.length.above(10);
    expect(result.label).to.be.a("string");
    expect(
      (await run(["model", "infer", "digits-reference", "--text", "no", "--key", "faucet"])).code,
    ).to.equal(2);
  });

  it("bonds and unbonds scorers and sponsors", async () => {
    const bond = ["scorer", "bond", "--key", "validator-0", "--yes"];
    expect((await run(bond)).err).to.include("give --hot-key and --tip");
    const bonded = await json(...bond, "--hot-key", address("scorer-0"), "--tip", "ab".repeat(32));
    expect(bonded).to.include({ bonded: true, hotKey: address("scorer-0"), eligible: true });
    expect((await run(["scorer", "list"])).out).to.include("takes part");
    expect(await json("scorer", "unbond", "--key", "validator-0", "--yes")).to.include({ bonded: false });

    const sponsor = address("sponsor-digits-0");
    expect((await run(["sponsor", "bond", "digits", "--key", "sponsor-digits-0", "--yes"])).err).to.include(
      "is not approved for arena digits",
    );
    expect((await run(["approve-sponsor", "digits", sponsor, "--key", "faucet"])).err).to.include(
      "sign with the curator's key",
    );
    expect(await json("approve-sponsor", "digits", sponsor, "--key", "curator")).to.include({
      approved: true,
    });
    expect(await json("sponsor", "bond", "digits", "--key", "sponsor-digits-0", "--yes")).to.include({
      bonded: true,
    });
    expect((await run(["sponsor", "list", "digits"])).out).to.include("1000.000000 ASSAY");
    expect(await json("sponsor", "unbond", "digits", "--key", "sponsor-digits-0", "--yes")).to.include({
      bonded: false,
    });
  });

  it("explains what cannot be explained, claimed or challenged", async () => {
    expect((await run(["why", "digits-reference", "99999999"])).err).to.match(
      /epoch 99999999 is not kept: the chain has \d+ to \d+/,
    );
    expect((await run(["rewards", "claim", "--key", "faucet"])).err).to.include("has nothing to claim");
    const { code, err } = await run([
      "challenge",
      "99999999",
      "0",
      "digits-reference",
      "0",
      "--key",
      "faucet",
      "--yes",
    ]);
    expect(code).to.equal(2);
    expect(err).to.include("rows of another can no longer be challenged");
  });
});

/** The first of several consecutive ports that nobody listens on. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(base + i)));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
