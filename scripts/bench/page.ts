/**
 * The explorer's start page and the page of a model as a first visitor gets them, judged by Lighthouse as on a desktop
 * computer and as on a slow phone; and the bytes of script that are loaded before anything is done, as gzip sends them.
 * Prints the result as JSON. Lighthouse counts what the processor has to do: a busy machine costs points.
 *
 *     node scripts/bench/page.ts [--url http://127.0.0.1:8080/]
 *
 * Without an explorer's address it starts a network with one.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { getClock } from "@assay/client/actions/getClock";
import { chromium } from "playwright-core";
import { z } from "zod";
import { LocalNetwork } from "../network/network.ts";
import { freePort } from "../network/ports.ts";
import { ROOT } from "../network/processes.ts";
import { waitFor } from "../network/wait.ts";

const ARENA = "digits";
const CHROMIUM = "/usr/bin/chromium";
const LIGHTHOUSE = join(ROOT, "scripts/bench/lighthouse/node_modules/lighthouse/core/index.js");
/** Of these the best one counts: machines do other things too. */
const ROUNDS = 3;
/** To get one score. */
const ATTEMPTS = 3;
const CATEGORIES = ["performance", "accessibility", "best-practices"] as const;
type Scores = Record<(typeof CATEGORIES)[number], number>;
type Device = "desktop" | "phone";

/** The part of Lighthouse's interface that is used here. */
interface Lighthouse {
  default(
    url: string,
    flags: { port: number; logLevel: "error"; onlyCategories: readonly string[] },
    /** A slow phone unless said. */
    config?: unknown,
  ): Promise<{ lhr: unknown } | undefined>;
  desktopConfig: unknown;
}
const category = z.object({ score: z.number().nullable() });
const report = z.object({
  runtimeError: z.object({ message: z.string() }).optional(),
  categories: z.object({
    performance: category,
    accessibility: category,
    "best-practices": category,
  }),
  audits: z.record(z.string(), z.object({ score: z.number().nullable(), title: z.string() })),
});

const { values: flags } = parseArgs({ options: { url: { type: "string" } } });
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

if (flags.url !== undefined) console.log(JSON.stringify(await measure(flags.url)));
else {
  const dir = await mkdtemp(join(tmpdir(), "assay-bench-"));
  let network: LocalNetwork | undefined;
  try {
    network = await LocalNetwork.start({
      dir,
      validators: 4,
      arenas: [ARENA],
      params: { min_commit_batches: 64 },
      signal: stop.signal,
    });
    console.log(JSON.stringify(await measure(await startExplorer(network))));
  } finally {
    await network?.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** With something to show: measured models, and epochs that have ended. */
async function startExplorer(running: LocalNetwork): Promise<string> {
  const { url } = await running.startExplorer(await freePort());
  await running.startSponsors();
  await running.startScorers();
  await running.waitForCommitments();
  await running.startMiners();
  const client = await running.client();
  await waitFor(
    async () => (await getClock(client)).clock.settledEpochs >= 3n,
    running.waiting("three settled epochs", 300_000),
  );
  return url;
}

async function measure(url: string) {
  const arenas = z.object({ value: z.array(z.object({ top: z.object({ id: z.string() }) })).min(1) });
  const answer = await fetch(new URL("/api/arenas", url), { signal: stop.signal });
  const top = arenas.parse(await answer.json()).value[0]?.top.id;
  const pages = [
    { page: "home", url: new URL("/", url).href },
    { page: "model", url: new URL(`/models/${top}`, url).href },
  ];
  const results = [];
  for (const { page, url: address } of pages) {
    const scripts = await scriptsOf(address);
    const bytes = await Promise.all(scripts.map(gzippedBytes));
    const scores: Record<Device, Scores[]> = { desktop: [], phone: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const device of ["desktop", "phone"] as const) {
        process.stderr.write(`${page}: round ${round + 1} of ${ROUNDS}, ${device}\n`);
        scores[device].push(await judge(address, device));
      }
    }
    const best = (device: Device, name: keyof Scores): number =>
      Math.max(...scores[device].map((each) => each[name]));
    results.push({
      page,
      performance: best("desktop", "performance"),
      accessibility: best("desktop", "accessibility"),
      "best-practices": best("desktop", "best-practices"),
      phonePerformance: best("phone", "performance"),
      scripts: scripts.length,
      scriptBytes: bytes.reduce((sum, size) => sum + size, 0),
    });
  }
  return results;
}

/** Scores of a first visit, 0 to 100; what cost points is said on standard error. */
async function judge(url: string, device: Device): Promise<Scores> {
  for (let attempt = 1; ; attempt++) {
    const scores = await judgeOnce(url, device);
    if (scores) return scores;
    if (attempt === ATTEMPTS) throw new Error(`lighthouse gave ${url} no score, ${ATTEMPTS} times`);
  }
}

/** Undefined when something could not be measured, which happens on a busy machine. */
async function judgeOnce(url: string, device: Device): Promise<Scores | undefined> {
  stop.signal.throwIfAborted();
  const port = await freePort();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", `--remote-debugging-port=${port}`],
  });
  try {
    const { default: lighthouse, desktopConfig } = (await import(LIGHTHOUSE)) as Lighthouse;
    const settings = { port, logLevel: "error" as const, onlyCategories: CATEGORIES };
    const result = await lighthouse(url, settings, device === "desktop" ? desktopConfig : undefined);
    const { categories, audits, runtimeError } = report.parse(result?.lhr);
    if (runtimeError !== undefined)
      throw new Error(`lighthouse cannot judge ${url}: ${runtimeError.message}`);
    for (const { score, title } of Object.values(audits)) {
      if (score !== null && score < 0.9) process.stderr.write(`  ${Math.round(score * 100)} ${title}\n`);
    }
    const performance = categories.performance.score;
    const accessibility = categories.accessibility.score;
    const bestPractices = categories["best-practices"].score;
    if (performance === null || accessibility === null || bestPractices === null) return undefined;
    return {
      performance: Math.round(performance * 100),
      accessibility: Math.round(accessibility * 100),
      "best-practices": Math.round(bestPractices * 100),
    };
  } finally {
    await browser.close();
  }
}

/** Addresses of the scripts that a first visit loads, workers too, until the page has stood still for a while. */
async function scriptsOf(url: string): Promise<string[]> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const scripts = new Set<string>();
    page.on("response", (response) => {
      if (/javascript/.test(response.headers()["content-type"] ?? "")) scripts.add(response.url());
    });
    await page.goto(url, { waitUntil: "load" });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForTimeout(3_000);
    return [...scripts];
  } finally {
    await browser.close();
  }
}

/** Size of a body as gzip sends it. */
function gzippedBytes(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "Accept-Encoding": "gzip" }, signal: stop.signal }, (response) => {
      if (response.statusCode !== 200 || response.headers["content-encoding"] !== "gzip") {
        reject(new Error(`${url} answered ${response.statusCode}, ${response.headers["content-encoding"]}`));
      }
      let bytes = 0;
      response.on("data", (chunk: Buffer) => (bytes += chunk.length));
      response.on("end", () => resolve(bytes));
      response.on("error", reject);
    }).on("error", reject);
  });
}
