import type { Kysely } from "kysely";
import { z } from "zod";
import {
  getArena,
  getArenaExamples,
  getArenaHistory,
  getArenas,
  getCompare,
  getLineage,
  getModel,
  getModelEpochs,
  getModels,
  getWhy,
  MAX_COMPARED,
  type ArenaEpochRow,
  type HeadToHead,
  type ModelEpochRow,
} from "../../../wire/poi-models.ts";
import type { Database } from "../../db/schema.ts";
import { HttpError, notFound } from "../../http/errors.ts";
import { decodeCursor, pageOf } from "../../http/page.ts";
import { serve, type Route } from "../../http/route.ts";
import type { NodeState, Stated } from "../../node/state.ts";
import { cleanText } from "../../text.ts";
import { loadEvidence } from "./evidence.ts";
import { examplesOf } from "./examples.ts";
import { lineageOf } from "./lineage.ts";
import {
  askArena,
  askArenas,
  askCard,
  askContenders,
  askModels,
  askRules,
  askServices,
  type ArenaFact,
  type ContenderFact,
  type ModelFact,
} from "./reads.ts";
import {
  Book,
  errorOf,
  meanOf,
  measuredOf,
  viewArena,
  viewContender,
  viewModel,
  viewStep,
  type LastPays,
} from "./views.ts";
import { viewWhy } from "./why.ts";

type Db = Kysely<Database>;

/** Epochs that an arena's page lists, and that a comparison draws. */
const LISTED_EPOCHS = 12;
const COMPARED_EPOCHS = 100;

