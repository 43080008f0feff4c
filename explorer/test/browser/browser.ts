import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AxeResults, RunOptions } from "axe-core";
import { expect } from "chai";
import { chromium, type Browser, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const SCREENSHOTS = fileURLToPath(new URL("../../../build/screenshots", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
export type Size = keyof typeof SIZES;

export interface Looks {
  size?: Size;
  dark?: boolean;
  /** Console messages a test provokes, which are no complaints then. */
  expected?: RegExp;
}

/** A browser whose pages may not complain: no error, no warning, nothing the policy refused, no request to elsewhere. */
export interface TestBrowser {
  open(url: string, looks?: Looks): Promise<Page>;
}

/** Starts Chromium before the tests of a suite; after each test its pages are closed and must not have complained. */
export function withBrowser(): TestBrowser {
  let browser: Browser;
  let complaints: string[] = [];

  before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  });
  after(() => browser.close());
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    const heard = complaints;
    complaints = [];
    expect(heard, "complaints of the page").to.deep.equal([]);
  });

  return {
    async open(url, { size = "wide", dark = false, expected } = {}) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        colorScheme: dark ? "dark" : "light",
        reducedMotion: "reduce",
      });
      context.setDefaultTimeout(20_000);
      const page = await context.newPage();
      const complain = (text: string): void => {
        if (expected === undefined || !expected.test(text)) complaints.push(text);
      };
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complain(message.text());
      });
      page.on("pageerror", (error) => complain(error.message));
      page.on("request", (request) => {
        if (new URL(request.url()).origin !== new URL(url).origin) complain(`a request to ${request.url()}`);
      });
      // The policy's reports do not all reach the console.
      await page.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", ({ violatedDirective, sourceFile }) =>
          console.error(`the policy refused ${violatedDirective} of ${sourceFile}`),
        );
      });
      await page.goto(url);
      return page;
    },
  };
}

/** Fails with what axe finds on the page, whatever its impact. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const options: RunOptions = { resultTypes: ["violations"] };
  const { violations } = await page.evaluate(
    (given) =>
      (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(given),
    options,
  );
  const found = violations.map(
    ({ id, impact, nodes }) =>
      `${id} (${impact}): ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
  expect(found, "what axe found").to.deep.equal([]);
}

/** Fails when the page is wider than its window. */
export async function expectNoSideways(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, "pixels the page is wider than its window").to.equal(0);
}

/** Leaves a picture for people in build/screenshots. */
export async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
}

/** What the keyboard is at: role or tag and name, as a screen reader would say it. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null) return "";
    const name = element.getAttribute("aria-label") ?? element.textContent ?? "";
    return `${element.getAttribute("role") ?? element.tagName.toLowerCase()} ${name.trim()}`.trim();
  });
}
