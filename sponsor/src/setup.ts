import { join } from "node:path";
import { createClient, type AssayClient } from "@assay/client/client";
import type { Arena, ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { SetupError } from "@assay/service-kit/errors";
import { loadKey, type Key } from "@assay/service-kit/keys";
import type { Settings, SponsorSettings } from "./config.ts";

/** Path of the secret of a data directory. */
export function secretPath(data: string): string {
  return join(data, "secret");
}

/** Connects to the node. Throws ChainUnreachableError, WrongChainIdError. */
export function connect(
  { rpc, chainId }: Pick<Settings, "rpc" | "chainId">,
  signal: AbortSignal,
): Promise<AssayClient> {
  return createClient({ rpcUrl: rpc, chainId, signal });
}

/** The arena of a name. Throws SetupError. */
export function arenaNamed(arenas: readonly Arena[], name: string): Arena & { spec: ArenaSpec } {
  const arena = arenas.find(({ spec }) => spec?.name === name);
  if (!arena?.spec) {
    const known = arenas.map(({ spec }) => spec?.name).join(", ");
    throw new SetupError(`the chain has no arena "${name}"; it has ${known || "none"}`);
  }
  return { ...arena, spec: arena.spec };
}

/** Reads every key file once. Throws KeyFileError. */
export async function loadKeys(sponsors: readonly SponsorSettings[]): Promise<Map<string, Key>> {
  const keys = new Map<string, Key>();
  for (const { key } of sponsors) {
    if (!keys.has(key)) keys.set(key, await loadKey(key));
  }
  return keys;
}
