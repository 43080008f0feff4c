import { chainOf } from "./chain.ts";
import type { Settings } from "./config.ts";
import { arenaNamed, connect, loadKeys } from "./setup.ts";

/** Where a sponsor of the config stands, as the chain sees it. Amounts in uassay. */
export interface StatusReport {
  readonly arena: string;
  readonly sponsor: string;
  readonly approved: boolean;
  readonly bonded: boolean;
  readonly bond: string;
  readonly commitments: number;
  readonly batchesRemaining: number;
  readonly batchesCounted: string;
  /** Epochs of misses that count against it now. */
  readonly misses: readonly string[];
  /** What the account may claim, from all arenas together. */
  readonly rewards: string;
}

/** The `status` command. Reads the chain only, so it also works beside a running process. */
export async function status(settings: Settings, signal: AbortSignal): Promise<StatusReport[]> {
  const keys = await loadKeys(settings.sponsors);
  const client = await connect(settings, signal);
  const chain = chainOf(client);
  const arenas = await chain.arenas();
  return Promise.all(
    settings.sponsors.map(async ({ arena: name, key }) => {
      const { address } = keys.get(key)!;
      const [found, rewards] = await Promise.all([
        chain.sponsor(arenaNamed(arenas, name).id, address),
        chain.rewards(address),
      ]);
      return {
        arena: name,
        sponsor: address,
        approved: found?.sponsor.approved ?? false,
        bonded: found?.sponsor.bonded ?? false,
        bond: (found?.bond ?? 0n).toString(),
        commitments: found?.sponsor.commitments ?? 0,
        batchesRemaining: (found?.commitments ?? []).reduce((sum, { remaining }) => sum + remaining, 0),
        batchesCounted: (found?.sponsor.batchesCounted ?? 0n).toString(),
        misses: (found?.sponsor.misses ?? []).map(String),
        rewards: rewards.toString(),
      };
    }),
  );
}
