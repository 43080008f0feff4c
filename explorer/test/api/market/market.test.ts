import { expect } from "chai";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import type { Kysely } from "kysely";
import { marketArea } from "../../../api/market/area.ts";
import type { Database } from "../../../api/db/schema.ts";
import { forEachDatabase } from "../databases.ts";
import { apiOf, blockOf, indexBlocks, type Api } from "../support.ts";
import {
  AUTHOR,
  channelOf,
  claimed,
  fee,
  hexOf,
  idOf,
  listed,
  MODEL,
  nodeOf,
  opened,
  PAYER,
  probed,
  PROVIDER,
  SCORER,
  serviceOf,
} from "./fixture.ts";

const areas = [marketArea];
const SERVICES = [
  serviceOf(1n),
  serviceOf(2n, { model: new Uint8Array(), promise: 0, bond: "0", price: 0n }),
  serviceOf(3n, { status: ServiceStatus.CONVICTED, bond: "0" }),
];
const CHANNELS = [channelOf(1, 1n, "10000", { released: "950", avail: "9050", lanes: [600n, 400n] })];

const BLOCKS = [
  blockOf({ height: 2, txs: [{ events: [listed(serviceOf(1n))] }, { events: [listed(SERVICES[1]!)] }] }),
  blockOf({ height: 3, txs: [{ events: [opened(1, 1n, "10000")] }, { events: [opened(2, 1n, "5000")] }] }),
  blockOf({ height: 4 }),
  blockOf({
    height: 5,
    txs: [
      // One transaction claims two lanes of one channel and one of another.
      {
        events: [
          claimed(1, 1n, 0, 600n, 600n),
          claimed(2, 1n, 0, 200n, 100n),
          claimed(1, 1n, 1, 400n, 350n),
          fee("9", "10"),
        ],
      },
      { code: 5, events: [claimed(1, 1n, 1, 1_000_000n, 1_000_000n)] },
      { events: [probed(1n, 1n, 9)] },
    ],
  }),
  blockOf({
    height: 6,
    txs: [
      {
        events: [
          {
            name: "EventServiceUpdated",
            value: { service: serviceOf(1n, { price: 300n, name: "b\u202eetter" }) },
          },
        ],
      },
      {
        events: [
          {
            name: "EventChannelToppedUp",
            value: {
              channel: idOf(2),
              service: 1n,
              sender: PAYER,
              amount: { denom: "uassay", amount: "700" },
            },
          },
          { name: "EventChannelClosing", value: { channel: idOf(2), service: 1n, closeHeight: 26n } },
        ],
      },
      { events: [probed(1n, 1n, 10), probed(2n, 1n, 8)] },
    ],
  }),
  blockOf({
    height: 7,
    txs: [
      { events: [claimed(2, 1n, 1, 900n, 900n), fee("9", "9")] },
      {
        events: [
          {
            name: "EventChannelClosed",
            value: { channel: idOf(2), service: 1n, returned: { denom: "uassay", amount: "4700" } },
          },
        ],
      },
      {
        events: [
          {
            name: "EventServiceConvicted",
            value: {
              service: 1n,
              challenger: PAYER,
              index: 0,
              callHash: idOf(9),
              slashed: { denom: "uassay", amount: "10000000" },
              rewarded: PAYER,
              reward: { denom: "uassay", amount: "1000000" },
            },
          },
        ],
      },
    ],
  }),
];

