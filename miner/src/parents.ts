import type { Model } from "@assay/client/generated/assay/poi/v1/model";
import type { MinerChain } from "./chain.ts";
import { UnknownParentError } from "./errors.ts";

/** A parent as it is written in a config: an id in hex, or the name of a model of the arena. */
export type ParentName = string;

const ID = /^[0-9a-f]{64}$/;

/**
 * The ids of parents.
 *
 * @param planned models of this process by name; they win over what the chain calls so.
 * @returns undefined as long as a planned one is not registered.
 * Throws {@link UnknownParentError}.
 */
export async function resolveParents(
  chain: Pick<MinerChain, "model" | "models">,
  arena: bigint,
  names: readonly ParentName[],
  planned: ReadonlyMap<string, string> = new Map(),
): Promise<Uint8Array[] | undefined> {
  if (names.length === 0) return [];
  const known = names.every((name) => ID.test(name) || planned.has(name)) ? [] : await chain.models(arena);
  const ids: Uint8Array[] = [];
  for (const name of names) {
    const own = planned.get(name);
    const id = ID.test(name) ? name : (own ?? idOf(known, name));
    if (!(await chain.model(id))) {
      if (own === undefined)
        throw new UnknownParentError(`the chain knows no model ${name}: check the parents`);
      return undefined;
    }
    ids.push(Buffer.from(id, "hex"));
  }
  return ids;
}

function idOf(models: readonly Model[], name: string): string {
  const found = models.filter((model) => model.name === name);
  const [model] = found;
  if (!model)
    throw new UnknownParentError(
      `no model of the arena is called "${name}": correct the parents, or name its id`,
    );
  if (found.length > 1)
    throw new UnknownParentError(
      `${found.length} models of the arena are called "${name}": name the parent's id`,
    );
  return Buffer.from(model.id).toString("hex");
}
