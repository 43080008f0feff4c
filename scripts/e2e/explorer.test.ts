/**
 * What users do with the explorer, in Chromium on a network of real processes: `npm run e2e:explorer`. Pictures of every
 * page are left in build/screenshots.
 */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { getBalance } from "@assay/client/actions/getBalance";
import { getChannel } from "@assay/client/actions/getChannel";
import { getChannels } from "@assay/client/actions/getChannels";
import { getClock } from "@assay/client/actions/getClock";
import { getModels } from "@assay/client/actions/getModels";
import { getRewards } from "@assay/client/actions/getRewards";
import { getService } from "@assay/client/actions/getService";
import { getServices } from "@assay/client/actions/getServices";
import type { AssayClient } from "@assay/client/client";
import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { BASE_DENOM, listService } from "@assay/client/messages";
import { installKeplr, type KeplrStandIn } from "@assay/explorer/test/browser/keplr-stand-in";
import { toHex } from "@cosmjs/encoding";
import { expect } from "chai";
import { MsgSubmitProposal } from "cosmjs-types/cosmos/gov/v1/tx";
import type { Browser } from "playwright-core";
import { z } from "zod";
import { LocalNetwork, type Explorer } from "../network/network.ts";
import { freePort } from "../network/ports.ts";
import { ROOT, runToEnd } from "../network/processes.ts";
import { waitFor } from "../network/wait.ts";
import { launch, Visitor, type Size, type VisitOptions } from "./explorer/browser.ts";
import { everyPage } from "./explorer/pages.ts";
import { sumTables } from "./explorer/tables.ts";

const ARENAS = ["spam", "digits"];
/** Challenges have time to be filled in by hand. */
const PARAMS = { min_commit_batches: 64, challenge_blocks: 12, marketplace: { grace_blocks: 5 } };
const PRICE = "200";
const TAMPERED = "scripts/e2e/tampering-provider.ts";
const KILLS = 50;

/** What a stranger writes to harm whoever looks. */
const MARKUP = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>';
const HIDDEN = "a\u202Egpj.exe\u200B\u0007b";
const LINK = "javascript:window.harmed=1";

/** Newest block in an explorer's index; -1 while it does not answer. */
async function indexedHeight(url: string): Promise<number> {
  const response = await fetch(`${url}/api/status`).catch(() => undefined);
  if (!response?.ok) return -1;
  return z.object({ height: z.int() }).parse(await response.json()).height;
}

/** An ed25519 public key. */
function someKey(): Uint8Array {
  const { x } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  return Buffer.from(x ?? "", "base64url");
}

