import type { AssayClient } from "@assay/client/client";
import { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { Arena } from "@assay/client/generated/assay/poi/v1/arena";
import { Model } from "@assay/client/generated/assay/poi/v1/model";
import { Scorer, Sponsor } from "@assay/client/generated/assay/poi/v1/participant";
import { expect } from "chai";
import { chainArea } from "../../../api/chain/area.ts";
import { marketArea } from "../../../api/market/area.ts";
import { poiArea } from "../../../api/poi/area.ts";
import { searchArea } from "../../../api/search/area.ts";
import { HttpError } from "../../../api/http/errors.ts";
import type { NodeState } from "../../../api/node/state.ts";
import type { Found } from "../../../wire/search.ts";
import { forEachDatabase } from "../databases.ts";
import { listed, opened, PROVIDER, serviceOf } from "../market/fixture.ts";
import { apiOf, blockOf, indexBlocks, type Api } from "../support.ts";

const OPERATOR = "assay14mrdc3wamtsruxfuymwjj7ftvwpdwcpeplug25";
const HOT_KEY = "assay1gpdj8e5cjh7j4vdjn4n4qnpqeyp4fgtypl3jmx";
const SPONSOR = "assay1604c62fdstxmvx5a92ze57ytt57urzflyg7r25";
const NOBODY = "assay17a4nf6gluf0h73gmgppcrsqq60kvrph43h9mpf";
const VALIDATOR = "assayvaloper1mqql2mdkzwgeza0zajjf897jsrc58e6v26t3mg";

const modelOf = (first: number, name: string, smoothed: number): Model =>
  Model.fromPartial({
    id: Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? first : 0x11)),
    arena: 1n,
    name,
    smoothed,
    scoredEpochs: smoothed === 0 ? 0n : 3n,
  });

const node: NodeState = {
  async ask(_key, read) {
    const client = {
      poi: {
        Arenas: async () => ({
          arenas: [
            Arena.fromPartial({ id: 1n, spec: { name: "digits", description: "Handwritten digits" } }),
            Arena.fromPartial({ id: 2n, spec: { name: "letters", description: "Handwritten letters" } }),
          ],
        }),
        Arena: async () => ({ arena: Arena.fromPartial({}), pot: "0" }),
        Ladder: async () => ({ steps: [] }),
        Sponsors: async ({ arena }: { arena: bigint }) => ({
          sponsors: arena === 2n ? [Sponsor.fromPartial({ address: SPONSOR })] : [],
        }),
        Models: async () => ({
          models: [
            modelOf(0xab, "digits-small", 800_000),
            modelOf(0xac, "digits-large", 970_000),
            modelOf(0xad, "new digits", 0),
            modelOf(0xae, "\u202ehostile\u0000", 0),
          ],
        }),
        Scorers: async () => ({ scorers: [Scorer.fromPartial({ operator: OPERATOR, hotKey: HOT_KEY })] }),
      },
      marketplace: {
        Services: async () => ({
          services: [
            ServiceEntry.fromPartial({
              service: serviceOf(1n, { name: "read digits" }),
              modelName: "digits-small",
            }),
            ServiceEntry.fromPartial({
              service: serviceOf(2n, { name: "gone", status: ServiceStatus.CLOSED }),
            }),
          ],
        }),
      },
      staking: { Validators: async () => ({ validators: [] }) },
    };
    return { value: await read(client as unknown as AssayClient), height: 9, stale: false };
  },
};

const awayNode: NodeState = {
  ask: () => Promise.reject(new HttpError(503, "The node does not answer.", {})),
};

