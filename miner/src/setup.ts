import { createClient, type AssayClient } from "@assay/client/client";
import type { Arena, ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { createSender } from "@assay/client/sender";
import { SetupError } from "@assay/service-kit/errors";
import { createJournal } from "@assay/service-kit/journal";
import type { Key } from "@assay/service-kit/keys";
import type { Store } from "@assay/service-kit/store";
import type { Send } from "./registration.ts";

/** Connects to the node. Throws ChainUnreachableError, WrongChainIdError. */
export function connect(
  settings: { rpc: string; chainId?: string | undefined },
  signal: AbortSignal,
): Promise<AssayClient> {
  return createClient({ rpcUrl: settings.rpc, chainId: settings.chainId, signal });
}

/** An arena with its spec. */
export type KnownArena = Arena & { spec: ArenaSpec };

/** The arena of a name. Throws SetupError. */
export function arenaNamed(arenas: readonly Arena[], name: string): KnownArena {
  const arena = arenas.find(({ spec }) => spec?.name === name);
  if (!arena?.spec) {
    const known = arenas.map(({ spec }) => spec?.name).join(", ");
    throw new SetupError(`the chain has no arena "${name}"; it has ${known || "none"}`);
  }
  return { ...arena, spec: arena.spec };
}

/** One sender per account, made when first asked for, with the store's journal. */
export function sendersOf(
  client: AssayClient,
  store: Store,
  gasPrice: string,
  signal: AbortSignal,
): (key: Key) => Send {
  const journal = createJournal(store);
  const known = new Map<string, Send>();
  return ({ address, signer }) => {
    const send = known.get(address);
    if (send) return send;
    const sender = createSender({ client, signer, address, journal, gasPrice, signal });
    const made: Send = (messages, options) => sender.send(messages, options);
    known.set(address, made);
    return made;
  };
}