describe("the explorer on real processes", () => {
  let network: LocalNetwork;
  let client: AssayClient;
  let dir: string;
  let explorer: Explorer;
  let browser: Browser;
  /** Who came last. */
  let visitor: Visitor;
  /** All who came in the running test. */
  const visitors: Visitor[] = [];
  let honest: bigint;
  let tampered: bigint;
  let digits: bigint;
  let proposal: bigint;
  /** Of an honest answer, as the playground gave it. */
  let receiptFile: string;
  /** Providers the playground may talk to. */
  const providers: string[] = [];

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "assay-explorer-"));
    browser = await launch();
    network = await LocalNetwork.start({ dir, validators: 4, arenas: ARENAS, params: PARAMS });
    client = await network.client();
    explorer = await network.startExplorer(await freePort());
    await network.startSponsors();
    await network.startScorers();
    await network.waitForCommitments();
    await network.startMiners();
    await wait("the models", async () => {
      const models = await getModels(client, {});
      return ["spam-words-128", "spam-words-4", "digits-mlp-32"].every((name) =>
        models.some((model) => model.name === name),
      );
    });
    for (const options of [
      {
        services: [
          { name: "honest", model: "spam/spam-words-128", price: PRICE },
          { name: "digits", model: "digits/digits-mlp-32", price: PRICE },
        ],
      },
      { services: [{ name: "tampered", model: "spam/spam-words-4", price: PRICE }], script: TAMPERED },
    ]) {
      const { url } = await network.startProvider(providers.length, options);
      providers.push(url);
    }
    const listed = await getServices(client, {});
    const idOf = (name: string): bigint => {
      const found = listed.find(({ service }) => service?.name === name)?.service;
      if (found === undefined) throw new Error(`the chain has no service ${name}`);
      return found.id;
    };
    [honest, digits, tampered] = [idOf("honest"), idOf("digits"), idOf("tampered")];
    await writeHostileTexts();
    await wait("two settled epochs", async () => (await getClock(client)).clock.settledEpochs >= 2n);
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed") await visitors.at(-1)?.shoot("failed");
    const complaints = visitors.flatMap((each) => each.complaints);
    await Promise.all(visitors.splice(0).map((each) => each.leave()));
    expect(complaints).to.deep.equal([]);
  });

  after(async () => {
    await browser?.close();
    await network?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const wait = <T>(
    what: string,
    look: () => Promise<T | undefined | false>,
    timeoutMs = 240_000,
  ): Promise<T> => waitFor(look, network.waiting(what, timeoutMs));

  async function visit(path: string, options: VisitOptions = {}): Promise<Visitor> {
    visitor = await Visitor.arrive(browser, new URL(path, explorer.url).href, {
      allowed: providers,
      ...options,
    });
    visitors.push(visitor);
    return visitor;
  }

  async function mnemonicOf(account: string): Promise<string> {
    const file = z.object({ mnemonic: z.string() });
    return file.parse(JSON.parse(await readFile(network.account(account).key_file, "utf8"))).mnemonic;
  }

  const balanceOf = (address: string): Promise<bigint> => getBalance(client, { address, denom: BASE_DENOM });

  async function fromNode<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> {
    const response = await fetch(`${network.file.nodes[0]?.rest}${path}`);
    return schema.parse(await response.json());
  }

  /** Text and name of every kind that strangers may write, by transactions. */
  async function writeHostileTexts(): Promise<void> {
    const { address, sender } = await network.sender("provider-2");
    await sender.send([
      listService({
        provider: address,
        name: MARKUP.slice(0, 60),
        description: `${MARKUP} ${LINK} ${"long ".repeat(150)}`,
        endpoint: "http://127.0.0.1:9",
        interface: "oip.v2",
        model: new Uint8Array(),
        price: 0n,
        denom: BASE_DENOM,
        promise: 0,
        servingKey: someKey(),
        bond: 0n,
      }),
    ]);
    proposal = await propose(`${MARKUP} ${HIDDEN}`, `${LINK} ${MARKUP} ${HIDDEN}`);
  }

  /** Puts a text to the vote; returns its number. */
  async function propose(title: string, summary: string): Promise<bigint> {
    const { address, sender } = await network.sender("provider-2");
    const result = await sender.send([
      {
        typeUrl: "/cosmos.gov.v1.MsgSubmitProposal",
        value: MsgSubmitProposal.fromPartial({
          initialDeposit: [{ denom: BASE_DENOM, amount: "10000000" }],
          proposer: address,
          title,
          summary,
          metadata: LINK,
        }),
      },
    ]);
    const id = result.events
      .filter(({ type }) => type === "submit_proposal")
      .flatMap(({ attributes }) => attributes)
      .find(({ key }) => key === "proposal_id")?.value;
    if (id === undefined) throw new Error("the transaction tells no number of a proposal");
    return BigInt(id);
  }

  describe("a newcomer", () => {
    it("gets a paid and verified answer with at most five clicks from the home page", async () => {
      const { page } = await visit("/");
      let clicks = 0;
      const click = async (name: RegExp): Promise<void> => {
        await page.getByRole("main").locator("a, button").filter({ hasText: name }).first().click();
        clicks++;
      };
      await click(/try a model/i);
      await page.getByRole("heading", { level: 1, name: /try a model/i }).waitFor();
      await visitor.shoot("newcomer-1-services");
      await click(/digits/);
      await page.getByRole("button", { name: /^Pay .* and ask$/ }).waitFor();
      await visitor.shoot("newcomer-2-question");
      await click(/^Pay .* and ask$/);
      await page.getByText("Identical, bit for bit").waitFor({ timeout: 60_000 });
      await visitor.shoot("newcomer-3-verified");
      expect(clicks).to.be.at.most(5);

      const [channel] = await getChannels(client, { service: digits });
      expect(channel?.status).to.equal(ChannelStatus.OPEN);
      // Again, drawn by hand, from the same deposit.
      const canvas = page.locator("canvas").first();
      const box = await canvas.boundingBox();
      if (box === null) throw new Error("there is nothing to draw on");
      await page.getByRole("button", { name: /clear/i }).click();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.8, { steps: 12 });
      await page.mouse.up();
      await page.getByRole("button", { name: /^Pay .* and ask$/ }).click();
      await page.getByText("Identical, bit for bit").waitFor({ timeout: 30_000 });
      expect(await getChannels(client, { service: digits })).to.have.length(1);
    });

    it("keeps what was paid for when the page is loaded again, and takes the receipt to the command line", async () => {
      const { page } = await visit(`/play/${honest}`);
      const pay = page.getByRole("button", { name: /^Pay .* and ask$/ });
      await pay.click();
      await page.getByText("Identical, bit for bit").waitFor({ timeout: 60_000 });
      await page.getByText("The provider’s signed receipt").click();
      const downloading = page.waitForEvent("download");
      await page.getByRole("button", { name: /receipt/i }).click();
      receiptFile = join(dir, "receipt.json");
      await (await downloading).saveAs(receiptFile);
      const printed = await runToEnd(process.execPath, [
        join(ROOT, "cli/src/main.ts"),
        ...["receipt", "verify", receiptFile, "--rerun", "--rpc", network.rpc, "--json"],
      ]);
      expect(JSON.parse(printed)).to.be.an("object");

      await page.reload();
      await pay.click();
      await page.getByText("Identical, bit for bit").waitFor({ timeout: 30_000 });
      const channels = await getChannels(client, { service: honest });
      expect(channels).to.have.length(1);
    });

    it("catches a wrong answer and takes the provider's bond", async () => {
      const { page } = await visit(`/play/${tampered}`);
      await page.getByRole("button", { name: /^Pay .* and ask$/ }).click();
      await page.getByText("WRONG: the provider signed something else").waitFor({ timeout: 60_000 });
      await visitor.shoot("wrong-answer");
      await page.getByRole("button", { name: "Prove it to the chain" }).click();
      await page.getByText("Convicted: the chain came to your numbers").waitFor({ timeout: 60_000 });
      await page.getByText("closing the channel").waitFor({ state: "detached", timeout: 30_000 });
      await visitor.shoot("convicted");
      const { service } = await getService(client, { id: tampered });
      expect(service?.status).to.equal(ServiceStatus.CONVICTED);
      const [channel] = await getChannels(client, { service: tampered });
      expect(channel?.avail).to.equal("0");
    });
  });

  describe("transactions from the page", () => {
    let wallet: KeplrStandIn;

    /** Opens a form as a wallet's owner; `ledger` wallets sign amino only. */
    async function openForm(account: string, path: string, ledger: boolean): Promise<void> {
      const mnemonic = await mnemonicOf(account);
      await visit("/transact");
      wallet = await installKeplr(visitor.context, { mnemonic, ledger });
      await visitor.open(path);
      await visitor.page.getByRole("main").getByRole("button", { name: "Connect wallet" }).click();
      await visitor.page.getByRole("form").waitFor();
    }

    /** Fills in fields by their labels; the rest keeps what the address brought. */
    async function fill(values: Record<string, string>): Promise<void> {
      const { page } = visitor;
      for (const [label, value] of Object.entries(values)) {
        const field = page.getByRole("form").getByLabel(label, { exact: true });
        if ((await field.evaluate(({ tagName }) => tagName)) === "SELECT") await field.selectOption(value);
        else await field.fill(value);
      }
    }

    /** Reviews, signs, and waits until the page tells the effect; returns what it tells. */
    async function submit(): Promise<string> {
      const { page } = visitor;
      await page.getByRole("form").locator("button[type=submit]").click();
      await page.getByRole("heading", { name: "Review" }).waitFor();
      await page.getByRole("button", { name: "Sign and send" }).click();
      await page.getByRole("heading", { name: "Done" }).waitFor({ timeout: 60_000 });
      await page.getByText("Reading what came of it").waitFor({ state: "detached" });
      return page.getByRole("main").innerText();
    }

    it("are refused by the user without harm, and sent when the user agrees: send", async () => {
      const to = network.account("buyer-3").address;
      const before = await balanceOf(to);
      await openForm("buyer-0", `/transact/send?to=${to}`, false);
      await fill({ Amount: "1.2500001" });
      await visitor.page.getByRole("form").locator("button[type=submit]").click();
      await visitor.page.getByRole("alert").first().waitFor();
      await fill({ Amount: "1.25" });
      await visitor.page.getByRole("form").locator("button[type=submit]").click();
      await visitor.page.getByRole("heading", { name: "Review" }).waitFor();
      await visitor.shoot("form-review");
      wallet.rejectNext();
      await visitor.page.getByRole("button", { name: "Sign and send" }).click();
      await visitor.page.getByRole("alert").first().waitFor();
      expect(await balanceOf(to)).to.equal(before);
      await visitor.page.getByRole("button", { name: "Sign and send" }).click();
      await visitor.page.getByRole("heading", { name: "Done" }).waitFor({ timeout: 60_000 });
      await visitor.shoot("form-done");
      expect(await balanceOf(to)).to.equal(before + 1_250_000n);
      expect(wallet.signed).to.deep.equal(["direct"]);
    });

    it("stake, unstake and collect", async () => {
      const { validators } = await fromNode(
        "/cosmos/staking/v1beta1/validators",
        z.object({ validators: z.array(z.object({ operator_address: z.string() })).min(1) }),
      );
      const validator = validators[0]?.operator_address ?? "";
      const { address } = network.account("buyer-1");
      const staked = async (): Promise<string> => {
        const { delegation_response } = await fromNode(
          `/cosmos/staking/v1beta1/validators/${validator}/delegations/${address}`,
          z.object({ delegation_response: z.object({ balance: z.object({ amount: z.string() }) }) }),
        );
        return delegation_response.balance.amount;
      };
      await openForm("buyer-1", `/transact/delegate?validator=${validator}`, true);
      await fill({ Amount: "5" });
      await submit();
      expect(await staked()).to.equal("5000000");
      expect(wallet.signed).to.deep.equal(["amino"]);
      await visitor.open(`/transact/undelegate?validator=${validator}`);
      await fill({ Amount: "2" });
      await submit();
      expect(await staked()).to.equal("3000000");
      await visitor.open("/transact/claim-staking");
      await fill({ From: validator });
      expect(await submit()).to.match(/Collected/);
    });

    it("vote", async () => {
      const open = await propose("To be voted on", "By a form of the page.");
      await openForm("validator-0", `/transact/vote?proposal=${open}`, false);
      await visitor.page.getByLabel("Yes", { exact: true }).check();
      await submit();
      const { vote } = await fromNode(
        `/cosmos/gov/v1/proposals/${open}/votes/${network.account("validator-0").address}`,
        z.object({ vote: z.object({ options: z.array(z.object({ option: z.string() })) }) }),
      );
      expect(vote.options.map(({ option }) => option)).to.deep.equal(["VOTE_OPTION_YES"]);
    });

    it("list a service", async () => {
      await openForm("buyer-2", "/transact/list-service", true);
      await visitor.page.getByRole("form").getByLabel("Model", { exact: true }).selectOption({
        label: "No model of this chain: nobody can verify the answers",
      });
      await fill({
        Name: "from the page",
        "Address of the server": "http://127.0.0.1:9",
        "Price of an answer": "0.0001",
        "Serving key": toHex(someKey()),
      });
      await submit();
      const mine = await getServices(client, { provider: network.account("buyer-2").address });
      expect(mine.map(({ service }) => [service?.name, service?.price])).to.deep.equal([
        ["from the page", 100n],
      ]);
    });

    it("open, top up, close and finalise a channel, and withdraw what is left", async () => {
      const { address } = network.account("buyer-3");
      await openForm("buyer-3", `/transact/open-channel?service=${honest}`, false);
      await fill({ Deposit: "3" });
      await visitor.page.getByLabel("This browser: the playground uses it").check();
      await submit();
      const mine = async () =>
        (await getChannels(client, { service: honest })).find(({ payer }) => payer === address);
      const opened = await mine();
      expect(opened?.deposited).to.equal("3000000");
      const idHex = toHex(opened?.id ?? new Uint8Array());
      await visitor.open(`/transact/top-up?channel=${idHex}`);
      await fill({ Amount: "1" });
      await submit();
      expect((await mine())?.deposited).to.equal("4000000");
      await visitor.open(`/transact/close-channel?channel=${idHex}`);
      await submit();
      const closing = await getChannel(client, { idHex });
      expect(closing.status).to.equal(ChannelStatus.CLOSING);
      await wait("the end of the grace", async () => (await getClock(client)).height > closing.closeHeight);
      await visitor.open(`/transact/finalise-channel?channel=${idHex}`);
      await submit();
      expect((await getChannel(client, { idHex })).status).to.equal(ChannelStatus.CLOSED);
      const before = await balanceOf(address);
      await visitor.open("/transact/withdraw");
      await submit();
      expect((await balanceOf(address)) - before > 3_900_000n).to.equal(true);
    });

    it("run a model on the chain", async () => {
      const [model] = (await getModels(client, {})).filter(({ name }) => name === "digits-mlp-32");
      await openForm("buyer-0", `/transact/infer?model=${toHex(model?.id ?? new Uint8Array())}`, true);
      expect(await submit()).to.match(/Answer\s+\S+/);
      expect(wallet.signed).to.deep.equal(["amino"]);
    });

    it("challenge a recorded answer, which the chain finds right", async () => {
      await openForm("buyer-0", "/transact/challenge", false);
      const { clock } = await wait("the CHALLENGE phase", async () => {
        const now = await getClock(client);
        return now.clock.phase === Phase.CHALLENGE && now;
      });
      const slots = z.object({
        items: z.array(
          z.object({ slot: z.int(), rowsHeight: z.int().nullable(), arena: z.object({ id: z.int() }) }),
        ),
      });
      const read: unknown = await (
        await fetch(`${explorer.url}/api/epochs/${clock.epoch}/slots?limit=100`)
      ).json();
      const slot = slots.parse(read).items.find(({ rowsHeight }) => rowsHeight !== null);
      if (slot === undefined) throw new Error("no row was posted");
      const [model] = await getModels(client, { arena: BigInt(slot.arena.id), limit: 1 });
      await fill({
        Epoch: String(clock.epoch),
        Slot: String(slot.slot),
        Model: toHex(model?.id ?? new Uint8Array()),
        Item: "3",
      });
      expect(await submit()).to.match(/Challenge\s+number \d+/);
      const outcomes = z.object({
        items: z.array(z.object({ challenger: z.string(), outcome: z.string().nullable() })),
      });
      await wait("the challenge's outcome", async () => {
        const { items } = outcomes.parse(await (await fetch(`${explorer.url}/api/challenges`)).json());
        return items.some(
          ({ challenger, outcome }) =>
            challenger === network.account("buyer-0").address && outcome === "refuted",
        );
      });
    });

    it("challenge an honest answer of a service in vain", async () => {
      await openForm("buyer-0", "/transact/challenge-answer", true);
      await visitor.page.locator("input[type=file]").setInputFiles(receiptFile);
      expect(await submit()).to.match(/The answer is right/);
    });

    it("claim rewards", async () => {
      const account = await wait("an account with rewards", async () => {
        for (const candidate of network.file.accounts) {
          const rewards = await getRewards(client, { address: candidate.address });
          if (rewards > 0n) return candidate;
        }
        return undefined;
      });
      const before = await balanceOf(account.address);
      await openForm(account.name, "/transact/claim-rewards", false);
      await submit();
      expect((await balanceOf(account.address)) > before).to.equal(true);
    });
  });

  describe("its pages", () => {
    it("show everything, on a wide screen and on a phone, to every reader, and run no stranger's text", async function () {
      this.timeout(600_000);
      const { clock } = await getClock(client);
      const pages = await everyPage(explorer.url, client, {
        account: network.account("validator-0").address,
        proposal,
        epoch: Number(clock.epoch) - 1,
      });
      const problems: string[] = [];
      const look = async (size: Size, dark: boolean): Promise<void> => {
        const reader = await visit("/", { size, dark });
        for (const { name, path } of pages) {
          await reader.open(path);
          await reader.shoot(`${name}-${size}`);
          const overflow = await reader.overflow();
          if (overflow > 0) problems.push(`${path} is ${overflow} px too wide for a ${size} screen`);
          for (const finding of await reader.accessibility()) problems.push(`${path}: ${finding}`);
          if (await reader.page.evaluate(() => "harmed" in window)) problems.push(`${path} ran a script`);
          const text = await reader.page.locator("body").innerText();
          // eslint-disable-next-line no-control-regex -- that is what is looked for
          if (/[\u202a-\u202e\u2066-\u2069\u200b\u0007]/.test(text))
            problems.push(`${path} shows hidden characters`);
          const bad = await reader.page.locator('a[href^="javascript:"], img[src^="http"]').count();
          if (bad > 0) problems.push(`${path} has links or images of strangers`);
        }
      };
      await Promise.all([look("wide", false), look("phone", true)]);
      expect(problems).to.deep.equal([]);
    });

    it("run a recorded row again in the browser and agree with it", async () => {
      const { clock } = await getClock(client);
      const pages = await everyPage(explorer.url, client, {
        account: network.account("validator-0").address,
        proposal,
        epoch: Number(clock.epoch) - 1,
      });
      const { page } = await visit(pages.find(({ name }) => name === "row")?.path ?? "");
      await page.getByRole("button", { name: /^Run all \d+$/ }).click();
      await page
        .getByText(/all .* (right|agree|identical)/i)
        .first()
        .waitFor({ timeout: 60_000 });
      await visitor.shoot("row-verified");
    });

    it("are found by the keyboard alone", async () => {
      const { page } = await visit("/");
      await visitor.settled();
      await page.keyboard.press("/");
      await page.getByRole("combobox").waitFor();
      await page.keyboard.type("spam-words-128");
      await page
        .getByRole("option", { name: /spam-words-128/ })
        .first()
        .waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: /spam-words-128/ }).waitFor();
    });
  });

  describe("when things break", () => {
    it("says that the node is away, goes on showing what it knows, and comes back by itself", async () => {
      const { page } = await visit("/arenas");
      await visitor.settled();
      await network.nodes[0]?.stop();
      await page.getByText(/cannot be reached/).waitFor({ timeout: 60_000 });
      await visitor.open("/models");
      await page
        .getByRole("link", { name: /spam-words-128/ })
        .first()
        .waitFor();
      await visitor.shoot("node-away");
      await network.startNode(0);
      await page.getByText(/cannot be reached/).waitFor({ state: "detached", timeout: 120_000 });
      const height = await indexedHeight(explorer.url);
      await wait(
        "new blocks in the index",
        async () => (await indexedHeight(explorer.url)) > height + 2,
        60_000,
      );
    });

    it(`keeps an index that was killed ${KILLS} times equal to a fresh one`, async function () {
      this.timeout(600_000);
      const killed = join(dir, "killed.sqlite");
      for (let i = 0; i < KILLS; i++) {
        const { process } = await network.launchExplorer(await freePort(), { database: killed });
        // From before it is up to well into its work.
        await delay(200 + Math.random() * 1_800);
        await network.killService(process);
      }
      // Without a third of the power no block is made: both indexes can end at the same height.
      await network.nodes[2]?.stop();
      await network.nodes[3]?.stop();
      const height = await wait("the chain to stand still", async () => {
        const first = (await client.comet.status()).syncInfo.latestBlockHeight;
        await delay(3_000);
        return (await client.comet.status()).syncInfo.latestBlockHeight === first && first;
      });
      const files = [killed, join(dir, "fresh.sqlite")];
      for (const database of files) {
        const { url, process } = await network.launchExplorer(await freePort(), { database });
        await wait(`block ${height} in ${database}`, async () => (await indexedHeight(url)) === height);
        await network.stopService(process);
      }
      const [after, fresh] = await Promise.all(files.map(sumTables));
      expect(fresh?.["raw_block"]?.rows).to.equal(height);
      expect(after).to.deep.equal(fresh);
    });
  });
});
