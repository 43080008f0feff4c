import type { GetClockReturnType } from "@assay/client/actions/getClock";
import type { GetEmissionReturnType } from "@assay/client/actions/getEmission";
import type { Arena, Contender, Step } from "@assay/client/generated/assay/poi/v1/arena";
import {
  type ArenaEpoch,
  type Conviction,
  type EpochRecord,
  type ModelEpoch,
  type Slot,
} from "@assay/client/generated/assay/poi/v1/epoch";
import type { Model } from "@assay/client/generated/assay/poi/v1/model";
import type { Scorer } from "@assay/client/generated/assay/poi/v1/participant";
import type { Block, ExplorerChain } from "./chain.ts";
import { hex } from "./hex.ts";

/** Ended epochs that are kept in memory: those the charts span. */
export const MAX_EPOCHS = 240;
export const MAX_MODELS = 300;
export const MAX_CONVICTIONS = 50;
/** As many as one call of the node returns. */
export const MAX_BLOCKS = 20;

/** Heights between two looks at what changes slowly, where no phase ends in between. */
const STANDING_EVERY = 5;
/** Queries under way at a time while the past is read. */
const CONCURRENCY = 8;

/** An arena with everything that hangs on it. */
export interface ArenaReading {
  arena: Arena;
  steps: Step[];
  models: Model[];
  contenders: Contender[];
}

/** An ended epoch. */
export interface EpochReading {
  record: EpochRecord;
  arenas: ArenaEpoch[];
  slots: Slot[];
}

/** All that was read from the node. */
export interface Reading {
  chainId: string;
  clock: GetClockReturnType;
  /** Newest first. */
  blocks: Block[];
  arenas: ArenaReading[];
  scorers: Scorer[];
  monikers: Map<string, string>;
  /** Newest first. */
  convictions: Conviction[];
  emission: GetEmissionReturnType;
  /** Ended epochs by number, ascending, the latest {@link MAX_EPOCHS}. */
  epochs: Map<bigint, EpochReading>;
  /** Measurements by model id in hex, newest first. */
  modelEpochs: Map<string, ModelEpoch[]>;
}

/**
 * Keeps a {@link Reading} up to date with as few queries as it can: at each height the clock, blocks, scorers and
 * convictions; at each change of phase, and every few heights, arenas, ladders, models and emission; after each epoch
 * its results. The number of queries never depends on the number of visitors.
 */
export interface Reader {
  /** The reading at the chain's present height; undefined when that is not newer than the last. */
  refresh(chain: ExplorerChain): Promise<Reading | undefined>;
}

export function createReader(): Reader {
  let last: Reading | undefined;
  let standingAt = 0;
  return {
    async refresh(chain) {
      const clock = await chain.clock();
      // A chain that was started anew under the same id: nothing of the old one is true.
      if (last !== undefined && clock.clock.epoch < last.clock.clock.epoch) last = undefined;
      if (last !== undefined && clock.height <= last.clock.height) return undefined;

      const height = Number(clock.height);
      const { epoch, phase } = clock.clock;
      const before = last?.clock.clock;
      const newPhase = before === undefined || before.epoch !== epoch || before.phase !== phase;
      const newEpoch = before === undefined || before.epoch !== epoch;
      const standing = newPhase || height - standingAt >= STANDING_EVERY;

      const [blocks, scorers, convictions] = await Promise.all([
        readBlocks(chain, last?.blocks ?? [], height),
        chain.scorers(),
        chain.convictions(MAX_CONVICTIONS),
      ]);
      const arenas = last === undefined || standing ? await readArenas(chain, last?.arenas) : last.arenas;
      const emission = last === undefined || standing ? await chain.emission() : last.emission;
      const monikers = last === undefined || newEpoch ? await chain.monikers() : last.monikers;
      const epochs =
        last === undefined || newEpoch ? await readEpochs(chain, last?.epochs, epoch) : last.epochs;
      const modelEpochs =
        last === undefined || epochs !== last.epochs
          ? await readModelEpochs(chain, last?.modelEpochs, arenas, epochs)
          : last.modelEpochs;

      if (standing) standingAt = height;
      last = {
        chainId: chain.chainId,
        clock,
        blocks,
        arenas,
        scorers,
        monikers,
        convictions,
        emission,
        epochs,
        modelEpochs,
      };
      return last;
    },
  };
}

