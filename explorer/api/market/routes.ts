import type { Kysely } from "kysely";
import { sql } from "kysely";
import { z } from "zod";
import {
  getChannel,
  getMarketHistory,
  getMarketTotals,
  getService,
  listChannelEvents,
  listChannels,
  listServiceClaims,
  listServiceEvents,
  listServiceProbes,
  listServices,
  type ChannelEvent,
  type ChannelSummary,
  type Claim,
  type Service,
  type ServiceEvent,
  type Turnover,
} from "../../wire/market.ts";
import { BEGINNING, beginning } from "../db/beginning.ts";
import type { Database } from "../db/schema.ts";
import { notFound } from "../http/errors.ts";
import { decodeCursor, encodeCursor, pageOf } from "../http/page.ts";
import { serve, type Route } from "../http/route.ts";
import { askArenas, type ArenaFact } from "../poi/models/reads.ts";
import { askChannel, askService, askServices, type ServiceFact } from "./reads.ts";
import type { MarketTables } from "./tables.ts";

const number = z.int().nonnegative();
/** Height and place, or what else two numbers order a list by. */
const twoNumbers = z.tuple([number, number]);

const marketTotals = serve(getMarketTotals, async ({ db, node }) => {
  const newest = db
    .selectFrom("market_total")
    .select(["denom", ({ fn }) => fn.max("height").as("height")])
    .groupBy("denom");
  const [rows, services] = await Promise.all([
    db
      .selectFrom("market_total as total")
      .innerJoin(newest.as("newest"), (join) =>
        join.onRef("newest.denom", "=", "total.denom").onRef("newest.height", "=", "total.height"),
      )
      .selectAll("total")
      .orderBy("total.denom")
      .execute(),
    askServices(node),
  ]);
  const having = (status: string): number =>
    services.value.filter((service) => service.status === status).length;
  return {
    totals: rows.map(({ height: _height, time: _time, ...total }) => total),
    services: {
      ...services,
      value: { active: having("active"), convicted: having("convicted"), all: services.value.length },
    },
  };
});

const marketHistory = serve(getMarketHistory, async ({ db }, { query }) => {
  const { denom, points, from } = query;
  const last = await db
    .selectFrom("cursor")
    .select("height")
    .executeTakeFirst()
    .then((cursor) => cursor?.height ?? 0);
  const span = Math.max(1, Math.ceil((last - from + 1) / points));
  // The last change within each span stands for it.
  const ends = db
    .selectFrom("market_total")
    .select(({ fn }) => fn.max("height").as("height"))
    .where("denom", "=", denom)
    .where("height", ">=", from)
    .groupBy(sql`(height - ${sql.lit(from)}) / ${sql.lit(span)}`);
  const rows = await db
    .selectFrom("market_total")
    .selectAll()
    .where("denom", "=", denom)
    .where("height", "in", ends)
    .orderBy("height")
    .execute();
  return { denom, points: rows.map(({ denom: _denom, ...point }) => point) };
});

const services = serve(listServices, async ({ db, node }, { query }) => {
  const { arena, model, provider, all, limit, cursor } = query;
  const before = decodeCursor(cursor, z.tuple([number]))?.[0] ?? Infinity;
  const [known, arenas] = await Promise.all([askServices(node), askArenas(node)]);
  const matching = known.value
    .filter(
      (service) =>
        service.id < before &&
        (all || service.status === "active") &&
        (arena === undefined || service.arena === arena) &&
        (model === undefined || service.model?.id === model) &&
        (provider === undefined || service.provider === provider),
    )
    .toReversed();
  const shown = matching.slice(0, limit);
  const turnovers = await turnoversOf(
    db,
    shown.map(({ id }) => id),
  );
  const last = shown.at(-1);
  return {
    items: shown.map((fact) => ({
      ...withArena(fact, arenas.value),
      turnover: turnovers.get(fact.id) ?? NO_TURNOVER,
    })),
    next: matching.length > limit && last ? encodeCursor([last.id]) : null,
    height: known.height,
    stale: known.stale,
  };
});

function withArena(fact: ServiceFact, arenas: readonly ArenaFact[]): Service {
  const arena = arenas.find(({ id }) => id === fact.arena);
  return { ...fact, arena: arena ? { id: arena.id, name: arena.name } : null, task: arena?.task ?? null };
}

const NO_TURNOVER: Turnover = { channels: 0, claims: 0, paid: "0", released: "0", items: "0" };

async function turnoversOf(
  db: Kysely<Database>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Turnover>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("market_service")
    .select(["service", "channels", "claims", "paid", "released", "items"])
    .where("service", "in", ids)
    .execute();
  return new Map(rows.map(({ service, ...turnover }) => [service, turnover]));
}

const oneService = serve(getService, async ({ db, node }, { params: { service: id } }) => {
  const [known, arenas] = await Promise.all([askServices(node), askArenas(node)]);
  const fact = known.value.find((service) => service.id === id);
  if (!fact) throw notFound(`There is no service ${id}.`);
  const [more, turnovers] = await Promise.all([askService(node, id, fact.denom), turnoversOf(db, [id])]);
  return {
    value: { ...withArena(fact, arenas.value), ...more.value },
    height: Math.min(known.height, more.height),
    stale: known.stale || more.stale,
    turnover: turnovers.get(id) ?? NO_TURNOVER,
  };
});

const serviceClaims = serve(listServiceClaims, async ({ db }, { params: { service }, query }) => {
  const before = decodeCursor(query.cursor, twoNumbers);
  const rows = await db
    .selectFrom("market_channel_event")
    .selectAll()
    .where("service", "=", service)
    .where("kind", "=", "claimed")
    .$if(before !== undefined, (list) => list.where(earlier(before ?? [0, 0])))
    .orderBy("height", "desc")
    .orderBy("place", "desc")
    .limit(query.limit + 1)
    .execute();
  return pageOf(rows, query.limit, placeOf, claimOf);
});