/** Arenas and models: present state from the node, what epochs measured and paid from the index. */
export const modelRoutes: readonly Route[] = [
  serve(getArenas, async ({ node }) => {
    const { book, ...asked } = await readBook(node);
    const inner = await Promise.all(
      [...book.arenas.values()].map(async (arena) => ({ arena, ...(await askArena(node, arena.id)) })),
    );
    return {
      ...oldest([asked, ...inner]),
      value: inner.map(({ arena, value }) => viewArena(arena, value, book)),
    };
  }),

  serve(getArena, async ({ node, db }, { params }) => {
    const { book, ...asked } = await readBook(node);
    const arena = arenaOf(book, params.arena);
    const [inner, contenders, rules, epochs, lastPays] = await Promise.all([
      askArena(node, arena.id),
      askContenders(node, arena.id),
      askRules(node),
      arenaEpochs(db, arena.id, book),
      readLastPays(db, arena.id),
    ]);
    const { ladder, sponsors } = inner.value;
    return {
      ...oldest([asked, inner, contenders, rules]),
      value: {
        ...viewArena(arena, inner.value, book),
        creator: arena.creator,
        curator: arena.curator,
        createdHeight: arena.createdHeight,
        rules: rules.value,
        ladder: ladder.map((step) => viewStep(step, arena.settledEpochs, rules.value, lastPays, book)),
        contenders: contenders.value.map((contender) => viewContender(contender, book)),
        sponsorList: sponsors,
      },
      epochs,
    };
  }),

  serve(getArenaHistory, async ({ node, db }, { params, query }) => {
    const { book } = await readBook(node);
    const arena = arenaOf(book, params.arena);
    const newest = await db
      .selectFrom("model_epoch")
      .select("epoch")
      .distinct()
      .where("arena", "=", arena.id)
      .orderBy("epoch", "desc")
      .limit(query.epochs)
      .execute();
    const epochs = newest.map(({ epoch }) => epoch).reverse();
    const rows = await db
      .selectFrom("model_epoch")
      .select(["model", "epoch", "accuracy"])
      .where("arena", "=", arena.id)
      .where("epoch", ">=", epochs[0] ?? 0)
      .execute();
    const measured = new Map<string, Map<number, number>>();
    for (const { model, epoch, accuracy } of rows) {
      const series = measured.get(model) ?? new Map<number, number>();
      measured.set(model, series.set(epoch, accuracy));
    }
    const { value } = await askArena(node, arena.id);
    const models = [...measured.keys()].flatMap((id) => book.models.get(id) ?? []).toSorted(byRegistration);
    return {
      epochs,
      series: models.map((model) => ({
        model: book.ref(model.id),
        state: book.stateOf(model),
        accuracy: epochs.map((epoch) => measured.get(model.id)?.get(epoch) ?? null),
        mean: meanOf(model)?.accuracy ?? null,
      })),
      steps: value.ladder.map(({ index, epoch, model, gain }) => ({
        index,
        epoch,
        model: book.ref(model),
        gain,
        error: errorOf(model, book),
      })),
    };
  }),

  serve(getArenaExamples, async ({ node, db }, { params }) => {
    const { book } = await readBook(node);
    const { id, task } = arenaOf(book, params.arena);
    return { task, ...(await examplesOf(db, id, task)) };
  }),

  serve(getModels, async ({ node }, { query }) => {
    const { book, height, stale } = await readBook(node);
    const { arena, state, author, order, limit } = query;
    const after = decodeCursor(query.cursor, z.tuple([z.number(), z.string()]));
    // Of two models with the same value the one with the smaller id is listed first.
    const value = (model: ModelFact): number =>
      order === "score" ? (model.scoredEpochs === 0 ? -1 : model.smoothed) : model.registeredHeight;
    const all = [...book.models.values()].filter(
      (model) =>
        (arena === undefined || model.arena === arena) &&
        (state === undefined || book.stateOf(model) === state) &&
        (author === undefined || model.author === author),
    );
    const rest = all
      .filter(
        (model) =>
          after === undefined ||
          value(model) < after[0] ||
          (value(model) === after[0] && model.id > after[1]),
      )
      .toSorted((a, b) => value(b) - value(a) || (a.id < b.id ? -1 : 1));
    return {
      ...pageOf(
        rest,
        limit,
        (model) => [value(model), model.id],
        (model) => viewModel(model, book),
      ),
      height,
      stale,
      total: all.length,
    };
  }),

  serve(getModel, async ({ node, db }, { params }) => {
    const { book, ...asked } = await readBook(node);
    const model = modelOf(book, params.model);
    const arena = arenaOf(book, model.arena);
    const [inner, contenders, rules, card, services, lastPays, registration, earned, last] =
      await Promise.all([
        askArena(node, arena.id),
        askContenders(node, arena.id),
        askRules(node),
        askCard(node, model.id),
        askServices(node, model.id),
        readLastPays(db, arena.id),
        readRegistration(db, model.id),
        readEarned(db, model.id),
        newestEpoch(db, arena.id),
      ]);
    const contender = contenders.value.find((standing) => standing.model === model.id);
    const step = inner.value.ladder.find((taken) => taken.model === model.id);
    return {
      ...oldest([asked, inner, contenders, rules, card, services]),
      value: {
        ...viewModel(model, book),
        card: card.value,
        macs: model.macs,
        elements: model.elements,
        parents: model.parents.map((parent) => book.ref(parent)),
        children: book.childrenOf(model.id).map((child) => book.ref(child.id)),
        bonded: model.bonded,
        services: services.value,
        contention: contender === undefined ? null : viewContender(contender, book),
        rules: rules.value,
        ladderStep:
          step === undefined ? null : viewStep(step, arena.settledEpochs, rules.value, lastPays, book),
      },
      registration,
      earned,
      lastEpoch: last ?? null,
    };
  }),

  serve(getModelEpochs, async ({ node, db }, { params, query }) => {
    const { book } = await readBook(node);
    const model = modelOf(book, params.model);
    const after = decodeCursor(query.cursor, z.tuple([z.number()]));
    const rows = await modelEpochs(db, model.id, query.limit + 1, after?.[0]);
    return pageOf(
      rows,
      query.limit,
      ({ epoch }) => [epoch],
      (row) => row,
    );
  }),

  serve(getWhy, async ({ node, db }, { params }) => {
    const { book } = await readBook(node);
    const model = modelOf(book, params.model);
    const contenders = await askContenders(node, model.arena);
    return viewWhy(await loadEvidence(db, model, params.epoch, contenders.value), book);
  }),

  serve(getLineage, async ({ node }, { params }) => {
    const { book } = await readBook(node);
    return lineageOf(modelOf(book, params.model).id, book);
  }),

  serve(getCompare, async ({ node, db }, { query }) => {
    const ids = [...new Set(query.models.toLowerCase().split(","))];
    if (ids.length > MAX_COMPARED) throw new HttpError(400, `models: at most ${MAX_COMPARED} at a time`);
    const { book, ...asked } = await readBook(node);
    const models = ids.map((id) => modelOf(book, id));
    const arenas = [...new Set(models.map(({ arena }) => arena))];
    const [contenders, services, inner, histories] = await Promise.all([
      Promise.all(arenas.map((arena) => askContenders(node, arena))),
      Promise.all(ids.map((id) => askServices(node, id))),
      Promise.all(arenas.map((arena) => askArena(node, arena))),
      Promise.all(ids.map((id) => modelEpochs(db, id, COMPARED_EPOCHS))),
    ]);
    const ladder = inner.flatMap(({ value }) => value.ladder);
    return {
      ...oldest([asked, ...contenders, ...services, ...inner]),
      value: {
        models: models.map((model, i) => ({
          ...viewModel(model, book),
          services: services[i]?.value ?? [],
          parents: model.parents.map((parent) => book.ref(parent)),
          last: histories[i]?.[0] ?? null,
          gain: ladder.find((step) => step.model === model.id && step.index > 0)?.gain ?? null,
          history: (histories[i] ?? [])
            .map(({ epoch, accuracy, smoothed }) => ({ epoch, accuracy, smoothed }))
            .reverse(),
        })),
        headToHead: headToHead(
          new Set(ids),
          ladder,
          contenders.flatMap(({ value }) => value),
        ),
      },
    };
  }),
];

