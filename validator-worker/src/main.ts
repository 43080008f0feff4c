#!/usr/bin/env node
import { getClock } from "@assay/client/actions/getClock";
import { phaseName } from "@assay/service-kit/clock";
import { createJournal } from "@assay/service-kit/journal";
import { createLogger } from "@assay/service-kit/log";
import { runService } from "@assay/service-kit/service";
import { readStore } from "@assay/service-kit/store";
import { createSender } from "@assay/client/sender";
import { Command } from "commander";
import { createScorerChain } from "./chain.ts";
import { readConfig, type ScorerConfig } from "./config.ts";
import { Links } from "./links.ts";
import { Records } from "./records.ts";
import { connect, loadHotKey, openHashChains, openRecords, runScorer } from "./run.ts";

type Action = (config: ScorerConfig, signal: AbortSignal) => Promise<void>;

const NAME = "assay-scorer";

const program = new Command(NAME)
  .description(
    "The scoring worker of a validator: reveals links, runs models on hidden items, posts rows, checks others.",
  )
  .showHelpAfterError();

command("run", "run the worker", (config, signal) => runScorer({ config, signal }));
command("init", "make the data directory and the first hash chain; prints the tip to bond with", init);
command("set-tip", "start a new hash chain from the next epoch (after the data directory was lost)", setTip);
command("status", "show this scorer on the chain and in its data directory", status);

await program.parseAsync();

/** Adds a command that takes every setting as a flag. */
function command(name: string, description: string, action: Action): void {
  program
    .command(name)
    .description(description)
    .option("--config <file>", "YAML file with these settings; flags win over it")
    .option("--rpc <url>", "RPC of a node (default http://127.0.0.1:26657)")
    .option("--chain-id <id>", "chain the worker works for; it refuses any other")
    .option("--key <file>", "key file of the hot key")
    .option("--operator <address>", "account of the validator's operator")
    .option("--data <folder>", "data directory: seeds and records of this scorer")
    .option("--metrics-port <port>", "serve /metrics and /health there")
    .option("--metrics-host <host>", "address to serve them on (default 127.0.0.1)")
    .option("--threads <n>", "inference threads (default 1)")
    .option("--sessions <n>", "models a thread keeps loaded (default 256)")
    .option("--chain-length <n>", "links of a new hash chain (default 10000)")
    .option("--challenge <yes|no>", "recheck other scorers' rows and challenge wrong ones (default yes)")
    .option("--recheck-bps <n>", "share of their rows to recompute, in 1/10000 (default 1000)")
    .option("--challenge-budget <uassay>", "most bonds at risk in an epoch (default 100000000)")
    .option("--claim <no|key|authz>", "who claims the operator's rewards (default no: nobody here)")
    .option("--claim-min <uassay>", "leave smaller rewards (default 1000000)")
    .option("--operator-key <file>", "key file of the operator, for --claim key")
    .option("--gas-price <price>", "such as 0.01uassay (default 0uassay)")
    .option("--log-level <level>", "trace, debug, info, warn or error (default info)")
    .action(async ({ config: file, ...flags }: Record<string, unknown>) => {
      await runService(NAME, async ({ signal }) => {
        await action(await readConfig(typeof file === "string" ? file : undefined, flags), signal);
      });
    });
}

async function init(config: ScorerConfig): Promise<void> {
  const { store, records } = openRecords(config);
  try {
    const hashChains = openHashChains(config, records);
    print({
      operator: config.operator,
      chainId: config.chainId,
      tip: hex(hashChains.newestTip ?? hashChains.start()),
    });
  } finally {
    store.close();
  }
}

async function setTip(config: ScorerConfig, signal: AbortSignal): Promise<void> {
  const log = createLogger({ name: NAME, level: config.logLevel });
  const { signer, address } = await loadHotKey(config);
  const { store, records } = openRecords(config);
  try {
    const client = await connect(config, log, signal);
    const chain = createScorerChain(client);
    const { gasPrice, operator } = config;
    const transactor = createSender({
      client,
      signer,
      address,
      journal: createJournal(store),
      gasPrice,
      signal,
    });
    const hashChains = openHashChains(config, records);
    const links = new Links({ chain, transactor, records, hashChains, operator, log });
    const { clock } = await getClock(client);
    // A seed that was recorded but never got onto the chain is as good as a new one.
    const onChain = (await chain.scorer(operator))?.scorer.tip;
    const unused =
      hashChains.newestTip !== undefined && hex(hashChains.newestTip) !== hex(onChain ?? new Uint8Array());
    const tip = unused && hashChains.newestTip !== undefined ? hashChains.newestTip : hashChains.start();
    await links.postTip(tip, clock.epoch, signal);
    print({ operator, tip: hex(tip), from: `epoch ${clock.epoch + 1n}` });
  } finally {
    store.close();
  }
}

async function status(config: ScorerConfig, signal: AbortSignal): Promise<void> {
  const log = createLogger({ name: NAME, level: config.logLevel });
  const store = readStore(config.data);
  try {
    const records = new Records(store);
    const hashChains = openHashChains(config, records);
    const client = await connect(config, log, signal);
    const chain = createScorerChain(client);
    const { clock } = await getClock(client);
    const registered = await chain.scorer(config.operator);
    const tip = registered?.scorer.tip;
    print({
      epoch: clock.epoch,
      phase: phaseName(clock.phase),
      operator: config.operator,
      bonded: registered?.scorer.bonded ?? false,
      bond: registered?.bond,
      hotKey: registered?.scorer.hotKey,
      hotKeyBalance: registered === undefined ? undefined : await chain.balance(registered.scorer.hotKey),
      eligible: registered?.eligible ?? false,
      reason: registered?.reason,
      linksLeft: tip === undefined ? undefined : hashChains.locate(tip).left,
      rowsStood: registered?.scorer.rowsStood,
      rowsAssigned: registered?.scorer.rowsAssigned,
      convictions: registered?.scorer.convictions.length ?? 0,
      rewards: await chain.rewards(config.operator),
      linkRecorded: records.link(clock.epoch) !== undefined,
      slotsPosted: records.postedSlots(clock.epoch),
    });
  } finally {
    store.close();
  }
}

/** Results go to stdout as JSON, logs of `run` too: both are for machines and still readable. */
function print(value: Record<string, unknown>): void {
  const text = (_: string, entry: unknown) => (typeof entry === "bigint" ? entry.toString() : entry);
  process.stdout.write(`${JSON.stringify(value, text, 2)}\n`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
