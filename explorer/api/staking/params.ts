import type { AssayClient } from "@assay/client/client";
import { MalformedResponseError } from "@assay/client/errors";
import { createQueryRpc } from "@assay/client/rpc";
import { getParams, type ParamModule } from "../../wire/staking.ts";
import { Shortener } from "../chain/shown.ts";
import { serve, type ApiContext, type Route } from "../http/route.ts";
import type { Json } from "../index/decode.ts";
import { MODULES, type ModuleMeaning } from "./meanings.ts";
import { bytesPpm } from "./queries.ts";

/** Values of all parameters of a module at most. */
const VALUES = 2_000;
const NO_REQUEST = new Uint8Array();

export const paramRoutes: readonly Route[] = [
  serve(getParams, ({ node, decoder }) =>
    node.ask("staking/params", (client) =>
      Promise.all(MODULES.map((module) => readModule(client, decoder, module))),
    ),
  ),
];

/** Reads the fields that the chain has, by its own description: one that is newer than this program shows, too. */
async function readModule(
  client: AssayClient,
  decoder: ApiContext["decoder"],
  { query, params: meanings, ...module }: ModuleMeaning,
): Promise<ParamModule> {
  const bytes = await createQueryRpc(client.comet).request(`${query}.Query`, "Params", NO_REQUEST);
  const answer = decoder.decode(`/${query}.QueryParamsResponse`, bytes);
  const params = isObject(answer) ? answer["params"] : undefined;
  if (!isObject(params)) throw new MalformedResponseError(`the parameters of ${query}`);
  const shortener = new Shortener(VALUES);
  return {
    ...module,
    params: flatten(params).map(([name, value]) => {
      // Parameters that are newer than this program are shown, too, without their meaning.
      const [unit, meaning] = meanings[name] ?? ["none", ""];
      return {
        name,
        value: shortener.shorten(unit === "fraction" ? fractionOf(value) : value),
        unit,
        meaning,
      };
    }),
  };
}

/** Some decimals are in fields of bytes, which hold the digits of an integer. */
function fractionOf(value: Json): Json {
  if (!isObject(value) || typeof value["hex"] !== "string") return value;
  return String(bytesPpm(Buffer.from(value["hex"], "hex")) / 1_000_000);
}

/** Fields of groups get the group's name before theirs. */
export function flatten(fields: Readonly<Record<string, Json>>, prefix = ""): [string, Json][] {
  return Object.entries(fields).flatMap(([name, value]): [string, Json][] =>
    isObject(value) && typeof value["hex"] !== "string"
      ? flatten(value, `${prefix}${name}.`)
      : [[prefix + name, value]],
  );
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
