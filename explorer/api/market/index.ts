import type { AssayEvent } from "@assay/client/events";
import type { Channel } from "@assay/client/generated/assay/marketplace/v1/channel";
import type { Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { required } from "@assay/client/rpc";
import type { Kysely, Transaction } from "kysely";
import { insertMany } from "../db/insert.ts";
import { readRows } from "../db/written.ts";
import type { Database } from "../db/schema.ts";
import { hex } from "../hex.ts";
import type { DecodedBlock, TypedEvent } from "../index/block.ts";
import { count } from "../poi/values.ts";
import { cleanText } from "../text.ts";
import type { MarketTables } from "./tables.ts";
import { MAX_NAME, MAX_URL } from "./texts.ts";

const NAMES = [
  "EventServiceListed",
  "EventServiceUpdated",
  "EventServiceClosed",
  "EventBondReleased",
  "EventServiceConvicted",
  "EventChannelOpened",
  "EventChannelToppedUp",
  "EventChannelClosing",
  "EventChannelClosed",
  "EventVoucherClaimed",
  "EventProtocolFeePaid",
  "EventProbesReported",
] as const;
type MarketEvent = Extract<AssayEvent, { name: (typeof NAMES)[number] }>;

function isOfMarket(event: AssayEvent): event is MarketEvent {
  return (NAMES as readonly string[]).includes(event.name);
}

/** Writes what a block says of services, channels, claims, probes and fees. */
export async function indexMarket(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  if (!block.typed.some(({ event }) => isOfMarket(event))) return;
  const book = new Book(block, db);
  await book.load();
  for (const [place, typed] of block.typed.entries()) await book.take(typed, place);
  await book.save();
}

type ServiceRow = MarketTables["market_service"];
type ChannelRow = MarketTables["market_channel"];
type ChannelEventRow = MarketTables["market_channel_event"];
type TotalRow = MarketTables["market_total"];

/** Enters the events of one block, in order, into the rows they change. */
class Book {
  readonly #block: DecodedBlock;
  readonly #db: Kysely<Database>;
  readonly #services = new Map<number, ServiceRow>();
  readonly #channels = new Map<string, ChannelRow>();
  readonly #totals = new Map<string, TotalRow>();
  readonly #serviceEvents: MarketTables["market_service_event"][] = [];
  readonly #channelEvents: ChannelEventRow[] = [];
  /** Claims by transaction and channel. */
  readonly #claims = new Map<string, ChannelEventRow>();
  readonly #probes = new Map<string, MarketTables["market_probe"]>();

  constructor(block: DecodedBlock, db: Kysely<Database>) {
    this.#block = block;
    this.#db = db;
  }

  /** Reads the rows that the events are going to change. */
  async load(): Promise<void> {
    const services = new Set<number>();
    const channels = new Set<string>();
    for (const { event } of this.#block.typed) {
      switch (event.name) {
        case "EventServiceListed":
        case "EventServiceUpdated":
          services.add(count(required(event.value.service, event.name).id));
          break;
        case "EventChannelOpened":
          services.add(count(required(event.value.channel, event.name).service));
          break;
        case "EventChannelToppedUp":
        case "EventChannelClosing":
        case "EventChannelClosed":
        case "EventVoucherClaimed":
          services.add(count(event.value.service));
          channels.add(hex(event.value.channel));
          break;
        default:
      }
    }
    for (const row of await rowsOf(this.#db, "market_service", "service", [...services]))
      this.#services.set(row.service, row);
    for (const row of await rowsOf(this.#db, "market_channel", "channel", [...channels]))
      this.#channels.set(row.channel, row);
  }

  async take({ event, tx }: TypedEvent, place: number): Promise<void> {
    if (!isOfMarket(event)) return;
    const { height, time, txs } = this.#block;
    const at = { height, place, time, tx: tx === null ? "" : (txs[tx]?.hash ?? "") };
    switch (event.name) {
      case "EventServiceListed":
      case "EventServiceUpdated": {
        const service = required(event.value.service, event.name);
        this.#setService(service);
        const kind = event.name === "EventServiceListed" ? "listed" : "updated";
        this.#serviceEvent(at, service.id, kind, listingOf(service));
        break;
      }
      case "EventServiceClosed": {
        const { service, unlockHeight } = event.value;
        this.#serviceEvent(at, service, "closed", { unlockHeight: count(unlockHeight) });
        break;
      }
      case "EventBondReleased":
        this.#serviceEvent(at, event.value.service, "released", {
          bond: required(event.value.amount, event.name),
        });
        break;
      case "EventServiceConvicted": {
        const { service, challenger, index, callHash, slashed, rewarded, reward } = event.value;
        this.#serviceEvent(at, service, "convicted", {
          challenger,
          index,
          callHash: hex(callHash),
          slashed: required(slashed, event.name),
          rewarded,
          reward: required(reward, event.name),
        });
        break;
      }
      case "EventChannelOpened":
        await this.#open(at, required(event.value.channel, event.name));
        break;
      case "EventChannelToppedUp": {
        const { channel, service, sender } = event.value;
        const { denom, amount } = required(event.value.amount, event.name);
        this.#channelEvent(at, hex(channel), service, "topped-up", { account: sender, denom, amount });
        const row = this.#channels.get(hex(channel));
        if (row) row.deposited = sum(row.deposited, amount);
        const total = await this.#total(denom);
        total.deposited = sum(total.deposited, amount);
        break;
      }
      case "EventChannelClosing": {
        const { channel, service } = event.value;
        this.#channelEvent(at, hex(channel), service, "closing");
        const row = this.#channels.get(hex(channel));
        if (row) row.status = "closing";
        break;
      }
      case "EventChannelClosed": {
        const { channel, service, returned } = event.value;
        const { denom, amount } = required(returned, event.name);
        this.#channelEvent(at, hex(channel), service, "closed", { denom, amount });
        const row = this.#channels.get(hex(channel));
        if (row) Object.assign(row, { status: "closed", returned: amount });
        break;
      }
      case "EventVoucherClaimed":
        await this.#claim(at, event.value);
        break;
      case "EventProtocolFeePaid":
        for (const [column, coin] of [
          ["burned", event.value.burned],
          ["pooled", event.value.pooled],
        ] as const) {
          if (!coin || coin.denom === "" || coin.amount === "0") continue;
          const total = await this.#total(coin.denom);
          total[column] = sum(total[column], coin.amount);
        }
        break;
      case "EventProbesReported": {
        const { epoch, operator, probes } = event.value;
        for (const { service, calls, answered, p50Ms, p95Ms } of probes) {
          const of = { service: count(service), epoch: count(epoch), operator };
          this.#probes.set(`${service}/${epoch}/${operator}`, {
            ...of,
            calls,
            answered,
            p50: p50Ms,
            p95: p95Ms,
            height,
          });
        }
      }
    }
  }

  #setService({ id, name, denom, price }: Service): void {
    const row = this.#serviceRow(count(id), denom);
    row.name = cleanText(name, MAX_NAME);
    if (price > 0n) row.price = String(price);
  }

  /** One that was listed before the first block that is indexed is known from its channels only. */
  #serviceRow(service: number, denom: string): ServiceRow {
    let row = this.#services.get(service);
    if (!row) {
      row = {
        service,
        name: "",
        denom,
        price: "0",
        channels: 0,
        claims: 0,
        paid: "0",
        released: "0",
        items: "0",
      };
      this.#services.set(service, row);
    }
    return row;
  }

  async #open(at: Place, { id, service, payer, funder, denom, deposited }: Channel): Promise<void> {
    const channel = hex(id);
    this.#channels.set(channel, {
      channel,
      service: count(service),
      payer,
      status: "open",
      opened_height: at.height,
      opened_place: at.place,
      opened_time: at.time,
      denom,
      deposited,
      paid: "0",
      released: "0",
      returned: "0",
      items: "0",
    });
    this.#channelEvent(at, channel, service, "opened", { account: funder, denom, amount: deposited });
    this.#serviceRow(count(service), denom).channels++;
    const total = await this.#total(denom);
    total.channels++;
    total.deposited = sum(total.deposited, deposited);
  }

  async #claim(at: Place, claimed: (MarketEvent & { name: "EventVoucherClaimed" })["value"]): Promise<void> {
    const { moved, lane } = claimed;
    const { denom, amount: released } = required(claimed.released, "EventVoucherClaimed.released");
    const channel = hex(claimed.channel);
    const key = `${at.tx}/${channel}`;
    const service = this.#serviceRow(count(claimed.service), denom);
    const total = await this.#total(denom);
    let row = this.#claims.get(key);
    if (!row) {
      row = this.#channelEvent(at, channel, claimed.service, "claimed", { denom, amount: "0" });
      this.#claims.set(key, row);
      service.claims++;
      total.claims++;
    }
    const price = BigInt(service.price);
    const items = price === 0n ? 0n : moved / price;
    row.amount = sum(row.amount, moved);
    row.lanes = JSON.stringify([...(JSON.parse(row.lanes) as number[]), lane]);
    for (const sums of [row, service, total, this.#channels.get(channel)]) {
      if (!sums) continue;
      sums.released = sum(sums.released, released);
      sums.items = sum(sums.items, items);
      if ("paid" in sums) sums.paid = sum(sums.paid, moved);
    }
  }

  #serviceEvent(at: Place, service: bigint, kind: string, detail: unknown): void {
    this.#serviceEvents.push({ ...at, service: count(service), kind, detail: JSON.stringify(detail) });
  }

  #channelEvent(
    at: Place,
    channel: string,
    service: bigint,
    kind: string,
    { account = "", denom = "", amount = "" }: { account?: string; denom?: string; amount?: string } = {},
  ): ChannelEventRow {
    const of = { channel, service: count(service), kind, account };
    const row = { ...at, ...of, denom, amount, released: "0", items: "0", lanes: "[]" };
    this.#channelEvents.push(row);
    return row;
  }

  /** The totals of a coin up to this block. */
  async #total(denom: string): Promise<TotalRow> {
    const { height, time } = this.#block;
    let row = this.#totals.get(denom);
    if (!row) {
      const before = await latestTotal(this.#db, denom);
      row = { ...(before ?? { ...NOTHING, denom }), height, time };
      this.#totals.set(denom, row);
    }
    return row;
  }

  async save(): Promise<void> {
    await insertMany(this.#db, "market_service", [...this.#services.values()], { replace: ["service"] });
    await insertMany(this.#db, "market_channel", [...this.#channels.values()], { replace: ["channel"] });
    await insertMany(this.#db, "market_total", [...this.#totals.values()]);
    await insertMany(this.#db, "market_service_event", this.#serviceEvents);
    await insertMany(this.#db, "market_channel_event", this.#channelEvents);
    await insertMany(this.#db, "market_probe", [...this.#probes.values()], {
      replace: ["service", "epoch", "operator"],
    });
  }
}

type Place = Pick<ChannelEventRow, "height" | "place" | "time" | "tx">;

const NOTHING: Omit<TotalRow, "denom" | "height" | "time"> = {
  channels: 0,
  deposited: "0",
  claims: 0,
  paid: "0",
  released: "0",
  items: "0",
  burned: "0",
  pooled: "0",
};

/** The newest totals of a coin; undefined before anything was paid in it. */
export async function latestTotal(db: Kysely<Database>, denom: string): Promise<TotalRow | undefined> {
  const [row] = await readRows<TotalRow>(
    db,
    "select * from market_total where denom = ? order by height desc limit 1",
    [denom],
  );
  return row;
}

/** A block changes a few rows of many; a statement takes some hundred names. */
const NAMES_PER_STATEMENT = 500;

async function rowsOf<Table extends "market_service" | "market_channel">(
  db: Kysely<Database>,
  table: Table,
  column: Table extends "market_service" ? "service" : "channel",
  names: readonly (number | string)[],
): Promise<MarketTables[Table][]> {
  const rows: MarketTables[Table][] = [];
  for (let start = 0; start < names.length; start += NAMES_PER_STATEMENT) {
    const part = names.slice(start, start + NAMES_PER_STATEMENT);
    const marks = part.map(() => "?").join();
    rows.push(
      ...(await readRows<MarketTables[Table]>(
        db,
        `select * from ${table} where ${column} in (${marks})`,
        part,
      )),
    );
  }
  return rows;
}

function listingOf({ name, endpoint, price, denom, promise }: Service): Record<string, unknown> {
  return {
    name: cleanText(name, MAX_NAME),
    endpoint: cleanText(endpoint, MAX_URL),
    price: String(price),
    denom,
    promise,
  };
}

function sum(a: string, b: string | bigint): string {
  return String(BigInt(a) + BigInt(b));
}
