import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { build } from "vite";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { loadPages, type Pages } from "../../api/http/pages.ts";
import { serve } from "../../api/http/route.ts";
import { serveApp } from "../api/http/support.ts";
import { expectAccessible, expectNoSideways, focused, shoot, withBrowser, type Looks } from "./browser.ts";
import { getRows } from "./gallery/rows.ts";

const GALLERY = fileURLToPath(new URL("./gallery", import.meta.url));

const rows = serve(getRows, async (_context, { query: { cursor = "0", limit } }) => {
  const start = Number(cursor);
  const ids = Array.from({ length: limit }, (_, at) => start + at).filter((id) => id < 5);
  return {
    items: ids.map((id) => ({ id, name: `row ${id}`, amount: String(id * 1_000_000) })),
    next: start + limit < 5 ? String(start + limit) : null,
  };
});

describe("the shared components", function () {
  this.timeout(120_000);
  const browser = withBrowser();
  let folder: string;
  let pages: Pages;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-gallery-"));
    await build({
      root: GALLERY,
      configFile: false,
      logLevel: "error",
      plugins: [react(), tailwindcss()],
      build: { outDir: folder, target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    });
    pages = await loadPages(folder);
  });
  after(() => rm(folder, { recursive: true }));

  async function open(looks: Looks = {}): Promise<Page> {
    const { url } = await serveApp({
      routes: [rows],
      pages: { pages, endpointOrigin: async () => undefined },
    });
    const page = await browser.open(url, looks);
    await page.getByText("row 0").waitFor();
    await page.locator("canvas").waitFor();
    return page;
  }

  for (const size of ["wide", "phone"] as const) {
    for (const dark of [false, true]) {
      it(`can be used by everybody, ${size}, ${dark ? "dark" : "light"}`, async () => {
        const page = await open({ size, dark });
        await shoot(page, `gallery-${size}-${dark ? "dark" : "light"}`);
        await expectAccessible(page);
        await expectNoSideways(page);
      });
    }
  }

  const column = (page: Page, caption: string, at: number): Promise<string[]> =>
    page.locator(`table:has(caption:text-is("${caption}")) tbody tr td:nth-child(${at})`).allInnerTexts();

  it("sort tables by what a column means, with the keyboard", async () => {
    const page = await open();
    expect(await column(page, "Sortable rows", 1)).to.deep.equal(["2", "1", "3"]);
    await page.getByRole("columnheader", { name: "Name" }).first().getByRole("button").focus();
    await page.keyboard.press("Enter");
    expect(await column(page, "Sortable rows", 2)).to.deep.equal(["alpha", "beta 9", "beta 10"]);
    const amount = page.getByRole("columnheader", { name: "Amount" }).first();
    await amount.getByRole("button").focus();
    await page.keyboard.press("Space");
    // Beyond what a double tells apart; largest first, as numbers are first asked for.
    expect(await column(page, "Sortable rows", 1)).to.deep.equal(["3", "2", "1"]);
    expect(await amount.getAttribute("aria-sort")).to.equal("descending");
  });

  it("show more of a list, and that it ends", async () => {
    const page = await open();
    const more = page.getByRole("button", { name: "Show more" });
    await more.click();
    await page.getByText("row 3").waitFor();
    await more.click();
    await page.getByText("row 4").waitFor();
    expect(await column(page, "Rows in pages", 1)).to.deep.equal(["0", "1", "2", "3", "4"]);
    await more.waitFor({ state: "detached" });
  });

  it("make a stop for the keyboard only of tables that scroll", async () => {
    const page = await open({ size: "phone" });
    const regions = page.getByRole("region", { name: /rows/i });
    expect(await regions.evaluateAll((all) => all.map((each) => each.getAttribute("aria-label")))).to.include(
      "Wide rows, scrolls sideways",
    );
    expect(await page.getByRole("region", { name: /Rows in pages/ }).count()).to.equal(0);
  });

  it("keep the keyboard in a dialog and give it back", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Open the dialog" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "A dialog" }).waitFor();
    await expectAccessible(page);
    for (let presses = 0; presses < 4; presses++) {
      await page.keyboard.press("Tab");
      expect(await focused(page)).to.match(/Close|Done/);
    }
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused(page)).to.equal("button Open the dialog");
  });

  it("say messages without taking the keyboard", async () => {
    const page = await open();
    const button = page.getByRole("button", { name: "Show a message" });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByText("It is done.").first().waitFor();
    await expectAccessible(page);
    expect(await focused(page)).to.equal("button Show a message");
  });

  it("give the numbers of a chart as a table", async () => {
    const page = await open();
    await page.getByText("Show the numbers").click();
    const cells = page.getByRole("region", { name: "Two series" }).getByRole("row").nth(6).getByRole("cell");
    expect(await cells.allInnerTexts()).to.deep.equal([Math.sin(1).toFixed(1), "0.0"]);
    await expectAccessible(page);
  });

  it("make no link of what is no address of the web", async () => {
    const page = await open();
    expect(await page.getByRole("link", { name: "https://example.com/a" }).getAttribute("rel")).to.equal(
      "noopener noreferrer nofollow",
    );
    expect(await page.locator('a[href^="javascript"]').count()).to.equal(0);
    await page.getByText("javascript:alert(1)").waitFor();
  });
});
