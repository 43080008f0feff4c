import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Pages } from "../../api/http/pages.ts";
import type { Running } from "../api/http/support.ts";
import { expectAccessible, expectNoSideways, focused, shoot, withBrowser, type Looks } from "./browser.ts";
import { builtPages, serveNetwork } from "./network.ts";

describe("the start page and what is around every page", function () {
  this.timeout(120_000);
  const browser = withBrowser();
  let pages: Pages;
  let running: Running;

  before(async () => {
    pages = await builtPages();
  });

  async function open(path = "", looks: Looks = {}): Promise<Page> {
    running = await serveNetwork(pages);
    const page = await browser.open(running.url + path, looks);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page;
  }

  async function home(looks: Looks = {}): Promise<Page> {
    const page = await open("", looks);
    await page.getByText("digits-conv").first().waitFor();
    await page.getByRole("table", { name: "Newest transactions" }).waitFor();
    await page.getByText("live", { exact: true }).first().waitFor({ state: "attached" });
    return page;
  }

  for (const size of ["wide", "phone"] as const) {
    for (const dark of [false, true]) {
      it(`can be used by everybody, ${size}, ${dark ? "dark" : "light"}`, async () => {
        const page = await home({ size, dark });
        await shoot(page, `home-${size}-${dark ? "dark" : "light"}`);
        await expectAccessible(page);
        await expectNoSideways(page);
      });
    }
  }

  it("says what this is, what happens now, and leads to the playground", async () => {
    const page = await home();
    expect(await page.title()).to.equal("Assay: AI whose answers can be checked");
    const clock = page.getByRole("region", { name: "Epoch 5" });
    expect(await clock.locator('[aria-current="step"]').innerText()).to.equal("Rows");
    expect(await clock.innerText()).to.contain("3 blocks left");
    const tryIt = page.getByRole("link", { name: "Try a model and check its answer" });
    expect(await tryIt.getAttribute("href")).to.equal("/play");
    expect(await page.getByRole("region", { name: "1 wrong record found" }).innerText()).to.contain("slot 2");
  });

  it("can be walked through with the keyboard alone", async () => {
    const page = await home();
    await page.keyboard.press("Tab");
    expect(await focused(page)).to.equal("a Skip to the content");
    await page.keyboard.press("Enter");
    expect(await focused(page)).to.match(/^main /);
    await page.keyboard.press("Tab");
    expect(await focused(page)).to.equal("a Try a model and check its answer");

    await page.keyboard.press("/");
    await page.getByRole("dialog", { name: "Search" }).waitFor();
    await page.keyboard.type("digits");
    await page.getByRole("option", { name: /Handwritten digits/ }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused(page)).to.equal("a Try a model and check its answer");

    await page.keyboard.press("Control+k");
    await page.keyboard.type("37");
    await page.getByRole("option", { name: /^Block Block 37/ }).waitFor();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("blocks");
    await page.getByRole("option", { name: /^Blocks Newest blocks/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/blocks");
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
    expect(await page.title()).to.equal("Blocks · Assay");
  });

  it("continues at the heading of the page one went to, and where one was when going back", async () => {
    const page = await home();
    await page.getByRole("link", { name: "All transactions" }).scrollIntoViewIfNeeded();
    const scrolled = await page.evaluate(() => scrollY);
    expect(scrolled).to.be.greaterThan(100);
    await page.getByRole("link", { name: "All transactions" }).click();
    await page.waitForURL("**/txs");
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
    expect(await page.evaluate(() => scrollY)).to.equal(0);
    await page.goBack();
    await page.waitForFunction((before) => Math.abs(scrollY - before) < 50, scrolled);
  });

  it("has its menu on phones, and gives the keyboard back", async () => {
    const page = await home({ size: "phone" });
    await page.getByRole("button", { name: "Menu" }).focus();
    await page.keyboard.press("Enter");
    const menu = page.getByRole("dialog", { name: "Menu" });
    await menu.getByRole("link", { name: "Parameters" }).waitFor();
    await expectAccessible(page);
    await shoot(page, "menu-phone-light");
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    expect(await focused(page)).to.equal("button Menu");
    await page.keyboard.press("Enter");
    await menu.getByRole("link", { name: "Blocks" }).press("Enter");
    await page.waitForURL("**/blocks");
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  });

  it("keeps the colours one chose", async () => {
    const page = await home();
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole("button", { name: /Change to light/ }).press("Enter");
    expect(await background()).to.equal(light);
    await page.getByRole("button", { name: /Change to dark/ }).press("Enter");
    const dark = await background();
    expect(dark).not.to.equal(light);
    await page.reload();
    await page.getByRole("button", { name: /Colours: dark/ }).waitFor();
    expect(await background()).to.equal(dark);
  });

  it("follows the chain", async () => {
    const page = await home();
    await page.getByRole("link", { name: /^7 / }).waitFor();
    running.follower.advance();
    await page.getByRole("link", { name: /^8 / }).waitFor();
  });

  it("says that the node is gone, the index behind, or the api away, and since when", async () => {
    const page = await home({
      expected: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY_RESPONSE|Failed to load/,
    });
    running.follower.say({ state: "stale", reason: "unreachable" });
    await page
      .getByRole("status")
      .filter({ hasText: "cannot be reached. The last new block came at" })
      .waitFor();
    await expectAccessible(page);
    await shoot(page, "stale-wide-light");
    running.follower.say({ state: "syncing", reason: null, height: 7, nodeHeight: 70 });
    await page.getByRole("status").filter({ hasText: "block 7 of 70 (10 %)" }).waitFor();
    running.follower.say({ state: "live", height: 70 });
    await page.getByText("catching up", { exact: true }).waitFor({ state: "detached" });
    running.stop();
    await page.getByRole("status").filter({ hasText: "api does not answer since" }).waitFor();
    // What was known stays.
    expect(await page.getByText("digits-conv").first().isVisible()).to.equal(true);
  });

  it("has a page for addresses without one, and an address for every search", async () => {
    const page = await open("no/such/page");
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await expectAccessible(page);
    await page.goto(`${running.url}search?q=digits`);
    await page.getByRole("link", { name: "digits-conv" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("searchbox").fill("nothing has this name");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing found").waitFor();
    expect(page.url()).to.contain("/search?q=nothing");
    await page.goBack();
    await page.getByRole("link", { name: "digits-conv" }).waitFor();
    expect(await page.getByRole("searchbox").inputValue()).to.equal("digits");
  });
});