forEachDatabase((open) => {
  describe("GET /api/search", () => {
    const areas = [chainArea, poiArea, marketArea, searchArea];
    let api: Api;
    let hashes: { block: string; tx: string };

    async function start(asked: NodeState): Promise<void> {
      const db = await open(areas);
      const blocks = [
        blockOf({ height: 1, events: [listed(serviceOf(1n))] }),
        blockOf({ height: 2, txs: [{ signers: [PROVIDER], events: [opened(0xcd, 1n, "5000")] }] }),
        blockOf({ height: 12_345 }),
      ];
      await indexBlocks(db, areas, blocks);
      hashes = { block: blocks[1]?.hash ?? "", tx: blocks[1]?.txs[0]?.hash ?? "" };
      api = apiOf(db, { node: asked, areas });
    }

    async function search(query: string): Promise<Found[]> {
      const { status, body } = await api(`/api/search?q=${encodeURIComponent(query)}`);
      expect(status).to.equal(200);
      return (body as { items: Found[] }).items;
    }
    const places = (items: readonly Found[]): string[] => items.map(({ kind, id }) => `${kind} ${id}`);

    describe("with a node", () => {
      beforeEach(() => start(node));

      it("finds what has a number", async () => {
        expect(places(await search("1"))).to.deep.equal(["block 1", "arena 1", "service 1"]);
        expect(places(await search(" 12,345 "))).to.deep.equal(["block 12345"]);
        expect(await search("777")).to.deep.equal([]);
      });

      it("finds blocks and transactions by hash, in either case and by its beginning", async () => {
        expect(places(await search(hashes.tx))).to.deep.equal([`tx ${hashes.tx}`]);
        expect(places(await search(hashes.tx.toLowerCase().slice(0, 12)))).to.deep.equal([`tx ${hashes.tx}`]);
        expect(places(await search(hashes.block))).to.deep.equal(["block 2"]);
        expect(places(await search(`0x${hashes.block.slice(0, 8)}`))).to.deep.equal(["block 2"]);
      });

      it("finds models and channels by id", async () => {
        expect(places(await search("ac1111"))).to.deep.equal([`model ac${"11".repeat(31)}`]);
        expect(places(await search("CDCDCD"))).to.deep.equal([`channel ${"cd".repeat(32)}`]);
        expect(await search("ac1"), "too short to be the beginning of an id").to.deep.equal([]);
      });

      it("finds everything an address is", async () => {
        expect(await search(PROVIDER)).to.deep.equal([
          { kind: "account", id: PROVIDER, name: "", detail: "" },
        ]);
        expect(places(await search(HOT_KEY))).to.deep.equal([`account ${HOT_KEY}`, `scorer ${OPERATOR}`]);
        expect(places(await search(SPONSOR.toUpperCase()))).to.deep.equal([
          `account ${SPONSOR}`,
          `sponsor 2/${SPONSOR}`,
        ]);
        expect(places(await search(VALIDATOR))).to.deep.equal([`validator ${VALIDATOR}`]);
        expect((await search(NOBODY))[0]?.detail).to.equal("in no transaction yet");
      });

      it("finds no address whose checksum is wrong", async () => {
        expect(await search(PROVIDER.replace("mqql", "mqqq"))).to.deep.equal([]);
      });

      it("finds names, whole ones first, then beginnings, then better scores", async () => {
        expect((await search("digits")).map(({ kind, name }) => `${kind} ${name}`)).to.deep.equal([
          "arena digits",
          "model digits-large",
          "model digits-small",
          "model new digits",
          "service read digits",
        ]);
        expect(places(await search("GONE"))).to.deep.equal(["service 2"]);
      });

      it("tells apart what has one name", async () => {
        const [large] = await search("digits-large");
        expect(large?.detail).to.equal("ac111111 · digits · 97.00 %");
        expect((await search("new digits"))[0]?.detail).to.contain("not scored yet");
      });

      it("takes a hostile name and a hostile question as text", async () => {
        expect((await search("hostile"))[0]?.name).to.equal("hostile");
        expect(await search("'; drop table block; --")).to.deep.equal([]);
        expect(await search("%")).to.deep.equal([]);
        expect(await search("   ")).to.deep.equal([]);
        expect((await api(`/api/search?q=${"a".repeat(201)}`)).status).to.equal(400);
      });
    });

    it("finds what is indexed while the node is away", async () => {
      await start(awayNode);
      expect(places(await search("2"))).to.deep.equal(["block 2"]);
      expect(places(await search(hashes.tx))).to.deep.equal([`tx ${hashes.tx}`]);
      expect(places(await search(PROVIDER))).to.deep.equal([`account ${PROVIDER}`]);
    });
  });
});
