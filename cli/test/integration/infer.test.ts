import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getBalance } from "@assay/client/actions/getBalance";
import { expect } from "chai";
import { PNG } from "pngjs";
import { LocalNetwork } from "../../../scripts/network/network.ts";
import { ROOT } from "../../../scripts/network/processes.ts";
import { assay, type Outcome, type RunOptions } from "../support/io.ts";

interface Inferred {
  answer: number;
  label: string;
  outputs: number[];
  verified: string;
  paid: string;
  callsLeft: string | null;
  receipt: { service: string; channel: string; amount: string } | null;
  receiptFile: string;
}

/** Buying from `assay-miner serve` on one validator. */
describe("assay infer", function () {
  this.timeout(180_000);
  let folder: string;
  let image: string;
  let network: LocalNetwork;
  let env: Record<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-cli-infer-"));
    network = await LocalNetwork.start({
      dir: join(folder, "net"),
      validators: 1,
      arenas: ["digits"],
      blockTime: "300ms",
      params: { marketplace: { grace_blocks: 10 } },
    });
    env = {
      ASSAY_CLI_RPC: network.rpc,
      ASSAY_CLI_KEYS: join(network.dir, "net", "keys"),
      ASSAY_CLI_CHAIN_ID: network.file.chain_id,
      ASSAY_CLI_DATA: join(folder, "data"),
    };
    await network.startProvider(0, {
      services: [
        { name: "paid", model: "digits/digits-reference", price: "100" },
        { name: "free", model: "digits/digits-reference", price: "0" },
      ],
    });
    image = join(folder, "one.png");
    await writeFile(image, drawOne());
  });

  after(async () => {
    await network.stop();
    await rm(folder, { recursive: true });
  });

  function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return assay(args, { env, ...options });
  }

  async function json<T>(...args: string[]): Promise<T> {
    const { code, out, err } = await run([...args, "--json"]);
    expect(code, err).to.equal(0);
    return JSON.parse(out) as T;
  }

  /** Runs the program itself, and interrupts it as soon as it says `text`. */
  async function interrupted(args: readonly string[], text: string): Promise<{ code: number; err: string }> {
    const main = join(ROOT, "cli", "src", "main.ts");
    const child = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      err += chunk;
      // A second signal would end it at once.
      if (err.includes(text) && !child.killed) child.kill("SIGINT");
    });
    const [code] = (await once(child, "close")) as [number];

    return { code, err };
  }

  const balance = async (name: string): Promise<bigint> =>
    getBalance(await network.client(), { address: network.account(name).address });

  it("locks nothing without a yes, nor for an item that the arena does not take", async () => {
    const before = await balance("buyer-0");
    const infer = ["infer", "paid", "--image", image, "--key", "buyer-0"];
    const alone = await run(infer);
    expect(alone.code).to.equal(2);
    expect(alone.err)
      .to.match(/To ask service \d+, paid, of assay1\S+ for 0\.000100 ASSAY:/)
      .and.match(/lock for about 100 calls \(what is left comes back\) +0\.010000 ASSAY/)
      .and.include("add --yes");
    expect((await run(infer, { answer: "n" })).err).to.include("nothing was sent");
    expect((await run(["infer", "paid", "--text", "1", "--key", "buyer-0", "--yes"])).err).to.include(
      "arena digits cannot look at this",
    );
    const small = await run([...infer, "--max-deposit", "99uassay", "--yes"]);
    expect(small.code).to.equal(2);
    expect(small.err).to.include("raise --max-deposit");
    expect(await balance("buyer-0")).to.equal(before);
  });

  it("buys an answer, checks it by receipt and re-run, and then asks no more", async () => {
    const before = await balance("buyer-0");
    const infer = ["infer", "paid", "--image", image, "--key", "buyer-0"];
    const first = await json<Inferred>(...infer, "--yes");
    expect(first).to.include({ verified: "rerun", paid: "100" });
    expect(first.outputs).to.have.length(10);
    expect(first.label).to.equal(String(first.answer));
    expect(await balance("buyer-0")).to.equal(before - 10_000n);

    const { code, out, err } = await run(infer);
    expect(code, err).to.equal(0);
    expect(err).to.match(/for 0\.000100 ASSAY; about 99 calls left, paid for already/);
    expect(out)
      .to.match(/answer +\d\n/)
      .and.match(/model +digits\/digits-reference/)
      .and.match(/receipt +signed by service \d+/)
      .and.match(/checked +run here too: the same outputs, bit by bit/)
      .and.match(/paid +0\.000100 ASSAY, about 98 calls left/);
    expect(await json<Inferred>(...infer, "--no-rerun")).to.include({ verified: "receipt", callsLeft: "97" });
    expect(await balance("buyer-0")).to.equal(before - 10_000n);

    const [channel] = await json<Record<string, unknown>[]>("channel", "list", "--key", "buyer-0");
    expect(channel).to.include({ deposited: "10000", status: "open", usable: true, callsLeft: "97" });
    expect(first.receipt).to.include({ channel: channel?.id, amount: "100" });
  });

  it("locks more only when what was locked is used up, within the limit, and after asking again", async () => {
    const infer = ["infer", "paid", "--image", image, "--key", "faucet", "--no-rerun"];
    for (let n = 10; n > 0; n--) {
      const result = await json<Inferred>(
        ...infer,
        "--max-deposit",
        "1000uassay",
        ...(n === 10 ? ["--yes"] : []),
      );
      expect(result.callsLeft).to.equal(String(n - 1));
    }
    const [channel] = await json<object[]>("channel", "list", "--key", "faucet");
    expect(channel).to.include({ deposited: "1000", callsLeft: "0" });
    expect((await run([...infer, "--max-deposit", "1000uassay", "--yes"])).err).to.match(
      /--max-deposit allows 0\.000000 ASSAY more \(0\.001000 ASSAY in all\): raise --max-deposit/,
    );
    const more = [...infer, "--max-deposit", "3000uassay"];
    expect((await run(more)).err).to.match(/lock for about 20 calls .* 0\.002000 ASSAY/);
    expect(await json<Inferred>(...more, "--yes")).to.include({ paid: "100", callsLeft: "19" });
  });

  it("keeps receipts that prove themselves, and proves a change of them", async () => {
    const path = join(folder, "answer.json");
    const infer = ["infer", "paid", "--image", image, "--key", "buyer-0", "--receipt", path];
    expect((await run(infer)).out).to.include(`receipt file  ${path}`);
    expect((await run(infer)).err).to.include("exists already");
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect((await run(["receipt", "verify", path])).code).to.equal(0);
    expect((await run(["receipt", "verify", path, "--rerun"])).out).to.include("bit by bit");
    expect((await run(["challenge-answer", path, "--key", "buyer-0", "--yes"])).err).to.include(
      "is answered as the model does",
    );
    const file = JSON.parse(await readFile(path, "utf8")) as { outputs: [number[]] };
    file.outputs[0][0] = 1;
    await writeFile(path, JSON.stringify(file));
    const { code, err } = await run(["receipt", "verify", path]);
    expect(code).to.equal(1);
    expect(err).to.include("The receipt is for another answer");
    expect((await run(["challenge-answer", path, "--key", "buyer-0", "--yes"])).err).to.include(
      "another answer",
    );
  });

  it("asks free services without locking anything, and still gets a receipt", async () => {
    const before = await balance("buyer-1");
    const result = await json<Inferred>("infer", "free", "--image", image, "--key", "buyer-1");
    expect(result).to.include({ verified: "rerun", paid: "0", callsLeft: null });
    await access(result.receiptFile);
    expect((await run(["receipt", "verify", result.receiptFile])).out).to.include("nothing, it was free");
    expect(await balance("buyer-1")).to.equal(before);
  });

  it("spends another account's coins within its limits", async () => {
    const [owner, spender] = [network.account("buyer-2").address, network.account("buyer-1").address];
    const before = await balance("buyer-1");
    const infer = ["infer", "paid", "--image", image, "--key", "buyer-1", "--yes", "--funder", owner];
    expect((await run(infer)).err).to.include("approval");
    const approve = (total: string) => [
      "spender",
      "approve",
      spender,
      "--max-total",
      total,
      "--max-per-channel",
      total,
      "--key",
      "buyer-2",
      "--yes",
    ];
    await json(...approve("9999uassay"));
    expect((await run(infer)).err).to.include("approval does not allow this");
    await json(...approve("10000uassay"));
    expect(await json<Inferred>(...infer)).to.include({ paid: "100", callsLeft: "99" });
    expect(await json<object[]>("spender", "list", owner)).to.have.nested.property("[0].spent", "10000");
    expect(await balance("buyer-1")).to.equal(before);
    expect((await run(["channel", "list", "--key", "buyer-1"])).out).to.include("coins of assay1");
  });

  it("loses nothing to Ctrl-C, and opens no second channel after it", async () => {
    const infer = ["infer", "paid", "--image", image, "--key", "buyer-3", "--yes"];
    const { code, err } = await interrupted(infer, "locking the deposit");
    expect(code).to.equal(1);
    expect(err).to.match(/interrupted|stopped before the result was known/);
    expect(await json<Inferred>(...infer)).to.include({ verified: "rerun", paid: "100" });
    expect(await json<object[]>("channel", "list", "--all", "--key", "buyer-3")).to.have.length(1);
  });

  it("finds a wrong answer, keeps its proof, and makes the service pay", async () => {
    const services = [{ name: "liar", model: "digits/digits-reference", price: "100" }];
    const script = "scripts/e2e/tampering-provider.ts";
    const liar = await network.startProvider(1, { services, script });
    const infer = ["infer", "liar", "--image", image, "--key", "buyer-3", "--yes"];
    const { code, out, err } = await run(infer);
    expect(code).to.equal(1);
    expect(out).to.equal("");
    const proof = /assay challenge-answer (\S+)/.exec(err)?.[1] ?? "";
    expect((await run(["receipt", "verify", proof])).code).to.equal(0);
    expect((await run(["receipt", "verify", proof, "--rerun"])).out).to.match(/ 9 │ .*<- differs/);
    const challenged = await run(["challenge-answer", proof, "--key", "buyer-2", "--yes"]);
    expect(challenged.code, challenged.err).to.equal(0);
    expect(challenged.out)
      .to.match(/slashed +100\.000000 ASSAY/)
      .and.match(new RegExp(`rewarded +10\\.000000 ASSAY to ${network.account("buyer-3").address}`));
    expect((await run(infer)).err).to.include('there is no active service "liar"');
    await network.stopService(liar.process);
  });

  it("gets back what is left", async () => {
    const [channel] = await json<{ id: string }[]>("channel", "list", "--key", "buyer-0");
    const id = channel?.id.slice(0, 10) ?? "";
    expect((await run(["channel", "close", id, "--key", "buyer-0", "--yes"])).out).to.include("is closing");
    const closed = await run(["infer", "paid", "--image", image, "--key", "buyer-0"]);
    expect(closed.err).to.include("lock for about 100 calls");
    for (;;) {
      const { code, out, err } = await run(["channel", "close", id, "--key", "buyer-0", "--yes"]);
      if (code === 2 && err.includes("may claim until")) continue;
      expect(code, err).to.equal(0);
      // Four calls of 100 uassay each were paid; the provider may not have claimed the last of them.
      expect(out).to.match(/came back +0\.0(09[6-9]00|10000) ASSAY/);
      return;
    }
  });
});

/** A white one on black. */
function drawOne(): Buffer {
  const image = new PNG({ width: 56, height: 56 });
  image.data.fill(0);
  for (let y = 0; y < 56; y++)
    for (let x = 0; x < 56; x++) {
      const white = x >= 25 && x < 31 && y >= 8 && y < 48;
      image.data.set([white ? 255 : 0, white ? 255 : 0, white ? 255 : 0, 255], 4 * (56 * y + x));
    }
  return PNG.sync.write(image);
}
