import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { ROOT } from "../../network/processes.ts";

/** Where every page's picture goes, to be looked at. */
export const SCREENSHOTS = join(ROOT, "build", "screenshots");

const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
export type Size = keyof typeof SIZES;

export interface VisitOptions {
  size?: Size;
  dark?: boolean;
  /** Runs before every document, e.g. a wallet. */
  script?: string;
  /** Origins besides the explorer's own that documents may talk to. */
  allowed?: readonly string[];
}

/** A person's browser: what it must not do is collected and asked for at the end. */
export class Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors, reports of the Content-Security-Policy, requests to elsewhere. */
  readonly complaints: string[] = [];
  readonly #origin: string;

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.context = context;
    this.page = page;
    this.#origin = origin;
  }

  static async arrive(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visitor> {
    const { size = "wide", dark = false, script, allowed = [] } = options;
    const context = await browser.newContext({
      viewport: SIZES[size],
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
      acceptDownloads: true,
    });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const visitor = new Visitor(context, page, new URL(url).origin);
    const origins = [visitor.#origin, ...allowed];
    page.on("console", (message) => {
      // Chromium logs every answer above 399 on its own; pages may well ask for what is not there yet.
      const failedLoad = message.text().startsWith("Failed to load resource");
      if (!failedLoad && ["error", "warning"].includes(message.type()))
        visitor.complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => visitor.complaints.push(`${page.url()}: ${error.message}`));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (["http:", "https:", "ws:", "wss:"].includes(protocol) && !origins.includes(origin))
        visitor.complaints.push(`${page.url()}: a request to ${request.url()}`);
    });
    // Not every report of the policy reaches the console.
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        console.error(`Content-Security-Policy: ${violatedDirective} ${blockedURI}`),
      );
    });
    if (script !== undefined) await context.addInitScript(script);
    await page.goto(url);
    return visitor;
  }

  /** Goes to a path of the explorer and waits until nothing on the page is still loading. */
  async open(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.#origin).href);
    await this.settled();
  }

  /** Waits until the page has a heading and nothing of it is still loading. */
  async settled(): Promise<void> {
    await this.page.locator("main h1").first().waitFor();
    await this.page.waitForFunction(
      () => document.querySelector("[aria-busy=true], main [aria-label=Loading]") === null,
    );
  }

  async shoot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
  }

  /** By how many pixels the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  }

  /** What the accessibility checker finds serious or critical, one line each. */
  async accessibility(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}
