#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { createClient } from "@assay/client/client";
import { createLogger } from "@assay/service-kit/log";
import { createRegistry } from "@assay/service-kit/metrics";
import { runService } from "@assay/service-kit/service";
import { chainOf } from "./chain.ts";
import { readConfig } from "./config.ts";
import { createFeed } from "./feed.ts";
import { loadPages } from "./http/pages.ts";
import { createApp, listen } from "./server.ts";

const NAME = "assay-explorer";
const PAGES = fileURLToPath(new URL("../dist", import.meta.url));
/** For one query; a node that takes longer is as good as gone, and the page should say so. */
const QUERY_TIMEOUT_MS = 5_000;

const command = new Command(NAME)
  .description("Serves a live page about the chain. Flags may also be set as ASSAY_EXPLORER_RPC, ….")
  .option("--rpc <url>", "RPC address of a node (default: http://127.0.0.1:26657)")
  .option("--chain-id <id>", "refuse a node of any other chain")
  .option("--host <address>", "address to listen on (default: 127.0.0.1)")
  .option("--port <number>", "port to listen on, 0 for a free one (default: 8080)")
  .option("--log-level <level>", "trace, debug, info, warn or error (default: info)")
  .parse();

await runService(NAME, async ({ signal }) => {
  const config = await readConfig(command.opts());
  const log = createLogger({ name: NAME, level: config.logLevel });
  const pages = await loadPages(PAGES);

  let chainId = config.chainId;
  const feed = createFeed({
    log,
    connect: async () => {
      // The feed itself tries again, and says so on the page.
      const client = await createClient({
        rpcUrl: config.rpc,
        chainId,
        timeoutMs: QUERY_TIMEOUT_MS,
        attempts: 1,
        signal,
      });
      chainId = client.chainId;
      return chainOf(client);
    },
  });
  const app = createApp({ feed, pages, registry: createRegistry(), log, signal });
  const url = await listen(app, { host: config.host, port: config.port, signal });
  log.info({ url, rpc: config.rpc }, "the page is served");
  await feed.run(signal);
});
