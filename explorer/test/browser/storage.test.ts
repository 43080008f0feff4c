import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { withBrowser } from "./browser.ts";
import { buildPage, type BuiltPage } from "./built-page.ts";
import type { StoragePage } from "./storage/page.ts";

declare const page: StoragePage;

describe("what the playground keeps in the browser", function () {
  this.timeout(60_000);
  const browser = withBrowser();
  let built: BuiltPage;
  let tab: Page;

  before(async () => {
    built = await buildPage(fileURLToPath(new URL("./storage", import.meta.url)));
  });
  after(() => built.close());

  beforeEach(async () => {
    tab = await browser.open(built.url);
    await ready();
  });

  const ready = () => tab.waitForFunction(() => "page" in globalThis);

  it("has what a put that resolved has put, after the page was loaded again", async () => {
    await tab.evaluate(async () => {
      const { buyer } = page.storage;
      await Promise.all([
        buyer.put("c/lane/a/0", "1", { flush: false }),
        buyer.put("c/lane/a/1", "2"),
        buyer.put("c/channel/a", "3"),
      ]);
      await buyer.put("c/lane/a/0", "4");
      await buyer.delete("c/lane/a/1");
    });
    await tab.reload();
    await ready();
    const found = await tab.evaluate(async () => {
      const { buyer } = page.storage;
      return {
        kept: await buyer.get("c/lane/a/0"),
        deleted: await buyer.get("c/lane/a/1"),
        lanes: await buyer.keys("c/lane/"),
        all: await buyer.keys(""),
        none: await buyer.keys("c/lane/b"),
      };
    });
    expect(found).to.deep.equal({
      kept: "4",
      deleted: undefined,
      lanes: ["c/lane/a/0"],
      all: ["c/channel/a", "c/lane/a/0"],
      none: [],
    });
  });

  it("gives a put in the order in which it was asked for", async () => {
    const last = await tab.evaluate(async () => {
      const { buyer } = page.storage;
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => buyer.put("lane", String(n), { flush: n % 2 === 0 })),
      );
      return buyer.get("lane");
    });
    expect(last).to.equal("49");
  });

  it("keeps transactions with their bytes and big numbers, and forgets them", async () => {
    const found = await tab.evaluate(async () => {
      const { journal } = page.storage;
      const record = {
        hash: "AB",
        txBytes: Uint8Array.of(1, 2, 3),
        timeoutHeight: 9,
        timeoutMs: undefined,
        firstMessage: 0,
        endMessage: 1,
        shared: false,
        result: { hash: "AB", height: 1, gasUsed: 7n, events: [], msgResponses: [] },
      };
      await journal.put("market/open/1", record);
      const got = await journal.get("market/open/1");
      await journal.delete("market/open/1");
      return {
        bytes: [...(got?.txBytes ?? [])],
        gasUsed: String(got?.result?.gasUsed),
        gone: (await journal.get("market/open/1")) === undefined,
      };
    });
    expect(found).to.deep.equal({ bytes: [1, 2, 3], gasUsed: "7", gone: true });
  });
});
