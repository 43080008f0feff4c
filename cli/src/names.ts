import { getArenas } from "@assay/client/actions/getArenas";
import { getModel } from "@assay/client/actions/getModel";
import { getModels } from "@assay/client/actions/getModels";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import type { Arena, ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { ModelStatus, type Model } from "@assay/client/generated/assay/poi/v1/model";
import { UsageError } from "./errors.ts";
import { shortId, toHex } from "./format.ts";

/** An arena with its spec. */
export type KnownArena = Arena & { readonly spec: ArenaSpec };

const MIN_PREFIX = 4;
const MAX_LISTED = 8;

/** All arenas with a spec; the chain gives every arena one. */
export async function readArenas(client: AssayClient): Promise<KnownArena[]> {
  return (await getArenas(client)).flatMap((arena) => (arena.spec ? [{ ...arena, spec: arena.spec }] : []));
}

/** The arena with this name or id. Throws UsageError that lists what there is. */
export function findArena(arenas: readonly KnownArena[], nameOrId: string): KnownArena {
  const found = arenas.find(({ id, spec }) => spec.name === nameOrId || id.toString() === nameOrId);
  if (found) return found;
  const known = arenas.map(({ spec }) => spec.name).join(", ");
  throw new UsageError(`there is no arena "${nameOrId}"; the chain has ${known || "none"}`);
}

/** What people call a model: its arena's name and its own. */
export function modelName(model: Pick<Model, "arena" | "name">, arenas: readonly KnownArena[]): string {
  const arena = arenas.find(({ id }) => id === model.arena);
  return `${arena?.spec.name ?? model.arena}/${model.name}`;
}

/** Lower-case word of a model's status. */
export function statusName(status: ModelStatus): string {
  const name = Object.entries(ModelStatus).find(([, value]) => value === status)?.[0];
  return name?.toLowerCase() ?? String(status);
}

/**
 * The model among `models` that `reference` means: its id in hex, a prefix of it of at least four digits,
 * "arena/name", or its name. Throws UsageError when none or several are meant.
 */
export function matchModel(
  models: readonly Model[],
  arenas: readonly KnownArena[],
  reference: string,
): Model {
  const prefix = new RegExp(`^[0-9a-f]{${MIN_PREFIX},64}$`).test(reference) ? reference : undefined;
  const found = models.filter(
    (model) =>
      model.name === reference ||
      modelName(model, arenas) === reference ||
      (prefix !== undefined && toHex(model.id).startsWith(prefix)),
  );
  const [first] = found;
  if (first && found.length === 1) return first;
  if (!first)
    throw new UsageError(
      `there is no model "${reference}"; "assay model list" shows them (by id, its first digits, or arena/name)`,
    );
  const listed = found
    .slice(0, MAX_LISTED)
    .map((model) => `  ${shortId(model.id)}  ${modelName(model, arenas)}`);
  const more = found.length > MAX_LISTED ? [`  and ${found.length - MAX_LISTED} more`] : [];
  throw new UsageError(
    `"${reference}" could be any of these; name one by its id:\n${[...listed, ...more].join("\n")}`,
  );
}

/** {@link matchModel} against the chain. */
export async function resolveModel(
  client: AssayClient,
  reference: string,
): Promise<{ model: Model; arenas: KnownArena[] }> {
  const arenas = await readArenas(client);
  if (/^[0-9a-f]{64}$/.test(reference)) {
    try {
      return { model: await getModel(client, { modelHex: reference }), arenas };
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return { model: matchModel(await getModels(client), arenas, reference), arenas };
}

/** A function from model ids to what people call them; ids of unknown models stay ids. */
export function namerOf(models: readonly Model[]): (id: Uint8Array) => string {
  const names = new Map(models.map(({ id, name }) => [toHex(id), name]));
  return (id) => (id.length === 0 ? "-" : (names.get(toHex(id)) ?? shortId(id)));
}