describe("the market", () => {
  forEachDatabase((open) => {
    let db: Kysely<Database>;
    let api: Api;

    beforeEach(async () => {
      db = await open(areas);
      await indexBlocks(db, areas, BLOCKS);
      await db
        .insertInto("cursor")
        .values({ id: 1, chain_id: "assay-local-1", height: 7, format: 1, epoch: 1, phase: "" })
        .execute();
      api = apiOf(db, { areas, node: nodeOf(SERVICES, CHANNELS) });
    });

    const get = async (path: string): Promise<unknown> => {
      const { status, body } = await api(path);
      expect(status, JSON.stringify(body)).to.equal(200);
      return body;
    };

    it("adds up what was paid, released and burned", async () => {
      expect(await get("/api/market/totals")).to.deep.equal({
        totals: [
          {
            denom: "uassay",
            channels: 2,
            deposited: "15700",
            claims: 3,
            paid: "2100",
            released: "1950",
            // 3 + 1 + 2 at 200, then 3 at 300.
            items: "9",
            burned: "18",
            pooled: "19",
          },
        ],
        services: { value: { active: 2, convicted: 1, all: 3 }, height: 9, stale: false },
      });
    });

    it("tells the totals over time, each span by its last change", async () => {
      const fine = (await get("/api/market/history")) as { points: { height: number; paid: string }[] };
      expect(fine.points.map(({ height, paid }) => [height, paid])).to.deep.equal([
        [3, "0"],
        [5, "1200"],
        [6, "1200"],
        [7, "2100"],
      ]);
      const rough = (await get("/api/market/history?points=2")) as { points: { height: number }[] };
      expect(rough.points.map(({ height }) => height)).to.deep.equal([3, 7]);
      expect(await get("/api/market/history?denom=uother")).to.deep.equal({ denom: "uother", points: [] });
    });

    it("lists services newest first, by arena, model, provider and status, page by page", async () => {
      const ids = async (query: string) => {
        const { items, next } = (await get(`/api/services${query}`)) as {
          items: { id: number }[];
          next: string | null;
        };
        return [...items.map(({ id }) => id), next === null ? "end" : "more"];
      };
      expect(await ids("")).to.deep.equal([2, 1, "end"]);
      expect(await ids("?all=true")).to.deep.equal([3, 2, 1, "end"]);
      expect(await ids("?arena=1")).to.deep.equal([1, "end"]);
      expect(await ids(`?model=${Buffer.from(MODEL).toString("hex")}&all=true`)).to.deep.equal([3, 1, "end"]);
      expect(await ids(`?provider=${PAYER}`)).to.deep.equal(["end"]);
      const first = (await get("/api/services?all=true&limit=2")) as { next: string };
      expect(await ids(`?all=true&limit=2&cursor=${first.next}`)).to.deep.equal([1, "end"]);
    });

    it("shows a service with its task, split and turnover, its texts cleaned", async () => {
      const { value, turnover } = (await get("/api/services/1")) as {
        value: Record<string, unknown>;
        turnover: unknown;
      };
      expect(value).to.deep.include({
        id: 1,
        description: "reads digits",
        price: "200",
        promise: 900_000,
        accuracy: 955_000,
        arena: { id: 1, name: "digits" },
        minDeposit: "1000",
        graceBlocks: 20,
        split: {
          example: "1000000",
          shares: [
            { role: "provider", recipient: PROVIDER, bps: 9_300, amount: "930000" },
            { role: "author", recipient: AUTHOR, bps: 500, amount: "50000" },
            { role: "burned", recipient: null, bps: 100, amount: "10000" },
            { role: "pool", recipient: null, bps: 100, amount: "10000" },
          ],
        },
      });
      expect(value.task).to.deep.include({
        input: { type: "uint8", shape: [1, 28, 28], preprocessing: "gray-28x28" },
      });
      expect(turnover).to.deep.equal({ channels: 2, claims: 3, paid: "2100", released: "1950", items: "9" });
      const unverified = (await get("/api/services/2")) as { value: unknown; turnover: unknown };
      expect(unverified.value).to.deep.include({
        model: null,
        task: null,
        arena: null,
        accuracy: null,
        promise: null,
      });
      expect(unverified.turnover).to.deep.include({ claims: 0, paid: "0" });
      expect((await api("/api/services/99")).status).to.equal(404);
    });

    it("lists claims by transaction and channel, page by page", async () => {
      const first = (await get("/api/services/1/claims?limit=2")) as { items: object[]; next: string };
      expect(first.items).to.have.length(2);
      expect(first.items[0]).to.deep.include({
        height: 7,
        channel: hexOf(2),
        paid: "900",
        items: "3",
        lanes: [1],
      });
      const second = (await get(`/api/services/1/claims?limit=2&cursor=${first.next}`)) as {
        items: object[];
        next: null;
      };
      expect(second.next).to.equal(null);
      expect([first.items[1], ...second.items]).to.deep.equal([
        { ...claimAt5(), channel: hexOf(2), paid: "200", released: "100", items: "1", lanes: [0] },
        { ...claimAt5(), channel: hexOf(1), paid: "1000", released: "950", items: "5", lanes: [0, 1] },
      ]);
    });

    function claimAt5(): object {
      const { time, txs } = BLOCKS[3]!;
      return { height: 5, time, tx: txs[0]!.hash, service: 1, denom: "uassay" };
    }

    it("keeps the last report of each scorer and epoch", async () => {
      const { items } = (await get("/api/services/1/probes")) as { items: object[] };
      const report = { operator: SCORER, calls: 10, p50: 4, p95: 9, height: 6 };
      expect(items).to.deep.equal([
        { ...report, epoch: 2, answered: 8 },
        { ...report, epoch: 1, answered: 10 },
      ]);
    });

    it("tells the history of a service", async () => {
      const { items } = (await get("/api/services/1/history")) as { items: { kind: string }[] };
      expect(items.map(({ kind }) => kind)).to.deep.equal(["convicted", "updated", "listed"]);
      expect(items[0]).to.deep.include({
        challenger: PAYER,
        slashed: { denom: "uassay", amount: "10000000" },
      });
      expect(items[1]).to.deep.include({ name: "better", price: "300" });
    });

    it("lists channels newest first, by payer, service and status", async () => {
      const list = async (query: string) =>
        ((await get(`/api/channels${query}`)) as { items: { id: string; status: string }[] }).items;
      expect((await list("")).map(({ id }) => id)).to.deep.equal([hexOf(2), hexOf(1)]);
      const [closed] = await list("?status=closed");
      expect(closed).to.deep.include({
        id: hexOf(2),
        service: { id: 1, name: "better" },
        payer: PAYER,
        deposited: "5700",
        paid: "1100",
        released: "1000",
        returned: "4700",
        items: "4",
      });
      expect(await list(`?payer=${PROVIDER}`)).to.deep.equal([]);
      expect(await list("?service=2")).to.deep.equal([]);
      const first = (await get("/api/channels?limit=1")) as { next: string };
      expect((await list(`?limit=1&cursor=${first.next}`)).map(({ id }) => id)).to.deep.equal([hexOf(1)]);
    });

    it("shows a channel as the chain has it, with its history", async () => {
      const { value } = (await get(`/api/channels/${hexOf(1).toUpperCase()}`)) as { value: object };
      expect(value).to.deep.include({
        id: hexOf(1),
        service: { id: 1, name: "service 1", status: "active" },
        lanes: ["600", "400"],
        avail: "9050",
        closeHeight: null,
      });
      const { items } = (await get(`/api/channels/${hexOf(2)}/history`)) as {
        items: { kind: string; amount: string | null }[];
      };
      expect(items.map(({ kind, amount }) => [kind, amount])).to.deep.equal([
        ["closed", "4700"],
        ["claimed", "900"],
        ["closing", null],
        ["topped-up", "700"],
        ["claimed", "200"],
        ["opened", "5000"],
      ]);
      expect((await api("/api/channels/xyz")).status).to.equal(400);
    });

    it("writes nothing for a block that says nothing of it", async () => {
      const rows = await db.selectFrom("market_total").select("height").execute();
      expect(rows.map(({ height }) => height).sort()).to.deep.equal([3, 5, 6, 7]);
    });
  });

  forEachDatabase((open) => {
    it("counts on with channels of services it never saw listed", async () => {
      const db = await open(areas);
      await indexBlocks(db, areas, [
        blockOf({ height: 9, txs: [{ events: [claimed(5, 8n, 0, 400n, 400n), fee("1", "1")] }] }),
      ]);
      const row = await db.selectFrom("market_service").selectAll().executeTakeFirst();
      expect(row).to.deep.include({ service: 8, name: "", paid: "400", items: "0", claims: 1 });
    });
  });
});