async function readBlocks(chain: ExplorerChain, known: Block[], height: number): Promise<Block[]> {
  const newest = known[0]?.height ?? 0;
  const from = Math.max(1, newest + 1, height - MAX_BLOCKS + 1);
  const read = await chain.blocks(from, height);
  const added = read.filter((block) => block.height > newest).sort((a, b) => b.height - a.height);
  return [...added, ...known].slice(0, MAX_BLOCKS);
}

async function readArenas(chain: ExplorerChain, known: ArenaReading[] | undefined): Promise<ArenaReading[]> {
  const before = new Map(known?.map((reading) => [reading.arena.id, reading]));
  return await eachOf(await chain.arenas(), async (arena) => {
    const same = before.get(arena.id);
    const [steps, models, contenders] = await Promise.all([
      // Steps are only ever added.
      same !== undefined && same.steps.length === arena.steps ? same.steps : chain.ladder(arena.id),
      chain.models(arena.id, MAX_MODELS),
      chain.contenders(arena.id),
    ]);
    return { arena, steps, models, contenders };
  });
}

/** Adds the epochs that ended since; one that the node no longer keeps is left out. */
async function readEpochs(
  chain: ExplorerChain,
  known: Map<bigint, EpochReading> | undefined,
  running: bigint,
): Promise<Map<bigint, EpochReading>> {
  const oldest = running > BigInt(MAX_EPOCHS) ? running - BigInt(MAX_EPOCHS) : 0n;
  const wanted: bigint[] = [];
  for (let epoch = oldest; epoch < running; epoch++) wanted.push(epoch);
  const newest = [...(known?.keys() ?? [])].at(-1) ?? -1n;
  const read = await eachOf(wanted, async (epoch): Promise<EpochReading | undefined> => {
    const same = known?.get(epoch);
    if (same !== undefined || epoch <= newest) return same;
    const result = await chain.epoch(epoch);
    return result && { record: result.epoch, arenas: result.arenas, slots: await chain.slots(epoch) };
  });
  return new Map(
    read.filter((reading) => reading !== undefined).map((reading) => [reading.record.epoch, reading]),
  );
}

/** Adds each model's measurements of the epochs that are in memory and not yet read. */
async function readModelEpochs(
  chain: ExplorerChain,
  known: Map<string, ModelEpoch[]> | undefined,
  arenas: ArenaReading[],
  epochs: Map<bigint, EpochReading>,
): Promise<Map<string, ModelEpoch[]>> {
  const newest = [...epochs.keys()].at(-1) ?? 0n;
  const oldest = [...epochs.keys()].at(0) ?? 0n;
  const lastFrozen = new Set(epochs.get(newest)?.arenas.flatMap(({ models }) => models.map(hex)));
  const ids = arenas.flatMap(({ models }) =>
    models.filter(({ scoredEpochs }) => scoredEpochs > 0n).map(({ id }) => hex(id)),
  );
  const read = await eachOf(ids, async (id): Promise<[string, ModelEpoch[]]> => {
    const same = known?.get(id);
    // A model that nobody ran in the latest epoch has no newer measurement.
    if (same !== undefined && !lastFrozen.has(id)) return [id, same.filter(({ epoch }) => epoch >= oldest)];
    const since = same?.[0]?.epoch;
    const missing = since === undefined ? MAX_EPOCHS : Math.min(MAX_EPOCHS, Number(newest - since));
    const added = missing > 0 ? await chain.modelEpochs(id, missing) : [];
    const fresh = since === undefined ? added : added.filter(({ epoch }) => epoch > since);
    return [id, [...fresh, ...(same ?? [])].filter(({ epoch }) => epoch >= oldest)];
  });
  return new Map(read);
}

/** Runs `operation` on every item, a few at a time, and keeps their order. */
async function eachOf<Item, Result>(
  items: readonly Item[],
  operation: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += CONCURRENCY) {
    results.push(...(await Promise.all(items.slice(start, start + CONCURRENCY).map(operation))));
  }
  return results;
}
