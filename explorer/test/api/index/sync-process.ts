/**
 * The index in a process of its own, for tests that kill it: `node sync-process.ts RPC_URL '{"file":…}'`. It loads, says
 * "ready", starts with the first line it gets, and says every height that it has written.
 */
import { once } from "node:events";
import { silentLogger } from "@assay/service-kit/log";
import { Registry } from "@assay/service-kit/metrics";
import { areas } from "../../../api/areas.ts";
import { openDatabase, type DatabasePlace } from "../../../api/db/database.ts";
import { createIndexer } from "../../../api/index/indexer.ts";

const [rpcUrl = "", place = "{}"] = process.argv.slice(2);
const db = openDatabase(JSON.parse(place) as DatabasePlace);
const { signal } = new AbortController();
const indexer = createIndexer({
  db,
  areas,
  rpcUrl,
  chainId: undefined,
  log: silentLogger,
  registry: new Registry(),
  signal,
});
indexer.onStatus(({ height }) => process.stdout.write(`${height}\n`), signal);
process.stdout.write("ready\n");
await once(process.stdin, "data");
await indexer.run(signal);
