import { MIN_SPONSORS } from "@assay/client/protocol/score";
import type { MinerChain } from "./chain.ts";
import { checkCaps, checkFit, readModel, type ModelFile } from "./model-file.ts";
import type { ModelInfo } from "./profile.ts";
import { arenaNamed, type KnownArena } from "./setup.ts";

/** What is known of a file before anything is paid. Amounts in uassay. */
export interface CheckReport {
  readonly file: string;
  readonly arena: string;
  readonly info: ModelInfo;
  readonly fileBytes: number;
  /** What the chain takes at most. */
  readonly caps: { readonly cost: string; readonly fileBytes: number };
  /** What registering costs now: the fee is burned, the bond comes back. Gas is extra. */
  readonly quote: { readonly fee: string; readonly bond: string };
  /** Author, when the chain has this file already. */
  readonly registeredBy: string | undefined;
  readonly warnings: readonly string[];
}

/**
 * Checks a file as the chain would, and asks what registering it costs.
 *
 * Throws {@link ModelFileError}, {@link WrongArenaError}, SetupError for an unknown arena.
 */
export async function checkModel(chain: MinerChain, path: string, arenaName: string): Promise<CheckReport> {
  const file = await readModel(path);
  const arena = arenaNamed(await chain.arenas(), arenaName);
  await checkForArena(chain, file, arena);
  const [params, fee, model, ready] = await Promise.all([
    chain.params(),
    chain.registrationFee(),
    chain.model(file.info.sha256),
    chain.readySponsors(arena.id),
  ]);
  const warnings: string[] = [];
  if (ready < MIN_SPONSORS) {
    warnings.push(
      `only ${ready} sponsors are ready, ${MIN_SPONSORS} are needed: wait, or the model cannot be measured`,
    );
  }
  if (arena.weight === 0)
    warnings.push("the arena has no weight: steps earn nothing but what its own pot pays");
  return {
    file: path,
    arena: arenaName,
    info: file.info,
    fileBytes: file.bytes.length,
    caps: { cost: params.maxModelMacs.toString(), fileBytes: params.maxFileBytes },
    quote: { fee: fee.toString(), bond: params.modelBond },
    registeredBy: model?.author,
    warnings,
  };
}

/** Everything the chain checks of a file that passed the profile. Throws {@link WrongArenaError}. */
export async function checkForArena(chain: MinerChain, file: ModelFile, { spec }: KnownArena): Promise<void> {
  checkFit(spec, file.info);
  checkCaps(await chain.params(), file);
}
