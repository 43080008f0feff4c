import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { chromium, type Browser, type Page } from "playwright-core";
import { loadPages, type Pages } from "../../src/http/pages.ts";
import { EPOCH_BLOCKS, FixtureChain } from "../fixture.ts";
import { eventually, runExplorer, type Running } from "../support.ts";

const CHROMIUM = "/usr/bin/chromium";
const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const SCREENSHOTS = fileURLToPath(new URL("../../../build/screenshots", import.meta.url));
const HEIGHT = 12 * EPOCH_BLOCKS + 9;

/** Bytes of a first visit, compressed. */
const MAX_FIRST_LOAD = 130_000;

const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
type Size = keyof typeof SIZES;

/** Now, so that the ages the page shows are those of a running chain. */
function startOf(height: number): Date {
  return new Date(Date.now() - height * 1_000);
}

describe("the page", function () {
  this.timeout(60_000);
  let browser: Browser;
  let pages: Pages;
  let running: Running | undefined;
  /** What a page must not do: errors, warnings of the policy, requests to elsewhere. */
  let complaints: string[];

  before(async () => {
    pages = await loadPages(DIST);
    await mkdir(SCREENSHOTS, { recursive: true });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });

  after(() => browser.close());

  beforeEach(() => {
    complaints = [];
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await running?.stop();
    running = undefined;
  });

  async function open(size: Size, url: string, dark = false): Promise<Page> {
    const context = await browser.newContext({
      viewport: SIZES[size],
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) complaints.push(`a request to ${request.url()}`);
    });
    // The policy's reports do not all reach the console.
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective }) =>
        console.error(`CSP: ${violatedDirective}`),
      );
    });
    await page.goto(url);
    return page;
  }

  async function shoot(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
  }

  async function expectNoSideways(page: Page): Promise<void> {
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, "pixels the page is wider than its window").to.equal(0);
  }

  for (const size of ["wide", "phone"] as const) {
    it(`shows the network, ${size}`, async () => {
      running = await runExplorer({ chain: new FixtureChain({ height: HEIGHT }, startOf(HEIGHT)), pages });
      const page = await open(size, running.url);
      await page.getByRole("heading", { name: "Epoch 13" }).waitFor();
      expect(await page.locator(".clock-left").innerText()).to.equal("ROWS 3 blocks left, about 3 s");
      const digits = page.getByRole("region", { name: "digits" });
      expect(await digits.getByRole("img").getAttribute("aria-label")).to.match(
        /^Ladder of digits over epochs 1 to 13\. The error falls from 2\d\.\d % to 1\.\d\d %\. Steps: epoch 2: digits-mlp-32, 1\.37 bits;/,
      );
      expect(await digits.locator(".chart canvas").count()).to.equal(1);
      const models = digits.getByRole("table", { name: "Models of the arena digits" });
      const rows = await models.getByRole("row").allInnerTexts();
      expect(rows).to.have.length(6);
      expect(rows[1]).to.contain("digits-conv-32").and.contain("top").and.contain("23 ASSAY");
      expect(
        await page.getByRole("table", { name: "Scorers" }).getByRole("rowheader").allInnerTexts(),
      ).to.have.length(4);
      expect(await page.getByRole("table", { name: /^Latest blocks/ }).innerText()).to.contain("273");
      expect(await page.locator(".convictions").count()).to.equal(0);
      await expectNoSideways(page);
      await shoot(page, `network-${size}`);
      expect(complaints).to.deep.equal([]);
    });
  }

  it("is small", () => {
    const files = new Set(pages.values());
    const bytes = [...files].reduce((sum, { gzipped }) => sum + gzipped.length, 0);
    expect(bytes).to.be.within(10_000, MAX_FIRST_LOAD);
  });

  it("follows the chain without being loaded again", async () => {
    const chain = new FixtureChain({ height: HEIGHT }, startOf(HEIGHT));
    running = await runExplorer({ chain, pages });
    const page = await open("wide", running.url);
    await page.getByText("3 blocks left").waitFor();
    chain.height += 1;
    await page.getByText("2 blocks left").waitFor();
    chain.height += EPOCH_BLOCKS;
    await page.getByRole("heading", { name: "Epoch 14" }).waitFor();
    expect(complaints).to.deep.equal([]);
  });

  it("says loudly who was convicted", async () => {
    running = await runExplorer({
      chain: new FixtureChain({ height: HEIGHT, forged: true }, startOf(HEIGHT)),
      pages,
    });
    const page = await open("wide", running.url, true);
    const convictions = page.getByRole("region", { name: "One scorer was convicted" });
    expect(await convictions.innerText())
      .to.contain("validator-2 in epoch 7, block 151: wrong on item 41 of slot 14 with digits-conv-12.")
      .and.contain("slashed 50 ASSAY");
    await shoot(page, "convicted-wide-dark");
    const phone = await open("phone", running.url, true);
    await phone.getByRole("region", { name: "One scorer was convicted" }).waitFor();
    await expectNoSideways(phone);
    await shoot(phone, "convicted-phone-dark");
    expect(complaints).to.deep.equal([]);
  });

  it("says when the node is gone, since when, and comes back by itself", async () => {
    const chain = new FixtureChain({ height: HEIGHT }, startOf(HEIGHT));
    running = await runExplorer({ chain, pages });
    const page = await open("phone", running.url);
    await page.getByText("3 blocks left").waitFor();
    chain.unplug();
    await page.getByRole("status").getByText("The node does not answer.").waitFor();
    expect(await page.getByRole("status").innerText()).to.match(
      /No new block since .+ \(.+\)\. What you see is the state at block 273\./,
    );
    await shoot(page, "stale-phone");
    chain.failure = undefined;
    chain.height += 1;
    await page.getByText("2 blocks left").waitFor();
    expect(await page.getByText("The node does not answer.").count()).to.equal(0);
    expect(complaints).to.deep.equal([]);
  });

  it("waits for a node that was never there", async () => {
    const chain = new FixtureChain({ height: 2 }, startOf(2));
    chain.unplug();
    running = await runExplorer({ chain, pages });
    const page = await open("wide", running.url);
    await page.getByRole("heading", { name: "Waiting for the chain" }).waitFor();
    await page.getByText("The node does not answer.").waitFor();
    await shoot(page, "waiting-wide");
    chain.failure = undefined;
    await page.getByRole("heading", { name: "Epoch 1", exact: true }).waitFor();
    expect(await page.getByText("the staircase begins with the first scores").count()).to.equal(3);
    await shoot(page, "first-epoch-wide");
    expect(complaints).to.deep.equal([]);
  });

  it("says when the explorer itself is gone, and comes back", async () => {
    const chain = new FixtureChain({ height: HEIGHT }, startOf(HEIGHT));
    running = await runExplorer({ chain, pages });
    const page = await open("wide", running.url);
    await page.getByText("3 blocks left").waitFor();
    const port = Number(new URL(running.url).port);
    await running.stop();
    await page.getByRole("status").getByText("No connection to the explorer.").waitFor();
    await page.getByText("disconnected").waitFor();
    chain.height += 1;
    running = await runExplorer({ chain, pages, port });
    await page.getByText("2 blocks left").waitFor();
    expect(await page.getByText("No connection to the explorer.").count()).to.equal(0);
  });

  it("shows hostile text as text", async () => {
    const hostile = `<img src=x onerror="console.error('ran')"><script>console.error('ran')</script>\u202e\u0000 ${"wide".repeat(40)}`;
    running = await runExplorer({
      chain: new FixtureChain({ height: HEIGHT, hostile, forged: true }, startOf(HEIGHT)),
      pages,
    });
    for (const size of ["wide", "phone"] as const) {
      const page = await open(size, running.url);
      await page.getByText('digits-conv-32<img src=x onerror="console.error').first().waitFor();
      expect(await page.locator("main img, main script").count()).to.equal(0);
      expect(await page.locator("main").innerText()).not.to.match(/[\p{Cf}\p{Co}]/u);
      await expectNoSideways(page);
      await shoot(page, `hostile-${size}`);
    }
    expect(complaints).to.deep.equal([]);
  });

  it("keeps the colours the reader chose", async () => {
    running = await runExplorer({ chain: new FixtureChain({ height: HEIGHT }, startOf(HEIGHT)), pages });
    const page = await open("wide", running.url);
    const theme = (): Promise<string | undefined> =>
      page.evaluate(() => document.documentElement.dataset["theme"]);
    await page.getByRole("button", { name: "Colours: Auto. Change" }).click();
    await page.getByRole("button", { name: "Colours: Light. Change" }).click();
    expect(await theme()).to.equal("dark");
    await page.reload();
    await page.getByRole("button", { name: "Colours: Dark. Change" }).waitFor();
    expect(await theme()).to.equal("dark");
    expect(complaints).to.deep.equal([]);
  });

  it("ends its stream with the page", async () => {
    running = await runExplorer({ chain: new FixtureChain({ height: HEIGHT }, startOf(HEIGHT)), pages });
    const page = await open("wide", running.url);
    await page.getByText("3 blocks left").waitFor();
    const clients = async (): Promise<string> => (await fetch(`${running?.url}metrics`)).text();
    expect(await clients()).to.match(/^assay_explorer_clients 1$/m);
    await page.close();
    let last = "";
    await eventually(() => {
      void clients().then((text) => (last = text));
      return /^assay_explorer_clients 0$/m.test(last);
    }, "the stream ends");
  });
});
