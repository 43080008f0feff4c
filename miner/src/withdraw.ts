import { withdrawModel } from "@assay/client/messages";
import { loadKey } from "@assay/service-kit/keys";
import { SetupError } from "@assay/service-kit/errors";
import { openStore } from "@assay/service-kit/store";
import { chainOf } from "./chain.ts";
import type { CommandSettings } from "./config.ts";
import { readModel } from "./model-file.ts";
import { MIGRATIONS } from "./records.ts";
import { connect, sendersOf } from "./setup.ts";

export interface WithdrawReport {
  readonly model: string;
  readonly owner: string;
}

/**
 * The `withdraw` command: ends a model's contention, its bond comes back. A step it took goes on earning.
 *
 * @param model id in hex, or the path of the file.
 */
export async function withdraw(
  settings: CommandSettings,
  keyFile: string,
  model: string,
  signal: AbortSignal,
): Promise<WithdrawReport> {
  const key = await loadKey(keyFile);
  const modelHex = /^[0-9a-f]{64}$/.test(model) ? model : (await readModel(model)).info.sha256;
  const client = await connect(settings, signal);
  const known = await chainOf(client).model(modelHex);
  if (!known) throw new SetupError(`the chain has no model ${modelHex}`);
  if (known.author !== key.address) {
    throw new SetupError(
      `model ${modelHex} belongs to ${known.author}, the key is of ${key.address}: use the author's key`,
    );
  }
  const store = openStore(settings.data, { migrations: MIGRATIONS });
  try {
    const send = sendersOf(client, store, settings.gasPrice, signal)(key);
    await send([withdrawModel({ owner: key.address, model: known.id })], { signal });
  } finally {
    store.close();
  }
  return { model: modelHex, owner: key.address };
}
