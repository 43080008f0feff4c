/**
 * A customer for the demo and the tests on whole networks: keeps asking services of the market about fresh data and
 * pays for the answers.
 *
 *     node scripts/demo/buyer.ts --config buyer.yaml
 *
 * Logs each service it buys from, counts, and what went wrong; ends cleanly on SIGTERM.
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { getArenas } from "@assay/client/actions/getArenas";
import { getServices } from "@assay/client/actions/getServices";
import { createClient } from "@assay/client/client";
import { createBuyer } from "@assay/client/market/buyer";
import { createSender } from "@assay/client/sender";
import { sleep } from "@assay/client/sleep";
import { makeBatches, type Batches } from "@assay/models/datasets/dataset";
import { load } from "@assay/models/datasets/load";
import { createBuyerStore } from "@assay/service-kit/buyer-store";
import { commonSettings, integer, loadConfig, path } from "@assay/service-kit/config";
import * as ed25519 from "@assay/service-kit/ed25519";
import { messageOf } from "@assay/service-kit/errors";
import { createJournal } from "@assay/service-kit/journal";
import { loadKey } from "@assay/service-kit/keys";
import { createLogger } from "@assay/service-kit/log";
import { runService } from "@assay/service-kit/service";
import { openStore } from "@assay/service-kit/store";
import { z } from "zod";

const settingsOf = z.strictObject({
  ...commonSettings,
  key: path(),
  /** Calls that are started per second, over all services. */
  callsPerSecond: integer(1, 1_000).default(4),
  /** Where the data of each arena comes from. */
  loaders: z.record(z.string(), z.string()),
});

const NAME = "demo-buyer";
/** Services come and go: how often the list is read anew. */
const LIST_MS = 5_000;
const MOST_ITEMS = 4;

const { values: flags } = parseArgs({ options: { config: { type: "string" } } });

await runService(NAME, async ({ signal }) => {
  const settings = await loadConfig(settingsOf, { file: flags.config, flags: {} });
  const log = createLogger({ name: NAME, level: settings.logLevel });
  const key = await loadKey(settings.key);
  const client = await createClient({ rpcUrl: settings.rpc, chainId: settings.chainId, signal });
  const store = openStore(settings.data, { migrations: [] });
  // Outlives `signal`: calls under way may still need a deposit.
  const end = new AbortController();
  const buyer = createBuyer({
    client,
    sender: createSender({ client, ...key, journal: createJournal(store), signal: end.signal }),
    store: createBuyerStore(store),
    ed25519,
    log: (message, details) => log.debug(details, message),
  });

  const data = new Map<string, { batches: Batches; next: number }>();
  for (const [arena, loader] of Object.entries(settings.loaders)) {
    data.set(arena, {
      batches: makeBatches(await load(loader), { part: "train", seed: randomBytes(32), size: MOST_ITEMS }),
      next: 0,
    });
  }
  const names = new Map((await getArenas(client, {})).map(({ id, spec }) => [id, spec?.name ?? ""]));

  const counts = { calls: 0, failed: 0 };
  const running = new Set<Promise<void>>();
  try {
    await buyer.resume(signal);
    let services: { id: bigint; arena: string }[] = [];
    let listed = -Infinity;
    for (let turn = 0; !signal.aborted; turn++) {
      if (performance.now() - listed > LIST_MS) {
        services = (await getServices(client))
          .map(({ service, arena }) => ({ id: service?.id ?? 0n, arena: names.get(arena) ?? "" }))
          .filter(({ arena }) => data.has(arena));
        listed = performance.now();
      }
      const service = services[turn % Math.max(services.length, 1)];
      if (service !== undefined && running.size < settings.callsPerSecond * 4) {
        const call = ask(service).finally(() => running.delete(call));
        running.add(call);
      }
      await sleep(1_000 / settings.callsPerSecond, signal).catch(() => undefined);
    }
  } finally {
    // Answers that were paid for are waited for.
    await Promise.allSettled(running);
    end.abort();
    log.info(counts, "bought");
    store.close();
  }

  async function ask({ id, arena }: { id: bigint; arena: string }): Promise<void> {
    const source = data.get(arena);
    if (source === undefined) return;
    const size = 1 + (source.next % MOST_ITEMS);
    const items = source.batches
      .batch(source.next++)
      .slice(0, size)
      .map(({ input }) => input);
    try {
      await buyer.infer({ service: id, items });
      counts.calls++;
    } catch (error) {
      counts.failed++;
      log.warn({ service: id.toString(), error: messageOf(error) }, "a call failed");
    }
  }
});
