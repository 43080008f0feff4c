import { getContenders } from "@assay/client/actions/getContenders";
import { getEpoch } from "@assay/client/actions/getEpoch";
import { getEpochs } from "@assay/client/actions/getEpochs";
import { getLadder } from "@assay/client/actions/getLadder";
import { getModelEpoch } from "@assay/client/actions/getModelEpoch";
import { getModelEpochs } from "@assay/client/actions/getModelEpochs";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import type { Contender } from "@assay/client/generated/assay/poi/v1/arena";
import type { ArenaEpoch, ModelEpoch } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Model } from "@assay/client/generated/assay/poi/v1/model";
import type { Evidence, Standing } from "@assay/client/protocol/why";
import { UsageError } from "../errors.ts";
import { toHex } from "../format.ts";

/** Reads everything the chain keeps about a model's pay in an epoch. Throws UsageError when it keeps nothing. */
export async function loadEvidence(client: AssayClient, model: Model, epoch: bigint): Promise<Evidence> {
  const modelHex = toHex(model.id);
  const record = await orUndefined(getEpoch(client, { epoch }));
  if (!record) throw new UsageError(await notKept(client, epoch));
  const { void: isVoid, scorersRevealed, scorersFrozen } = record.epoch;
  if (isVoid)
    throw new UsageError(
      `epoch ${epoch} was void: ${scorersRevealed} of ${scorersFrozen} scorers revealed, so nothing was scored or paid to authors`,
    );
  const arena = record.arenas.find(({ arena: id }) => id === model.arena);
  if (!arena) {
    throw new UsageError(`arena ${model.arena} of the model was not part of epoch ${epoch}; try a later one`);
  }
  const [own, history, ladder, contenders] = await Promise.all([
    orUndefined(getModelEpoch(client, { modelHex, epoch })),
    getModelEpochs(client, { modelHex }),
    getLadder(client, { arena: model.arena }),
    getContenders(client, { arena: model.arena }),
  ]);
  return {
    model: model.id,
    epoch: record.epoch,
    arenas: record.arenas,
    arena,
    result: own?.result,
    smoothedBefore: smoothedBefore(model, history, epoch),
    ladder,
    standings: await standings(client, arena, contenders, epoch),
    contender: await countsOf(client, model, contenders, history, arena),
  };
}

/** A model's history starts with its first score unless scores have been forgotten. */
function smoothedBefore(
  model: Model,
  history: readonly ModelEpoch[],
  epoch: bigint,
): Evidence["smoothedBefore"] {
  const earlier = history.filter((result) => result.epoch < epoch);
  const last = earlier.at(-1);
  if (last) return last.smoothed;
  return BigInt(history.length) === model.scoredEpochs ? "first" : "unknown";
}

async function standings(
  client: AssayClient,
  arena: ArenaEpoch,
  contenders: readonly Contender[],
  epoch: bigint,
): Promise<Standing[]> {
  const sequences = new Map(contenders.map(({ model, reservationSeq }) => [toHex(model), reservationSeq]));
  const all: Standing[] = [];
  // One after the other: an arena has up to 64 models, and a node more to do than to answer us.
  for (const model of arena.models) {
    const modelHex = toHex(model);
    const measured = await orUndefined(getModelEpoch(client, { modelHex, epoch }));
    const screening = measured?.result?.screening;
    if (screening) all.push({ model, screening, sequence: sequences.get(modelHex) });
  }
  return all;
}

/** Counts per sponsor are kept as they are now: those of the epoch only while nothing was added since. */
async function countsOf(
  client: AssayClient,
  model: Model,
  contenders: readonly Contender[],
  history: readonly ModelEpoch[],
  arena: ArenaEpoch,
): Promise<Contender | undefined> {
  const contender = contenders.find((candidate) => toHex(candidate.model) === toHex(model.id));
  const isLast = history.at(-1)?.epoch === arena.epoch;
  if (!contender || !isLast || arena.stepAccepted > 0) return undefined;
  // The next epoch may have settled between our reads.
  const later = await getModelEpochs(client, { modelHex: toHex(model.id), limit: 1, reverse: true });
  return later[0]?.epoch === arena.epoch ? contender : undefined;
}

async function notKept(client: AssayClient, epoch: bigint): Promise<string> {
  const [oldest] = await getEpochs(client, { limit: 1 });
  const [newest] = await getEpochs(client, { limit: 1, reverse: true });
  if (!oldest || !newest) return "no epoch has ended yet; watch it with: assay epoch";
  return `epoch ${epoch} is not kept: the chain has ${oldest.epoch} to ${newest.epoch}`;
}

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
