#!/usr/bin/env node
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import type { Kysely } from "kysely";
import { loadKey } from "@assay/service-kit/keys";
import { createLogger, type Logger } from "@assay/service-kit/log";
import { createRegistry } from "@assay/service-kit/metrics";
import { runService } from "@assay/service-kit/service";
import { areas } from "./areas.ts";
import { readConfig, type Config } from "./config.ts";
import { createTables } from "./db/create.ts";
import { openDatabase } from "./db/database.ts";
import type { Database } from "./db/schema.ts";
import { createFaucetAccount } from "./faucet/account.ts";
import { createFaucet, type Faucet, type FaucetAccount } from "./faucet/faucet.ts";
import { createFaucetJournal } from "./faucet/journal.ts";
import { createFaucetTables } from "./faucet/tables.ts";
import { createApp, listen } from "./http/app.ts";
import { loadPages } from "./http/pages.ts";
import { createIndexer } from "./index/indexer.ts";
import { reindex } from "./index/reindex.ts";
import { connectOnce } from "./node/client.ts";
import { endpointOrigin } from "./node/endpoint.ts";
import { createNodeState } from "./node/state.ts";

const NAME = "assay-explorer";
const PAGES = fileURLToPath(new URL("../dist", import.meta.url));

const program = new Command(NAME).description(
  "Indexes a chain and serves pages and an API about it. Flags may also be set as ASSAY_EXPLORER_RPC, ….",
);

withDatabase(program.command("serve", { isDefault: true }))
  .description("follow the chain and serve pages and API")
  .option("--rpc <url>", "RPC address of a node (default: http://127.0.0.1:26657)")
  .option("--chain-id <id>", "refuse a node of any other chain")
  .option("--host <address>", "address to listen on (default: 127.0.0.1)")
  .option("--port <number>", "port to listen on, 0 for a free one (default: 8080)")
  .option("--public-rpc <url>", "RPC address to tell wallets")
  .option("--public-rest <url>", "REST address to tell wallets")
  .option("--faucet-key <file>", "key file of an account that gives test tokens")
  .option("--faucet-chains <ids>", "chains on which it may give, with commas between them (default: none)")
  .option("--faucet-amount <uassay>", "what it gives at a time (default: 100000000)")
  .option("--faucet-per-address <number>", "grants to one address per day (default: 1)")
  .option("--faucet-per-prefix <number>", "grants to one /24 or /56 of the internet per day (default: 10)")
  .option("--faucet-per-day <number>", "grants per day in all (default: 1000)")
  .option("--gas-price <price>", "what the faucet pays for gas (default: 0uassay)")
  .option("--local-chains <ids>", "chains on which pages offer a key of their own (default: assay-local-1)")
  .option("--trust-proxy <number>", "proxies whose X-Forwarded-For is believed (default: 0)")
  .option("--requests-per-minute <number>", "requests of one address (default: 3000)")
  .action((flags: Record<string, unknown>) => runService(NAME, ({ signal }) => run(flags, signal)));

withDatabase(program.command("reindex"))
  .description("make all derived tables again from what was read from the node, without asking it")
  .action((flags: Record<string, unknown>) =>
    runService(NAME, async ({ signal }) => {
      const config = await readConfig(flags);
      const log = createLogger({ name: NAME, level: config.logLevel });
      const db = await openTables(config);
      try {
        await reindex({ db, areas, log, signal });
      } finally {
        await db.destroy();
      }
    }),
  );

await program.parseAsync();

function withDatabase(command: Command): Command {
  return command
    .option("--db <file>", "SQLite file of the index (default: ~/.assay-explorer/index.sqlite)")
    .option("--database-url <url>", "keep the index in PostgreSQL; DATABASE_URL says the same")
    .option("--log-level <level>", "trace, debug, info, warn or error (default: info)");
}

async function openTables({ db: file, databaseUrl: url }: Config): Promise<Kysely<Database>> {
  if (url === undefined) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const db = openDatabase(url === undefined ? { file } : { url });
  await createTables(db, areas);
  await createFaucetTables(db);
  return db;
}

async function run(flags: Record<string, unknown>, stop: AbortSignal): Promise<void> {
  const config = await readConfig(flags);
  const log = createLogger({ name: NAME, level: config.logLevel });
  const pages = await loadPages(PAGES);
  const registry = createRegistry();
  // What fails ends the rest.
  const failed = new AbortController();
  const signal = AbortSignal.any([stop, failed.signal]);
  const db = await openTables(config);
  try {
    const indexer = createIndexer({
      db,
      areas,
      rpcUrl: config.rpc,
      chainId: config.chainId,
      log,
      registry,
      signal,
    });
    const chainId = () => indexer.status.chainId;
    const client = connectOnce({
      rpcUrl: config.rpc,
      chainId: () => config.chainId ?? (chainId() || undefined),
      signal,
    });
    const node = createNodeState({ db, client, status: () => indexer.status, log });
    const faucet = await openFaucet(config, { db, client, chainId, log, signal });
    const app = await createApp({
      context: { db, node, decoder: indexer.decoder },
      follower: indexer,
      routes: areas.flatMap(({ routes }) => routes),
      network: {
        publicRpc: config.publicRpc,
        publicRest: config.publicRest,
        localChains: config.localChains,
        faucet: () => faucet.offer(),
      },
      rpcUrl: config.rpc,
      faucet,
      pages: { pages, endpointOrigin: (service) => endpointOrigin(node, service) },
      registry,
      log,
      signal,
      trustProxy: config.trustProxy,
      requestsPerMinute: config.requestsPerMinute,
    });
    const url = await listen(app, { host: config.host, port: config.port, signal });
    log.info({ url, rpc: config.rpc }, "the explorer is served");
    const parts = [indexer.run(signal), node.run(signal), faucet.run(signal)];
    try {
      await Promise.all(parts);
    } finally {
      failed.abort();
      await Promise.allSettled(parts);
    }
  } finally {
    await db.destroy();
  }
}

interface FaucetParts {
  db: Kysely<Database>;
  client: ReturnType<typeof connectOnce>;
  chainId: () => string;
  log: Logger;
  signal: AbortSignal;
}

async function openFaucet(
  config: Config,
  { db, client, chainId, log, signal }: FaucetParts,
): Promise<Faucet> {
  const key = config.faucetKey === undefined ? undefined : await loadKey(config.faucetKey);
  const journal = createFaucetJournal(db);
  let account: Promise<FaucetAccount> | undefined;
  return createFaucet({
    db,
    chains: config.faucetChains,
    chainId,
    account:
      key &&
      (() => {
        account ??= client()
          .then((connected) =>
            createFaucetAccount({ client: connected, key, journal, gasPrice: config.gasPrice, signal }),
          )
          .catch((error: unknown) => {
            account = undefined;
            throw error;
          });
        return account;
      }),
    amount: config.faucetAmount,
    limits: {
      perAddress: config.faucetPerAddress,
      perPrefix: config.faucetPerPrefix,
      perDay: config.faucetPerDay,
    },
    log,
  });
}
