import { fromBech32 } from "@cosmjs/encoding";
import { getScorers } from "@assay/client/actions/getScorers";
import type { Found } from "../../wire/search.ts";
import { validatorNames } from "../chain/validators.ts";
import { beginning, startsWith } from "../db/beginning.ts";
import { HttpError } from "../http/errors.ts";
import type { ApiContext } from "../http/route.ts";
import { askServices } from "../market/reads.ts";
import type { NodeState, Stated } from "../node/state.ts";
import { askArena, askArenas, askModels, type ArenaFact, type ModelFact } from "../poi/models/reads.ts";
import { formatCount, formatPpm } from "./texts.ts";

const MOST = 30;
const MOST_OF_A_KIND = 8;
/** Shorter beginnings of hashes name too many of them. */
const SHORTEST_PREFIX = 4;
/** Longest bech32 text there is (BIP-173); the decoder wants a limit. */
const BECH32_LIMIT = 90;

/** Everything that `text` may name, best first. Without the node it finds what is indexed. */
export async function find(context: ApiContext, text: string): Promise<Found[]> {
  const query = text.trim();
  if (query === "") return [];
  const known = await askKnown(context.node);
  const results = [
    ...(await byNumber(context, query, known)),
    ...(await byAddress(context, query, known)),
    ...(await byHex(context, query, known)),
    ...byName(query, known),
  ];
  return unique(results).slice(0, MOST);
}

/** What the node can list. */
interface Known {
  arenas: readonly ArenaFact[];
  models: readonly ModelFact[];
  services: readonly { id: number; name: string; status: string; model: { name: string } | null }[];
}

async function askKnown(node: NodeState): Promise<Known> {
  const [arenas, models, services] = await Promise.all([
    orNone(askArenas(node)),
    orNone(askModels(node)),
    orNone(askServices(node)),
  ]);
  return { arenas, models, services };
}

/** None while the node is away and was never asked: what is indexed can be found all the same. */
async function orNone<T>(asked: Promise<Stated<T[]>>): Promise<T[]> {
  try {
    return (await asked).value;
  } catch (error) {
    if (error instanceof HttpError) return [];
    throw error;
  }
}