function claimOf(row: MarketTables["market_channel_event"]): Claim {
  const { height, time, tx, channel, service, denom, amount, released, items } = row;
  const lanes = JSON.parse(row.lanes) as number[];
  return { height, time, tx: tx || null, channel, service, lanes, denom, paid: amount, released, items };
}

function placeOf({ height, place }: { height: number; place: number }): [number, number] {
  return [height, place];
}

/** Rows before a place, in either table of events. */
function earlier([height, place]: readonly [number, number]) {
  return sql<boolean>`(height < ${height} or (height = ${height} and place < ${place}))`;
}

const serviceProbes = serve(listServiceProbes, async ({ db }, { params: { service }, query }) => {
  const before = decodeCursor(query.cursor, z.tuple([number, z.string().max(90)]));
  const rows = await db
    .selectFrom("market_probe")
    .select(["epoch", "operator", "calls", "answered", "p50", "p95", "height"])
    .where("service", "=", service)
    .$if(before !== undefined, (list) =>
      list.where(({ eb, or, and }) => {
        const [epoch, operator] = before ?? [0, ""];
        return or([eb("epoch", "<", epoch), and([eb("epoch", "=", epoch), eb("operator", ">", operator)])]);
      }),
    )
    .orderBy("epoch", "desc")
    .orderBy("operator")
    .limit(query.limit + 1)
    .execute();
  return pageOf(
    rows,
    query.limit,
    ({ epoch, operator }) => [epoch, operator],
    (row) => row,
  );
});

const serviceEvents = serve(listServiceEvents, async ({ db }, { params: { service }, query }) => {
  const before = decodeCursor(query.cursor, twoNumbers);
  const rows = await db
    .selectFrom("market_service_event")
    .selectAll()
    .where("service", "=", service)
    .$if(before !== undefined, (list) => list.where(earlier(before ?? [0, 0])))
    .orderBy("height", "desc")
    .orderBy("place", "desc")
    .limit(query.limit + 1)
    .execute();
  return pageOf(rows, query.limit, placeOf, ({ height, time, tx, kind, detail }) => {
    const more = JSON.parse(detail) as object;
    return { height, time, tx: tx || null, kind, ...more } as ServiceEvent;
  });
});

const channels = serve(listChannels, async ({ db }, { query }) => {
  const { payer, service, status, limit } = query;
  const before = decodeCursor(query.cursor, twoNumbers);
  const rows = await db
    .selectFrom("market_channel as channel")
    .leftJoin("market_service as service", "service.service", "channel.service")
    .selectAll("channel")
    .select("service.name as service_name")
    .$if(payer !== undefined, (list) => list.where("channel.payer", "=", payer ?? ""))
    .$if(service !== undefined, (list) => list.where("channel.service", "=", service ?? 0))
    .$if(status !== undefined, (list) => list.where("channel.status", "=", status ?? ""))
    .$if(before !== undefined, (list) =>
      list.where(({ eb, or, and }) => {
        const [height, place] = before ?? [0, 0];
        return or([
          eb("opened_height", "<", height),
          and([eb("opened_height", "=", height), eb("opened_place", "<", place)]),
        ]);
      }),
    )
    .orderBy("opened_height", "desc")
    .orderBy("opened_place", "desc")
    .limit(limit + 1)
    .execute();
  return pageOf(
    rows,
    limit,
    (row) => [row.opened_height, row.opened_place],
    (row): ChannelSummary => ({
      id: row.channel,
      service: { id: row.service, name: row.service_name || `service ${row.service}` },
      payer: row.payer,
      status: row.status as ChannelSummary["status"],
      openedHeight: row.opened_height,
      openedTime: row.opened_time,
      denom: row.denom,
      deposited: row.deposited,
      paid: row.paid,
      released: row.released,
      returned: row.returned,
      items: row.items,
    }),
  );
});

const oneChannel = serve(getChannel, async ({ node }, { params: { channel } }) => {
  const [stated, known] = await Promise.all([askChannel(node, channel), askServices(node)]);
  const { service: id, ...fact } = stated.value;
  const service = known.value.find((each) => each.id === id);
  return {
    ...stated,
    value: {
      ...fact,
      service: { id, name: service?.name ?? `service ${id}`, status: service?.status ?? "closed" },
    },
  };
});

const channelEvents = serve(listChannelEvents, async ({ db }, { params: { channel }, query }) => {
  const before = decodeCursor(query.cursor, twoNumbers);
  const rows = await db
    .selectFrom("market_channel_event")
    .selectAll()
    .where(beginning("channel"), "=", channel.slice(0, BEGINNING))
    .where("channel", "=", channel)
    .$if(before !== undefined, (list) => list.where(earlier(before ?? [0, 0])))
    .orderBy("height", "desc")
    .orderBy("place", "desc")
    .limit(query.limit + 1)
    .execute();
  return pageOf(rows, query.limit, placeOf, (row): ChannelEvent => {
    const { height, time, tx, account, amount, denom } = row;
    return {
      height,
      time,
      tx: tx || null,
      kind: row.kind as ChannelEvent["kind"],
      account: account || null,
      amount: amount || null,
      denom: denom || null,
    };
  });
});

export const marketRoutes: readonly Route[] = [
  marketTotals,
  marketHistory,
  services,
  oneService,
  serviceClaims,
  serviceProbes,
  serviceEvents,
  channels,
  oneChannel,
  channelEvents,
];
