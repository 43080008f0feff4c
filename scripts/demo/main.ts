import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { getClock } from "@assay/client/actions/getClock";
import type { EpochRecord } from "@assay/client/generated/assay/poi/v1/epoch";
import { phaseName } from "@assay/service-kit/clock";
import Table from "cli-table3";
import { Command } from "commander";
import { LocalNetwork } from "../network/network.ts";
import { freePort, isFree } from "../network/ports.ts";
import { ROOT } from "../network/processes.ts";
import { makeMarketReport, type MarketReport, type ServiceReport } from "./market-report.ts";
import { Market } from "./market.ts";
import { Accounts, makeReport, type Report } from "./report.ts";

const EXPLORER_PORT = 8080;
const UASSAY = 1_000_000n;

const program = new Command("demo")
  .description(
    "Runs a whole network on this machine: validators, scorers, sponsors, miners, providers, buyers and the explorer.",
  )
  .option("--epochs <n>", "end after this many settled epochs", Number)
  .option("--json <file>", "write the result there at the end")
  .option("--keep", "go on with the data of the last run")
  .option("--dir <folder>", "where the network lives", join(ROOT, ".demo"))
  .parse();
const options = program.opts<{ epochs?: number; json?: string; keep?: boolean; dir: string }>();
if (options.epochs !== undefined && !(Number.isInteger(options.epochs) && options.epochs > 0)) {
  program.error("--epochs: expected a whole number above 0");
}

const started = performance.now();
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (!stop.signal.aborted) say("stopping ...");
    stop.abort(new DOMException(`stopped by ${signal}`, "AbortError"));
  });
}
process.exitCode = await run();

function say(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(4);
  process.stdout.write(`${seconds} s  ${text}\n`);
}

async function run(): Promise<number> {
  let network: LocalNetwork | undefined;
  try {
    network = await LocalNetwork.start({
      dir: options.dir,
      validators: 4,
      usualPorts: true,
      probes: true,
      keep: options.keep ?? false,
      progress: say,
      signal: stop.signal,
    });
    await play(network);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await network?.stop();
    if (network) say("everything is stopped");
  }
}

async function play(network: LocalNetwork): Promise<void> {
  const port = (await isFree(EXPLORER_PORT)) ? EXPLORER_PORT : await freePort();
  const { url } = await network.startExplorer(port);
  say(`the explorer is at ${url}`);
  // Sponsors first: building their data takes longest, and what they commit must be older than the models.
  await network.startSponsors();
  await network.startScorers();
  await network.waitForCommitments();
  await network.startMiners();
  say(`running; logs are in ${join(network.dir, "logs")}, Ctrl-C ends everything`);

  const client = await network.client();
  // Beside the epochs: models are sold as soon as they are registered.
  const market = new Market(network, client, say);
  market.open(stop.signal);
  const accounts = new Accounts();
  const { clock } = await getClock(client);
  const target = options.epochs === undefined ? undefined : clock.settledEpochs + BigInt(options.epochs);
  for (;;) {
    stop.signal.throwIfAborted();
    await network.check();
    market.check();
    for (const record of await accounts.update(client)) {
      if (record.arenasSettled > 0) say(describe(record));
    }
    const now = await getClock(client);
    showClock(`epoch ${now.clock.epoch} ${phaseName(now.clock.phase)}, block ${now.height}`);
    if (target !== undefined && now.clock.settledEpochs >= target) break;
    await delay(500, undefined, { signal: stop.signal });
  }
  await accounts.update(client);
  const report = await makeReport(client, accounts);
  showReport(report);
  if (report.minted !== report.paid)
    throw new Error(`payouts add up to ${report.paid}, minted were ${report.minted}`);
  await market.close();
  const sales = await makeMarketReport(client);
  showMarket(sales);
  if (sales.errors.length > 0) throw new Error(`the market does not add up: ${sales.errors.join("; ")}`);
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify({ ...report, market: sales }, null, 2)}\n`);
}

/** One changing line, on a terminal only. */
function showClock(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K        ${text}\r`);
}

function describe({
  epoch,
  arenasSettled,
  slots,
  slotsCounted,
  auditedItems,
  convictions,
  emission,
}: EpochRecord): string {
  const counts = `${slotsCounted}/${slots} slots, ${auditedItems} audits, ${convictions} convictions`;
  return `epoch ${epoch} settled ${arenasSettled} arenas: ${counts}, minted ${assay(emission?.minted ?? "0")}`;
}

function showReport(report: Report): void {
  for (const { name, models, ladder } of report.arenas) {
    const table = new Table({
      head: [name, "accuracy", "step in epoch", "gain", "paid"],
      colAligns: ["left", "right", "right", "right", "right"],
      style: { head: [], border: [], compact: true },
    });
    for (const model of models) {
      const step = ladder.find((candidate) => candidate.model === model.name);
      table.push([
        model.name,
        `${(model.accuracy * 100).toFixed(2)} %`,
        step?.epoch ?? "",
        step ? `${step.gain.toFixed(2)} bits` : "",
        assay(model.paid),
      ]);
    }
    process.stdout.write(`${table.toString()}\n`);
  }
  say(`${report.epochs} epochs settled, ${report.audits} items audited, ${report.convictions} convictions`);
  say(`minted ${assay(report.minted)}, paid ${assay(report.paid)}`);
}

function showMarket({ services, deposited, avail, released, returned }: MarketReport): void {
  const table = new Table({
    head: ["service", "price", "items paid", "claimed", "provider", "authors", "burned", "pool"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const service of services) {
    const { name, price, items, released: claimed, provider, royalties, burned, pooled } = service;
    table.push([name, price, items, claimed, provider, royalties, burned, pooled]);
  }
  const sum = (of: keyof ServiceReport): string =>
    services.reduce((total, service) => total + BigInt(service[of]), 0n).toString();
  table.push([
    "all",
    "",
    ...(["items", "released", "provider", "royalties", "burned", "pooled"] as const).map(sum),
  ]);
  process.stdout.write(`${table.toString()}\n`);
  say(
    `amounts in uassay: deposited ${deposited} = claimed ${released} + left ${avail} + returned ${returned}`,
  );
}

function assay(amount: string): string {
  const value = BigInt(amount);
  return `${value / UASSAY}.${(value % UASSAY).toString().padStart(6, "0")} ASSAY`;
}
