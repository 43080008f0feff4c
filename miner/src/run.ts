import { once } from "node:events";
import type { AssayClient } from "@assay/client/client";
import { ChainUnreachableError, RpcTimeoutError } from "@assay/client/errors";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { sleep } from "@assay/client/sleep";
import { createPhaseClock } from "@assay/service-kit/clock";
import { messageOf } from "@assay/service-kit/errors";
import { loadKey, type Key } from "@assay/service-kit/keys";
import { createLogger, type Logger } from "@assay/service-kit/log";
import { createRegistry, serveServiceMetrics } from "@assay/service-kit/metrics";
import { openStore, type Store } from "@assay/service-kit/store";
import { retry } from "@assay/service-kit/timers";
import { chainOf } from "./chain.ts";
import { checkForArena } from "./check.ts";
import { Claims } from "./claims.ts";
import type { ModelSettings, RunSettings } from "./config.ts";
import { Entrance, type Entrant } from "./entrance.ts";
import { Follower } from "./follow.ts";
import { createMetrics } from "./metrics.ts";
import { readModel, type ModelFile } from "./model-file.ts";
import { MIGRATIONS, Records } from "./records.ts";
import { Registration } from "./registration.ts";
import { arenaNamed, connect, sendersOf } from "./setup.ts";

/** Pause between two attempts to bring models in. */
const ENTRANCE_MS = 2_000;

/** A model of the config with what was read for it. */
interface Own {
  readonly settings: ModelSettings;
  readonly key: Key;
  readonly file: ModelFile;
}

/** The `run` command: registers what is missing, then follows and claims until `signal`. */
export async function run(settings: RunSettings, signal: AbortSignal): Promise<void> {
  const log = createLogger({ name: "assay-miner", level: settings.logLevel });
  const own: Own[] = [];
  // Every key and file is looked at before anything is paid.
  for (const model of settings.models) {
    own.push({ settings: model, key: await loadKey(model.key), file: await readModel(model.file) });
  }
  const store = openStore(settings.data, { migrations: MIGRATIONS });
  try {
    const client = await retry(() => connect(settings, signal), {
      what: "reach the chain",
      log,
      signal,
      fatal: (error) => !(error instanceof ChainUnreachableError || error instanceof RpcTimeoutError),
    });
    await work({ settings, own, store, client, log, signal });
  } finally {
    store.close();
  }
}

interface Parts {
  readonly settings: RunSettings;
  readonly own: readonly Own[];
  readonly store: Store;
  readonly client: AssayClient;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

async function work({ settings, own, store, client, log, signal }: Parts): Promise<void> {
  const chain = chainOf(client);
  const registry = createRegistry();
  const metrics = createMetrics(registry);
  const sendOf = sendersOf(client, store, settings.gasPrice, signal);
  const followers: Follower[] = [];
  const entrances = await createEntrances();
  const owners = new Map(own.map(({ key }) => [key.address, key]));
  const claims = [...owners.values()].map(
    (key) =>
      new Claims(
        { chain, metrics, owner: key.address, send: sendOf(key), log },
        { above: settings.claimAbove, afterMs: settings.claimMinutes * 60_000 },
      ),
  );

  const clock = createPhaseClock(client, log, { signal });
  clock.onPhase(async ({ epoch, phase }) => {
    if (phase !== Phase.BEACON || epoch <= 1n) return;
    const tasks = [
      ...followers.map((follower) => follower.observe(epoch - 1n, signal)),
      ...claims.map((claim) => claim.collect(signal)),
    ];
    for (const outcome of await Promise.allSettled(tasks)) {
      if (outcome.status === "rejected" && !signal.aborted)
        log.warn({ error: outcome.reason as unknown }, messageOf(outcome.reason));
    }
  }, signal);
  await serveServiceMetrics(settings, {
    registry,
    clock,
    details: () => ({ models: own.length }),
    log,
    signal,
  });
  log.info({ models: own.length, chainId: client.chainId, data: settings.data }, "started");
  await Promise.all(entrances.map((entrance) => enter(entrance, log, signal)));
  log.info({ models: followers.length }, "nothing is left to register");
  if (!signal.aborted) await once(signal, "abort");

  async function createEntrances(): Promise<Entrance[]> {
    const arenas = await chain.arenas();
    const records = new Records(store);
    const planned = new Map(own.map(({ settings: { name }, file }) => [name, file.info.sha256]));
    const made: Entrance[] = [];
    for (const [arenaName, models] of Map.groupBy(own, (model) => model.settings.arena)) {
      const arena = arenaNamed(arenas, arenaName);
      for (const { file } of models) await checkForArena(chain, file, arena);
      const entrants = models.map(({ settings: model, key, file }): Entrant => {
        const modelLog = log.child({ arena: arenaName, model: model.name });
        const send = sendOf(key);
        const entry = { ...model, arena: arena.id, owner: key.address, file };
        const registration = new Registration({ chain, records, send, log: modelLog }, entry);
        const followed = {
          modelHex: registration.modelHex,
          name: model.name,
          arena: arena.id,
          arenaName,
          owner: key.address,
          send,
          log: modelLog,
        };
        return {
          registration,
          parents: model.parents,
          log: modelLog,
          registered: () => followers.push(new Follower(chain, metrics, followed, settings)),
        };
      });
      made.push(
        new Entrance({ chain, arena: arena.id, entrants, planned, log: log.child({ arena: arenaName }) }),
      );
    }
    return made;
  }
}

async function enter(entrance: Entrance, log: Logger, signal: AbortSignal): Promise<void> {
  const options = { what: "register models", log, signal };
  while (!(await retry(() => entrance.advance(signal), options))) await sleep(ENTRANCE_MS, signal);
}
