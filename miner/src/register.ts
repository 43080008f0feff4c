import { loadKey } from "@assay/service-kit/keys";
import { createLogger } from "@assay/service-kit/log";
import { openStore } from "@assay/service-kit/store";
import { chainOf } from "./chain.ts";
import { checkForArena } from "./check.ts";
import type { CommandSettings, ModelSettings } from "./config.ts";
import { UnknownParentError } from "./errors.ts";
import { readModel } from "./model-file.ts";
import { resolveParents } from "./parents.ts";
import { MIGRATIONS, Records } from "./records.ts";
import { Registration } from "./registration.ts";
import { arenaNamed, connect, sendersOf } from "./setup.ts";

/** What `register` did. */
export interface RegisterReport {
  readonly model: string;
  readonly arena: string;
  readonly owner: string;
  /** False when the chain had it from this owner already; then nothing was sent. */
  readonly registeredNow: boolean;
}

/** The `register` command. Started again after a crash it goes on where it was. */
export async function register(
  settings: CommandSettings,
  model: ModelSettings,
  signal: AbortSignal,
): Promise<RegisterReport> {
  const key = await loadKey(model.key);
  const file = await readModel(model.file);
  const client = await connect(settings, signal);
  const chain = chainOf(client);
  const arena = arenaNamed(await chain.arenas(), model.arena);
  await checkForArena(chain, file, arena);
  const store = openStore(settings.data, { migrations: MIGRATIONS });
  try {
    const send = sendersOf(client, store, settings.gasPrice, signal)(key);
    const log = createLogger({ name: "assay-miner", level: "warn" });
    const registration = new Registration(
      { chain, records: new Records(store), send, log },
      { ...model, arena: arena.id, owner: key.address, file },
    );
    const report = { model: registration.modelHex, arena: model.arena, owner: key.address };
    if (await registration.isDone()) return { ...report, registeredNow: false };
    const parents = await resolveParents(chain, arena.id, model.parents);
    if (!parents) throw new UnknownParentError("a parent is not registered");
    await registration.checkCost();
    await registration.register(await registration.reserve(signal), parents, signal);
    return { ...report, registeredNow: true };
  } finally {
    store.close();
  }
}