/** A number names a block, an epoch, an arena and a service. */
async function byNumber({ db }: ApiContext, query: string, known: Known): Promise<Found[]> {
  const digits = query.replace(/^#|[, ]/g, "");
  if (!/^\d{1,15}$/.test(digits)) return [];
  const number = Number(digits);
  const [block, epoch] = await Promise.all([
    db.selectFrom("block").select(["height", "time", "txs"]).where("height", "=", number).executeTakeFirst(),
    db.selectFrom("epoch").select(["epoch", "start_height"]).where("epoch", "=", number).executeTakeFirst(),
  ]);
  return [
    ...(block ? [blockFound(block)] : []),
    ...(epoch
      ? [
          found(
            "epoch",
            epoch.epoch,
            `Epoch ${formatCount(epoch.epoch)}`,
            `from block ${formatCount(epoch.start_height)}`,
          ),
        ]
      : []),
    ...known.arenas.filter(({ id }) => id === number).map(arenaFound),
    ...known.services.filter(({ id }) => id === number).map(serviceFound),
  ];
}

/** An address names an account or a validator, and what else it is in the system. */
async function byAddress({ db, node }: ApiContext, query: string, { arenas }: Known): Promise<Found[]> {
  const address = query.toLowerCase();
  const prefix = prefixOf(address);
  if (prefix === undefined) return [];
  const [names, scorers] = await Promise.all([validatorNames(node), orNone(askScorers(node))]);
  if (prefix === "assayvaloper") return [found("validator", address, names.moniker(address), "")];
  if (prefix !== "assay") return [];
  const sponsors = await Promise.all(
    arenas.map(async (arena) => {
      const [inner] = await orNone(
        askArena(node, arena.id).then((stated) => ({ ...stated, value: [stated.value] })),
      );
      return inner?.sponsors.some((sponsor) => sponsor.address === address)
        ? [found("sponsor", `${arena.id}/${address}`, "", `of ${arena.name}`)]
        : [];
    }),
  );
  const seen = await db
    .selectFrom("activity")
    .select("height")
    .where("address", "=", address)
    .limit(1)
    .executeTakeFirst();
  return [
    found("account", address, "", seen === undefined ? "in no transaction yet" : ""),
    ...scorers
      .filter(({ operator, hotKey }) => operator === address || hotKey === address)
      .map(({ operator, hotKey }) =>
        found("scorer", operator, "", hotKey === address ? "this is its hot key" : "this is its operator"),
      ),
    ...sponsors.flat(),
  ];
}

/** The prefix of a bech32 address whose checksum is right. */
function prefixOf(address: string): string | undefined {
  if (!address.startsWith("assay")) return undefined;
  try {
    return fromBech32(address, BECH32_LIMIT).prefix;
  } catch (error) {
    // The decoder says by throwing that this is no address.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function askScorers(node: NodeState): Promise<Stated<{ operator: string; hotKey: string }[]>> {
  return node.ask("search/scorers", async (client) =>
    (await getScorers(client)).map(({ operator, hotKey }) => ({ operator, hotKey })),
  );
}

/** Hex names transactions, blocks, models and channels, whole or by its beginning. */
async function byHex({ db }: ApiContext, query: string, { models, arenas }: Known): Promise<Found[]> {
  const hex = query.replace(/^0x/i, "");
  if (!/^[0-9a-f]{1,64}$/i.test(hex) || hex.length < SHORTEST_PREFIX) return [];
  const upper = hex.toUpperCase();
  const lower = hex.toLowerCase();
  const [txs, blocks, channels] = await Promise.all([
    db
      .selectFrom("tx")
      .select(["hash", "height"])
      .where(startsWith("hash", upper))
      .orderBy(beginning("hash"))
      .limit(MOST_OF_A_KIND)
      .execute(),
    db
      .selectFrom("block")
      .select(["height", "time", "txs"])
      .where(startsWith("hash", upper))
      .orderBy(beginning("hash"))
      .limit(MOST_OF_A_KIND)
      .execute(),
    db
      .selectFrom("market_channel")
      .select(["channel", "service"])
      .where("channel", ">=", lower)
      .where("channel", "<", `${lower}g`)
      .orderBy("channel")
      .limit(MOST_OF_A_KIND)
      .execute(),
  ]);
  return [
    ...models
      .filter(({ id }) => id.startsWith(lower))
      .slice(0, MOST_OF_A_KIND)
      .map((model) => modelFound(model, arenas)),
    ...txs.map(({ hash, height }) => found("tx", hash, "", `in block ${formatCount(height)}`)),
    ...blocks.map(blockFound),
    ...channels.map(({ channel, service }) => found("channel", channel, "", `to service ${service}`)),
  ];
}

/** Parts of names: of those that fit equally well, arenas first, then models by their score, then services. */
function byName(query: string, { arenas, models, services }: Known): Found[] {
  const wanted = query.toLowerCase();
  const best = <T>(items: readonly T[], nameOf: (item: T) => string): { item: T; fit: number }[] =>
    items
      .map((item) => ({ item, fit: fitOf(nameOf(item).toLowerCase(), wanted) }))
      .filter(({ fit }) => fit < NO_FIT)
      .toSorted((a, b) => a.fit - b.fit)
      .slice(0, MOST_OF_A_KIND);
  const byScore = models.toSorted((a, b) => b.smoothed - a.smoothed);
  return [
    ...best(arenas, ({ name }) => name).map(({ item, fit }) => ({ result: arenaFound(item), fit })),
    ...best(byScore, ({ name }) => name).map(({ item, fit }) => ({ result: modelFound(item, arenas), fit })),
    ...best(services, ({ name }) => name).map(({ item, fit }) => ({ result: serviceFound(item), fit })),
  ]
    .toSorted((a, b) => a.fit - b.fit)
    .map(({ result }) => result);
}

const NO_FIT = 4;

/** How well a name fits: 0 it is what was asked for, 1 it begins so, 2 a word in it does, 3 it contains it, 4 not. */
function fitOf(name: string, wanted: string): number {
  const at = name.indexOf(wanted);
  if (at < 0) return NO_FIT;
  if (at === 0) return name.length === wanted.length ? 0 : 1;
  return /[\p{L}\p{N}]/u.test(name[at - 1] ?? "") ? 3 : 2;
}

function found(kind: Found["kind"], id: string | number, name: string, detail: string): Found {
  return { kind, id: String(id), name, detail };
}

function blockFound({ height, time, txs }: { height: number; time: string; txs: number }): Found {
  const count = `${formatCount(txs)} transaction${txs === 1 ? "" : "s"}`;
  return found(
    "block",
    height,
    `Block ${formatCount(height)}`,
    `${time.slice(0, 19).replace("T", " ")} UTC, ${count}`,
  );
}

function arenaFound({ id, name, description }: ArenaFact): Found {
  return found("arena", id, name, description);
}

function modelFound(model: ModelFact, arenas: readonly ArenaFact[]): Found {
  const arena = arenas.find(({ id }) => id === model.arena)?.name ?? `arena ${model.arena}`;
  const score = model.scoredEpochs === 0 ? "not scored yet" : formatPpm(model.smoothed);
  return found("model", model.id, model.name, `${model.id.slice(0, 8)} · ${arena} · ${score}`);
}

function serviceFound({ id, name, status, model }: Known["services"][number]): Found {
  const serves = model === null ? "without a checked model" : `serves ${model.name}`;
  return found("service", id, name, status === "active" ? serves : `${status}, ${serves}`);
}

function unique(items: readonly Found[]): Found[] {
  return [...new Map(items.map((item) => [`${item.kind} ${item.id}`, item])).values()];
}