async function readBook(node: NodeState): Promise<{ book: Book; height: number; stale: boolean }> {
  const [arenas, models] = await Promise.all([askArenas(node), askModels(node)]);
  return { ...oldest([arenas, models]), book: new Book(arenas.value, models.value) };
}

/** What may be said of an answer made of several. */
function oldest(answers: readonly Omit<Stated<unknown>, "value">[]): { height: number; stale: boolean } {
  return {
    height: Math.min(...answers.map(({ height }) => height)),
    stale: answers.some(({ stale }) => stale),
  };
}

function arenaOf(book: Book, id: number): ArenaFact {
  const arena = book.arenas.get(id);
  if (arena === undefined) throw notFound(`There is no arena ${id}.`);
  return arena;
}

function modelOf(book: Book, id: string): ModelFact {
  const model = book.models.get(id);
  if (model === undefined) throw notFound(`There is no model ${id.slice(0, 12)}….`);
  return model;
}

function byRegistration(a: ModelFact, b: ModelFact): number {
  return a.registeredHeight - b.registeredHeight || (a.id < b.id ? -1 : 1);
}

async function newestEpoch(db: Db, arena: number): Promise<number | undefined> {
  const row = await db
    .selectFrom("arena_epoch")
    .select("epoch")
    .where("arena", "=", arena)
    .where("settled", "is not", null)
    .orderBy("epoch", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.epoch;
}

async function readLastPays(db: Db, arena: number): Promise<LastPays> {
  const rows = await db
    .selectFrom("step_pay")
    .select(["step", "epoch", "emission", "funded"])
    .where("arena", "=", arena)
    .where("epoch", "=", (query) =>
      query
        .selectFrom("arena_epoch")
        .select("epoch")
        .where("arena", "=", arena)
        .where("settled", "=", 1)
        .orderBy("epoch", "desc")
        .limit(1),
    )
    .execute();
  return new Map(rows.map(({ step, ...pay }) => [step, pay]));
}

async function readRegistration(
  db: Db,
  model: string,
): Promise<{ height: number; time: string; tx: string } | null> {
  const row = await db
    .selectFrom("model_change")
    .select(["height", "time", "tx"])
    .where("model", "=", model)
    .where("kind", "=", "registered")
    .orderBy("height")
    .limit(1)
    .executeTakeFirst();
  return row === undefined || row.tx === null ? null : { ...row, tx: row.tx };
}

/** Everything a model's step was paid. */
async function readEarned(db: Db, model: string): Promise<{ emission: string; funded: string }> {
  const rows = await db
    .selectFrom("step_pay")
    .select(["emission", "funded"])
    .where("model", "=", model)
    .execute();
  const sum = (amounts: string[]): string =>
    amounts.reduce((total, amount) => total + BigInt(amount), 0n).toString();
  return { emission: sum(rows.map((row) => row.emission)), funded: sum(rows.map((row) => row.funded)) };
}

async function arenaEpochs(db: Db, arena: number, book: Book): Promise<ArenaEpochRow[]> {
  const rows = await db
    .selectFrom("arena_epoch")
    .selectAll()
    .where("arena", "=", arena)
    .where("settled", "is not", null)
    .orderBy("epoch", "desc")
    .limit(LISTED_EPOCHS)
    .execute();
  const pays = await db
    .selectFrom("step_pay")
    .select(["epoch", "emission", "funded"])
    .where("arena", "=", arena)
    .where("epoch", ">=", rows.at(-1)?.epoch ?? 0)
    .execute();
  return rows.map((row) => ({
    epoch: row.epoch,
    settled: row.settled === 1,
    reason: cleanText(row.reason, 160),
    sponsorsCounted: row.sponsors_counted ?? 0,
    sponsorsFrozen: row.sponsors_frozen,
    authorsPot: row.authors_pot ?? "0",
    fundedPot: row.funded_pot ?? "0",
    paid: pays
      .filter(({ epoch }) => epoch === row.epoch)
      .reduce((sum, { emission, funded }) => sum + BigInt(emission) + BigInt(funded), 0n)
      .toString(),
    called: book.refOrNull(row.called),
    step: row.step_accepted ?? 0,
  }));
}

/** The newest `limit` epochs of a model, those before `before`, newest first. */
async function modelEpochs(db: Db, model: string, limit: number, before?: number): Promise<ModelEpochRow[]> {
  const rows = await db
    .selectFrom("model_epoch")
    .select(["epoch", "accuracy", "smoothed", "items", "called", "step_accepted"])
    .where("model", "=", model)
    .$if(before !== undefined, (query) => query.where("epoch", "<", before ?? 0))
    .orderBy("epoch", "desc")
    .limit(limit)
    .execute();
  const [newest, oldestRow] = [rows[0], rows.at(-1)];
  if (newest === undefined || oldestRow === undefined) return [];
  const within = [oldestRow.epoch, newest.epoch] as const;
  const [sponsors, pays] = await Promise.all([
    db
      .selectFrom("model_sponsor")
      .select(["epoch", "sponsor", "correct", "items"])
      .where("model", "=", model)
      .where((where) => where.between("epoch", ...within))
      .orderBy("sponsor")
      .execute(),
    db
      .selectFrom("step_pay")
      .select(["epoch", "emission", "funded"])
      .where("model", "=", model)
      .where((where) => where.between("epoch", ...within))
      .execute(),
  ]);
  return rows.map((row) => {
    const pay = pays.find(({ epoch }) => epoch === row.epoch);
    return {
      ...measuredOf(row.accuracy, row.items),
      epoch: row.epoch,
      smoothed: row.smoothed,
      called: row.called === 1,
      step: row.step_accepted,
      sponsors: sponsors
        .filter(({ epoch }) => epoch === row.epoch)
        .map(({ sponsor, correct, items }) => ({ sponsor, correct, items })),
      emission: pay?.emission ?? "0",
      funded: pay?.funded ?? "0",
    };
  });
}

/** Comparisons the chain made between any two of the models. */
function headToHead(
  ids: ReadonlySet<string>,
  ladder: readonly { model: string; epoch: number; comparisons: ContenderFact["trials"] }[],
  contenders: readonly ContenderFact[],
): HeadToHead[] {
  const lines = (
    kind: HeadToHead["kind"],
    contender: string,
    epoch: number | null,
    comparisons: ContenderFact["trials"],
  ): HeadToHead[] =>
    comparisons
      .filter(({ opponent, n }) => ids.has(contender) && ids.has(opponent) && n > 0)
      .map(({ opponent, b, c, n }) => ({ kind, contender, opponent, epoch, b, c, n }));
  return [
    ...ladder.flatMap((step) => lines("step", step.model, step.epoch, step.comparisons)),
    ...contenders.flatMap(({ model, trials, screening }) => [
      ...lines("trial", model, null, trials),
      ...lines("screening", model, null, [screening]),
    ]),
  ];
}
